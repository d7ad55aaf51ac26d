package harness

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/replaydiff/replay/diff/traffic"
)

// A page of the benchmarks: what a JSON API answers, with a clock.
const benchBody = `{"items":[{"id":1,"name":"chair","price":4900},{"id":2,"name":"table","price":12900}],"total":2,"next":null}`

var benchHandler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = io.WriteString(w, benchBody)
})

// benchCapture is a file of n recorded GETs with the fields of a browser.
func benchCapture(t testing.TB, n int) *traffic.Capture {
	name := filepath.Join(t.TempDir(), "ok.har")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(f, `{"log":{"version":"1.2","creator":{"name":"bench","version":"1"},"entries":[`)
	body, _ := json.Marshal(benchBody)
	for i := range n {
		if i > 0 {
			fmt.Fprint(f, ",")
		}
		fmt.Fprintf(f, `{"startedDateTime":"2026-05-04T08:00:00.000Z","time":3,"request":{"method":"GET","url":"%s/items?page=%d","httpVersion":"HTTP/1.1","cookies":[],"queryString":[],`+
			`"headers":[{"name":"Host","value":"shop.alder.example"},{"name":"User-Agent","value":"client/1.0"},{"name":"Accept","value":"application/json"},{"name":"Accept-Language","value":"en"}],`+
			`"headersSize":-1,"bodySize":0},"response":{"status":200,"statusText":"OK","httpVersion":"HTTP/1.1","cookies":[],"headers":[{"name":"Cache-Control","value":"no-store"},`+
			`{"name":"Content-Type","value":"application/json"},{"name":"Date","value":"Mon, 04 May 2026 08:00:00 GMT"},{"name":"Content-Length","value":"%d"}],`+
			`"content":{"size":%d,"mimeType":"application/json","text":%s},"redirectURL":"","headersSize":-1,"bodySize":%d},"cache":{},"timings":{"send":0,"wait":3,"receive":0}}`,
			recordedOrigin, i, len(benchBody), len(benchBody), body, len(benchBody))
	}
	fmt.Fprint(f, "]}}")
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	c, err := traffic.Open(name, traffic.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// TestMemory: what a request costs in memory, the server in the same process
// included, stays such that a hundred thousand are within 512 MB.
func TestMemory(t *testing.T) {
	if n := 20_000; !testing.Short() && !raceEnabled {
		if most := memoryOf(t, n); most > 512<<20*uint64(n)/100_000+(64<<20) {
			t.Errorf("%d MB in use for %d requests", most>>20, n)
		}
		return
	}
	t.Skip("measured without -short and -race")
}

// BenchmarkMemory replays a hundred thousand recorded requests.
func BenchmarkMemory(b *testing.B) {
	for b.Loop() {
		most := memoryOf(b, 100_000)
		if most > 512<<20 {
			b.Errorf("%d MB in use, want at most 512", most>>20)
		}
		b.ReportMetric(float64(most>>20), "MB")
	}
}

func memoryOf(t testing.TB, n int) uint64 {
	server := httptest.NewServer(benchHandler)
	defer server.Close()
	c := benchCapture(t, n)
	var most uint64
	r := &Runner{Progress: func(p Progress) {
		if p.Done%(n/20) == 0 {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapInuse+m.StackInuse)
		}
	}}
	done := replayed(t, r, plan(t, c, PlanOptions{Target: Target{Base: server.URL}}))
	if done.Report.Counts.Same != n {
		t.Errorf("counts: %+v", done.Report.Counts)
	}
	runtime.KeepAlive(done)
	return most
}
