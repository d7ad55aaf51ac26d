package diff

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/replaydiff/replay/diff/traffic"
)

const (
	oldToken = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJmaW5jaCIsImV4cCI6MTgwMDAwMDAwMH0.b2xk" // {"sub":"finch","exp":1800000000}
	newToken = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJmaW5jaCIsImV4cCI6MTgwMDAwMDA2MH0.bmV3" // {"sub":"finch","exp":1800000060}
)

// request makes an exchange of a request line, header fields and a body, as a
// person would write them: "GET https://a.test/", "Accept: */*", "", "body".
func request(lines ...string) *traffic.Exchange {
	x := &traffic.Exchange{}
	x.Request.Method, x.Request.URL, _ = strings.Cut(lines[0], " ")
	x.Request.Header, x.Request.Body = message(lines[1:])
	return x
}

// answered gives an exchange an answer of that status.
func answered(x *traffic.Exchange, status int, lines ...string) *traffic.Exchange {
	x.Response = &traffic.Response{Status: status}
	x.Response.Header, x.Response.Body = message(lines)
	return x
}

func message(lines []string) (h traffic.Header, b traffic.Body) {
	for n, line := range lines {
		if line == "" {
			return h, traffic.NewBody("", []byte(strings.Join(lines[n+1:], "\n")))
		}
		name, value, _ := strings.Cut(line, ": ")
		h = append(h, traffic.HeaderField{Name: name, Value: value})
	}
	return h, traffic.Body{}
}

