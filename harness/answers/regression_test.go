package answers

import "testing"

func TestRegression(t *testing.T) {
	for _, tt := range []struct {
		old, new string
		want     bool
		reason   string
	}{
		{"200", "500", true, "it worked"},
		{"200", "302\nLocation: /login", true, "sent to a login"},
		{"500", "502", false, "it failed before"},
		{"401", "200", true, "accepted a request that it refused"},
		{"403", "404", false, "still not let in"},
		{"404", "200", false, "something was put there"},
		{"200\nSet-Cookie: a=1; Secure", "200\nSet-Cookie: a=1", true, "Secure lost"},
		{"200\nSet-Cookie: a=1", "200\nSet-Cookie: a=1; Secure", false, "Secure gained"},
		{"200\nSet-Cookie: a=1; HttpOnly", "200\nSet-Cookie: a=1", true, "HttpOnly lost"},
		{"200\nSet-Cookie: a=1; SameSite=Strict", "200\nSet-Cookie: a=1; SameSite=Lax", true, "SameSite weaker"},
		{"200\nSet-Cookie: a=1; SameSite=None", "200\nSet-Cookie: a=1; SameSite=Lax", false, "SameSite stronger"},
		{"200\nSet-Cookie: a=1; SameSite=Lax", "200\nSet-Cookie: a=1", true, "what browsers take for it is weaker"},
		{"200\nSet-Cookie: a=1; SameSite=None", "200\nSet-Cookie: a=1", false, "what browsers take for it is stronger"},
		{"200\nSet-Cookie: a=1", "200", true, "not set any more"},
		{"200", "200\nSet-Cookie: a=1", false, "one more"},
		{"200\nSet-Cookie: a=1", "200\nSet-Cookie: a=1; Domain=example.org", true, "every host below gets it"},
		{"200\nSet-Cookie: a=1; Path=/", "200\nSet-Cookie: a=1; Path=/app", true, "not sent where it was"},
		{"200\nStrict-Transport-Security: max-age=100", "200", true, "HSTS lost"},
		{"200\nStrict-Transport-Security: max-age=100", "200\nStrict-Transport-Security: max-age=200", false, "HSTS for longer"},
		{"200\nStrict-Transport-Security: max-age=100", "200\nStrict-Transport-Security: max-age=0", true, "HSTS taken back"},
		{"200", "200\nX-Frame-Options: DENY", false, "a protection gained"},
		{"200\nX-Frame-Options: SAMEORIGIN", "200\nX-Frame-Options: DENY", false, "stricter"},
		{"200\nContent-Security-Policy: script-src 'self'", "200\nContent-Security-Policy: script-src 'self' 'unsafe-inline'", true, "scripts from anywhere in the page"},
		{"200\nContent-Security-Policy: script-src 'self'; img-src *", "200\nContent-Security-Policy: img-src *", true, "a directive lost"},
		{"200\nAccess-Control-Allow-Origin: https://a.example", "200", true, "pages can't read it"},
		{"200\nAccess-Control-Allow-Origin: https://a.example", "200\nAccess-Control-Allow-Origin: *", true, "all pages can"},
		{"200\nAccess-Control-Allow-Methods: GET, PUT", "200\nAccess-Control-Allow-Methods: GET", true, "PUT is not allowed"},
		{"200\nAccess-Control-Allow-Methods: GET", "200\nAccess-Control-Allow-Methods: GET, PUT", false, "one more"},
		{"200\nAccess-Control-Allow-Headers: x-a", "200\nAccess-Control-Allow-Headers: *", true, "widened"},
		{"401\nWWW-Authenticate: Basic realm=\"a\"", "401", true, "clients don't ask for credentials"},
		{"401\nWWW-Authenticate: Basic realm=\"a\"", "401\nWWW-Authenticate: Basic realm=\"b\"", false, "another name of it"},
		{"200\nVary: Origin", "200", true, "a cache mixes up origins"},
		{"200\nCache-Control: no-store", "200\nCache-Control: max-age=60", true, "it is kept now"},
		{"200\nServer: a", "200\nServer: b", false, "somebody else"},
		{"200\nContent-Type: text/plain\n\na", "200\nContent-Type: text/plain\n\nb", false, "another text"},
		{"200\nDate: Mon, 23 Nov 2026 10:00:00 GMT", "200", false, "noise"},
	} {
		recorded, live := exchange("GET /", tt.old, yesterday), exchange("GET /", tt.new, today)
		changes := Differences(recorded, live, nil)
		got := false
		for _, c := range changes {
			got = got || Regression(recorded, live, c)
		}
		if got != tt.want {
			t.Errorf("%s: regression is %v%s", tt.reason, got, explained(changes))
		}
	}
}
