package harness

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/results"
	"github.com/replaydiff/replay/harness/wire"
	"github.com/replaydiff/replay/scenarios/suite"
)

// A locker is an app that locks an account after five wrong passwords in a row.
type locker struct {
	mu       sync.Mutex
	wrong    int
	failed   int // in all
	sessions map[string]bool
}

func (l *locker) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch r.Method + " " + strings.TrimPrefix(r.URL.Path, "/prefix") {
	case "POST /login":
		if l.wrong >= 5 {
			w.WriteHeader(http.StatusLocked)
			return
		}
		if r.FormValue("password") != "correct-horse-7" {
			l.wrong, l.failed = l.wrong+1, l.failed+1
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		l.wrong = 0
		sid := secret()
		l.sessions[sid] = true
		setCookie(w, "sid=%s; Path=/; HttpOnly", sid)
		reply(w, map[string]any{"name": "Ada"})
	case "POST /logout":
		delete(l.sessions, cookieOf(r, "sid"))
		w.WriteHeader(http.StatusNoContent)
	default:
		if !l.sessions[cookieOf(r, "sid")] {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		reply(w, map[string]any{"orders": []int{1, 2, 3}})
	}
}

// lockerCapture is a visit in which a password was mistyped twice.
func lockerCapture(t *testing.T, l *locker) *traffic.Capture {
	d := yesterdays()
	g := newGuest(t, d, d.serve(t, sites{recordedOrigin: l.ServeHTTP}, nil))
	g.form(recordedOrigin+"/login", "email", "ada@shop.alder.example", "password", "correct-horse-6")
	g.form(recordedOrigin+"/login", "email", "ada@shop.alder.example", "password", "correct-hrose-7")
	g.form(recordedOrigin+"/login", "email", "ada@shop.alder.example", "password", "correct-horse-7")
	g.get(recordedOrigin + "/orders")
	g.get(recordedOrigin + "/orders/1")
	g.do("POST", recordedOrigin+"/logout", "")
	return g.capture
}

// TestGuardLocksNobodyOut: however many scenarios there are, a login fails for
// those alone that mean it to.
func TestGuardLocksNobodyOut(t *testing.T) {
	capture := lockerCapture(t, &locker{sessions: map[string]bool{}})
	today := &locker{sessions: map[string]bool{}}
	server := httptest.NewServer(today)
	defer server.Close()
	s := &suite.Suite{Scenarios: []suite.Scenario{
		suite.WrongCredentials(), suite.SessionCookieMissing().On("GET /orders", "GET /orders/{}"), suite.SessionExpired().On("GET /orders", "GET /orders/{}"),
		suite.LoginGivesNoSession(), suite.CookieTooLarge(20000), suite.StaleCookie(), suite.NoDifference(),
	}}
	for round := 1; round <= 3; round++ {
		g := &Guard{Capture: capture, Options: PlanOptions{Target: Target{Base: server.URL}, Unsafe: Unsafe{All: true}}}
		for _, c := range checked(t, g, s) {
			if c.Verdict != results.CaseHolds && c.Verdict != results.CaseNotReproduced {
				t.Errorf("round %d: %s", round, line(c))
			}
		}
		g.Close()
		if today.failed != round {
			t.Errorf("%d logins failed in %d rounds", today.failed, round)
		}
	}
}

// TestGuardSharesASession: where the login is not in the capture all scenarios
// go on with one session. What ends it comes last, or others would pass of it.
func TestGuardSharesASession(t *testing.T) {
	for _, concurrency := range []int{1, 16} {
		app := &locker{sessions: map[string]bool{"7f3a9c01d2e4b5f60718293a": true}}
		server := httptest.NewServer(app)
		capture := lockerCapture(t, &locker{sessions: map[string]bool{}})
		capture.Exchanges = capture.Exchanges[3:]
		for i, x := range capture.Exchanges {
			x.Index = i
			for k := range x.Request.Header.All("cookie") {
				x.Request.Header[k].Value = "sid=7f3a9c01d2e4b5f60718293a"
			}
		}
		s := &suite.Suite{Scenarios: []suite.Scenario{suite.SessionExpired().On("GET /orders")}}
		for i := range 30 {
			s.Scenarios = append(s.Scenarios, suite.NoDifference().On("GET /orders").Named(fmt.Sprint("still there ", i)), suite.SessionCookieMissing().On("GET /orders/{}").Named(fmt.Sprint("nobody ", i)))
		}
		g := &Guard{Capture: capture, Options: PlanOptions{Target: Target{Base: server.URL}, Unsafe: Unsafe{All: true}}, Runner: Runner{Concurrency: concurrency}}
		for _, c := range checked(t, g, s) {
			if c.Verdict != results.CaseHolds {
				t.Errorf("%d at a time: %s", concurrency, line(c))
			}
		}
		g.Close()
		server.Close()
	}
}

func clientOf(s *httptest.Server) *wire.Client {
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	return &wire.Client{TLS: &tls.Config{RootCAs: roots}}
}

// TestGuardGivesTheSameVerdicts: of a second run, of one scenario at a time and
// of sixteen, under a path, over TLS and in shards.
func TestGuardGivesTheSameVerdicts(t *testing.T) {
	capture := lockerCapture(t, &locker{sessions: map[string]bool{}})
	s, err := suite.New(capture, nil)
	if err != nil {
		t.Fatal(err)
	}
	s.Scenarios = append(s.Scenarios, everyScenario()...)
	app := &locker{sessions: map[string]bool{}}
	plain, secure := httptest.NewServer(app), httptest.NewTLSServer(app)
	defer plain.Close()
	defer secure.Close()
	var want map[int]string
	for _, row := range []struct {
		reason string
		target Target
		runner Runner
		shards int
	}{
		{"one at a time", Target{Base: plain.URL}, Runner{Concurrency: 1}, 1},
		{"sixteen at a time", Target{Base: plain.URL}, Runner{Concurrency: 16}, 1},
		{"in three shards", Target{Base: plain.URL}, Runner{}, 3},
		{"under a path", Target{Base: plain.URL + "/prefix"}, Runner{}, 1},
		{"with the recorded host", Target{Base: plain.URL, KeepHost: true}, Runner{}, 1},
		{"over TLS, under a path", Target{Base: secure.URL + "/prefix"}, Runner{Client: clientOf(secure)}, 1},
	} {
		got := map[int]string{}
		for shard := range row.shards {
			o := PlanOptions{Target: row.target, Unsafe: Unsafe{All: true}}
			if row.shards > 1 {
				o.Shard = Shard{Index: shard + 1, Of: row.shards}
			}
			g := &Guard{Capture: capture, Options: o, Runner: Runner{Concurrency: row.runner.Concurrency, Client: row.runner.Client}}
			for _, c := range checked(t, g, s) {
				got[c.Number] = c.Name + ": " + string(c.Verdict)
			}
			g.Close()
		}
		if want == nil {
			want = got
		}
		for number, verdict := range want {
			if got[number] != verdict && !(strings.HasPrefix(verdict, "cookie-secure-over-http") && row.runner.Client != nil) { // needs a target over https
				t.Errorf("%s: %s, and was %s", row.reason, got[number], verdict)
			}
		}
	}
}
