package harness

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/results"
	"github.com/replaydiff/replay/scenarios/suite"
)

// everyScenario are the scenarios of all constructors, with arguments that a
// person could choose for any app.
func everyScenario() []suite.Scenario {
	var list []suite.Scenario
	for _, c := range suite.Constructors() {
		switch f := c.New.(type) {
		case func() suite.Scenario:
			list = append(list, f())
		case func(string) suite.Scenario:
			list = append(list, f(argument(c.Arguments[0])))
		case func(...string) suite.Scenario:
			list = append(list, f())
		case func(time.Duration) suite.Scenario:
			list = append(list, f(2*time.Hour))
		case func(int) suite.Scenario:
			list = append(list, f(map[string]int{"requests": 20, "bytes": 20000}[c.Arguments[0]]))
		case func(netip.Addr) suite.Scenario:
			list = append(list, f(netip.MustParseAddr("198.51.100.7")))
		case func(suite.Malformed) suite.Scenario:
			for _, form := range []suite.Malformed{suite.Doubled, suite.Undefined, suite.Template, suite.Quoted, suite.Truncated, suite.BadBase64, suite.NoColon, suite.Alone} {
				list = append(list, f(form))
			}
		case func(suite.KeyPlace) suite.Scenario:
			list = append(list, f(suite.OtherHeader), f(suite.InQuery))
		case func(suite.Forgery) suite.Scenario:
			list = append(list, f(suite.Flipped), f(suite.AlgNone), f(suite.Unsigned))
		case func(suite.VerifierFault) suite.Scenario:
			list = append(list, f(suite.VerifierAltered), f(suite.VerifierRemoved))
		case func(suite.GrantFault) suite.Scenario:
			list = append(list, f(suite.UnknownGrant), f(suite.UsedTwice))
		case func(suite.PathMistake) suite.Scenario:
			list = append(list, f(suite.DoubleSlash), f(suite.Typo), f(suite.OtherVersion))
		default:
			panic(c.Name)
		}
	}
	return list
}

func argument(name string) string {
	switch name {
	case "origin", "page":
		return "https://evil.example"
	case "audience", "issuer":
		return "https://other.example"
	case "scheme":
		return "Token"
	case "method":
		return "PUT"
	}
	return ""
}

// guard is a guard of a capture, for another start of its app.
func (c *cloth) guard(t *testing.T, capture *traffic.Capture, broken *breakage) *Guard {
	t.Helper()
	d := todays()
	if broken != nil && broken.on == "" {
		d.broken = broken.reason
	}
	target := Target{}
	for origin, address := range d.serve(t, c.app(d), broken) {
		target.Map = append(target.Map, Mapping{From: origin, To: address})
	}
	g := &Guard{Capture: capture, Options: PlanOptions{Target: target, Unsafe: Unsafe{All: true}}}
	t.Cleanup(g.Close)
	return g
}

func checked(t *testing.T, g *Guard, s *suite.Suite) []results.Case {
	t.Helper()
	report, err := g.Run(context.Background(), s.Cases())
	if err != nil {
		t.Fatal(err)
	}
	return report.Cases
}

func line(c results.Case) string {
	return fmt.Sprintf("%s %s: %s, control %s, want %s, came %s %v; %s", c.Verdict, c.Name, c.Request, c.Control, c.Want, c.Came, c.Mismatch, c.Reason)
}

// trueHoles are what the invented apps truly do wrong, as a real one may: all
// else that a suite calls accepted or broken would be a false alarm.
var trueHoles = map[string][]string{
	"rails": {
		"wrong-credentials accepted", // it asks for no password
		"session-expired accepted",   // a session that is sealed in a cookie outlives the logout
		"wrong-method broken",        // what it does not know it answers with 200 and nothing
	},
	"django":  {"wrong-method broken", "wrong-credentials broken"}, // PUT lists; a page of words, without the form, is no refusal
	"laravel": {"wrong-credentials accepted"},
	"asp.net": {"wrong-credentials accepted",
		"csrf-token-missing broken", "csrf-token-mismatch broken", "session-cookie-missing broken", "stale-cookie broken", // a refusal with 500
		"cookie-secure-over-http broken", "cookie-samesite-blocked broken", "cookie-stripped-by-proxy broken", "cookie-path-mismatch broken", "cookie-prefix-rejected broken", "login-gives-no-session broken",
		"wrong-path broken", "wrong-method broken", "proxy-rewrite broken"}, // 200 and nothing for every path
	"spring":  {"wrong-credentials accepted", "proxy-rewrite broken"},
	"oauth":   {"redirect-uri-mismatch accepted", "wrong-auth-scheme broken"}, // addresses are not compared; Bearer has to be spelled so
	"saml":    {"wrong-path broken", "wrong-method broken"},
	"tenants": {"wrong-credentials accepted", "wrong-method broken", "proxy-rewrite broken"},
}

