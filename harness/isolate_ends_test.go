package harness

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/credential"
	"github.com/replaydiff/replay/harness/rawserver"
	"github.com/replaydiff/replay/harness/results"
	"github.com/replaydiff/replay/harness/wire"
	"github.com/replaydiff/replay/scenarios"
)

// tokenScene is a flow with a token, and the same with another one that fails.
func tokenScene(t testing.TB, token string) (ok, bad *traffic.Capture) {
	s := scenes()[0]
	ok, bad = s.capture(t), s.capture(t)
	bad.File = "bad.har"
	x := bad.Exchanges[s.target]
	x.Request.Header = slices.Clone(x.Request.Header)
	scenarios.SetHeader(&x.Request.Header, "Authorization", "Bearer "+token)
	scenarios.SetHeader(&x.Request.Header, "X-App", "2")
	x.Response = &traffic.Response{Status: 401, Header: traffic.Header{{Name: "Www-Authenticate", Value: "Bearer"}}}
	return ok, bad
}

// letting is a server that lets in who has one of some tokens.
func letting(tokens ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !slices.Contains(tokens, strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")) {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		reply(w, map[string]any{"orders": []any{map[string]any{"id": 7001, "total": "12.40"}}, "page": 1})
	}
}

func TestIsolateEnds(t *testing.T) {
	const other, fresh = "opaque-of-another-time-0123456789", "opaque-of-today-0123456789"
	keeper := func() *credential.Keeper {
		source, err := credential.Parse("Bearer "+fresh, nil)
		if err != nil {
			t.Fatal(err)
		}
		return &credential.Keeper{Source: source}
	}
	var asked atomic.Int64
	rows := []struct {
		reason  string
		app     http.Handler
		keeper  *credential.Keeper
		options IsolateOptions
		verdict results.IsolationVerdict
		says    string
		exit    int
	}{
		{"the token of the working capture is over", letting(fresh), nil, IsolateOptions{}, results.NotComparable, "its token expired at 2026-05-04 08:59:00Z; give one of today with --auth", results.ExitTrouble},
		{"a token of today in its place", letting(fresh), keeper(), IsolateOptions{}, results.CulpritProved, "header authorization credentials", results.ExitDifferent},
		{"that is not good either", letting("none"), keeper(), IsolateOptions{}, results.NotComparable, "the credentials that were given are refused here", results.ExitTrouble},
		{"the server takes both now", letting(accessToken(), other), nil, IsolateOptions{}, results.WorksNow, "works now", results.ExitSame},
		{"an app that does not know what it wants", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if asked.Add(1)%2 == 0 {
				w.WriteHeader(http.StatusInternalServerError)
				return
			}
			letting(accessToken(), other)(w, r)
		}), nil, IsolateOptions{}, results.Unsteady, "answered in two ways", results.ExitTrouble},
		{"too few trials", letting(accessToken()), nil, IsolateOptions{MaxTrials: 5}, results.Narrowed, "--max-trials", results.ExitTrouble},
	}
	for _, row := range rows {
		ok, bad := tokenScene(t, other)
		options := PlanOptions{Target: Target{Base: serve(t, row.app)}, Keeper: row.keeper}
		r := &Runner{Now: func() time.Time { return recordedAt.Add(100 * time.Hour) }}
		done, err := r.Isolate(t.Context(), plan(t, ok, options), plan(t, bad, options), row.options)
		if err != nil {
			t.Fatal(err)
		}
		if got := done.Report; got.Verdict != row.verdict || !strings.Contains(got.Sentence, row.says) || got.ExitCode() != row.exit {
			t.Errorf("%s: %s: %s; exit code %d", row.reason, got.Verdict, got.Sentence, got.ExitCode())
		}
		if s := text(done.Report); strings.Contains(s, other) || strings.Contains(s, fresh) || strings.Contains(s, accessToken()) {
			t.Errorf("%s: a token stands in the report", row.reason)
		}
	}
}

