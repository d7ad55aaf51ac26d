package harness

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/results"
)

// TestCompare: two instances of one app answer alike but for noise, and what
// one of them lost shows.
func TestCompare(t *testing.T) {
	c := recordShop(t, (*visitor).shop, (*visitor).api)
	rows := []struct {
		reason string
		change func(*app)
		field  string
	}{
		{"alike", func(*app) {}, ""},
		{"the new one lost Secure", func(a *app) { a.cookie = "; Path=/; HttpOnly; SameSite=Lax" }, "response.set-cookie.sid.secure"},
		{"the new one refuses sessions", func(a *app) { a.broken = true }, "response.status"},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			changed := newApp()
			row.change(changed)
			o := PlanOptions{Target: Target{Base: serve(t, newApp())}, Unsafe: Unsafe{All: true}}
			before := plan(t, c, o)
			o.Target.Base = serve(t, changed)
			var last Progress
			r := &Runner{Progress: func(p Progress) { last = p }}
			done, err := r.Compare(context.Background(), before, plan(t, c, o))
			if err != nil {
				t.Fatal(err)
			}
			report := done.Report
			if report.Kind != results.Compare || len(report.Targets) != 2 || last.Done != last.Total || last.Total != 24 {
				t.Errorf("kind %s, targets %v, progress %+v", report.Kind, report.Targets, last)
			}
			found := row.field == "" && len(report.Groups) == 0
			for _, g := range report.Groups {
				found = found || g.Field == row.field && g.Regression
			}
			if !found || report.Counts.Sent != 8 || report.Counts.Extra != 16 {
				t.Errorf("%s is not told\n%s", row.field, text(report))
			}
		})
	}
}

// TestCompareUnreachable: which of the targets is not there, and what to do.
func TestCompareUnreachable(t *testing.T) {
	c := recordShop(t, (*visitor).shop)
	there, down := serve(t, newApp()), "http://"+nobodyAt(t)
	overTLS := strings.Replace(there, "http:", "https:", 1)
	for _, row := range []struct{ reason, before, after, told string }{
		{"before is down", down, there, "nothing was answered by the target before, so no more was sent: .*: connection refused; is the server running"},
		{"after is down", there, down, "nothing was answered by the target after, so no more was sent: .*: connection refused; is the server running"},
		{"before speaks no TLS", overTLS, there, "by the target before, .* without TLS: use http://"},
		{"after speaks no TLS", there, overTLS, "by the target after, .* without TLS: use http://"},
	} {
		t.Run(row.reason, func(t *testing.T) {
			o := PlanOptions{Target: Target{Base: row.before}, Unsafe: Unsafe{All: true}}
			before := plan(t, c, o)
			o.Target.Base = row.after
			done, err := (&Runner{}).Compare(context.Background(), before, plan(t, c, o))
			if err != nil {
				t.Fatal(err)
			}
			r := done.Report
			if r.Stopped == nil || !regexp.MustCompile(row.told).MatchString(r.Stopped.Text) || r.ExitCode() != results.ExitNetwork || len(r.Groups) > 0 {
				t.Errorf("exit code %d\n%s", r.ExitCode(), text(r))
			}
		})
	}
}

// TestCompareHammering: the new target refuses what the old one takes. The run
// ends before an account is locked, and that is the difference.
func TestCompareHammering(t *testing.T) {
	c := recordShop(t, (*visitor).shop, (*visitor).api)
	refuses := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) })
	o := PlanOptions{Target: Target{Base: serve(t, newApp())}, Unsafe: Unsafe{All: true}}
	before := plan(t, c, o)
	o.Target.Base = serve(t, refuses)
	done, err := (&Runner{Refusals: 2}).Compare(context.Background(), before, plan(t, c, o))
	if err != nil {
		t.Fatal(err)
	}
	r := done.Report
	if r.Stopped == nil || !strings.Contains(r.Stopped.Text, "answers are 401 after and were not before") || r.ExitCode() != results.ExitDifferent {
		t.Errorf("exit code %d\n%s", r.ExitCode(), text(r))
	}
}

// TestPair: what both captures are answered today.
func TestPair(t *testing.T) {
	working := recordShop(t, (*visitor).shop)
	failing := recordShop(t, (*visitor).shop)
	for _, x := range failing.Exchanges {
		if x.Request.Method == "POST" && x.Request.URL == recordedOrigin+"/orders" {
			x.Request.Header = without(x.Request.Header, "X-Csrf-Token")
			x.Response = &traffic.Response{Status: 403, StatusText: "Forbidden", Body: traffic.NewBody("text/plain", []byte("CSRF token mismatch\n"))}
		}
	}
	failing.File, failing.Exchanges = "bad.har", failing.Exchanges[:4]
	rows := []struct {
		reason          string
		target          http.Handler
		works, fails    bool
		sentence, cause string
	}{
		{"as recorded", newApp(), true, true, "the working request still works and the failing one still fails: what differs between the requests breaks it", "csrf-token-missing"},
		{"repaired", lenient(newApp()), true, false, "the failing request works now: what broke it is gone", ""},
		{"all is broken", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(500) }), false, true,
			"both fail now: the target or the credentials changed, see what the working capture is answered", ""},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			o := PlanOptions{Target: Target{Base: serve(t, row.target)}, Unsafe: Unsafe{All: true}}
			ok, bad, err := (&Runner{}).RunPair(context.Background(), plan(t, working, o), plan(t, failing, o))
			if err != nil {
				t.Fatal(err)
			}
			live := ok.Report.Live
			if live.OKWorks != row.works || live.BadFails != row.fails || live.Sentence != row.sentence {
				t.Errorf("got %s", text(live))
			}
			if row.cause != "" && (live.Finding == nil || live.Finding.Cause != row.cause) {
				t.Errorf("the cause is not %s: %s", row.cause, text(live))
			}
			if len(ok.Live.Exchanges) != 5 || len(bad.Live.Exchanges) != 4 {
				t.Errorf("%d and %d live exchanges", len(ok.Live.Exchanges), len(bad.Live.Exchanges))
			}
		})
	}
}

func without(h traffic.Header, name string) traffic.Header {
	var out traffic.Header
	for _, f := range h {
		if f.Name != name {
			out = append(out, f)
		}
	}
	return out
}

// lenient is an app that looks at no CSRF token.
func lenient(a *app) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == "POST" && r.URL.Path == "/orders" {
			c, _ := r.Cookie("sid")
			a.mu.Lock()
			r.Header.Set("X-CSRF-Token", a.sessions[c.Value])
			a.mu.Unlock()
		}
		a.ServeHTTP(w, r)
	})
}
