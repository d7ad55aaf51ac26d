package scenarios

import (
	"strings"
	"testing"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
)

func TestCaptureCauses(t *testing.T) {
	token := []string{"Authorization: Bearer " + jwtA}
	line := "GET https://api.ferry.example/v1/tides"
	checkVerdicts(t, []verdictRow{
		{reason: "the backend is down", line: line, ok: token, bad: token, status: 503, response: []string{"Content-Length: 0"}, want: "no-difference"},
		{reason: "the same request, refused", line: line, ok: []string{"Cookie: sid=9f8e7d6c5b4a3f2e"}, bad: []string{"Cookie: sid=9f8e7d6c5b4a3f2e"}, status: 403, response: []string{"X-Request-Id: 77f1"}, want: "no-difference"},
		{reason: "an old refusal out of a cache", line: line, ok: token, bad: token, status: 401, response: []string{"Age: 41"}, want: "cached-auth-response"},
		{reason: "a hit by another name", line: line, ok: token, bad: token, status: 401, response: []string{"Cache-Status: edge-7; hit; ttl=30"}, want: "cached-auth-response"},
		{reason: "an error of CloudFront is no hit", line: line, ok: token, bad: token, status: 502, response: []string{"X-Cache: Error from cloudfront"}, want: "no-difference"},
		{reason: "nginx wants a certificate", line: line, ok: token, bad: token, status: 400, answer: "<center>No required SSL certificate was sent</center>", response: []string{"Content-Type: text/html"}, want: "client-certificate-missing"},
		{reason: "the handshake begins anew", line: line, ok: []string{"Authorization: NTLM TlRMTVNTUAADAAAAAAAAAA=="}, bad: []string{"Authorization: NTLM TlRMTVNTUAADAAAAAAAAAA=="}, status: 401, response: []string{"WWW-Authenticate: NTLM"}, want: "integrated-auth-broken"},
		{reason: "IIS begins the handshake anew, with a page of its own", line: line, ok: []string{"Authorization: Negotiate YIIFwQYGKwYBBQUC"}, bad: []string{"Authorization: Negotiate YIIFwQYGKwYBBQUC"}, status: 401, answer: "<h2>401 - Unauthorized: Access is denied due to invalid credentials.</h2>", response: []string{"Content-Type: text/html", "Server: Microsoft-IIS/10.0", "WWW-Authenticate: Negotiate"}, want: "integrated-auth-broken"},
	})
	d := verdictRow{line: line, ok: token, bad: token, status: 429}.diagnose(t)
	for _, f := range d.Findings {
		if f.Cause.ID == "no-difference" {
			t.Error("429 names its own cause: too many requests are no riddle")
		}
	}
}

func TestUnansweredRequests(t *testing.T) {
	rows := []struct{ reason, url, origin, failure, want string }{
		{"refused", "https://api.ferry.example/a", "https://ferry.example", "net::ERR_CONNECTION_REFUSED", "tls-or-network-error"},
		{"a certificate of another name", "https://api.ferry.example/a", "https://ferry.example", "net::ERR_CERT_COMMON_NAME_INVALID", "tls-or-network-error"},
		{"Firefox and an unknown name", "https://api.ferry.example/a", "https://ferry.example", "NS_ERROR_UNKNOWN_HOST", "tls-or-network-error"},
		{"the browser guards the network at home", "http://192.168.1.7/a", "https://ferry.example", "net::ERR_BLOCKED_BY_LOCAL_NETWORK_ACCESS_CHECKS", "local-network-blocked"},
		{"no certificate for the server", "https://api.ferry.example/a", "https://ferry.example", "net::ERR_BAD_SSL_CLIENT_AUTH_CERT", "client-certificate-missing"},
	}
	for _, row := range rows {
		request := []string{"Origin: " + row.origin}
		ok := asked("GET "+row.url, request, answered(200, "{}", "Access-Control-Allow-Origin: "+row.origin))
		bad := asked("GET "+row.url, request, &traffic.Response{Error: row.failure})
		d := Diagnose(diff.Compare(captured(monday, ok), captured(tuesday, bad), diff.Options{}))
		if len(d.Findings) == 0 || d.Findings[0].Cause.ID != row.want {
			t.Errorf("%s: want %s: %s", row.reason, row.want, told(d))
		}
	}
}