// TestIsolateBetween: what the ends are answered holds, and between them the
// server stops judging requests. That is no proof of anything.
func TestIsolateBetween(t *testing.T) {
	const other = "opaque-of-another-time-0123456789"
	ends := letting(accessToken())
	partly := func(r *http.Request) bool {
		return (r.Header.Get("X-App") == "2") == (r.Header.Get("Authorization") == "Bearer "+accessToken())
	}
	var down atomic.Bool
	rows := []struct {
		reason string
		app    http.HandlerFunc
		says   string
	}{
		{"it counts requests", func(w http.ResponseWriter, r *http.Request) {
			if partly(r) {
				w.WriteHeader(http.StatusTooManyRequests)
				return
			}
			ends(w, r)
		}, "--rate"},
		{"it falls over", func(w http.ResponseWriter, r *http.Request) {
			if partly(r) || down.Load() {
				down.Store(true)
				w.WriteHeader(http.StatusBadGateway)
				return
			}
			ends(w, r)
		}, "answered in two ways"},
	}
	for _, row := range rows {
		ok, bad := tokenScene(t, other)
		done, _ := isolated(t, ok, bad, row.app, IsolateOptions{})
		if r := done.Report; r.Verdict != results.Unsteady || !strings.Contains(r.Sentence, row.says) || len(r.Culprit) > 0 || r.ExitCode() != results.ExitTrouble {
			t.Errorf("%s: %s: %s", row.reason, r.Verdict, r.Sentence)
		}
	}
}

// TestIsolateOrigin: an app that goes by the origin refuses the target's, and the
// credentials are not to blame.
func TestIsolateOrigin(t *testing.T) {
	one := func(origin string) *traffic.Capture {
		s := scene{"origin", []step{{"GET https://app.larch.example/v1/orders\nOrigin: " + origin, "200\nContent-Type: application/json\n\n{\"page\":1}"}}, 0}
		return s.capture(t)
	}
	ok, bad := one("https://app.larch.example"), one("https://old.larch.example")
	bad.Exchanges[0].Response = &traffic.Response{Status: 403}
	app := func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Origin") != "https://app.larch.example" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		reply(w, map[string]any{"page": 1})
	}
	done, _ := isolated(t, ok, bad, http.HandlerFunc(app), IsolateOptions{})
	if r := done.Report; r.Verdict != results.NotComparable || !strings.Contains(r.Sentence, "--keep-origin") {
		t.Errorf("%s: %s", r.Verdict, r.Sentence)
	}
	done, places := isolatedAt(t, ok, bad, Target{Base: serve(t, http.HandlerFunc(app)), KeepOrigin: true}, IsolateOptions{})
	if r := done.Report; r.Verdict != results.CulpritProved || len(places) != 1 || !strings.HasPrefix(r.Sentence, "change 1 (header origin) breaks it") {
		t.Errorf("%s: %s", r.Verdict, r.Sentence)
	}
}

