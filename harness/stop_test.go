package harness

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/results"
	"github.com/replaydiff/replay/scenarios"
)

// many is a capture of anonymous GETs.
func many(n int) *traffic.Capture {
	var requests []string
	for i := range n {
		requests = append(requests, "GET", fmt.Sprintf("%s/p/%d", recordedOrigin, i))
	}
	return flow(requests...)
}

// nobodyAt is an address that refuses connections. Its port is that of a
// connection, so that no other process can come to listen there meanwhile.
func nobodyAt(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	held, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { held.Close() })
	return held.LocalAddr().String()
}

// TestStops: a run ends when going on helps nobody, and reports what was done.
func TestStops(t *testing.T) {
	dead := "http://" + nobodyAt(t)
	refusing := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(401) })
	signedIn := many(50)
	for _, x := range signedIn.Exchanges {
		x.Request.Header = traffic.Header{{Name: "Authorization", Value: "Bearer t0kent0kent0ken"}}
	}
	fine := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	rows := []struct {
		reason  string
		capture *traffic.Capture
		base    string
		runner  Runner
		want    results.StopReason
		atMost  int // requests that leave
	}{
		{"nobody listens", many(1000), dead, Runner{}, results.Network, 16},
		{"nobody listens to a single request", many(1), dead, Runner{}, results.Network, 1},
		{"credentials are refused", signedIn, serve(t, refusing), Runner{Concurrency: 1}, results.Refusals, 5},
		{"as many as allowed", many(50), serve(t, fine), Runner{MaxRequests: 7}, results.MaxRequests, 7},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			p := plan(t, row.capture, PlanOptions{Target: Target{Base: row.base}})
			report := replayed(t, &row.runner, p).Report
			if report.Stopped == nil || report.Stopped.Reason != row.want {
				t.Fatalf("got %+v, want %s", report.Stopped, row.want)
			}
			t.Log(report.Stopped.Text)
			c := report.Counts
			if c.Sent > row.atMost || c.Sent+c.Unsent+c.Skipped != c.Recorded || c.Recorded != len(row.capture.Exchanges) {
				t.Errorf("counts do not add up: %+v", c)
			}
		})
	}
}

// TestInterrupted: the report is of what was done until then.
func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	var asked atomic.Int64
	base := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) == 10 {
			cancel()
		}
	}))
	done, err := (&Runner{Concurrency: 1}).Run(ctx, plan(t, many(100), PlanOptions{Target: Target{Base: base}}))
	if err != nil {
		t.Fatal(err)
	}
	c := done.Report.Counts
	if done.Report.Stopped == nil || done.Report.Stopped.Reason != results.Interrupted || c.Sent < 9 || c.Sent > 10 || c.Sent+c.Unsent != 100 {
		t.Errorf("got %+v, %+v", done.Report.Stopped, c)
	}
}

// TestAtMostOnce: a server that drops every connection gets each request once.
func TestAtMostOnce(t *testing.T) {
	var mu sync.Mutex
	asked := map[string]int{}
	base := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		asked[r.URL.Path]++
		mu.Unlock()
		conn, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			conn.Close()
		}
	}))
	const n = 200
	done := replayed(t, &Runner{}, plan(t, many(n), PlanOptions{Target: Target{Base: base}}))
	mu.Lock()
	defer mu.Unlock()
	for path, times := range asked {
		if times != 1 {
			t.Errorf("%s was asked %d times", path, times)
		}
	}
	if len(asked) != n || done.Report.Counts.Unanswered != n {
		t.Errorf("%d of %d were asked, %+v", len(asked), n, done.Report.Counts)
	}
}

// TestNothingElseIsDialled: other origins of the capture, and where answers
// redirect to, are never asked.
func TestNothingElseIsDialled(t *testing.T) {
	other := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { t.Error("the other host was asked") }))
	base := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, other+"/x", http.StatusFound) }))
	c := flow("GET", recordedOrigin+"/a", "GET", recordedOrigin+"/b", "GET", other+"/c")
	replayed(t, &Runner{}, plan(t, c, PlanOptions{Target: Target{Base: base}, Follow: true}))
}

