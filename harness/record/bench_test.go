package record_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/harness/record"
)

// BenchmarkOverhead is the time of a request through the recorder beside that
// through a plain reverse proxy of net/http, in the same run; "ratio" is the
// one by the other.
func BenchmarkOverhead(b *testing.B) {
	body := bytes.Repeat([]byte("0123456789abcdef"), 128) // 2 KiB
	server := serve(b, false, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(body) })
	target, err := url.Parse(server.URL)
	if err != nil {
		b.Fatal(err)
	}
	plain := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }})
	b.Cleanup(plain.Close)
	l := listen(b, record.Proxy{Target: server.URL})
	client := clientOf(b, nil, false, nil)
	ask := func(address string) {
		r, err := client.Get(address)
		if err != nil {
			b.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, r.Body)
		_ = r.Body.Close()
	}
	var through, past time.Duration
	for b.Loop() {
		began := time.Now()
		ask(plain.URL)
		between := time.Now()
		ask(l.URL)
		past, through = past+between.Sub(began), through+time.Since(between)
	}
	b.ReportMetric(through.Seconds()/past.Seconds(), "ratio")
	b.ReportMetric(float64(through.Nanoseconds())/float64(b.N), "ns/recorded")
}

// BenchmarkMemory records 20,000 exchanges and tells what the heap has grown by
// for each, while it is recorded and while it is written; and how long writing
// takes.
func BenchmarkMemory(b *testing.B) {
	const many = 20_000
	body := bytes.Repeat([]byte(`{"id":9001,"total":"12.40","state":"paid"},`), 100) // 4 KiB
	server := serve(b, false, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Request-Id", r.URL.Query().Get("n"))
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(append(append([]byte{'['}, body...), "{}]"...))
	})
	for b.Loop() {
		l := listen(b, record.Proxy{Target: server.URL})
		client := clientOf(b, nil, false, nil)
		before := heap()
		for n := range many {
			request, _ := http.NewRequest(http.MethodGet, l.URL+"/orders?n="+strconv.Itoa(n), nil)
			request.Header.Set("Authorization", "Bearer tango-9981-whiskey")
			request.Header.Set("Cookie", "session=s-1; theme=dark; visits="+strconv.Itoa(n/100))
			r, err := client.Do(request)
			if err != nil {
				b.Fatal(err)
			}
			_, _ = io.Copy(io.Discard, r.Body)
			_ = r.Body.Close()
		}
		b.ReportMetric(float64(heap()-before)/many, "B/exchange")
		k := &record.Keeper{Tape: l.Tape, Redactor: &mask.Redactor{Key: []byte("k")}, Save: func(write func(io.Writer) error) error { return write(io.Discard) }}
		began := time.Now()
		if err := k.Keep(); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(time.Since(began).Seconds(), "s/save")
		b.ReportMetric(float64(heap()-before)/many, "B/exchange-kept")
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
