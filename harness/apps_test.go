package harness

import (
	"strings"
	"testing"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/results"
)

// A cloth is an application as some framework makes it, a visit of it, how the
// visit was recorded, and what may break.
type cloth struct {
	name  string
	dress func(*testing.T, *traffic.Capture) *traffic.Capture
	app   func(*deployment) sites
	visit func(*guest)
	rows  []breakage
}

// A breakage is one thing that is wrong in a deployment: in the app itself, or
// in the answers of a route, as a proxy or another version would change them.
type breakage struct {
	reason string
	on     string // route of the answers that are changed: "GET https://app.example/x*"; "": the app's own mistake, named reason
	change func(*answer)
	field  string // that is shown
}

func clothes() []cloth {
	return []cloth{rails(), django(), laravel(), aspnet(), spring(), oauth(), saml(), mailCode(), graphql(), rest(), presigned(), tenants(), pages()}
}

// TestAppsPassTomorrow: another start of an app, with other secrets, other ids
// and another clock, answers the same.
func TestAppsPassTomorrow(t *testing.T) {
	for _, c := range clothes() {
		t.Run(c.name, func(t *testing.T) {
			report := c.replay(t, c.record(t), nil)
			if report.ExitCode() != results.ExitSame || report.Counts.Skipped > 0 {
				t.Errorf("exit code %d, %+v\n%s", report.ExitCode(), report.Counts, differing(report))
			}
		})
	}
}

// TestAppsBreakVisibly: each single mistake is shown, and what became of the
// request before what else is different.
func TestAppsBreakVisibly(t *testing.T) {
	for _, c := range clothes() {
		t.Run(c.name, func(t *testing.T) {
			capture := c.record(t)
			if len(c.rows) < 10 {
				t.Errorf("%d breakages, want ten", len(c.rows))
			}
			for i := range c.rows {
				row := &c.rows[i]
				report := c.replay(t, capture, row)
				found, outcome := false, false
				for _, g := range report.Groups {
					found = found || g.Field == row.field
					outcome = outcome || g.Regression && (g.Field == "response.status" || g.Field == "response.error")
				}
				if first := firstField(report); !found || report.ExitCode() != results.ExitDifferent && report.ExitCode() != results.ExitRefused || outcome && first != "response.status" && first != "response.error" {
					t.Errorf("%s: exit code %d, want %s\n%s", row.reason, report.ExitCode(), row.field, differing(report))
				}
			}
		})
	}
}

func firstField(r *results.Report) string {
	if len(r.Groups) == 0 {
		return ""
	}
	return r.Groups[0].Field
}

// differing are the differences of a report in a line each.
func differing(r *results.Report) string {
	var b strings.Builder
	for _, g := range r.Groups {
		b.WriteString("\t" + g.Template + " " + g.Field + " " + string(g.Kind) + " " + textOr(g.Old) + " → " + textOr(g.New) + "\n")
	}
	for _, e := range r.Errors {
		b.WriteString("\t" + e.Text + "\n")
	}
	for _, s := range r.Skipped {
		b.WriteString("\tskipped: " + s.Text + "\n")
	}
	return b.String()
}

func textOr(s *string) string {
	if s == nil {
		return "–"
	}
	return *s
}

// record starts the app and keeps a visit of it.
func (c *cloth) record(t *testing.T) *traffic.Capture {
	d := yesterdays()
	g := newGuest(t, d, d.serve(t, c.app(d), nil))
	c.visit(g)
	return c.dress(t, g.capture)
}

// replay starts the app again, maybe with a mistake, and sends a capture to it.
func (c *cloth) replay(t *testing.T, capture *traffic.Capture, broken *breakage) *results.Report {
	t.Helper()
	d := todays()
	if broken != nil && broken.on == "" {
		d.broken = broken.reason
	}
	target := Target{}
	for origin, address := range d.serve(t, c.app(d), broken) {
		target.Map = append(target.Map, Mapping{From: origin, To: address})
	}
	p := plan(t, capture, PlanOptions{Target: target, Unsafe: Unsafe{All: true}})
	if testing.Verbose() && broken == nil {
		for _, l := range p.Links {
			t.Logf("%s: %d %s → %+v", l.Name, l.From.Entry, l.From.Path, l.To)
		}
	}
	return replayed(t, &Runner{}, p).Report
}