// TestIsolateRespelt: an app that goes by the case of a name is found out, and
// then nobody says that nothing differs.
func TestIsolateRespelt(t *testing.T) {
	one := func(name string) *traffic.Capture {
		s := scene{"respelt", []step{{"GET https://app.larch.example/v1/orders\n" + name + ": acme", "200\nContent-Type: application/json\n\n{\"page\":1}"}}, 0}
		return s.capture(t)
	}
	ok, bad := one("X-Tenant"), one("x-tenant")
	bad.Exchanges[0].Response = &traffic.Response{Status: 403}
	server, err := rawserver.Listen(rawserver.Config{Addr: "127.0.0.1:0", Answer: func(_ context.Context, q *rawserver.Request) *wire.Answer {
		if !slices.ContainsFunc(q.Header, func(f traffic.HeaderField) bool { return f.Name == "X-Tenant" }) {
			return &wire.Answer{Status: 403}
		}
		return &wire.Answer{Status: 200, Header: traffic.Header{{Name: "Content-Type", Value: "application/json"}}, Body: []byte(`{"page":1}`)}
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	done, places := isolatedAt(t, ok, bad, Target{Base: server.URL}, IsolateOptions{})
	if r := done.Report; r.Verdict != results.CulpritProved || fmt.Sprint(places) != "[[header x-tenant]]" {
		t.Errorf("%s: %s", r.Verdict, r.Sentence)
	}
	for _, f := range done.Report.Findings {
		if f.Cause == "no-difference" {
			t.Error("a proved change, and that nothing differs")
		}
	}
}

// TestIsolateWithoutRequests: where nothing is to be tried, nothing is sent.
func TestIsolateWithoutRequests(t *testing.T) {
	untouched := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { t.Errorf("%s was sent", r.URL.Path) })
	ok, bad := tokenScene(t, "opaque-of-another-time-0123456789")
	same, _ := tokenScene(t, "")
	same.Exchanges[1].Response = bad.Exchanges[1].Response
	fine, _ := tokenScene(t, "")
	rows := []struct {
		reason  string
		bad     *traffic.Capture
		verdict results.IsolationVerdict
		exit    int
	}{
		{"nothing fails", fine, results.NothingFails, results.ExitSame},
		{"the requests are the same", same, results.NotInRequest, results.ExitTrouble},
	}
	for _, row := range rows {
		done, _ := isolated(t, ok, row.bad, untouched, IsolateOptions{})
		if r := done.Report; r.Verdict != row.verdict || r.ExitCode() != row.exit || r.Requests != 0 {
			t.Errorf("%s: %s: %s", row.reason, r.Verdict, r.Sentence)
		}
	}
}

// TestIsolateUnsafe: without leave nothing that changes anything is sent.
func TestIsolateUnsafe(t *testing.T) {
	ok := recordShop(t, (*visitor).account)
	bad := failing(t, on("GET /account", func(r *http.Request) { r.Header.Del("Cookie") }), (*visitor).account)
	app := newApp()
	options := PlanOptions{Target: Target{Base: serve(t, app)}}
	done, err := (&Runner{}).Isolate(t.Context(), plan(t, ok, options), plan(t, bad, options), IsolateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if r := done.Report; app.asked["POST /login"] > 0 || r.Verdict == results.CulpritProved && strings.Contains(r.Sentence, "login") {
		t.Errorf("a login was sent: %s", r.Sentence)
	}
	bad = failing(t, on("POST /login", func(r *http.Request) { setBody(r, "csrf_token=", "csrf_token=0") }), (*visitor).account)
	done, err = (&Runner{}).Isolate(t.Context(), plan(t, ok, options), plan(t, bad, options), IsolateOptions{})
	if err != nil || app.asked["POST /login"] > 0 || !strings.Contains(done.Report.Sentence, "--allow-unsafe") {
		t.Errorf("%s, %v", done.Report.Sentence, err)
	}
}

// A door wants a name and a password, and counts those that are wrong.
type door struct {
	wrong  atomic.Int64
	extra  string   // a field that must not be there
	issued sync.Map // sessions
}

func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == "POST" {
		if r.FormValue("password") != "earl-grey-at-five" || r.FormValue(d.extra) != "" {
			d.wrong.Add(1)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		sid := secret()
		d.issued.Store(sid, true)
		w.Header().Set("Set-Cookie", "sid="+sid+"; Path=/")
		w.WriteHeader(http.StatusNoContent)
		return
	}
	if c, err := r.Cookie("sid"); err != nil || !d.knows(c.Value) {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	fmt.Fprint(w, "hello")
}

func (d *door) knows(sid string) bool {
	_, known := d.issued.Load(sid)
	return known
}

// logIn logs in and looks at a page.
func logIn(password string) func(*visitor) {
	return func(v *visitor) {
		v.do("POST", "/login", "user=ada&password="+password, "Content-Type", "application/x-www-form-urlencoded")
		v.do("GET", "/page", "")
	}
}

func recordDoor(t testing.TB, d *door, change func(*http.Request), visit func(*visitor)) *traffic.Capture {
	r := newRecorder(t, d)
	v := r.visitor()
	v.client.Transport = clumsy{r, change}
	visit(v)
	r.capture.File = "ok.har"
	return r.capture
}

// TestIsolateSparesLogins: a login that fails is sent three times at most, and
// that is told before.
func TestIsolateSparesLogins(t *testing.T) {
	none := func(*http.Request) {}
	harmless := on("POST /login", none)
	rows := []struct {
		reason string
		bad    func(*visitor)
		change func(*http.Request)
		target *door
		want   [][]string
	}{
		{"the password is wrong", logIn("darjeeling-at-six"), harmless, &door{}, [][]string{{"body password"}}},
		{"another field is, beside a password of another day", logIn("earl-grey-at-five"), on("POST /login", func(r *http.Request) { setBody(r, "user=ada", "user=ada&late=1") }), &door{extra: "late"}, [][]string{{"body late"}}},
	}
	for _, row := range rows {
		ok := recordDoor(t, &door{}, none, logIn("earl-grey-at-five"))
		bad := recordDoor(t, &door{extra: row.target.extra}, row.change, row.bad)
		var told []string
		done, got := isolated(t, ok, bad, row.target, IsolateOptions{Tell: func(s string) { told = append(told, s) }})
		r := done.Report
		if r.Verdict != results.CulpritProved || fmt.Sprint(got) != fmt.Sprint(row.want) {
			t.Errorf("%s: %s: %s, %v", row.reason, r.Verdict, r.Sentence, got)
			for _, trial := range r.Trials {
				t.Log(trial)
			}
		}
		risky := row.want[0][0] == "body password"
		if risky && (row.target.wrong.Load() > DefaultFailedLogins || len(told) != 1) {
			t.Errorf("%s: %d logins failed, told %q", row.reason, row.target.wrong.Load(), told)
		}
	}
}

// TestIsolateAnEarlierRequest: what breaks a page may be in the login before it,
// or that it was left out.
func TestIsolateAnEarlierRequest(t *testing.T) {
	// A login that refuses without a word: 204, and no cookie.
	mute := func(d *door) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == "POST" && r.FormValue("realm") != "shop" {
				w.WriteHeader(http.StatusNoContent)
				return
			}
			d.ServeHTTP(w, r)
		})
	}
	record := func(visit func(*visitor)) *traffic.Capture {
		r := newRecorder(t, mute(&door{}))
		visit(r.visitor())
		return r.capture
	}
	visit := func(realm string) func(*visitor) {
		return func(v *visitor) {
			if realm != "" {
				v.do("POST", "/login", "user=ada&password=earl-grey-at-five&realm="+realm, "Content-Type", "application/x-www-form-urlencoded")
			}
			v.do("GET", "/page", "", "X-Realm", realm)
		}
	}
	rows := []struct{ reason, realm, want string }{
		{"a field of the login", "shops", "[[body realm]]"},
		{"no login", "", "[[cookie sid request]]"},
	}
	for _, row := range rows {
		done, got := isolated(t, record(visit("shop")), record(visit(row.realm)), mute(&door{}), IsolateOptions{})
		if r := done.Report; r.Verdict != results.CulpritProved || fmt.Sprint(got) != row.want {
			t.Errorf("%s: %s: %s, %v; left %v", row.reason, r.Verdict, r.Sentence, got, r.Left)
		}
	}
}

// TestIsolateWithoutTarget: a server that is not there is told, and that the run
// was interrupted.
func TestIsolateWithoutTarget(t *testing.T) {
	ok, bad := tokenScene(t, "opaque-of-another-time-0123456789")
	options := PlanOptions{Target: Target{Base: "http://127.0.0.1:1"}}
	done, err := (&Runner{}).Isolate(t.Context(), plan(t, ok, options), plan(t, bad, options), IsolateOptions{})
	if err != nil || done.Report.ExitCode() != results.ExitNetwork || done.Report.Stopped.Reason != results.Network {
		t.Errorf("%s, %v", text(done.Report), err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	done, err = (&Runner{}).Isolate(ctx, plan(t, ok, options), plan(t, bad, options), IsolateOptions{})
	if err != nil || done.Report.Stopped == nil || done.Report.Stopped.Reason != results.Interrupted || done.Report.ExitCode() != results.ExitTrouble {
		t.Errorf("%s, %v", text(done.Report), err)
	}
}
