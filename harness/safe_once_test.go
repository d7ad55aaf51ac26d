package harness

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/http2"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/credential"
	"github.com/replaydiff/replay/harness/results"
	"github.com/replaydiff/replay/harness/wire"
)

// A counter counts requests by method and path.
type counter struct {
	mu    sync.Mutex
	asked map[string]int
}

func (c *counter) count(method, path string) (times int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.asked == nil {
		c.asked = map[string]int{}
	}
	c.asked[method+" "+path]++
	return c.asked[method+" "+path]
}

func (c *counter) total() (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, times := range c.asked {
		n += times
	}
	return n
}

// most tells how often the request was asked that was asked most, among those
// of some methods.
func (c *counter) most(methods string) (most int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for name, times := range c.asked {
		if method, _, _ := strings.Cut(name, " "); strings.Contains(methods, method) {
			most = max(most, times)
		}
	}
	return most
}

// mixed is a capture of requests of every method, of n clients.
func mixed(n, clients int) *traffic.Capture {
	c := many(n)
	for i, x := range c.Exchanges {
		x.Request.Method = []string{"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"}[i%6]
		with(x, "Authorization", fmt.Sprintf("Bearer t0kent0kent0ken%04d", i%clients))
		if i%6 == 1 {
			x.Request.Body = traffic.NewBody("text/plain", []byte(strings.Repeat("x", 20_000)))
		}
	}
	return c
}

// TestServersThatDropGetNoRequestTwice: each request reaches the server at most
// once, in whatever way it is lost, in every protocol, and all together.
func TestServersThatDropGetNoRequestTwice(t *testing.T) {
	const n = 1000
	hijack := func(then func(net.Conn)) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			c, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				panic(http.ErrAbortHandler)
			}
			then(c)
		}
	}
	rows := []struct {
		reason string
		lose   http.HandlerFunc
		proto  wire.Proto
	}{
		{"closed without an answer", hijack(func(c net.Conn) { c.Close() }), wire.HTTP1},
		{"reset without an answer", hijack(func(c net.Conn) { c.(*net.TCPConn).SetLinger(0); c.Close() }), wire.HTTP1},
		{"closed in the status line", hijack(func(c net.Conn) { fmt.Fprint(c, "HTTP/1.1 2"); c.Close() }), wire.HTTP1},
		{"closed in the body", hijack(func(c net.Conn) { fmt.Fprint(c, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"); c.Close() }), wire.HTTP1},
		{"an answer, then a reset of the idle connection", hijack(func(c net.Conn) {
			fmt.Fprint(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
			c.(*net.TCPConn).SetLinger(0)
			c.Close()
		}), wire.HTTP1},
		{"come back later", func(w http.ResponseWriter, r *http.Request) { w.Header().Set("Retry-After", "0"); w.WriteHeader(503) }, wire.HTTP1},
		{"a request timeout", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Connection", "close")
			w.WriteHeader(408)
		}, wire.HTTP1},
		{"misdirected", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(421) }, wire.HTTP2},
		{"too early", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(425) }, wire.HTTP2},
		{"a stream that is reset", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, wire.HTTP2},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			var c counter
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				c.count(r.Method, r.URL.Path)
				row.lose(w, r)
			}))
			server.Config.Protocols = new(http.Protocols)
			server.Config.Protocols.SetHTTP1(true)
			server.Config.Protocols.SetUnencryptedHTTP2(true)
			server.Start()
			defer server.Close()
			client := &wire.Client{Proto: row.proto}
			defer client.Close()
			done := replayed(t, &Runner{Client: client}, plan(t, mixed(n, 20), PlanOptions{Target: Target{Base: server.URL}, Unsafe: Unsafe{All: true}, Follow: true}))
			// One that meets the end of an idle connection is lost, not repeated.
			if c.most("GET POST PUT PATCH DELETE HEAD") != 1 || c.total() > n || c.total() < n/2 || done.Report.Counts.Sent != n {
				t.Errorf("%d requests came, one of them %d times; the report has %+v", c.total(), c.most("GET POST PUT PATCH DELETE HEAD"), done.Report.Counts)
			}
		})
	}
}

// TestRefusedStreams: a server of HTTP/2 that says that it did not take
// requests does not get them again either, nor one that goes away.
func TestRefusedStreams(t *testing.T) {
	for _, away := range []bool{false, true} {
		t.Run(fmt.Sprintf("goaway=%v", away), func(t *testing.T) {
			var streams atomic.Int64
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			go func() {
				for {
					conn, err := l.Accept()
					if err != nil {
						return
					}
					go refuseStreams(conn, away, &streams)
				}
			}()
			client := &wire.Client{Proto: wire.HTTP2}
			defer client.Close()
			const n = 60
			done := replayed(t, &Runner{Client: client, Concurrency: 4}, plan(t, mixed(n, 6), PlanOptions{Target: Target{Base: "http://" + l.Addr().String()}, Unsafe: Unsafe{All: true}}))
			if got := streams.Load(); got > n || done.Report.Counts.Unanswered != done.Report.Counts.Sent {
				t.Errorf("%d streams for %d requests, %+v", got, n, done.Report.Counts)
			}
		})
	}
}