// TestGuardApps: neither what New writes nor any other scenario finds a fault
// that an app does not have.
func TestGuardApps(t *testing.T) {
	for _, c := range clothes() {
		t.Run(c.name, func(t *testing.T) {
			capture := c.record(t)
			written, err := suite.New(capture, nil)
			if err != nil {
				if c.name != "pages" {
					t.Fatal(err)
				}
				written = &suite.Suite{} // nobody logs in
			}
			written.Scenarios = append(written.Scenarios, everyScenario()...)
			holds := 0
			for _, r := range checked(t, c.guard(t, capture, nil), written) {
				switch r.Verdict {
				case results.CaseHolds:
					holds++
				case results.CaseAccepted, results.CaseBroken:
					if !slices.Contains(trueHoles[c.name], r.Cause+" "+string(r.Verdict)) {
						t.Errorf("a fault that is none: %s", line(r))
					}
				}
			}
			if holds < 5 {
				t.Errorf("%d scenarios hold: the app was not tested", holds)
			}
		})
	}
}

// A forgetful app lets go what it refuses, once parts of the request are those
// of one that it took before: so does an app that does not check them.
type forgetful struct {
	parts []string // names of headers; "query"
	last  map[string][]string
}

func (f *forgetful) wrap(app sites) sites {
	wrapped := sites{}
	for origin, handler := range app {
		wrapped[origin] = func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			ask := func(r *http.Request) *httptest.ResponseRecorder {
				again := r.Clone(r.Context())
				again.Body = io.NopCloser(bytes.NewReader(body))
				kept := httptest.NewRecorder()
				handler(kept, again)
				return kept
			}
			got := ask(r)
			to := got.Header().Get("Location")
			took := got.Code < 400 && !strings.Contains(strings.ToLower(to), "login") && !strings.Contains(to, "session/new") && !strings.Contains(to, "SAMLRequest") && !strings.Contains(got.Body.String(), `"errors"`)
			switch parts := f.of(r); {
			case took && got.Code < 300 && !slices.Contains(parts, "") && len(strings.Join(parts, "")) >= len(strings.Join(f.last[origin], "")):
				f.last[origin] = parts
			case !took && f.last[origin] != nil:
				got = ask(f.with(r, f.last[origin]))
			}
			for name, values := range got.Header() {
				w.Header()[name] = values
			}
			w.WriteHeader(got.Code)
			_, _ = w.Write(got.Body.Bytes())
		}
	}
	return wrapped
}

func (f *forgetful) of(r *http.Request) []string {
	var list []string
	for _, name := range f.parts {
		if name == "query" {
			list = append(list, r.URL.RawQuery)
		} else {
			list = append(list, r.Header.Get(name))
		}
	}
	return list
}

func (f *forgetful) with(r *http.Request, parts []string) *http.Request {
	r = r.Clone(r.Context())
	for i, name := range f.parts {
		if name == "query" {
			r.URL.RawQuery = parts[i]
		} else {
			r.Header.Set(name, parts[i])
		}
	}
	return r
}

