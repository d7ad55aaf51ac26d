package traffic

import "testing"

func TestWhere(t *testing.T) {
	for _, row := range []struct{ reason, url, want string }{
		{"the path alone", "https://u:p@a.test/orders/12?token=x#f", "/orders/12"},
		{"no path", "https://a.test", "/"},
		{"not whole", "orders", "orders"},
		{"a JWT", "https://a.test/v/eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.", "/v/…"},
		{"a random key", "https://hooks.a.test/services/T024BE7LD/9bXq4Lm2Zt8Rk1Vw5Ys7Nc3P", "/services/T024BE7LD/…"},
		{"a session in the path", "/a;jsessionid=0A1B2C", "/a;…"},
		{"an identifier is a name", "/orders/6fa459ea-ee8a-3ca4-894e-db77e160355e", "/orders/6fa459ea-ee8a-3ca4-894e-db77e160355e"},
		{"words are names", "/getCustomerAccountBalanceForReporting/how-to-brew-tea-in-2024-for-beginners", "/getCustomerAccountBalanceForReporting/how-to-brew-tea-in-2024-for-beginners"},
		{"a mail address", "/users/jo@a.test", "/users/…"},
		{"data", "data:text/plain,secret", "data:…"},
		{"control characters", "/a\x1b[31m", "/a?[31m"},
	} {
		x := &Exchange{Index: 12, Request: Request{Method: "GET", URL: row.url}}
		if got, want := x.Where("ok.har"), "ok.har: entry 12 (GET "+row.want+")"; got != want {
			t.Errorf("%s: got %s, want %s", row.reason, got, want)
		}
	}
	x := &Exchange{Request: Request{Method: "Bearer hunter2", URL: "/"}}
	if got := x.Where("f"); got != "f: entry 0 (? /)" {
		t.Errorf("a method that is none: %s", got)
	}
}
