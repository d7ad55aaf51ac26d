package harness

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/results"
)

// recordShop records clients of the app.
func recordShop(t testing.TB, visit ...func(*visitor)) *traffic.Capture {
	r := newRecorder(t, newApp())
	for _, v := range visit {
		v(r.visitor())
	}
	return r.capture
}

func plan(t testing.TB, c *traffic.Capture, o PlanOptions) *Plan {
	t.Helper()
	p, err := NewPlan(c, o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func replayed(t testing.TB, r *Runner, p *Plan) *Replayed {
	t.Helper()
	done, err := r.Run(context.Background(), p)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

func text(v any) string {
	b, _ := json.MarshalIndent(v, "", " ")
	return string(b)
}

// TestYesterdaysCapturePassesToday: another session, other tokens, other ids,
// and nothing but the target is given.
func TestYesterdaysCapturePassesToday(t *testing.T) {
	c := recordShop(t, (*visitor).shop, (*visitor).api)
	target := newApp()
	p := plan(t, c, PlanOptions{Target: Target{Base: serve(t, target)}, Unsafe: Unsafe{All: true}})
	done := replayed(t, &Runner{}, p)
	want := results.Counts{Recorded: len(c.Exchanges), Sent: len(c.Exchanges), Same: len(c.Exchanges)}
	if done.Report.Counts != want {
		t.Errorf("got %+v, want %+v\n%s", done.Report.Counts, want, text(done.Report))
	}
}

// TestRegressions: what a deployment breaks shows in the answers, with its
// cause.
func TestRegressions(t *testing.T) {
	c := recordShop(t, (*visitor).shop)
	rows := []struct {
		reason string
		change func(*app)
		field  string
		cause  string
	}{
		{"a cookie of another path is not sent on", func(a *app) { a.cookie = "; Path=/login; Secure; HttpOnly; SameSite=Lax" }, "response.status", "cookie-path-mismatch"},
		{"a cookie of another host is not stored", func(a *app) { a.cookie = "; Path=/; Domain=other.example; Secure; HttpOnly; SameSite=Lax" }, "response.status", "cookie-domain-mismatch"},
		{"a cookie lost its protection, and all else works", func(a *app) { a.cookie = "; Path=/; HttpOnly; SameSite=Lax" }, "response.set-cookie.sid.secure", ""},
		{"sessions are refused", func(a *app) { a.broken = true }, "response.status", ""},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			target := newApp()
			row.change(target)
			p := plan(t, c, PlanOptions{Target: Target{Base: serve(t, target)}, Unsafe: Unsafe{All: true}})
			report := replayed(t, &Runner{}, p).Report
			var found, caused bool
			for _, g := range report.Groups {
				if g.Field == row.field && g.Regression {
					found = true
					caused = caused || row.cause == "" || g.Finding != nil && g.Finding.Cause == row.cause
				}
			}
			if !found || !caused {
				t.Errorf("%s is not told, with the cause %q\n%s", row.field, row.cause, text(report.Groups))
			}
		})
	}
}