// TestEditPaths pins the paths: --ignore, the JSON and .replay.yaml files of
// users rest on them.
func TestEditPaths(t *testing.T) {
	get := func(lines ...string) *traffic.Exchange {
		return request(append([]string{"GET https://a.test/"}, lines...)...)
	}
	post := func(mediaType, body string) *traffic.Exchange {
		return request("POST https://a.test/", "Content-Type: "+mediaType, "", body)
	}
	answer := func(lines ...string) *traffic.Exchange {
		return answered(request("GET https://a.test/"), 200, lines...)
	}
	const multipart = "--X\r\nContent-Disposition: form-data; name=\"photo\"\r\n\r\n%\r\n--X--\r\n"
	for _, tt := range []struct {
		reason  string
		ok, bad *traffic.Exchange
		want    []string
	}{
		{"equal", get(), get(), nil},
		{"method", get(), request("POST https://a.test/"), []string{"replace request.method"}},
		{"scheme, host, port", request("GET https://a.test:81/"), request("GET http://b.test:82/"),
			[]string{"replace request.scheme", "replace request.host", "replace request.port"}},
		{"a port came", request("GET https://a.test/"), request("GET https://a.test:444/"), []string{"add request.port"}},
		{"userinfo and fragment", request("GET https://u@a.test/#x"), request("GET https://v@a.test/#y"),
			[]string{"replace request.userinfo", "replace request.fragment"}},
		{"a segment", request("GET https://a.test/v1/users"), request("GET https://a.test/v2/users"), []string{"replace request.path[0]"}},
		{"a doubled slash", request("GET https://a.test/v1/users"), request("GET https://a.test/v1//users"), []string{"add request.path[1]"}},
		{"a parameter", request("GET https://a.test/?page=1"), request("GET https://a.test/?page=2"), []string{"replace request.query.page"}},
		{"the second of two", request("GET https://a.test/?id=1&id=2"), request("GET https://a.test/?id=1&id=3"),
			[]string{"replace request.query.id[1]"}},
		{"a URL that does not come apart", request("GET /a"), request("GET /b"), []string{"replace request.url"}},
		{"a field, in lower case", get("X-Build: 1"), get("X-Build: 2"), []string{"replace request.header.x-build"}},
		{"case of a name", get("X-Build: 1"), get("x-build: 1"), []string{"respell request.header.x-build"}},
		{"order of fields", get("A: 1", "B: 2"), get("B: 2", "A: 1"), []string{"reorder request.header"}},
		{"the second field of a name", get("X-Tag: 1", "X-Tag: 2"), get("X-Tag: 1", "X-Tag: 3"), []string{"replace request.header.x-tag"}},
		{"a list, by member", get("Accept: text/html, */*"), get("Accept: text/html"), []string{"remove request.header.accept.*/*"}},
		{"hops", get("Via: 1.1 a, 1.1 b"), get("Via: 1.1 a, 1.1 c"), []string{"replace request.header.via.1"}},
		{"a hop alone", get("X-Forwarded-Proto: https"), get("X-Forwarded-Proto: http"), []string{"replace request.header.x-forwarded-proto"}},
		{"a cookie", get("Cookie: a=1; sid=2"), get("Cookie: a=1; sid=3"), []string{"replace request.cookie.sid"}},
		{"a cookie went", get("Cookie: a=1; sid=2"), get("Cookie: a=1"), []string{"remove request.cookie.sid"}},
		{"all cookies went", get("Cookie: a=1; sid=2"), get(), []string{"remove request.header.cookie"}},
		{"the scheme is missing", get("Authorization: Bearer abc"), get("Authorization: abc"),
			[]string{"remove request.header.authorization.scheme"}},
		{"the token", get("Authorization: Bearer abc"), get("Authorization: Bearer abd"),
			[]string{"replace request.header.authorization.credentials"}},
		{"a claim", get("Authorization: Bearer " + oldToken), get("Authorization: Bearer " + newToken),
			[]string{"replace request.header.authorization.credentials.claims.exp", "replace request.header.authorization.credentials.signature"}},
		{"a token in a cookie", get("Cookie: t=" + oldToken), get("Cookie: t=" + newToken),
			[]string{"replace request.cookie.t.claims.exp", "replace request.cookie.t.signature"}},
		{"Basic: password", get("Authorization: Basic dTpw"), get("Authorization: Basic dTpx"),
			[]string{"replace request.header.authorization.credentials.password"}},
		{"Digest: a parameter", get(`Authorization: Digest realm="a", nc=1`), get(`Authorization: Digest realm="a", nc=2`),
			[]string{"replace request.header.authorization.credentials.nc"}},
		{"a JSON member", post("application/json", `{"a":{"b":[1,2]}}`), post("application/json", `{"a":{"b":[1,3]}}`),
			[]string{"replace request.body/a/b/1"}},
		{"a name with a slash", post("application/json", `{"a/b":1}`), post("application/json", `{"a/b":2}`), []string{"replace request.body/a~1b"}},
		{"a form field", post("application/x-www-form-urlencoded", "a=1&b=2"), post("application/x-www-form-urlencoded", "a=1&b=3"),
			[]string{"replace request.body.b"}},
		{"a part", post("multipart/form-data; boundary=X", strings.Replace(multipart, "%", "1", 1)),
			post("multipart/form-data; boundary=X", strings.Replace(multipart, "%", "2", 1)), []string{"replace request.body.photo"}},
		{"a line, from 1", post("text/plain", "a\nb\nc"), post("text/plain", "a\nx\nc"), []string{"replace request.body.2"}},
		{"a body as a whole", post("text/plain", "a"), get("Content-Type: text/plain"),
			[]string{"replace request.method", "remove request.body"}},
		{"the status", answer(), answered(request("GET https://a.test/"), 401), []string{"replace response.status"}},
		{"the answer", answer(), request("GET https://a.test/"), []string{"remove response.answer"}},
		{"a cookie that is set", answer("Set-Cookie: sid=1; Path=/"), answer("Set-Cookie: sid=2; Path=/a"),
			[]string{"replace response.set-cookie.sid.value", "replace response.set-cookie.sid.path"}},
		{"an attribute came", answer("Set-Cookie: sid=1"), answer("Set-Cookie: sid=1; Secure"), []string{"add response.set-cookie.sid.secure"}},
		{"a challenge", answer(`WWW-Authenticate: Bearer realm="a"`), answer(`WWW-Authenticate: Bearer realm="a", error="invalid_token"`),
			[]string{"add response.header.www-authenticate.bearer.error"}},
		{"an error in the body", answer("Content-Type: application/json", "", `{"data":1}`),
			answer("Content-Type: application/json", "", `{"error":{"code":7}}`),
			[]string{"remove response.body/data", "add response.body/error"}},
	} {
		var got []string
		for _, e := range Between(tt.ok, tt.bad) {
			got = append(got, string(e.Op)+" "+e.Path())
			if err := (Ignore{e.Path()}).Check(); err != nil {
				t.Errorf("%s: the path is no pattern: %v", tt.reason, err)
			}
			if _, ok := (Ignore{e.Path()}).Match(e.Path()); !ok && !strings.Contains(e.Path(), "*") {
				t.Errorf("%s: %s does not match itself", tt.reason, e.Path())
			}
		}
		if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", tt.reason, d)
		}
	}
}
