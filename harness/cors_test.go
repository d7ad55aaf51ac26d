package harness

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/replaydiff/replay/diff/traffic"
)

const pageOrigin = "https://app.alder.example"

// An api is asked by pages of another origin.
type api struct {
	mu    sync.Mutex
	asked []string // "OPTIONS x-trace" or the method

	allowed, headers string // what it allows
}

func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.asked = append(a.asked, strings.TrimSpace(r.Method+" "+r.Header.Get("Access-Control-Request-Headers")))
	if a.allowed != "" {
		w.Header().Set("Access-Control-Allow-Origin", a.allowed)
	}
	if r.Method == "OPTIONS" {
		w.Header().Set("Access-Control-Allow-Headers", a.headers)
		w.Header().Set("Access-Control-Allow-Methods", "GET, PUT")
		w.WriteHeader(204)
		return
	}
	reply(w, map[string]string{"state": "ok"})
}

// recordCORS records a script's request with its preflight, or without.
func recordCORS(t *testing.T, preflight bool) *traffic.Capture {
	r := newRecorder(t, &api{allowed: pageOrigin, headers: "x-trace"})
	v := r.visitor()
	agent := []string{"User-Agent", "Mozilla/5.0 AppleWebKit/537.36 Chrome/150.0.0.0 Safari/537.36", "Origin", pageOrigin, "Referer", pageOrigin + "/", "Sec-Fetch-Mode", "cors", "Sec-Fetch-Site", "same-site"}
	if preflight {
		v.do("OPTIONS", "/items/1", "", append(agent, "Access-Control-Request-Method", "GET", "Access-Control-Request-Headers", "x-trace")...)
	}
	v.do("GET", "/items/1", "", append(agent, "X-Trace", "1")...)
	return r.capture
}

// TestPreflights: they are asked anew, and what the browser decides is part of
// the answer.
func TestPreflights(t *testing.T) {
	rows := []struct {
		reason   string
		recorded bool
		target   api
		set      []Setting
		asked    []string
		field    string // of a regression
	}{
		{"as recorded", true, api{allowed: pageOrigin, headers: "x-trace"}, nil, []string{"OPTIONS x-trace", "GET"}, ""},
		{"the recorder lists no preflights", false, api{allowed: pageOrigin, headers: "x-trace"}, nil, []string{"OPTIONS x-trace", "GET"}, ""},
		{"the header is not allowed any more: nothing follows", true, api{allowed: pageOrigin}, nil, []string{"OPTIONS x-trace"}, "response.error"},
		{"the origin is not", true, api{headers: "x-trace"}, nil, []string{"OPTIONS x-trace"}, "response.error"},
		{"a header that is set is asked for", true, api{allowed: pageOrigin, headers: "x-trace, x-tenant"}, []Setting{{"header", "X-Tenant", "acme"}}, []string{"OPTIONS x-tenant,x-trace", "GET"}, ""},
	}
	for i := range rows {
		row := &rows[i]
		t.Run(row.reason, func(t *testing.T) {
			c := recordCORS(t, row.recorded)
			p := plan(t, c, PlanOptions{Target: Target{Base: serve(t, &row.target)}, Set: row.set})
			report := replayed(t, &Runner{}, p).Report
			if d := cmp.Diff(row.asked, row.target.asked); d != "" {
				t.Error(d)
			}
			found := ""
			for _, g := range report.Groups {
				if g.Regression && g.Field == "response.error" {
					found = g.Field
				}
			}
			if found != row.field {
				t.Errorf("got %q, want %q\n%s", found, row.field, text(report))
			}
			if n := report.Counts; n.Sent != len(c.Exchanges) || !row.recorded && n.Extra != 1 {
				t.Errorf("counts: %+v", n)
			}
		})
	}
}

// TestFollow: redirects are answers, and followed only where asked, within the
// origin, and where the recording has no entry for where they lead.
func TestFollow(t *testing.T) {
	rows := []struct {
		reason  string
		follow  bool
		capture *traffic.Capture
		asked   int // times that /b is asked
		status  int // of the answer that is kept
	}{
		{"not asked for", false, flow("GET", recordedOrigin+"/a"), 0, 302},
		{"followed", true, flow("GET", recordedOrigin+"/a"), 1, 200},
		{"the recording has the next step itself", true, flow("GET", recordedOrigin+"/a", "GET", recordedOrigin+"/b"), 1, 302},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			mux := http.NewServeMux()
			var asked int
			mux.HandleFunc("/a", func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, "http://"+r.Host+"/b", http.StatusFound)
			})
			mux.HandleFunc("/b", func(w http.ResponseWriter, r *http.Request) { asked++ })
			done := replayed(t, &Runner{Concurrency: 1}, plan(t, row.capture, PlanOptions{Target: Target{Base: serve(t, mux)}, Follow: row.follow}))
			if got := done.Live.Exchanges[0].Response.Status; asked != row.asked || got != row.status {
				t.Errorf("asked %d times, status %d", asked, got)
			}
		})
	}
}
