package through

import (
	"strings"
	"testing"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/wire"
)

// exchange is a GET, or with a preflight's fields an OPTIONS, and its answer.
func exchange(asks traffic.Header, status int, answer traffic.Header, body string) *traffic.Exchange {
	method := "GET"
	if len(asks) > 0 {
		method = "OPTIONS"
	}
	gave := &wire.Answer{Status: status, Header: answer, Body: []byte(body)}
	return &traffic.Exchange{
		Request:  traffic.Request{Method: method, URL: "http://api.example/orders", Header: asks},
		Response: gave.Response(traffic.DefaultLimits()),
	}
}

func fields(pairs ...string) (h traffic.Header) {
	for i := 0; i < len(pairs); i += 2 {
		h = append(h, traffic.HeaderField{Name: pairs[i], Value: pairs[i+1]})
	}
	return h
}

// What a proxy answers itself is a fault where it comes to something else than
// what was recorded, be its status the same.
func TestAnsweredFault(t *testing.T) {
	asks := fields("Origin", "http://app.example", "Access-Control-Request-Method", "PUT", "Access-Control-Request-Headers", "authorization, x-tenant")
	leave := func(changed ...string) traffic.Header {
		h := fields("Access-Control-Allow-Origin", "http://app.example", "Access-Control-Allow-Credentials", "true",
			"Access-Control-Allow-Methods", "PUT", "Access-Control-Allow-Headers", "authorization, x-tenant")
		for i := 0; i < len(changed); i += 2 {
			set(&h, changed[i], changed[i+1])
		}
		return h
	}
	json, html := fields("Content-Type", "application/json; charset=utf-8"), fields("Content-Type", "text/html")
	nginx := fields("Content-Type", "text/html", "Server", "nginx")
	page := "<html>\r\n<head><title>503 Service Temporarily Unavailable</title></head>\r\n<body>\r\n<center><h1>503 Service Temporarily Unavailable</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
	data := exchange(nil, 200, json, `{"id":1}`)
	preflight := exchange(asks, 204, leave(), "")
	posted := exchange(nil, 201, json, `{"id":1}`)
	posted.Request.Method, posted.Request.Body = "POST", traffic.NewBody("text/plain", []byte("tea"))
	for _, tt := range []struct {
		recorded, live *traffic.Exchange
		here           bool
		does           string // "": no fault
		reason         string
	}{
		{data, exchange(nil, 200, fields("Content-Type", "application/json"), `{"id":2}`), false, "", "a file, in another version"},
		{data, exchange(nil, 200, html, "<html>"), false, "not forwarded", "the page of an app in the browser in the place of data"},
		{data, exchange(nil, 200, json, ""), false, "not forwarded", "nothing in the place of data"},
		{preflight, exchange(asks, 204, leave(), ""), false, "", "the same leave"},
		{preflight, exchange(asks, 200, leave("Access-Control-Allow-Methods", "GET, PUT"), ""), false, "", "more leave"},
		{preflight, exchange(asks, 204, leave("Access-Control-Allow-Headers", "x-tenant"), ""), false, "preflight refused", "a field without leave"},
		{preflight, exchange(asks, 204, leave("Access-Control-Allow-Origin", "http://other.example"), ""), false, "preflight refused", "another origin"},
		{preflight, exchange(asks, 204, nil, ""), false, "preflight refused", "no leave"},
		{exchange(asks, 204, nil, ""), exchange(asks, 204, nil, ""), false, "", "there was none before"},
		{data, exchange(nil, 301, fields("Location", "https://api.example/orders"), ""), false, "redirected", "another scheme"},
		{preflight, exchange(asks, 301, fields("Location", "https://api.example/orders"), ""), false, "redirected", "a preflight goes with the rest of its path"},
		{data, exchange(nil, 503, nginx, page), false, "rate limited", "503 is what nginx says for limit_req"},
		{data, exchange(nil, 503, nil, ""), false, "sent elsewhere", "503 of others is a backend without a server"},
		{posted, exchange(nil, 413, nil, ""), true, "body refused", "413"},
		{posted, exchange(nil, 502, nil, ""), true, "body refused", "what has no body came here"},
		{posted, exchange(nil, 502, nil, ""), false, "sent elsewhere", "nothing came here"},
		{data, exchange(nil, 502, nil, ""), true, "sent elsewhere", "there is no body to refuse"},
	} {
		does := ""
		if f := answeredFault(tt.recorded, tt.live, tt.here); f != nil {
			does = f.does
		}
		if does != tt.does {
			t.Errorf("%s: %q, want %q", tt.reason, does, tt.does)
		}
	}
	if why, _ := leaveWithdrawn(preflight, exchange(asks, 204, nil, "")); !strings.Contains(why, "Access-Control-Allow-Origin") || strings.Contains(why, "api.example") {
		t.Errorf("the reason %q", why)
	}
}
