package scenarios

import (
	"testing"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
)

// fetchOf is a request of a table, with the JSON or HTML that answers it.
func fetchOf(url string, status int, body string, headers ...string) *traffic.Exchange {
	t := newTake("", 0)
	return t.add(talk{ask: "GET " + url, status: status, body2: body, answer: headers})
}

func flow(xs ...*traffic.Exchange) *traffic.Capture {
	for i, x := range xs {
		x.Index = i
	}
	return &traffic.Capture{Format: traffic.HAR, Exchanges: xs}
}

func curlLine(url, cookie string) *traffic.Exchange {
	x := fetchOf(url, 200, "")
	x.Response = nil
	if cookie != "" {
		SetHeader(&x.Request.Header, "cookie", cookie)
	}
	return x
}

const (
	loginForm = `<!doctype html><form><input name=u><input type="password" name=p></form>`
	report    = "https://a.test/report"
)

func TestChoiceOfTheExchange(t *testing.T) {
	tests := []struct {
		reason  string
		ok, bad *traffic.Capture
		entry   int // -1: nothing fails
		paired  bool
	}{
		{"what worked and fails", flow(fetchOf(report, 200, "{}")), flow(fetchOf(report, 401, "{}")), 0, true},
		{"the first of several", flow(fetchOf("https://a.test/1", 200, "{}"), fetchOf(report, 200, "{}")), flow(fetchOf("https://a.test/1", 401, "{}"), fetchOf(report, 401, "{}")), 0, true},
		{"a failing image waits behind a refusal that is new",
			flow(fetchOf("https://a.test/logo.png", 200, "x"), fetchOf("https://a.test/", 200, loginForm)),
			flow(fetchOf("https://a.test/logo.png", 403, "x"), fetchOf("https://a.test/", 200, loginForm), fetchOf("https://a.test/session", 401, "{}")), 2, false},
		{"a failing image is better than nothing", flow(fetchOf("https://a.test/logo.png", 200, "x")), flow(fetchOf("https://a.test/logo.png", 403, "x")), 0, true},
		{"beacons fail by every ad blocker", flow(fetchOf("https://t.test/telemetry", 204, "")), flow(fetchOf("https://t.test/telemetry", 403, "")), -1, false},
		{"what fails in both is no news", flow(fetchOf("https://a.test/old", 404, "{}")), flow(fetchOf("https://a.test/old", 404, `{"n":1}`)), -1, false},
		{"what fails in both, otherwise", flow(fetchOf(report, 404, "{}")), flow(fetchOf(report, 403, "{}")), 0, false},
		{"a new failure outweighs one that changed",
			flow(fetchOf(report, 404, "{}")), flow(fetchOf(report, 403, "{}"), fetchOf("https://b.test/pay", 401, "{}")), 1, false},
		{"GraphQL errors under a 200", flow(fetchOf(report, 200, `{"data":{"a":1}}`)), flow(fetchOf(report, 200, `{"data":null,"errors":[{"message":"no"}]}`)), 0, true},
		{"errors that were there before", flow(fetchOf(report, 200, `{"errors":[{"message":"no"}],"n":1}`)), flow(fetchOf(report, 200, `{"errors":[{"message":"no"}],"n":2}`)), -1, false},
		{"a redirect to itself, where the page was", flow(fetchOf(report, 200, "{}")), flow(fetchOf(report, 301, "", "Location: "+report)), 0, true},
		{"a redirect to itself that tries a cookie", flow(fetchOf(report, 200, "{}")), flow(fetchOf(report, 302, "", "Location: "+report, "Set-Cookie: try=1")), -1, false},
		{"where a redirect ends that is the same as before",
			flow(fetchOf("https://a.test/old", 302, "", "Location: "+report), fetchOf(report, 200, "{}")),
			flow(fetchOf("https://a.test/old", 302, "", "Location: "+report), fetchOf(report, 302, "", "Location: "+report), fetchOf(report, -1, "")), 2, true},
		{"a login page under a 200", flow(fetchOf("https://a.test/home", 200, "<!doctype html><h1>Home</h1>")), flow(fetchOf("https://a.test/home", 200, loginForm)), 0, true},
		{"the login page itself", flow(fetchOf("https://a.test/login", 200, loginForm)), flow(fetchOf("https://a.test/login", 200, loginForm+"<p>2")), -1, false},
		{"another page of a list", flow(fetchOf(report+"?page=1", 200, `{"items":[1]}`)), flow(fetchOf(report+"?page=2", 200, `{"items":[2]}`)), -1, false},
		{"a login on the way in", flow(fetchOf("https://a.test/home", 200, "{}")),
			flow(fetchOf("https://a.test/home", 302, "", "Location: https://a.test/login"), fetchOf("https://a.test/login", 200, loginForm), fetchOf("https://a.test/home", 200, "{}")), -1, false},
		{"a path with a segment more is the request that is missing", flow(fetchOf("https://a.test/1", 200, "{}"), fetchOf("https://a.test/oauth/token", 200, "{}"), fetchOf("https://a.test/3", 200, "{}")),
			flow(fetchOf("https://a.test/1", 200, "{}"), fetchOf("https://a.test/oauth/v9/token", 404, "{}"), fetchOf("https://a.test/3", 200, "{}")), 1, true},
		{"another request at that place is not", flow(fetchOf("https://a.test/1", 200, "{}"), fetchOf("https://a.test/oauth/token", 200, "{}")),
			flow(fetchOf("https://a.test/1", 200, "{}"), fetchOf("https://a.test/help/contact/form", 404, "{}")), 1, false},
		{"a challenge that is not answered any more",
			flow(fetchOf(report, 401, "", `WWW-Authenticate: Digest realm="r", nonce="n"`), fetchOf(report, 200, "{}")),
			flow(fetchOf(report, 401, "", `WWW-Authenticate: Digest realm="r", nonce="n"`)), 0, true},
		{"a challenge that is answered in both",
			flow(fetchOf(report, 401, "", `WWW-Authenticate: Digest realm="r", nonce="n"`), fetchOf(report, 200, "{}")),
			flow(fetchOf(report, 401, "", `WWW-Authenticate: Digest realm="r", nonce="m"`), fetchOf(report, 200, "{}")), -1, false},
		{"a firewall's page under a 200, alone", flow(), flow(fetchOf("https://a.test/q", 200, "<!doctype html><title>Request Rejected</title>The requested URL was rejected. Please consult with your administrator.<br>Your support ID is: 771")), 0, false},
		{"an incident of Imperva under a 200, alone", flow(), flow(fetchOf("https://a.test/q", 200, "<!doctype html><iframe src=/_Incapsula_Resource?x=1>Request unsuccessful. Incapsula incident ID: 4-1</iframe>")), 0, false},
		{"an app's page with Imperva's script", flow(), flow(fetchOf("https://a.test/q", 200, "<!doctype html><script src=/_Incapsula_Resource?x=1></script><h1>Home</h1>")), -1, false},
		{"a firewall's page in place of JSON", flow(fetchOf(report, 200, "{}")), flow(fetchOf(report, 200, "<!doctype html><title>Request Rejected</title>The requested URL was rejected. Please consult with your administrator.<br>Your support ID is: 771")), 0, true},
		{"a second factor in place of the page", flow(fetchOf(report, 200, "{}")), flow(fetchOf(report, 302, "", "Location: /mfa?next=%2Freport")), 0, true},
		{"a capture alone", flow(), flow(fetchOf("https://a.test/1", 200, "{}"), fetchOf("https://a.test/2", 401, "{}")), 1, false},
		{"a capture alone that works", flow(), flow(fetchOf("https://a.test/1", 200, "{}"), fetchOf("https://a.test/login", 200, loginForm)), -1, false},
		{"a curl line that differs fails, says who calls it bad", flow(curlLine(report, "sid=a")), flow(curlLine(report, "")), 0, true},
		{"a curl line that does not differ", flow(curlLine(report, "sid=a")), flow(curlLine(report, "sid=a")), -1, false},
	}
	for _, tt := range tests {
		v := newView(diff.Compare(tt.ok, tt.bad, diff.Options{}))
		switch {
		case v == nil && tt.entry >= 0:
			t.Errorf("%s: nothing is taken for a failure", tt.reason)
		case v == nil:
		case v.Failed.Index != tt.entry:
			t.Errorf("%s: %s", tt.reason, name(v.Failed))
		case (v.Good != nil) != tt.paired:
			t.Errorf("%s: paired with %v (%d), want %v", tt.reason, v.Good, v.Decisive, tt.paired)
		}
	}
}

