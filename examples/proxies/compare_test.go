package proxies_test

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/examples/proxies"
	"github.com/replaydiff/replay/examples/shop"
	"github.com/replaydiff/replay/harness"
	"github.com/replaydiff/replay/harness/report"
	"github.com/replaydiff/replay/harness/results"
	"github.com/replaydiff/replay/harness/servers"
	"github.com/replaydiff/replay/harness/wire"
)

// A stand is a shop, and the certificate that all proxies before it have.
type stand struct {
	shop     atomic.Pointer[shop.Shop]
	upstream string
	file     string
	config   *tls.Config
	capture  *traffic.Capture
}

func newStand(t *testing.T) *stand {
	t.Helper()
	s := &stand{config: &tls.Config{}}
	s.reopen(t)
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.shop.Load().ServeHTTP(w, r) }))
	t.Cleanup(app.Close)
	s.upstream = app.Listener.Addr().String()
	capture, err := traffic.Open("../shop/ok.har", traffic.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = capture.Close() })
	s.capture = capture
	s.file, s.config.RootCAs = servers.Certificate(t)
	return s
}

// reopen puts a new shop in the place of the old one: nobody has logged in yet.
func (s *stand) reopen(t *testing.T) {
	t.Helper()
	open, err := shop.New(shop.Config{TrustProxy: true})
	if err != nil {
		t.Fatal(err)
	}
	s.shop.Store(open)
}

// start opens a proxy with one of the configurations before the shop.
func (s *stand) start(t *testing.T, server, name string) string {
	t.Helper()
	conf, err := proxies.Read(server, name)
	if err != nil {
		t.Fatal(err)
	}
	return s.startWith(t, server, conf)
}

func (s *stand) startWith(t *testing.T, server, conf string) string {
	t.Helper()
	return starters()[server](t, conf, servers.Values{"upstream": s.upstream, "certificate": s.file}).URL
}

