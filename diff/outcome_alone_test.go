package diff

import (
	"testing"

	"github.com/replaydiff/replay/diff/traffic"
)

func TestFirstFailure(t *testing.T) {
	get := func(url string, status int, headers ...string) *traffic.Exchange {
		x := &traffic.Exchange{Request: traffic.Request{Method: "GET", URL: url}, Response: &traffic.Response{Status: status}}
		for i := 0; i < len(headers); i += 2 {
			x.Response.Header = append(x.Response.Header, traffic.HeaderField{Name: headers[i], Value: headers[i+1]})
		}
		return x
	}
	with := func(cookie string, x *traffic.Exchange) *traffic.Exchange {
		x.Request.Header = append(x.Request.Header, traffic.HeaderField{Name: "Cookie", Value: cookie})
		x.Response.Header = append(x.Response.Header, traffic.HeaderField{Name: "Content-Type", Value: "text/html"})
		return x
	}
	report := get("https://e.test/api/31/envelope/", 429, "Retry-After", "60")
	report.Request.Method, report.Request.Body = "POST", traffic.NewBody("text/plain;charset=UTF-8", []byte("{}"))
	tests := []struct {
		reason string
		flow   []*traffic.Exchange
		want   int
	}{
		{"nothing failed", []*traffic.Exchange{get("https://a.test/", 200)}, -1},
		{"a refusal weighs more than a page's missing map", []*traffic.Exchange{get("https://a.test/x.bin", 404), get("https://a.test/me", 401)}, 1},
		{"an icon weighs least", []*traffic.Exchange{get("https://a.test/favicon.ico", 404), get("https://a.test/list", 404)}, 1},
		{"an icon is better than nothing", []*traffic.Exchange{get("https://a.test/favicon.ico", 403)}, 0},
		{"a challenge that was answered", []*traffic.Exchange{get("https://a.test/d", 401, "WWW-Authenticate", `Digest realm="r"`), get("https://a.test/d", 200)}, -1},
		{"what an answered challenge led to", []*traffic.Exchange{
			get("https://a.test/d", 401, "WWW-Authenticate", `Digest realm="r"`), with("sid=1", get("https://a.test/d", 404))}, 1},
		{"the same request again proves nothing", []*traffic.Exchange{
			with("sid=1", get("https://a.test/d", 401)), with("sid=1", get("https://a.test/d", 404))}, 0},
		{"a challenge that was never passed", []*traffic.Exchange{
			get("https://a.test/d", 401), with("sid=1", get("https://a.test/d", 401))}, 0},
		{"a login on the way in is no failure", []*traffic.Exchange{
			get("https://a.test/home", 302, "Location", "/login"), get("https://a.test/login", 200), get("https://a.test/home", 200)}, -1},
		{"a login that leads nowhere is", []*traffic.Exchange{
			get("https://a.test/home", 302, "Location", "/login"), get("https://a.test/login", 200)}, 0},
		{"a login that leads elsewhere is none", []*traffic.Exchange{
			get("https://a.test/start", 302, "Location", "https://idp.test/authorize?x=1"), with("sid=new", get("https://a.test/welcome", 200))}, -1},
		{"the login page with a new anonymous session is no success", []*traffic.Exchange{
			get("https://a.test/home", 302, "Location", "/login"), with("sid=new", get("https://a.test/login", 200))}, 0},
		{"the same credentials got in elsewhere, not here", []*traffic.Exchange{
			with("sid=old", get("https://a.test/home", 302, "Location", "/login")), with("sid=old", get("https://a.test/news", 200))}, 0},
		{"of equals the first", []*traffic.Exchange{get("https://a.test/1", 401), get("https://a.test/2", 401)}, 0},
		{"an error report that is turned away is nobody's failure", []*traffic.Exchange{report}, -1},
		{"a beacon is nobody's failure", []*traffic.Exchange{get("https://a.test/telemetry", 403)}, -1},
	}
	for _, tt := range tests {
		if got := FirstFailure(&traffic.Capture{Exchanges: tt.flow}, nil); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.reason, got, tt.want)
		}
	}
	two := []*traffic.Exchange{get("https://a.test/1", 401), get("https://a.test/2", 401)}
	if got := FirstFailure(&traffic.Capture{Exchanges: two}, []int{1}); got != 1 {
		t.Errorf("only those that are asked for: %d", got)
	}
}
