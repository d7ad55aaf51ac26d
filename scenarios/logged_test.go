package scenarios

import (
	"slices"
	"strings"
	"testing"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
)

// TestLogged: what logs say names a cause where the answer says nothing, and
// yields to what the captures prove.
func TestLogged(t *testing.T) {
	app := func(sure bool, text string) Logged {
		return Logged{Logs: []LoggedIn{{Name: "app.log", Layer: "app", Seen: true, Status: 401, Said: []Said{{Line: 7, Text: text, Sure: sure}}}}}
	}
	proxyAlone := Logged{Logs: []LoggedIn{{Name: "access.log", Layer: "proxy", Seen: true, Status: 401}, {Name: "app.log", Layer: "app", Missing: true}}}
	twoApps := Logged{Logs: append(slices.Clone(proxyAlone.Logs), LoggedIn{Name: "app2.log", Layer: "app"})}
	twoLogs := Logged{Logs: slices.Insert(slices.Clone(proxyAlone.Logs), 1, LoggedIn{Name: "error.log", Layer: "proxy"})}
	bearer := []string{"Authorization: Bearer opaque-4f8e2c1d9a7b6035"}
	bare := answered(401, "", "Server: nginx")
	rows := []struct {
		reason   string
		request  []string
		answer   *traffic.Response
		logged   Logged
		cause    string // of the best finding; "" none
		at       float64
		answerer string
	}{
		{"nothing is known without a log but that nginx is on the path", bearer, bare, Logged{}, "", 0, "proxy"},
		{"the log of the app says why", bearer, bare, app(true, "jwt expired"), "expired-token", 0.85, "app"},
		{"another reason", bearer, bare, app(true, "jwt audience invalid. expected: shop"), "wrong-audience", 0.85, "app"},
		{"a refused origin", bearer, answered(403, ""), app(true, "Invalid CORS request"), "cors-origin-not-allowed", 0.5, "app"},
		{"a line that may be of another request is a hint at best", bearer, bare, app(false, "jwt expired"), "expired-token", 0.05, "app"},
		{"words that mean nothing", bearer, bare, app(true, "request done in 3 ms"), "", 0, "app"},
		{"the answer's own words count more", bearer, answered(401, `{"error":"token has been revoked"}`, "Content-Type: application/json"), app(true, "jwt expired"), "revoked-token", 0.5, "app"},
		{"the proxy has it, the app never saw it", bearer, bare, proxyAlone, "proxy-auth-denied", 0.3, "proxy"},
		{"the proxy's other log, which tells nothing, takes nothing back", bearer, bare, twoLogs, "proxy-auth-denied", 0.3, "proxy"},
		{"one instance of the app never saw it, of the other that is not known", bearer, bare, twoApps, "", 0, "proxy"},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			bad := captured(monday, asked("GET https://api.tea.test/orders", row.request, row.answer))
			d := DiagnoseLogged(diff.Compare(&traffic.Capture{}, bad, diff.Options{}), map[int]Logged{0: row.logged})
			best := Finding{Cause: &Cause{}}
			if len(d.Findings) > 0 {
				best = d.Findings[0]
			}
			if best.Cause.ID != row.cause || best.Confidence < row.at {
				t.Errorf("the cause is %q (%.2f), want %q: %+v", best.Cause.ID, best.Confidence, row.cause, best.Evidence)
			}
			if d.Answerer.Layer != row.answerer {
				t.Errorf("%q answered, want %q", d.Answerer.Layer, row.answerer)
			}
			if row.logged.Logs == nil {
				return
			}
			for _, e := range best.Evidence {
				if e.Source == FromLog && (!strings.Contains(e.Note, "log") || strings.Contains(e.Note, "the answer")) {
					t.Errorf("the note does not name the log: %q", e.Note)
				}
			}
		})
	}
}

// TestLogsNeverOverride is the law: a log that names another cause does not
// take the first place from one that the captures prove.
func TestLogsNeverOverride(t *testing.T) {
	ok := captured(monday, asked("GET https://api.tea.test/orders", []string{"Authorization: Bearer opaque-4f8e2c1d9a7b6035"}, answered(200, "{}", "Content-Type: application/json")))
	bad := captured(tuesday, asked("GET https://api.tea.test/orders", []string{"Authorization: opaque-4f8e2c1d9a7b6035"}, answered(401, "", `WWW-Authenticate: Bearer realm="tea"`)))
	c := diff.Compare(ok, bad, diff.Options{})
	without := Diagnose(c)
	if len(without.Findings) == 0 {
		t.Fatal("no cause to override")
	}
	for _, said := range []string{"jwt expired", "invalid signature", "Invalid CORS request", "rate limit exceeded", "csrf token mismatch", "request blocked by waf"} {
		with := DiagnoseLogged(c, map[int]Logged{0: {Logs: []LoggedIn{{Name: "app.log", Layer: "app", Seen: true, Said: []Said{{Line: 1, Text: said, Sure: true}}}}}})
		if got, want := with.Findings[0].Cause.ID, without.Findings[0].Cause.ID; got != want {
			t.Errorf("a log that says %q makes it %s, not %s", said, got, want)
		}
	}
}