// plan sends all of yesterday's capture to an address.
func (s *stand) plan(t *testing.T, base string) *harness.Plan {
	t.Helper()
	p, err := harness.NewPlan(s.capture, harness.PlanOptions{Target: harness.Target{Base: base}, Unsafe: harness.Unsafe{All: true}})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (s *stand) runner() *harness.Runner {
	return &harness.Runner{Client: &wire.Client{TLS: s.config.Clone()}}
}

// compare replays the capture to two addresses.
func (s *stand) compare(t *testing.T, before, after string) *results.Report {
	t.Helper()
	done, err := s.runner().Compare(t.Context(), s.plan(t, before), s.plan(t, after))
	if err != nil {
		t.Fatal(err)
	}
	return done.Report
}

// rightOf is the right configuration that a broken one was made from.
func rightOf(name string) string {
	if name == "forwarded-proto-lost" || name == "right-tls" {
		return "right-tls"
	}
	return "right"
}

func text(t *testing.T, r *results.Report) string {
	t.Helper()
	var b strings.Builder
	if err := report.Run(&b, r, report.RunOptions{}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Nothing differs between a right configuration and itself, however often it is
// asked; and yesterday's capture passes through it today.
func TestCompareRight(t *testing.T) {
	for _, server := range proxies.Servers() {
		for _, name := range []string{"right", "right-tls"} {
			t.Run(server+"/"+name, func(t *testing.T) {
				t.Parallel() // Apache takes its time between answers
				s := newStand(t)
				before, after := s.start(t, server, name), s.start(t, server, name)
				for range 3 {
					s.reopen(t)
					done, err := s.runner().Run(t.Context(), s.plan(t, after))
					if err != nil {
						t.Fatal(err)
					}
					same(t, done.Report, s)
					same(t, s.compare(t, before, after), s)
				}
			})
		}
	}
}

func same(t *testing.T, r *results.Report, s *stand) {
	t.Helper()
	if r.ExitCode() != results.ExitSame || r.Counts.Same != len(s.capture.Exchanges) {
		t.Fatal(text(t, r))
	}
}

// The same over HTTP/2, with servers that speak it to both.
func TestCompareHTTP2(t *testing.T) {
	for _, tt := range []struct{ server, was, is string }{
		{"nginx", "listen {{listen}} ssl;", "listen {{listen}} ssl http2;"},
		{"haproxy", "ssl crt {{certificate}}", "ssl crt {{certificate}} alpn h2,http/1.1"},
	} {
		t.Run(tt.server, func(t *testing.T) {
			s := newStand(t)
			conf, err := proxies.Read(tt.server, "right-tls")
			if err != nil || !strings.Contains(conf, tt.was) {
				t.Fatalf("no %q in right-tls: %v", tt.was, err)
			}
			conf = strings.Replace(conf, tt.was, tt.is, 1)
			before, after := s.plan(t, s.startWith(t, tt.server, conf)), s.plan(t, s.startWith(t, tt.server, conf))
			runner := s.runner()
			runner.Client.Proto = wire.HTTP2
			done, err := runner.Compare(t.Context(), before, after)
			if err != nil {
				t.Fatal(err)
			}
			same(t, done.Report, s)
		})
	}
}

// A told is what compare says of a broken configuration, at the top.
type told struct {
	request, field, was, is string
	cause                   string // "": none is known
	reason                  string
}

// tellings are they by configuration, or by server and configuration.
func tellings() map[string]told {
	return map[string]told{
		"authorization-dropped":   {"GET /api/orders", "response.status", "200", "401", "authorization-dropped-by-proxy", "the other target took the same token"},
		"auth-request-in-the-way": {"POST /api/token", "response.status", "200", "401", "proxy-auth-denied", "the page of the 401 is nginx's"},
		"basic-auth-in-the-way":   {"POST /api/token", "response.status", "200", "401", "proxy-auth-denied", "the challenge is not the shop's"},
		"cookie-path-rewritten":   {"POST /login", "response.status", "303", "403", "cookie-path-mismatch", "a browser would not send the cookie"},
		"cors-doubled":            {"GET /api/orders", "response.error", "", "net::ERR_FAILED", "cors-origin-not-allowed", "a browser would not let the page read"},
		"forwarded-proto-lost":    {"GET /login", "response.set-cookie.session.secure", "", "", "", "everything works still: nothing fails that a cause could explain"},
		"header-inheritance-lost": {"POST /login", "response.status", "303", "403", "forwarded-headers-missing", "the shop refuses its own origin: it has its own address wrong"},
		"host-lost":               {"POST /login", "response.status", "303", "403", "forwarded-headers-missing", "the shop refuses its own origin: it has its own address wrong"},
		"options-refused":         {"OPTIONS /api/orders", "response.status", "204", "405", "cors-preflight-failed", "a browser would not go on"},
		"path-rewritten":          {"POST /api/token", "response.status", "200", "404", "", "an app without that route answers the same"},
		"set-cookie-stripped":     {"POST /login", "response.status", "303", "403", "cookie-stripped-by-proxy", "the page is the same, and the server stands on the way"},
		"underscores-dropped":     {"GET /api/stock", "response.status", "200", "403", "authorization-dropped-by-proxy", "the shop says that the key that was sent is missing"},

		"apache/auth-request-in-the-way": {"POST /api/token", "response.status", "200", "403", "ip-not-allowed", "Apache says the same to an address that it does not let in"},
		"caddy/auth-request-in-the-way":  {"POST /api/token", "response.status", "200", "401", "", "an empty 401 does not say who made it"},

		"haproxy/set-cookie-stripped": {"POST /login", "response.status", "303", "403", "", "HAProxy leaves no mark: the shop itself may set none"},
	}
}

// Each broken configuration shows, and first what a person has to know.
func TestCompareBroken(t *testing.T) {
	for _, server := range proxies.Servers() {
		for _, name := range proxies.Names(server) {
			if strings.HasPrefix(name, "right") {
				continue
			}
			t.Run(server+"/"+name, func(t *testing.T) {
				want, special := tellings()[server+"/"+name]
				if !special {
					want = tellings()[name]
				}
				s := newStand(t)
				r := s.compare(t, s.start(t, server, rightOf(name)), s.start(t, server, name))
				if got := toldFirst(r); r.ExitCode() != results.ExitDifferent || got != want.but("") {
					t.Errorf("%+v\nwant %+v, exit code %d\n%s", got, want, r.ExitCode(), text(t, r))
				}
			})
		}
	}
}

func (w told) but(reason string) told {
	w.reason = reason
	return w
}

// toldFirst is the first group of a report.
func toldFirst(r *results.Report) told {
	if len(r.Groups) == 0 || !r.Groups[0].Regression {
		return told{}
	}
	g := r.Groups[0]
	got := told{request: g.Template, field: g.Field, was: value(g.Old), is: value(g.New)}
	if g.Finding != nil {
		got.cause = g.Finding.Cause
	}
	return got
}

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// A baseline written from a broken proxy accepts it as it is, and tells what is
// gone once it is mended; another breakage it does not accept.
func TestCompareBaseline(t *testing.T) {
	for _, name := range []string{"authorization-dropped", "cookie-path-rewritten", "set-cookie-stripped"} {
		t.Run(name, func(t *testing.T) {
			const server = "nginx"
			s := newStand(t)
			right, broken := s.start(t, server, "right"), s.start(t, server, name)
			found := s.compare(t, right, broken)
			var file strings.Builder
			if err := results.WriteBaseline(&file, found, results.Baseline{}); err != nil {
				t.Fatal(err)
			}
			known, err := results.ReadBaseline(strings.NewReader(file.String()), "known.yaml")
			if err != nil {
				t.Fatal(err)
			}
			again := s.compare(t, right, broken)
			known.Apply(again)
			if again.ExitCode() != results.ExitSame || len(again.Accepted) != len(found.Groups) || len(again.Vanished) > 0 {
				t.Errorf("the same breakage\n%s", text(t, again))
			}
			mended := s.compare(t, right, s.start(t, server, "right"))
			known.Apply(mended)
			if mended.ExitCode() != results.ExitSame || len(mended.Vanished) != len(known.Accepted) {
				t.Errorf("mended\n%s", text(t, mended))
			}
			other := s.compare(t, right, s.start(t, server, "path-rewritten"))
			known.Apply(other)
			if other.ExitCode() != results.ExitDifferent {
				t.Errorf("broken otherwise\n%s", text(t, other))
			}
		})
	}
}
