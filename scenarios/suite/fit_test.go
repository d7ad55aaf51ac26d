package suite

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios"
)

// TestPairs: of every working capture a suite is made that reads back without
// mistakes, whose scenarios all fit, with the cause that was found first.
func TestPairs(t *testing.T) {
	dirs, err := filepath.Glob("../../../shared/pairs/p*")
	if err != nil || len(dirs) == 0 {
		if os.Getenv("CI") == "true" {
			t.Fatalf("the labelled pairs are not there: %v", err)
		}
		t.Skip("the labelled pairs are not there")
	}
	foundFirst := 0
	for _, dir := range dirs {
		ok, bad := openCapture(t, dir, "ok"), openCapture(t, dir, "bad")
		alone := suiteOf(t, dir, ok, nil)
		with := suiteOf(t, dir, ok, bad)
		if alone == nil || with == nil {
			continue
		}
		if d := scenarios.Diagnose(diff.Compare(ok, bad, diff.Options{})); len(d.Findings) > 0 && with.Scenarios[0].Cause == d.Findings[0].Cause.ID {
			foundFirst++
		} else if len(d.Findings) > 0 && !strings.Contains(with.Comment, d.Findings[0].Cause.ID) {
			t.Errorf("%s: %s was found, and is neither first nor told of", dir, d.Findings[0].Cause.ID)
		}
	}
	if least := len(dirs) * 3 / 4; foundFirst < least {
		t.Errorf("the cause that was found comes first in %d suites of %d, want %d", foundFirst, len(dirs), least)
	}
}

func suiteOf(t *testing.T, dir string, ok, bad *traffic.Capture) *Suite {
	t.Helper()
	s, err := New(ok, bad)
	if err != nil {
		t.Errorf("%s: %v", dir, err)
		return nil
	}
	var b bytes.Buffer
	if err := Write(&b, s); err != nil {
		t.Errorf("%s: %v", dir, err)
		return nil
	}
	got, err := Read(bytes.NewReader(b.Bytes()), "suite.replay.yaml")
	if err != nil {
		t.Errorf("%s: %v\n%s", dir, err, b.String())
		return nil
	}
	if d := cmp.Diff(s, got); d != "" {
		t.Errorf("%s: read back as another (-written +read)\n%s", dir, d)
	}
	for _, c := range got.Cases() {
		if _, err := c.Entry(ok); err != nil {
			t.Errorf("%s: %s: %v", dir, c.Name, err)
		}
	}
	if len(got.Scenarios) > maxScenarios {
		t.Errorf("%s: %d scenarios", dir, len(got.Scenarios))
	}
	t.Logf("%s\n%s", filepath.Base(dir), b.String())
	return got
}

func openCapture(t *testing.T, dir, side string) *traffic.Capture {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, side+".*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%s: %d files of the side %s", dir, len(files), side)
	}
	c, err := traffic.Open(files[0], traffic.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.File = strings.TrimPrefix(filepath.Base(files[0]), "./")
	return c
}

// request makes an exchange that worked: "GET https://host/path" and the lines
// of its header.
func request(line string, lines ...string) *traffic.Exchange {
	x := worked()
	x.Request.Method, x.Request.URL, _ = strings.Cut(line, " ")
	x.Request.Header = nil
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ": ")
		x.Request.Header = append(x.Request.Header, traffic.HeaderField{Name: name, Value: value})
	}
	return x
}

func flowOf(xs ...*traffic.Exchange) *traffic.Capture {
	for i, x := range xs {
		x.Index = i
	}
	return &traffic.Capture{File: "ok.har", Format: traffic.HAR, Exchanges: xs}
}

// readable is a token of RS256 with sub, aud, iss, scope and exp; its signature is made up.
const readable = "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsxIn0.eyJzdWIiOiJ1MSIsImF1ZCI6ImFwaSIsImlzcyI6Imh0dHBzOi8vaWQudGVzdC8iLCJzY29wZSI6InJlYWQgd3JpdGUiLCJleHAiOjE3NzI0NDU2MDB9.c2lnbmF0dXJlLW1hZGUtdXA"

