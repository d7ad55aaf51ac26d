package wire_test

import (
	"net"
	"sync"
	"testing"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
)

// TestMaxIdle keeps as many connections as it is told to.
func TestMaxIdle(t *testing.T) {
	for _, row := range []struct {
		reason string
		max    int
		want   int64 // connections after two rounds of four at once
	}{
		{"none", -1, 8},
		{"one", 1, 7},
		{"enough", 0, 4},
	} {
		t.Run(row.reason, func(t *testing.T) {
			gate := make(chan bool)
			s := serve(t, func(c net.Conn) {
				buffer := make([]byte, 4096)
				for {
					if _, err := c.Read(buffer); err != nil {
						return
					}
					gate <- true
					c.Write([]byte("HTTP/1.1 204 No Content\r\n\r\n"))
				}
			})
			c := client(t, s.Addr)
			c.MaxIdle = row.max
			for range 2 {
				var workers sync.WaitGroup
				for range 4 {
					workers.Go(func() {
						if _, err := c.Do(t.Context(), get(s.Addr)); err != nil {
							t.Error(err)
						}
					})
				}
				// All four are being answered before the first is.
				time.Sleep(20 * time.Millisecond)
				for range 4 {
					<-gate
				}
				workers.Wait()
			}
			if got := s.Accepted.Load(); got > row.want || row.max < 0 && got != row.want {
				t.Errorf("%d connections, want %d", got, row.want)
			}
		})
	}
}

// TestClose closes idle connections, and the client goes on with new ones.
func TestClose(t *testing.T) {
	s := serve(t, answering("HTTP/1.1 204 No Content\r\n\r\n", false))
	c := client(t, s.Addr)
	for range 2 {
		if a, err := c.Do(t.Context(), get(s.Addr)); err != nil || a.Reused {
			t.Fatal(a, err)
		}
		c.Close()
	}
	if got := s.Accepted.Load(); got != 2 {
		t.Errorf("%d connections", got)
	}
}

// TestTimings goes by the clock of the client: each look at it is a
// millisecond later.
func TestTimings(t *testing.T) {
	s := serve(t, answering("HTTP/1.1 204 No Content\r\n\r\n", false))
	c := client(t, s.Addr)
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	now := start
	c.Now = func() time.Time { now = now.Add(time.Millisecond); return now }
	for _, reused := range []bool{false, true} {
		a, err := c.Do(t.Context(), get(s.Addr))
		if err != nil {
			t.Fatal(err)
		}
		r := a.Recorded()
		if a.Reused != reused || (a.Timings.Connect < 0) != reused || a.Timings.SSL != -1 || a.Timings.DNS != -1 {
			t.Errorf("reused %v: %+v", a.Reused, a.Timings)
		}
		if a.Timings.Send != 1 || a.Timings.Wait != 1 || a.Timings.Receive != 1 {
			t.Errorf("%+v", a.Timings)
		}
		if r.Started.Time.Before(start) || r.Millis != now.Sub(r.Started.Time).Seconds()*1000 || r.ServerIP != "127.0.0.1" {
			t.Errorf("%+v", r)
		}
	}
}

// TestNoBody: an answer that can't have a body has none, and not an empty one.
func TestNoBody(t *testing.T) {
	for answer, present := range map[string]bool{
		"HTTP/1.1 204 No Content\r\n\r\n":                                false,
		"HTTP/1.1 304 Not Modified\r\n\r\n":                              false,
		"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n":                   true,
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n": true,
	} {
		s := serve(t, answering(answer, false))
		a, err := client(t, s.Addr).Do(t.Context(), get(s.Addr))
		if err != nil {
			t.Fatal(err)
		}
		if got := a.Response(traffic.Limits{}).Body.Present(); got != present {
			t.Errorf("%q: present %v", answer, got)
		}
	}
}
