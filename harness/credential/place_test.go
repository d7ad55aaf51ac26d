package credential_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/credential"
)

const newJWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIyIn0.c2lnbmF0dXJlMg"

const oldJWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJlMQ"

func request(url string, lines ...string) *traffic.Request {
	r := &traffic.Request{Method: "GET", URL: url}
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ": ")
		r.Header = append(r.Header, traffic.HeaderField{Name: name, Value: value})
	}
	return r
}

// lines is a request as text: its URL, then its header.
func lines(r *traffic.Request) string {
	out := r.URL
	for _, f := range r.Header {
		out += "\n" + f.Name + ": " + f.Value
	}
	return out
}

func TestPlace(t *testing.T) {
	bearer := field("Authorization", "Bearer new")
	bare := credential.Credential{Token: "new"}
	all := credential.Placing{Mapped: true, All: true}
	mapped := credential.Placing{Mapped: true}
	const url = "https://a.test/x"
	for _, row := range []struct {
		c       credential.Credential
		placing credential.Placing
		request *traffic.Request
		want    string
		paths   string
		reason  string
	}{
		{bearer, mapped, request(url, "Accept: */*", "authorization: Bearer old", "X-A: 1"), url + "\nAccept: */*\nauthorization: Bearer new\nX-A: 1", "request.header.authorization", "in its place, with its case"},
		{bearer, mapped, request(url, "Authorization: Token old"), url + "\nAuthorization: Bearer new", "request.header.authorization", "the scheme is the one that was given"},
		{bare, mapped, request(url, "Authorization: Token old"), url + "\nAuthorization: Token new", "request.header.authorization", "a bare token takes that of the recorded one"},
		{bare, mapped, request(url, "Authorization: "+oldJWT), url + "\nAuthorization: new", "request.header.authorization", "even none"},
		{bare, mapped, request(url, "Authorization: Basic YTpi"), url + "\nAuthorization: Bearer new", "request.header.authorization", "a token is no user and password"},
		{bearer, mapped, request(url, "Authorization: Bearer old", "AUTHORIZATION: Bearer older"), url + "\nAuthorization: Bearer new", "request.header.authorization", "one of them remains"},
		{bearer, mapped, request(url, "X-Auth-Token: old"), url + "\nX-Auth-Token: new", "request.header.x-auth-token", "where the token stood"},
		{bearer, mapped, request(url + "?a=1&access_token=old%2Bold&b=2#f"), url + "?a=1&access_token=new&b=2#f", "request.query.access_token", "RFC 6750 section 2.3"},
		{bearer, mapped, request(url, "Cookie: a=1; session_jwt="+oldJWT+"; b=2"), url + "\nCookie: a=1; session_jwt=new; b=2", "request.cookie.session_jwt", "a JWT in a cookie"},
		{bearer, mapped, request(url, "Authorization: Bearer "+oldJWT, "Cookie: tok="+oldJWT), url + "\nAuthorization: Bearer new\nCookie: tok=new", "request.header.authorization request.cookie.tok", "the same token at two places"},
		{bearer, mapped, request(url, "Cookie: sid=886095f5bb6f6136"), url + "\nCookie: sid=886095f5bb6f6136\nAuthorization: Bearer new", "request.header.authorization", "a session is of another kind: it goes beside"},
		{bearer, mapped, request(url, "X-Api-Key: app-key-123456"), url + "\nX-Api-Key: app-key-123456\nAuthorization: Bearer new", "request.header.authorization", "a key is the application's"},
		{field("X-Api-Key", "new"), mapped, request(url, "x-api-KEY: app-key-123456"), url + "\nx-api-KEY: new", "request.header.x-api-key", "a key in its place"},
		{bearer, mapped, request(url, ":path: /x", "cookie: sid=886095f5bb6f6136"), url + "\n:path: /x\ncookie: sid=886095f5bb6f6136\nauthorization: Bearer new", "request.header.authorization", "names of HTTP/2 are in lower case"},
		{credential.Credential{Cookies: []traffic.Param{{Name: "sid", Value: "new"}}}, mapped, request(url, "Cookie: a=1;sid=old12345; SID=other"), url + "\nCookie: a=1;sid=new; SID=other", "request.cookie.sid", "names of cookies have case"},
		{credential.Credential{Cookies: []traffic.Param{{Name: "sid", Value: "new"}}}, mapped, request(url, "Cookie: session=886095f5bb6f6136"), url + "\nCookie: session=886095f5bb6f6136; sid=new", "request.cookie.sid", "one more"},
		{credential.Credential{Query: []traffic.Param{{Name: "key", Value: "n w&"}}}, all, request(url + "?#f"), url + "?key=n+w%26#f", "request.query.key", "added and escaped"},

		{bearer, mapped, request(url, "Accept: */*"), "", "", "public requests stay public"},
		{bearer, mapped, request(url, "Cookie: theme=dark", "X-CSRF-Token: abcdefgh"), "", "", "neither proves who asks"},
		{bearer, mapped, request(url, "Proxy-Authorization: Basic YTpi"), "", "", "that is the proxy's"},
		{bearer, all, request(url, "Accept: */*"), url + "\nAccept: */*\nAuthorization: Bearer new", "request.header.authorization", "unless asked for"},
		{bearer, credential.Placing{All: true}, request(url, "Authorization: Bearer old"), "", "", "never to another origin"},
		{bearer, credential.Placing{}, request(url, "Authorization: Bearer old"), "", "", "the zero value places nothing"},
		{credential.Credential{}, all, request(url, "Authorization: Bearer old"), "", "", "nothing to place"},
	} {
		before := lines(row.request)
		got, paths := row.c.Place(row.request, row.placing)
		want := row.want
		if want == "" {
			want = before
		}
		if d := cmp.Diff(want, lines(got)); d != "" {
			t.Errorf("%s:\n%s", row.reason, d)
		}
		if strings.Join(paths, " ") != row.paths {
			t.Errorf("%s: paths %v", row.reason, paths)
		}
		if lines(row.request) != before {
			t.Errorf("%s: the recorded request changed", row.reason)
		}
	}
}