// refuseStreams answers each request with REFUSED_STREAM, or with a GOAWAY that
// leaves it out. Frames of kinds that lead elsewhere come before: ALTSVC (RFC
// 7838 section 4) and ORIGIN (RFC 8336).
func refuseStreams(conn net.Conn, away bool, streams *atomic.Int64) {
	defer conn.Close()
	r := bufio.NewReader(conn)
	if _, err := r.Discard(len(http2.ClientPreface)); err != nil {
		return
	}
	f := http2.NewFramer(conn, r)
	_ = f.WriteSettings()
	_ = f.WriteRawFrame(0xa, 0, 0, []byte("\x00\x15http://127.0.0.1:9999h2=\"127.0.0.1:9999\""))
	_ = f.WriteRawFrame(0xc, 0, 0, []byte("\x00\x16https://127.0.0.1:9999"))
	for {
		frame, err := f.ReadFrame()
		if err != nil {
			return
		}
		if h, ok := frame.(*http2.HeadersFrame); ok {
			streams.Add(1)
			if away {
				_ = f.WriteGoAway(h.StreamID-min(h.StreamID, 2), http2.ErrCodeNo, nil)
				return
			}
			_ = f.WriteRSTStream(h.StreamID, http2.ErrCodeRefusedStream)
		}
	}
}

// TestAskedAgain: what is asked more than once is safe, and told as extra.
func TestAskedAgain(t *testing.T) {
	tokens := func() credential.Source { return &vendor{} }
	rows := []struct {
		reason string
		runner Runner
		source credential.Source
		answer func(times int, w http.ResponseWriter, r *http.Request)
		most   int // of one safe request
		total  int // at most
		stop   results.StopReason
	}{
		{reason: "learning", runner: Runner{Learn: 3}, most: 4, total: 300},
		{reason: "learning from a server that answers in as many ways", runner: Runner{Learn: 2}, most: 3, total: 300,
			answer: func(times int, w http.ResponseWriter, r *http.Request) { w.WriteHeader([]int{200, 500, 301}[times%3]) }},
		{reason: "refusals are not learnt from", runner: Runner{Learn: 3, Concurrency: 1}, most: 1, total: 5, stop: results.Refusals,
			answer: func(_ int, w http.ResponseWriter, r *http.Request) { w.WriteHeader(401) }},
		{reason: "refusals of several workers", runner: Runner{Concurrency: 8}, most: 1, total: 5 + 8, stop: results.Refusals,
			answer: func(_ int, w http.ResponseWriter, r *http.Request) { w.WriteHeader(401) }},
		{reason: "a renewed credential is tried once", runner: Runner{Concurrency: 1}, source: tokens(), most: 2, total: 6, stop: results.Refusals,
			answer: func(_ int, w http.ResponseWriter, r *http.Request) { w.WriteHeader(401) }},
		{reason: "a renewed credential helps", runner: Runner{Concurrency: 1}, source: tokens(), most: 2, total: 61,
			answer: func(times int, w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/p/0" && times == 1 {
					w.WriteHeader(401)
				}
			}},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			var c counter
			base := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if times := c.count(r.Method, r.URL.Path); row.answer != nil {
					row.answer(times, w, r)
				}
			}))
			o := PlanOptions{Target: Target{Base: base}, Unsafe: Unsafe{All: true}}
			if row.source != nil {
				o.Keeper = &credential.Keeper{Source: row.source}
			}
			report := replayed(t, &row.runner, plan(t, mixed(60, 12), o)).Report
			if got := c.most("POST PUT PATCH DELETE"); got > 1 {
				t.Errorf("a request that may change data came %d times", got)
			}
			if got := c.most("GET HEAD"); got > row.most {
				t.Errorf("a safe request came %d times, want at most %d", got, row.most)
			}
			if c.total() > row.total || c.total() != report.Counts.Sent+report.Counts.Extra {
				t.Errorf("%d requests came, want at most %d and as many as are told: %+v", c.total(), row.total, report.Counts)
			}
			if got := report.Stopped; (got != nil) != (row.stop != "") || got != nil && got.Reason != row.stop {
				t.Errorf("stopped: %+v", got)
			}
		})
	}
}