func TestHoldsError(t *testing.T) {
	tests := []struct {
		reason, body string
		want         bool
	}{
		{"GraphQL", `{"errors":[{"message":"x"}]}`, true},
		{"OAuth under a 200", ` {"error":"bad_verification_code"}`, true},
		{"the same in form encoding", `error=bad_verification_code&error_description=expired`, true},
		{"a text about errors", `error=x is not allowed`, false},
		{"an API with a flag", `{"ok":false,"code":"not_authed"}`, true},
		{"an empty list is none", `{"errors":[],"data":{}}`, false},
		{"null is none", `{"error":null}`, false},
		{"deeper down it is data", `{"log":{"error":"x"}}`, false},
		{"no JSON", `{"error":`, false},
		{"text", `error`, false},
	}
	for _, tt := range tests {
		if got := holdsError(fetchOf(report, 200, tt.body)); got != tt.want {
			t.Errorf("%s: %v", tt.reason, got)
		}
	}
	if !holdsError(fetchOf(report, 200, "", "grpc-status: 16")) {
		t.Error("gRPC's UNAUTHENTICATED is an error")
	}
	if !holdsError(fetchOf(report, 200, "", "grpc-status: 8")) {
		t.Error("gRPC's RESOURCE_EXHAUSTED refuses as 429 does")
	}
}