// TestFit: what is written fits the flow, and nothing else is written.
func TestFit(t *testing.T) {
	session := "Cookie: sid=7f3a9c01d2e4b5f60718293a"
	agent := "User-Agent: Mozilla/5.0 (X11; Linux x86_64) Chrome/120.0"
	private := request("GET https://app.test/me", session)
	private.Response.Header = append(private.Response.Header, traffic.HeaderField{Name: "Cache-Control", Value: "private"})
	answered := func(x *traffic.Exchange, name, value string) *traffic.Exchange {
		x.Response.Header = append(x.Response.Header, traffic.HeaderField{Name: name, Value: value})
		return x
	}
	token := request("POST https://id.test/token", "Authorization: Basic d2ViOnMzY3IzdA==", "Content-Type: application/x-www-form-urlencoded")
	token.Request.Body = traffic.NewBody("application/x-www-form-urlencoded", []byte("grant_type=client_credentials"))
	login, elsewhere := request("POST https://app.test/login"), request("POST https://id.test/login")
	for _, x := range []*traffic.Exchange{login, elsewhere} {
		x.Response.Header = append(x.Response.Header, traffic.HeaderField{Name: "Set-Cookie", Value: "sid=7f3a9c01d2e4b5f60718293a; Path=/; HttpOnly; SameSite=Lax"})
	}
	for _, row := range []struct {
		reason string
		flow   *traffic.Capture
		want   string
	}{
		{"a token that can be read, server to server", flowOf(request("GET https://api.test/orders", "Authorization: Bearer "+readable)),
			"missing-credentials expired-token token-signature-invalid token-signature-invalid wrong-audience wrong-issuer insufficient-scope wrong-auth-scheme missing-bearer-prefix malformed-authorization"},
		{"an opaque token", flowOf(request("GET https://api.test/orders", "Authorization: Bearer 7f3a9c01d2e4b5f60718293a4b5c6d7e")),
			"missing-credentials expired-token wrong-auth-scheme missing-bearer-prefix malformed-authorization"},
		{"a session has no Bearer", flowOf(private), "session-cookie-missing"},
		{"a session that writes", flowOf(private, request("POST https://app.test/me", session, "X-CSRF-Token: Zk3qT9vLm2Xs8RbW")),
			"session-cookie-missing csrf-token-missing csrf-token-mismatch"},
		{"a session that is ended", flowOf(private, request("POST https://app.test/logout", session)), "session-cookie-missing session-expired"},
		{"a session that begins", flowOf(login, private), "session-cookie-missing no-difference"},
		{"a session that another host began", flowOf(elsewhere, private), "session-cookie-missing cookie-domain-mismatch"},
		{"a key", flowOf(request("GET https://api.test/orders", "X-Api-Key: sk_live_7f3a9c01d2e4b5f6")), "api-key-missing api-key-rejected"},
		{"a name and a password", flowOf(request("GET https://api.test/orders", "Authorization: Basic YW5uOnMzY3IzdA==")), "missing-credentials wrong-credentials malformed-authorization"},
		{"a cookie beside a token: nobody knows whether it is asked for", flowOf(request("GET https://api.test/orders", session, "Authorization: Bearer 7f3a9c01d2e4b5f60718293a4b5c6d7e")),
			"missing-credentials expired-token wrong-auth-scheme missing-bearer-prefix malformed-authorization"},
		{"a page for everybody is no session", flowOf(private, answered(request("GET https://app.test/news", session), "Cache-Control", "public, max-age=60")), "session-cookie-missing"},
		{"what a page says about itself is not what it is for", flowOf(private, request("POST https://app.test/_private/stats", session)), "session-cookie-missing"},
		{"a client that proves itself by Basic", flowOf(token), "client-authentication-failed malformed-authorization"},
		{"a page at another origin, with a session", flowOf(request("GET https://api.test/me", session, agent, "Origin: https://app.test", "Sec-Fetch-Mode: cors", "Sec-Fetch-Site: cross-site")),
			"cors-credentials-not-allowed cors-credentials-not-allowed credentials-not-sent"},
		{"a page at another origin, with nothing", flowOf(request("GET https://api.test/news", agent, "Origin: https://app.test", "Sec-Fetch-Mode: cors")), "cors-origin-not-allowed"},
		{"a page at its own origin", flowOf(request("GET https://app.test/me", session, agent, "Origin: https://app.test", "Sec-Fetch-Mode: cors")), "session-cookie-missing"},
	} {
		s, err := New(row.flow, nil)
		if err != nil {
			t.Errorf("%s: %v", row.reason, err)
			continue
		}
		var got []string
		for _, one := range s.Scenarios {
			got = append(got, one.Cause)
		}
		if strings.Join(got, " ") != row.want {
			t.Errorf("%s:\n got %s\nwant %s", row.reason, strings.Join(got, " "), row.want)
		}
	}
}