// TestMaxRequestsIsExact: with many workers, and with recorded preflights.
func TestMaxRequestsIsExact(t *testing.T) {
	for _, row := range []struct {
		reason     string
		preflights bool
	}{{"plain", false}, {"preflights", true}} {
		t.Run(row.reason, func(t *testing.T) {
			var c counter
			base := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				c.count(r.Method, r.URL.Path)
				w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
				w.Header().Set("Access-Control-Allow-Methods", "PUT")
			}))
			flow := many(200)
			if row.preflights {
				for i, x := range flow.Exchanges {
					x.Request.URL = fmt.Sprintf("%s/p/%d", recordedOrigin, i/2)
					with(x, "Origin", mainOf)
					if x.Request.Method = "PUT"; i%2 == 0 {
						x.Request.Method = "OPTIONS"
						with(x, "Access-Control-Request-Method", "PUT")
					}
					x.Response.Header = traffic.Header{{Name: "Access-Control-Allow-Origin", Value: mainOf}, {Name: "Access-Control-Allow-Methods", Value: "PUT"}}
				}
			}
			const bound = 37
			report := replayed(t, &Runner{MaxRequests: bound, Concurrency: 16}, plan(t, flow, PlanOptions{Target: Target{Base: base}, Unsafe: Unsafe{All: true}})).Report
			if c.total() > bound || c.total() < bound-1 || report.Counts.Extra != 0 || report.Counts.Sent != c.total() {
				t.Errorf("%d requests came, want %d: %+v", c.total(), bound, report.Counts)
			}
		})
	}
}

// TestShardsSendEachOnce: all shards together send what one run sends.
func TestShardsSendEachOnce(t *testing.T) {
	var c counter
	base := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { c.count(r.Method, r.URL.Path) }))
	o := PlanOptions{Target: Target{Base: base}, Unsafe: Unsafe{All: true}}
	var parts []*results.Report
	for i := range 5 {
		o.Shard = Shard{i + 1, 5}
		parts = append(parts, replayed(t, &Runner{}, plan(t, mixed(240, 30), o)).Report)
	}
	report, err := results.Merge(parts)
	if err != nil {
		t.Fatal(err)
	}
	if c.total() != 240 || c.most("GET POST PUT PATCH DELETE HEAD") != 1 || report.Counts.Sent != 240 {
		t.Errorf("%d requests came, one %d times: %+v", c.total(), c.most("GET POST PUT PATCH DELETE HEAD"), report.Counts)
	}
}

// TestTargetGoesAway: a target that stops listening in the middle ends the run
// early.
func TestTargetGoesAway(t *testing.T) {
	var dials atomic.Int64
	client := &wire.Client{MaxIdle: -1, DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		if dials.Add(1) > 5 {
			return nil, fmt.Errorf("gone")
		}
		return new(net.Dialer).DialContext(ctx, network, addr)
	}}
	base := serve(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	report := replayed(t, &Runner{Client: client}, plan(t, many(1000), PlanOptions{Target: Target{Base: base}})).Report
	// An answer that comes late begins the count again, five times at most.
	if dials.Load() > 5+6*maxLostLater+DefaultConcurrency || report.Stopped == nil || report.Stopped.Reason != results.Network {
		t.Errorf("%d connections were tried, %+v", dials.Load(), report.Stopped)
	}
}

// TestInterruptedInTheMiddle: with requests on their way, nothing more leaves,
// what had left is told, and nothing is left running.
func TestInterruptedInTheMiddle(t *testing.T) {
	for _, proto := range []wire.Proto{wire.HTTP1, wire.HTTP2} {
		t.Run(string(proto), func(t *testing.T) {
			var c counter
			var asked atomic.Int64
			ctx, cancel := context.WithCancel(t.Context())
			release := make(chan struct{})
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				c.count(r.Method, r.URL.Path)
				switch n := asked.Add(1); {
				case n <= 20:
					return
				case n == 24: // the last of the four workers
					cancel()
				}
				<-release
			}))
			server.Config.Protocols = new(http.Protocols)
			server.Config.Protocols.SetHTTP1(true)
			server.Config.Protocols.SetUnencryptedHTTP2(true)
			server.Start()
			before := runtime.NumGoroutine()
			client := &wire.Client{Proto: proto}
			done, err := (&Runner{Client: client, Concurrency: 4}).Run(ctx, plan(t, mixed(600, 60), PlanOptions{Target: Target{Base: server.URL}, Unsafe: Unsafe{All: true}}))
			if err != nil {
				t.Fatal(err)
			}
			report := done.Report
			if report.Stopped == nil || report.Stopped.Reason != results.Interrupted || report.Counts.Unanswered == 0 {
				t.Errorf("got %+v, %+v", report.Stopped, report.Counts)
			}
			if report.Counts.Sent != c.total() || report.Counts.Sent+report.Counts.Unsent != 600 {
				t.Errorf("%d requests came: %+v", c.total(), report.Counts)
			}
			close(release)
			client.Close()
			server.Close()
			for try := 0; runtime.NumGoroutine() > before && try < 6000; try++ {
				time.Sleep(10 * time.Millisecond)
			}
			if now := runtime.NumGoroutine(); now > before {
				buffer := make([]byte, 1<<16)
				t.Errorf("%d goroutines, %d before\n%s", now, before, buffer[:runtime.Stack(buffer, true)])
			}
		})
	}
}
