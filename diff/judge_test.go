package diff

import (
	"strings"
	"testing"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
)

// noiseBetween returns what Judge says of each edit: "path: noise".
func noiseBetween(ok, bad *traffic.Exchange) []string {
	var list []string
	for _, c := range Judge(ok, bad, Between(ok, bad)) {
		list = append(list, strings.TrimSuffix(c.Path()+": "+string(c.Noise), ": "))
	}
	return list
}

// TestJudgeNeverHidesAuthority changes, adds and removes what opens doors, and
// no edit of it may be noise.
func TestJudgeNeverHidesAuthority(t *testing.T) {
	for _, tt := range []struct{ reason, ok, bad string }{
		{"another token", "Authorization: Bearer abc", "Authorization: Bearer abd"},
		{"a random token for a random token", "Authorization: Bearer 0278e9689dabad965b5e31af95f2bef6", "Authorization: Bearer 750fb2cb546cf6471dcf7c68eef728e5"},
		{"no scheme", "Authorization: Bearer abc", "Authorization: abc"},
		{"two spaces behind the scheme", "Authorization: Bearer abc", "Authorization: Bearer  abc"},
		{"the scheme in another case", "Authorization: Bearer abc", "Authorization: bearer abc"},
		{"a newer JWT", "Authorization: Bearer " + oldToken, "Authorization: Bearer " + newToken},
		{"separators inside of credentials", `Authorization: Digest realm="a", nc=1`, `Authorization: Digest realm="a",nc=1`},
		{"the proxy's credentials", "Proxy-Authorization: Basic dTpw", "Proxy-Authorization: Basic dTpx"},
		{"the proxy's separator", "Proxy-Authorization: Basic dTpw", "Proxy-Authorization: Basic  dTpw"},
		{"a session", "Cookie: sid=1", "Cookie: sid=2"},
		{"a session that looks like a hash", "Cookie: JSESSIONID=0278e9689dabad96", "Cookie: JSESSIONID=750fb2cb546cf647"},
		{"a nameless cookie", "Cookie: abc", "Cookie: abd"},
		{"two cookies of a name, swapped", "Cookie: sid=1; sid=2", "Cookie: sid=2; sid=1"},
		{"cookies that share a value and a bracket", "Cookie: a[b]=1", "Cookie: a[c]=1"},
		{"a CSRF token", "X-CSRF-Token: 0278e9689dabad96", "X-CSRF-Token: 750fb2cb546cf647"},
		{"Angular's", "X-XSRF-TOKEN: 018f3c1e-7b1a-7c3d-9e2f-0123456789ab", "X-XSRF-TOKEN: 118f3c1e-7b1a-4c3d-9e2f-0123456789ac"},
		{"ASP.NET's", "RequestVerificationToken: a", "RequestVerificationToken: b"},
		{"the host", "Host: a.test", "Host: b.test"},
		{"another authority than the URL's", ":authority: a.test", ":authority: b.test"},
		{"the origin", "Origin: https://a.test", "Origin: https://b.test"},
		{"the origin became null", "Origin: https://a.test", "Origin: null"},
		{"the Referer's origin", "Referer: https://a.test/x", "Referer: https://b.test/x"},
		{"Forwarded", "Forwarded: for=192.0.2.1", "Forwarded: for=192.0.2.2"},
		{"the client's address", "X-Forwarded-For: 192.0.2.1", "X-Forwarded-For: 192.0.2.2"},
		{"hops in another order", "X-Forwarded-For: 192.0.2.1, 192.0.2.2", "X-Forwarded-For: 192.0.2.2, 192.0.2.1"},
		{"a hop more", "X-Forwarded-For: 192.0.2.1, 10.0.0.1", "X-Forwarded-For: 192.0.2.1, 10.0.0.1, 10.0.0.2"},
		{"TLS ends before the server", "X-Forwarded-Proto: https", "X-Forwarded-Proto: http"},
		{"the host before a proxy", "X-Forwarded-Host: a.test", "X-Forwarded-Host: b.test"},
		{"its port", "X-Forwarded-Port: 443", "X-Forwarded-Port: 80"},
		{"another proxy", "Via: 1.1 a", "Via: 1.1 b"},
		{"a known API key", "X-API-Key: 0278e9689dabad96", "X-API-Key: 750fb2cb546cf647"},
		{"a key under a name that nobody knows", "X-Acme: 0278e9689dabad965b5e31af95f2bef6", "X-Acme: 750fb2cb546cf6471dcf7c68eef728e5"},
		{"a signature", "X-Amz-Date: 20261123T082025Z", "X-Amz-Date: 20261123T092025Z"},
	} {
		for _, pair := range [][2]*traffic.Exchange{
			{request("GET https://c.test/", tt.ok), request("GET https://c.test/", tt.bad)},
			{request("GET https://c.test/", tt.ok), request("GET https://c.test/")},
			{request("GET https://c.test/"), request("GET https://c.test/", tt.bad)},
		} {
			edits := noiseBetween(pair[0], pair[1])
			for _, edit := range edits {
				if strings.Contains(edit, ": ") {
					t.Errorf("%s: hidden: %s", tt.reason, edit)
				}
			}
			if len(edits) == 0 {
				t.Errorf("%s: no edit", tt.reason)
			}
		}
	}
}