// TestFitRoutes: a login is asked for where the flow shows that one is needed.
func TestFitRoutes(t *testing.T) {
	bearer, session := "Authorization: Bearer "+readable, "Cookie: sid=7f3a9c01d2e4b5f60718293a"
	file, public := request("GET https://app.test/app/config.json", session), request("GET https://app.test/start", session)
	public.Response.Header = append(public.Response.Header, traffic.HeaderField{Name: "Cache-Control", Value: "max-age=600"})
	for _, row := range []struct {
		reason string
		flow   *traffic.Capture
		want   []string
	}{
		{"different routes, ids left open, three at most", flowOf(request("GET https://api.test/a", bearer), request("GET https://api.test/orders/17", bearer), request("GET https://api.test/orders/18", bearer),
			request("POST https://api.test/orders", bearer), request("GET https://api.test/b", bearer)), []string{"POST /orders", "GET /b", "GET /orders/{}"}},
		{"cookies go everywhere, and prove nothing", flowOf(request("GET https://app.test/account", session), file, request("GET https://app.test/poll", session), request("GET https://app.test/poll", session)), []string{"GET /account"}},
		{"somebody got it without a login", flowOf(request("GET https://app.test/news"), request("GET https://app.test/account", session), request("GET https://app.test/news", session)), []string{"GET /account"}},
		{"what is for everybody", flowOf(request("GET https://app.test/account", session), public), []string{"GET /account"}},
		{"what a page says about itself", flowOf(request("GET https://app.test/account", session), request("POST https://app.test/rum/stats", session)), []string{"GET /account"}},
		{"another server is not asked", flowOf(request("GET https://id.test/userinfo", bearer), request("GET https://api.test/a", bearer)), []string{"GET /a"}},
	} {
		s, err := New(row.flow, nil)
		if err != nil {
			t.Errorf("%s: %v", row.reason, err)
			continue
		}
		if d := cmp.Diff(row.want, s.Scenarios[0].Routes); d != "" {
			t.Errorf("%s: (-want +got)\n%s", row.reason, d)
		}
	}
}

func TestNothingToGuard(t *testing.T) {
	public := request("GET https://app.test/start", "Cookie: sid=7f3a9c01d2e4b5f60718293a")
	public.Response.Header = append(public.Response.Header, traffic.HeaderField{Name: "Cache-Control", Value: "public"})
	for _, row := range []struct {
		reason string
		flow   *traffic.Capture
		want   string
	}{
		{"an empty flow", flowOf(), "ok.har: nothing to guard: no request in it worked"},
		{"a page for everybody, with a cookie", flowOf(public), "ok.har: nothing to guard: what is asked with credentials in it is for everybody, or did not work"},
		{"a public page", flowOf(request("GET https://app.test/")), "ok.har: nothing to guard: no request in it carries a credential"},
	} {
		if _, err := New(row.flow, nil); err == nil || err.Error() != row.want || !errors.Is(err, ErrNothing) {
			t.Errorf("%s: %v, want %s", row.reason, err, row.want)
		}
	}
}