// TestOrder: the requests of one session are sent in recorded order, those of
// several side by side.
func TestOrder(t *testing.T) {
	var mu sync.Mutex
	seen := map[string][]string{}
	begun, all := map[string]bool{}, make(chan struct{})
	base := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		user := r.Header.Get("X-User")
		seen[user] = append(seen[user], r.URL.Path)
		if begun[user] = true; len(begun) == 6 && len(seen[user]) == 1 {
			close(all)
		}
		mu.Unlock()
		select {
		case <-all: // nobody is answered before everybody has asked
		case <-time.After(time.Minute):
			t.Error("the sessions did not run at the same time")
		}
	}))
	c := &traffic.Capture{}
	for i := range 60 {
		user := fmt.Sprint(i % 6)
		c.Exchanges = append(c.Exchanges, &traffic.Exchange{Index: i, Response: &traffic.Response{Status: 200}, Request: traffic.Request{
			Method: "GET", URL: fmt.Sprintf("%s/step/%02d", recordedOrigin, i),
			Header: traffic.Header{{Name: "Cookie", Value: "sessionid=0123456789abcdef012345678" + user}, {Name: "X-User", Value: user}}}})
	}
	p := plan(t, c, PlanOptions{Target: Target{Base: base}})
	if len(p.Sessions) != 6 {
		t.Fatalf("%d sessions, want 6", len(p.Sessions))
	}
	replayed(t, &Runner{Concurrency: 6}, p)
	for user, paths := range seen {
		if !slices.IsSorted(paths) || len(paths) != 10 {
			t.Errorf("user %s: %v", user, paths)
		}
	}
}

// TestPace: requests leave as they were recorded, long pauses cut.
func TestPace(t *testing.T) {
	c := many(4)
	start := time.Date(2026, 5, 4, 8, 0, 0, 0, time.UTC)
	for i, s := range []float64{0, 1, 2, 3600} {
		c.Exchanges[i].Recorded.Started.Time = start.Add(time.Duration(s * float64(time.Second)))
	}
	p := plan(t, c, PlanOptions{Target: Target{Base: "http://h"}})
	got := fmt.Sprint(p.timeline(2, 10*time.Second))
	if want := "[0s 500ms 1s 6s]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestShards: every session is in exactly one shard, no session in two, and
// their reports add up to that of one run.
func TestShards(t *testing.T) {
	var visits []func(*visitor)
	for range 12 {
		visits = append(visits, (*visitor).shop)
	}
	c := recordShop(t, visits...)
	c.Exchanges = append(c.Exchanges, &traffic.Exchange{Index: len(c.Exchanges), Request: traffic.Request{Method: "GET", URL: "https://other.example/x"}})
	for _, x := range c.Exchanges { // else it is within the second, or not
		if x.Response != nil {
			scenarios.SetHeader(&x.Response.Header, "Date", "Mon, 04 May 2026 08:00:00 GMT")
		}
	}
	broken := func() string {
		a := newApp()
		a.cookie = "; Path=/; HttpOnly"
		a.orders = 5000 // no id is a recorded one by chance, and no second
		return serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Date", "Mon, 01 Jun 2026 00:00:00 GMT")
			a.ServeHTTP(w, r)
		}))
	}
	o := PlanOptions{Unsafe: Unsafe{All: true}}
	o.Target.Base = broken()
	runner := func() *Runner {
		return &Runner{Now: func() time.Time { return time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC) }}
	}
	whole := replayed(t, runner(), plan(t, c, o)).Report
	var parts []*results.Report
	entries := map[int]int{}
	for i := 1; i <= 8; i++ {
		o.Shard = Shard{i, 8}
		p := plan(t, c, o)
		for _, s := range p.Sessions {
			for _, e := range s.Entries {
				entries[e]++
			}
		}
		parts = append(parts, replayed(t, runner(), p).Report)
	}
	if len(entries) != 60 {
		t.Errorf("%d entries are in a shard, want 60", len(entries))
	}
	for e, n := range entries {
		if n != 1 {
			t.Errorf("entry %d is in %d shards", e, n)
		}
	}
	merged, err := results.Merge(parts)
	if err != nil {
		t.Fatal(err)
	}
	for _, report := range []*results.Report{merged, whole} {
		for i := range report.Templates {
			report.Templates[i].Seconds = 0 // how long answers took is another time's
		}
	}
	if a, b := text(merged), text(whole); a != b {
		t.Errorf("merged:\n%s\nwhole:\n%s", a, b)
	}
}

// TestShardOfJob reads what Kubernetes sets.
func TestShardOfJob(t *testing.T) {
	rows := []struct {
		reason, index, count, want string
		ok, fails                  bool
	}{
		{"no job", "", "", "", false, false},
		{"counts from 0", "2", "8", "3/8", true, false},
		{"no count", "2", "", "", false, true},
		{"beyond the last", "8", "8", "", false, true},
		{"no number", "x", "8", "", false, true},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			env := map[string]string{"JOB_COMPLETION_INDEX": row.index, "JOB_COMPLETION_COUNT": row.count}
			s, ok, err := ShardOfJob(func(name string) string { return env[name] })
			if s.String() != row.want || ok != row.ok || (err != nil) != row.fails {
				t.Errorf("got %q, %v, %v", s, ok, err)
			}
		})
	}
	for _, bad := range []string{"0/8", "9/8", "8", "a/b", "-1/8", "1/0", "1/8/9"} {
		if s, err := ParseShard(bad); err == nil || !strings.Contains(err.Error(), "--shard") {
			t.Errorf("%s is read as %v, %v", bad, s, err)
		}
	}
}