// exported makes a capture as DevTools export it; lack is how many bytes its
// header sections are longer than what is listed.
func exported(version string, n int, lack int64, lines ...string) *traffic.Capture {
	var xs []*traffic.Exchange
	for range n {
		x := asked("GET https://ferry.example/a", append([]string{"Host: ferry.example", "User-Agent: Mozilla/5.0 Chrome/" + version + ".0.0.0 Safari/537.36"}, lines...), answered(401, ""))
		x.Request.Proto = "h2"
		x.Request.Sizes.Header = -1
		if lack != 0 {
			x.Request.Proto = "HTTP/1.1"
			x.Request.Sizes.Header = int64(headerLength(&x.Request)) + lack
		}
		xs = append(xs, x)
	}
	c := captured(monday, xs...)
	c.Format, c.Creator.Name = traffic.HAR, "WebInspector"
	return c
}

func TestSanitized(t *testing.T) {
	rows := []struct {
		capture *traffic.Capture
		want    bool
		reason  string
	}{
		{exported("141", 6, 0), true, "a new Chrome, and not one of the three fields"},
		{exported("128", 6, 0), false, "an old Chrome leaves nothing out"},
		{exported("141", 2, 0), false, "two requests without a login are no proof"},
		{exported("141", 6, 0, "Cookie: theme=dark"), false, "a cookie is there"},
		{exported("141", 6, 40), true, "a cookie's worth of bytes is missing in each"},
		{exported("141", 6, 3), false, "the lengths are those of what is listed"},
		{exported("141", 6, 0, "Authorization: [REDACTED]"), true, "painted over"},
		{exported("141", 6, 0, "Authorization: Bearer ‹jwt 1›"), false, "our own masks keep equality"},
	}
	for _, row := range rows {
		if got, why := Sanitized(row.capture); got != row.want {
			t.Errorf("%s: got %v (%s)", row.reason, got, why)
		}
	}
	other := exported("141", 6, 0)
	other.Creator.Name = "mitmproxy"
	if got, _ := Sanitized(other); got {
		t.Error("only DevTools leave credentials out")
	}
}

func TestSanitizedCaptureIsGated(t *testing.T) {
	full := exported("141", 6, 0, "Cookie: sid=9f8e7d6c5b4a3f2e", "Authorization: Bearer "+jwtA)
	for _, x := range full.Exchanges {
		x.Response.Status = 200
	}
	c := diff.Compare(full, exported("141", 6, 0), diff.Options{})
	d := Diagnose(c)
	if len(d.Findings) == 0 || d.Findings[0].Cause.ID != "sanitized-capture" {
		t.Errorf("an export without credentials is the verdict: %s", told(d))
	}
	gated := gates(newView(c))
	for _, id := range []string{"missing-credentials", "session-cookie-missing", "login-gives-no-session"} {
		if !gated(id) {
			t.Errorf("%s can't be told from what the export removed", id)
		}
	}
	for _, id := range []string{"api-key-missing", "cors-origin-not-allowed", "wrong-path"} {
		if gated(id) {
			t.Errorf("%s needs none of the removed fields", id)
		}
	}
	known := map[string]bool{}
	for _, cause := range Catalogue() {
		known[cause.ID] = true
	}
	for id := range needsRemoved {
		if strings.TrimSpace(id) == "" {
			t.Error("a gate without a cause")
		}
		if len(known) >= 68 && !known[id] {
			t.Errorf("%s is gated and not in the catalogue", id)
		}
	}
}
