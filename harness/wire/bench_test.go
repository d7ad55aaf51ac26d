//go:build unix

package wire_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"syscall"
	"testing"
	"time"
)

// BenchmarkDo compares Do with a bare net/http client of the same concurrency
// against a loopback server in the same process. cpu-µs/op is the CPU time of
// the whole process for one request, the server's half included.
func BenchmarkDo(b *testing.B) {
	page := bytes.Repeat([]byte("x"), 2<<10)
	addr := listen(b, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		w.Header().Add("Set-Cookie", "sid=1; Path=/; HttpOnly")
		w.Write(page)
	}))
	for _, workers := range []int{1, 16, 64} {
		b.Run(fmt.Sprintf("wire/workers=%d", workers), func(b *testing.B) {
			c := client(b, addr)
			r := get(addr)
			r.Header = header("Accept", "*/*", "User-Agent", "bench", "Cookie", "sid=1")
			hammer(b, workers, func() error { _, err := c.Do(b.Context(), r); return err })
		})
		b.Run(fmt.Sprintf("nethttp/workers=%d", workers), func(b *testing.B) {
			c := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: workers, DisableCompression: true}}
			hammer(b, workers, func() error { return bare(c, addr) })
		})
	}
}

func bare(c *http.Client, addr string) error {
	r, err := http.NewRequest("GET", "http://"+addr+"/", nil)
	if err != nil {
		return err
	}
	r.Header = http.Header{"Accept": {"*/*"}, "User-Agent": {"bench"}, "Cookie": {"sid=1"}}
	resp, err := c.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, err = io.ReadAll(resp.Body)
	return err
}

// BenchmarkClient measures the client alone: its CPU and allocations against a
// server that answers from a constant.
func BenchmarkClient(b *testing.B) {
	answer := "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nSet-Cookie: sid=1\r\nContent-Length: 2048\r\n\r\n" + string(make([]byte, 2048))
	s := serve(b, func(c net.Conn) {
		buffer := make([]byte, 4096)
		for {
			if _, err := c.Read(buffer); err != nil {
				return
			}
			if _, err := io.WriteString(c, answer); err != nil {
				return
			}
		}
	})
	b.Run("wire", func(b *testing.B) {
		c := client(b, s.Addr)
		r := get(s.Addr)
		hammer(b, 1, func() error { _, err := c.Do(b.Context(), r); return err })
	})
	b.Run("nethttp", func(b *testing.B) {
		c := &http.Client{Transport: &http.Transport{DisableCompression: true}}
		hammer(b, 1, func() error { return bare(c, s.Addr) })
	})
}

// BenchmarkHTTP2 does the same over TLS with HTTP/2.
func BenchmarkHTTP2(b *testing.B) {
	s, c := overTLS(b, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "hello") }, true)
	b.Run("wire", func(b *testing.B) {
		r := get(s.Listener.Addr().String())
		r.Scheme, r.Host = "https", "example.com"
		hammer(b, 16, func() error { _, err := c.Do(b.Context(), r); return err })
	})
	b.Run("nethttp", func(b *testing.B) {
		c := s.Client()
		hammer(b, 16, func() error {
			resp, err := c.Get(s.URL)
			if err != nil {
				return err
			}
			defer resp.Body.Close()
			_, err = io.ReadAll(resp.Body)
			return err
		})
	})
}

func listen(b *testing.B, h http.Handler) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	s := &http.Server{Handler: h}
	go s.Serve(l)
	b.Cleanup(func() { s.Close() })
	return l.Addr().String()
}

// hammer sends b.N requests from that many workers.
func hammer(b *testing.B, workers int, send func() error) {
	b.ReportAllocs()
	tokens := make(chan struct{}, workers)
	failed := make(chan error, workers)
	began, cpu := time.Now(), cpuTime()
	for range workers {
		go func() {
			var err error
			for range tokens {
				if err == nil {
					err = send()
				}
			}
			failed <- err
		}()
	}
	for range b.N {
		tokens <- struct{}{}
	}
	close(tokens)
	for range workers {
		if err := <-failed; err != nil {
			b.Error(err)
		}
	}
	b.ReportMetric(float64(b.N)/time.Since(began).Seconds(), "req/s")
	b.ReportMetric(float64((cpuTime()-cpu).Microseconds())/float64(b.N), "cpu-µs/op")
}

func cpuTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