func TestJudge(t *testing.T) {
	get := func(lines ...string) *traffic.Exchange {
		return request(append([]string{"GET https://a.test/"}, lines...)...)
	}
	answer := func(lines ...string) *traffic.Exchange { return answered(get(), 200, lines...) }
	json := func(body string) *traffic.Exchange { return answer("Content-Type: application/json", "", body) }
	with := func(x *traffic.Exchange, change func(*traffic.Exchange)) *traffic.Exchange { change(x); return x }
	for _, tt := range []struct {
		reason  string
		ok, bad *traffic.Exchange
		want    string
	}{
		{"the recorder's clock was never sent", get(), with(get(), func(x *traffic.Exchange) { x.Recorded.Millis = 7 }), "recorder.note.timings: recorder"},
		{"a name in another case", get("X-A: 1"), get("x-a: 1"), "request.header.x-a: spelling"},
		{"fields in another order", get("A: 1", "B: 2"), get("B: 2", "A: 1"), "request.header: order"},
		{"cookies in another order", get("Cookie: a=1; b=2"), get("Cookie: b=2; a=1"), "request.header.cookie: order"},
		{"separators of cookies", get("Cookie: a=1; b=2"), get("Cookie: a=1;b=2"), "request.header.cookie: spelling"},
		{"a cookie in a field of its own, as HTTP/2 has it", get("Cookie: a=1; b=2", "Cookie: c=3"), get("Cookie: a=1", "Cookie: b=2; c=3"),
			"request.cookie.b: moved | request.cookie.b: moved"},
		{"formatting of JSON", json(`{"a":1}`), json("{\n  \"a\": 1\n}"), "response.body: spelling"},
		{"the protocol", get(), with(get(), func(x *traffic.Exchange) { x.Request.Proto = "h2" }), "request.proto: http version"},
		{"the authority of the URL, said by HTTP/2", get("Host: a.test"), get(":authority: a.test", "Host: a.test"),
			"request.header.:authority: said elsewhere"},
		{"another authority than the URL's", get(), get(":authority: b.test"), "request.header.:authority"},
		{"a pseudo-header", get(), get(":method: GET"), "request.header.:method: said elsewhere"},
		{"another boundary", get("Content-Type: multipart/form-data; boundary=a"), get("Content-Type: multipart/form-data; boundary=b"),
			"request.header.content-type: multipart boundary"},
		{"another content type", get("Content-Type: text/plain"), get("Content-Type: text/html"), "request.header.content-type"},
		{"another media type that no field says", with(get(), func(x *traffic.Exchange) { x.Request.Body.MediaType = "text/plain" }),
			with(get(), func(x *traffic.Exchange) { x.Request.Body.MediaType = "text/html" }), "request.type"},
		{"negotiation", get("Accept: text/html"), get("Accept: */*"), "request.header.accept.text/html: negotiation | request.header.accept.*/*: negotiation"},
		{"an id of a request", get("X-Request-ID: 1"), get("X-Request-ID: 2"), "request.header.x-request-id: tracing id"},
		{"an analytics cookie", get("Cookie: _ga=1; sid=1"), get("Cookie: _ga=2; sid=1"), "request.cookie._ga: analytics"},
		{"a cache-buster where there was no query", request("GET https://a.test/"), request("GET https://a.test/?_=1"), "request.query: cache-buster"},
		{"a query where there was none", request("GET https://a.test/"), request("GET https://a.test/?_=1&page=2"), "request.query"},
		{"a cache-buster", request("GET https://a.test/?_=1"), request("GET https://a.test/?_=2"), "request.query._: cache-buster"},
		{"a random query value may be a key", request("GET https://a.test/?z=0278e9689dabad96"), request("GET https://a.test/?z=750fb2cb546cf647"),
			"request.query.z"},
		{"parameters in another order", request("GET https://a.test/?a=1&b=2"), request("GET https://a.test/?b=2&a=1"), "request.query: order"},
		{"parameters of a name, swapped", request("GET https://a.test/?a=1&a=2"), request("GET https://a.test/?a=2&a=1"), "request.query"},
		{"a file of another build", request("GET https://a.test/app.3f2a1b.js"), request("GET https://a.test/app.9c0d4e.js"), "request.path[0]: build hash"},
		{"another thing", request("GET https://a.test/orders/3f2a1b9c"), request("GET https://a.test/orders/9c0d4e3f"), "request.path[1]"},
		{"another picture", request("GET https://a.test/logo@2x.png"), request("GET https://a.test/icon@2x.png"), "request.path[0]"},
		{"when it was", answer("Date: Mon, 23 Nov 2026 10:00:00 GMT"), answer("Date: Mon, 23 Nov 2026 10:00:09 GMT"), "response.header.date: clock"},
		{"a random id in an answer", json(`{"id":"018f3c1e-7b1a-7c3d-9e2f-0123456789ab"}`), json(`{"id":"118f3c1e-7b1a-4c3d-9e2f-0123456789ac"}`),
			"response.body/id: volatile id"},
		{"a token in an answer", json(`{"access_token":"018f3c1e-7b1a-7c3d-9e2f-0123456789ab"}`),
			json(`{"access_token":"118f3c1e-7b1a-4c3d-9e2f-0123456789ac"}`), "response.body/access_token"},
		{"a thing in an answer", json(`{"state":"open"}`), json(`{"state":"shut"}`), "response.body/state"},
		{"the status", answer(), answered(get(), 401), "response.status"},
		{"the text behind the status", answer(), with(answer(), func(x *traffic.Exchange) { x.Response.StatusText = "OK" }),
			"response.reason: said elsewhere"},
		{"a session that is set", answer("Set-Cookie: sid=1"), answer("Set-Cookie: sid=2"), "response.set-cookie.sid.value"},
		{"the recorder's list beside the header", get("Cookie: a=1"), with(get("Cookie: a=1"), func(x *traffic.Exchange) {
			x.Request.Cookies = []traffic.Cookie{{Name: "a", Path: "/"}}
		}), "request.cookie.a: said elsewhere"},
		{"the recorder's list alone", get(), with(get(), func(x *traffic.Exchange) {
			x.Request.Cookies = []traffic.Cookie{{Name: "sid", Value: "1"}}
		}), "request.cookie.sid"},
	} {
		if got := strings.Join(noiseBetween(tt.ok, tt.bad), " | "); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.reason, got, tt.want)
		}
	}
}

func TestJudgeKeepsEveryEdit(t *testing.T) {
	ok, bad := request("GET https://a.test/?_=1", "Accept: a", "X: 1"), request("GET https://a.test/?_=2", "Accept: b", "X: 2")
	bad.Recorded.Started = traffic.Timestamp{Time: time.Unix(1, 0), Text: "x"}
	if edits, changes := Between(ok, bad), Judge(ok, bad, Between(ok, bad)); len(edits) != len(changes) {
		t.Errorf("%d edits became %d changes", len(edits), len(changes))
	}
}