// TestGuardFaults: each mistake of an app is found by the scenario that is named
// after it, and that one held before.
func TestGuardFaults(t *testing.T) {
	for _, row := range []struct{ app, reason, part, broken, by string }{
		{"rails", "the session is not asked for", "Cookie", "", "session-cookie-missing on GET /dashboard"},
		{"rails", "the CSRF token is not asked for", "Cookie, X-Csrf-Token", "", "csrf-token-missing on PATCH /tickets/{}"},
		{"rails", "the CSRF token is not compared", "Cookie, X-Csrf-Token", "", "csrf-token-mismatch on PATCH /tickets/{}"},
		{"django", "the session is not asked for", "Cookie, X-Csrftoken", "", "session-cookie-missing on POST /api/notes"},
		{"django", "the CSRF token is not asked for", "Cookie, X-Csrftoken", "", "csrf-token-missing on POST /api/notes"},
		{"django", "the CSRF token is not compared", "Cookie, X-Csrftoken", "", "csrf-token-mismatch on POST /api/notes"},
		{"django", "a logout ends nothing", "", "logging out does not end the session", "session-expired on POST /api/notes"},
		{"laravel", "the CSRF token is not asked for", "Cookie, X-Xsrf-Token", "", "csrf-token-missing on POST /api/receipts"},
		{"laravel", "the CSRF token is not compared", "Cookie, X-Xsrf-Token", "", "csrf-token-mismatch on POST /api/receipts"},
		{"laravel", "a logout ends nothing", "", "logging out does not end the session", "session-expired on POST /api/receipts"},
		{"spring", "the session is not asked for", "Cookie", "", "session-cookie-missing on GET /accounts"},
		{"spring", "the CSRF token is not asked for", "Cookie, X-Csrf-Token", "", "csrf-token-missing on POST /transfers"},
		{"spring", "the CSRF token is not compared", "Cookie, X-Csrf-Token", "", "csrf-token-mismatch on POST /transfers"},
		{"spring", "a logout ends nothing", "", "logging out does not end the session", "session-expired on POST /transfers"},
		{"asp.net", "the session is not asked for", "Cookie", "", "session-cookie-missing on GET /api/status"},
		{"oauth", "no token is asked for", "Authorization", "", "missing-credentials on GET /orders"},
		{"oauth", "the signature is not verified", "Authorization", "", "token-signature-invalid how=flipped on GET /orders"},
		{"oauth", "alg none is believed", "Authorization", "", "token-signature-invalid how=none on GET /orders"},
		{"oauth", "refresh tokens may be used again", "", "refresh tokens may be used again", "invalid-grant how=twice on POST /oauth/token"},
		{"saml", "the session is not asked for", "Cookie", "", "session-cookie-missing on GET /home"},
		{"mail code", "no key is asked for", "X-Api-Key", "", "api-key-missing on POST /v1/messages"},
		{"mail code", "any key will do", "X-Api-Key", "", "api-key-rejected on POST /v1/messages"},
		{"graphql", "no token is asked for", "Authorization", "", "missing-credentials on POST /graphql"},
		{"graphql", "any token will do", "Authorization", "", "malformed-authorization form=truncated on POST /graphql"},
		{"rest", "no password is asked for", "Authorization", "", "missing-credentials on PUT /things/{}"},
		{"rest", "any password will do", "Authorization", "", "wrong-credentials on POST /things"},
		{"rest", "what is no Base64 will do", "Authorization", "", "malformed-authorization form=bad-base64 on POST /things"},
		{"presigned", "no key is asked for", "X-Api-Key", "", "api-key-missing on POST /uploads"},
		{"presigned", "any key will do", "X-Api-Key", "", "api-key-rejected on POST /uploads"},
		{"tenants", "no key is asked for", "query", "", "api-key-missing on GET /reports/{}.csv"},
		{"tenants", "any key will do", "query", "", "api-key-rejected on GET /reports/{}.csv"},
		{"tenants", "no password is asked for", "Authorization", "", "missing-credentials on POST /reports"},
	} {
		t.Run(row.app+"/"+row.reason, func(t *testing.T) {
			list := clothes()
			c := list[slices.IndexFunc(list, func(c cloth) bool { return c.name == row.app })]
			capture := c.record(t)
			id, route, _ := strings.Cut(row.by, " on ")
			id, with, _ := strings.Cut(id, " ")
			s := suite.Scenario{Cause: id}.On(route)
			if name, value, ok := strings.Cut(with, "="); ok {
				s = s.With(name, value)
			}
			all := &suite.Suite{Scenarios: []suite.Scenario{s}}
			sound := checked(t, c.guard(t, capture, nil), all)
			if sound[0].Verdict != results.CaseHolds {
				t.Errorf("without the mistake: %s", line(sound[0]))
			}
			app := c.app
			if row.part != "" {
				c.app = func(d *deployment) sites {
					return (&forgetful{parts: strings.Split(row.part, ", "), last: map[string][]string{}}).wrap(app(d))
				}
			}
			faulty := checked(t, c.guard(t, capture, &breakage{reason: row.broken}), all)
			if faulty[0].Verdict != results.CaseAccepted {
				t.Errorf("with the mistake: %s", line(faulty[0]))
			}
		})
	}
}