func TestPlaceLeavesLoginsAlone(t *testing.T) {
	form := func(body string, header ...string) *traffic.Request {
		r := request("https://a.test/login", header...)
		r.Method = "POST"
		r.Body = traffic.NewBody("application/x-www-form-urlencoded", []byte(body))
		return r
	}
	preflight := request("https://a.test/x", "Access-Control-Request-Method: GET", "Origin: https://b.test")
	preflight.Method = "OPTIONS"
	all := credential.Placing{Mapped: true, All: true}
	for _, row := range []struct {
		request *traffic.Request
		placed  bool
		reason  string
	}{
		{form("user=a&password=b"), false, "a login form says who asks"},
		{form("grant_type=client_credentials", "Authorization: Basic YTpi"), false, "the client of a grant is not the user"},
		{preflight, false, "browsers send no credentials with a preflight"},
		{form("name=a", "Authorization: Bearer old"), true, "any other form"},
	} {
		if _, paths := field("Authorization", "Bearer new").Place(row.request, all); (paths != nil) != row.placed {
			t.Errorf("%s: %v", row.reason, paths)
		}
	}
}

// A recorder may list cookies that its header does not have.
func TestPlaceCookieOfAList(t *testing.T) {
	r := request("https://a.test/x")
	r.Cookies = []traffic.Cookie{{Name: "a", Value: "1"}, {Name: "sid", Value: "886095f5bb6f6136"}}
	got, _ := credential.Credential{Cookies: []traffic.Param{{Name: "sid", Value: "new"}}}.Place(r, credential.Placing{Mapped: true})
	if d := cmp.Diff([]traffic.Param{{Name: "a", Value: "1"}, {Name: "sid", Value: "new"}}, got.CookiePairs()); d != "" {
		t.Error(d)
	}
	if r.Cookies[1].Value != "886095f5bb6f6136" {
		t.Error("the recorded request changed")
	}
}

// Placing twice is placing once, nothing but the placed part changes, and a
// request for elsewhere is never touched.
func TestPlaceLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom([]string{"Authorization", "X-Api-Key", "X-Auth-Token", "Accept", "Cookie", "X-Tenant"})
		value := rapid.SampledFrom([]string{"Bearer oldoldold1", "Token abcdefgh12", "sid=886095f5bb6f6136; a=b", "*/*", oldJWT, "Basic YTpi", ""})
		r := request(rapid.SampledFrom([]string{"https://a.test/", "https://a.test/x?access_token=oldoldold1&a=%20#f", "/rel?token=abcdefgh12", "https://a.test/?a"}).Draw(t, "url"))
		for range rapid.IntRange(0, 5).Draw(t, "fields") {
			r.Header = append(r.Header, traffic.HeaderField{Name: name.Draw(t, "name"), Value: value.Draw(t, "value")})
		}
		c := rapid.SampledFrom([]credential.Credential{
			field("Authorization", "Bearer "+newJWT), field("X-Api-Key", newJWT), {Token: newJWT},
			{Cookies: []traffic.Param{{Name: "sid", Value: newJWT}}}, {Query: []traffic.Param{{Name: "access_token", Value: newJWT}}},
		}).Draw(t, "credential")
		placing := credential.Placing{Mapped: true, All: rapid.Bool().Draw(t, "all")}
		before := lines(r)
		once, paths := c.Place(r, placing)
		if lines(r) != before {
			t.Fatal("the recorded request changed")
		}
		if placing.All && len(paths) == 0 || len(paths) > 0 && !strings.Contains(lines(once), newJWT) {
			t.Fatalf("not placed: %v\n%s", paths, lines(once))
		}
		if len(paths) == 0 && once != r {
			t.Fatal("changed without a path")
		}
		if twice, _ := c.Place(once, placing); lines(twice) != lines(once) && c.Token == "" {
			t.Fatalf("twice is not once:\n%s\n--\n%s", lines(once), lines(twice))
		}
		if other, paths := c.Place(r, credential.Placing{All: true}); other != r || paths != nil {
			t.Fatal("a request for elsewhere was touched")
		}
	})
}