// TestWritten is what a person sees first.
func TestWritten(t *testing.T) {
	s, err := New(flowOf(request("GET https://api.test/orders", "X-Api-Key: sk_live_7f3a9c01d2e4b5f6")), nil)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := Write(&b, s); err != nil {
		t.Fatal(err)
	}
	const want = `# Each scenario breaks the working flow in one way; the server has to notice.
# Run it: replay test THIS-FILE --target http://127.0.0.1:8080
#
# The recorded credentials are sent. Where they are over, give fresh ones:
#   auth: x-api-key: env:API_KEY

capture: ok.har
scenarios:
  # Nobody gets in without a key.
  - cause: api-key-missing
    on: GET /orders
  # A key that nobody issued is refused.
  - cause: api-key-rejected
    on: GET /orders
`
	if d := cmp.Diff(want, b.String()); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

// TestEntry: a case finds its request, or says why it has none.
func TestEntry(t *testing.T) {
	flow := flowOf(request("GET https://api.test/orders/17", "Authorization: Bearer "+readable), request("GET https://api.test/news"))
	for _, row := range []struct {
		reason   string
		scenario Scenario
		entry    int
		want     string
	}{
		{"the one that decides", MissingCredentials(), 0, ""},
		{"a route with an id left open", MissingCredentials().On("GET /orders/{}"), 0, ""},
		{"a route with a named id", MissingCredentials().On("GET /orders/{id}"), 0, ""},
		{"what is missing is told later", ExpiredToken(hour), 0, ""},
		{"no such route", MissingCredentials().On("GET /order/{}"), -1, "cause does not fit this flow: no request `GET /order/{}` worked in the capture: did you mean `GET /orders/{}`?"},
		{"a request that has no place for it", MissingBearerPrefix().On("GET /news"), -1, "cause does not fit this flow: the flow sends no Bearer token"},
	} {
		entry, err := Case{Scenario: row.scenario}.Entry(flow)
		if entry != row.entry || (err == nil) != (row.want == "") || err != nil && err.Error() != row.want {
			t.Errorf("%s: %d, %v; want %d %s", row.reason, entry, err, row.entry, row.want)
		}
	}
}

// A route is found again by its template, and by what people write for it.
func TestMatches(t *testing.T) {
	for _, row := range []struct {
		reason, route, url string
		want               bool
	}{
		{"as it is", "GET /orders", "https://api.test/orders?page=2", true},
		{"an id", "GET /orders/{}", "https://api.test/orders/8c1f0b52-93a7-4a3e-9a55-2b7d1f8e6c40", true},
		{"a named id", "GET /orders/{id}/items", "https://api.test/orders/17/items", true},
		{"a word is any, too", "GET /orders/{}", "https://api.test/orders/latest", true},
		{"a part of a segment", "GET /assets/app.{}.js", "https://app.test/assets/app.d91b16e8.js", true},
		{"two parts", "GET /a-{}-b-{}.csv", "https://app.test/a-1-b-2.csv", true},
		{"two parts, the second missing", "GET /a-{}-b-{}.csv", "https://app.test/a-1.csv", false},
		{"parts that would overlap", "GET /aba{}ba", "https://app.test/aba", false},
		{"a parameter of the path", "GET /cart", "https://app.test/cart;jsessionid=0A1B2C3D4E5F60718293", true},
		{"no path", "GET /", "https://app.test", true},
		{"another method", "POST /orders", "https://api.test/orders", false},
		{"a longer path", "GET /orders", "https://api.test/orders/17", false},
		{"another word", "GET /orders", "https://api.test/order", false},
	} {
		if got := matches(row.route, &traffic.Request{Method: "GET", URL: row.url}); got != row.want {
			t.Errorf("%s: %s matches %s: %v", row.reason, row.route, row.url, got)
		}
	}
	r := &traffic.Request{Method: "GET", URL: "https://app.test/v2/users/17/files/report-2026-11-23T10.pdf"}
	if route := routeOf(r); !matches(route, r) {
		t.Errorf("a request is not of its own route %s", route)
	}
}

// TestUnguarded: what may be for everybody is named and left to a person, what
// was got without a session is not.
func TestUnguarded(t *testing.T) {
	const sid = "Cookie: sid=7f3a9c01d2e4b5f6a8"
	flow := flowOf(request("GET https://shop.test/news"), request("GET https://shop.test/news", sid), request("GET https://shop.test/orders", sid),
		request("POST https://shop.test/orders", sid), request("GET https://cdn.test/orders", sid))
	s, err := New(flow, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(s.Comment, "session-cookie-missing:\n  GET /orders\n\n") || strings.Contains(s.Comment, "/news") {
		t.Errorf("the head is\n%s", s.Comment)
	}
	var b bytes.Buffer
	if err := WriteGinkgo(&b, s, "shop"); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"// Run it: TARGET=http://127.0.0.1:8080 go test\n", "// On of SessionCookieMissing:\n", "specs.Auth(\"cookie:sid=env:SESSION\")\n"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
}

// TestEveryWriteIsGuarded: one route may be exempt from the CSRF check, and
// another is not.
func TestEveryWriteIsGuarded(t *testing.T) {
	const sid = "Cookie: sid=7f3a9c01d2e4b5f6a8"
	var list []*traffic.Exchange
	for _, route := range []string{"POST https://shop.test/carts", "POST https://shop.test/carts", "DELETE https://shop.test/notes", "POST https://shop.test/a", "POST https://shop.test/b"} {
		list = append(list, request(route, sid, "X-CSRF-Token: 9a3f7c01d2e4b5f6a811"))
	}
	s, err := New(flowOf(list...), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, have := range s.Scenarios {
		if have.Cause == "csrf-token-missing" {
			if len(have.Routes) != maxRoutes {
				t.Errorf("it is tried on %q", have.Routes)
			}
			return
		}
	}
	t.Error("there is no csrf-token-missing")
}
