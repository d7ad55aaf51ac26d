package wire_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/replaydiff/replay/harness/wire"
)

// A ledger counts how often a server received each request.
type ledger struct {
	mu   sync.Mutex
	seen map[string]int
}

func (l *ledger) note(head wire.Head) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.seen[head.Start]++
}

// TestAtMostOnce sends 1,000 requests to a server that drops the connection,
// in each way, on fresh connections and on used ones.
func TestAtMostOnce(t *testing.T) {
	const requests = 1000
	fine := "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
	rows := []struct {
		reason string
		drop   func(c net.Conn, r *bufio.Reader, l *ledger)
	}{
		{"closed before reading", func(c net.Conn, r *bufio.Reader, l *ledger) {}},
		{"reset before reading", func(c net.Conn, r *bufio.Reader, l *ledger) { reset(c) }},
		{"closed after the head", func(c net.Conn, r *bufio.Reader, l *ledger) {
			if head, _, err := readRequest(r); err == nil {
				l.note(head)
			}
		}},
		{"reset after the head", func(c net.Conn, r *bufio.Reader, l *ledger) {
			if head, _, err := readRequest(r); err == nil {
				l.note(head)
			}
			reset(c)
		}},
		{"closed in the middle of the answer's head", func(c net.Conn, r *bufio.Reader, l *ledger) {
			if head, _, err := readRequest(r); err == nil {
				l.note(head)
				io.WriteString(c, fine[:20])
			}
		}},
		{"closed in the middle of the answer's body", func(c net.Conn, r *bufio.Reader, l *ledger) {
			if head, _, err := readRequest(r); err == nil {
				l.note(head)
				io.WriteString(c, fine[:len(fine)-1])
			}
		}},
	}
	for _, row := range rows {
		for _, before := range []int{0, 1} {
			t.Run(fmt.Sprintf("%s, %d before", row.reason, before), func(t *testing.T) {
				l := &ledger{seen: make(map[string]int)}
				s := serve(t, func(c net.Conn) {
					r := bufio.NewReader(c)
					for range before {
						head, _, err := readRequest(r)
						if err != nil {
							return
						}
						l.note(head)
						io.WriteString(c, fine)
					}
					row.drop(c, r, l)
				})
				c := client(t, s.Addr)
				send := func(i int) {
					r := get(s.Addr)
					r.Method, r.Target, r.Body = "POST", fmt.Sprint("/", i), []byte("x")
					_, err := c.Do(t.Context(), r)
					var e *wire.Error
					if errors.As(err, &e) && !e.Sent {
						l.mu.Lock()
						defer l.mu.Unlock()
						if l.seen["POST "+r.Target+" HTTP/1.1"] > 0 {
							t.Errorf("request %d: said unsent, but the server has it: %v", i, err)
						}
					}
				}
				var workers sync.WaitGroup
				for w := range 8 {
					workers.Go(func() {
						for i := w; i < requests; i += 8 {
							send(i)
						}
					})
				}
				workers.Wait()
				s.stop()
				for what, n := range l.seen {
					if n > 1 {
						t.Errorf("%s was received %d times", what, n)
					}
				}
				if before > 0 && len(l.seen) == 0 {
					t.Error("nothing was received")
				}
			})
		}
	}
}

// TestStaleConnection has the server close the idle connection: the next
// request gets another one, without an error.
func TestStaleConnection(t *testing.T) {
	for _, end := range []struct {
		reason string
		close  func(net.Conn)
	}{
		{"an end", func(net.Conn) {}},
		{"a reset", reset},
		{"a late 408, as some servers send it", func(c net.Conn) { io.WriteString(c, "HTTP/1.1 408 Request Timeout\r\n\r\n") }},
	} {
		t.Run(end.reason, func(t *testing.T) {
			closed := make(chan bool)
			s := serve(t, func(c net.Conn) {
				answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", true)(c)
				end.close(c)
				c.Close()
				closed <- true
			})
			c := client(t, s.Addr)
			for i := range 20 {
				a, err := c.Do(t.Context(), get(s.Addr))
				if err != nil {
					t.Fatal("request ", i, ": ", err)
				}
				if a.Reused {
					t.Error("reused a closed connection")
				}
				<-closed
				arrived(t, s.Addr)
			}
		})
	}
}

// arrived waits until this side knows that the server has closed. Where the
// kernel does not tell of its connections, a while has to do.
func arrived(t *testing.T, addr string) {
	t.Helper()
	_, port, _ := net.SplitHostPort(addr)
	n, _ := strconv.Atoi(port)
	established := regexp.MustCompile(fmt.Sprintf(` 0100007F:%04X 01 `, n)) // remote address and state
	for range 30_000 {
		table, err := os.ReadFile("/proc/self/net/tcp")
		time.Sleep(time.Millisecond)
		if err != nil || !established.Match(table) {
			return
		}
	}
	t.Error("the connection does not end")
}

// TestEarlyAnswer has the server answer and close before it has read the body.
func TestEarlyAnswer(t *testing.T) {
	body := []byte(strings.Repeat("x", 8<<20))
	for _, row := range []struct {
		reason string
		then   func(net.Conn)
	}{
		{"the server closes: the client's writing is reset", func(net.Conn) {}},
		{"the server reads no more, and keeps the connection", func(c net.Conn) { c.Read(make([]byte, 1)); time.Sleep(100 * time.Millisecond) }},
		{"the server reads on", func(c net.Conn) { io.Copy(io.Discard, c) }},
	} {
		t.Run(row.reason, func(t *testing.T) {
			s := serve(t, func(c net.Conn) {
				if _, err := wire.ReadHead(bufio.NewReaderSize(c, 512), 1<<20); err != nil {
					return
				}
				io.WriteString(c, "HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig")
				c.(*net.TCPConn).CloseWrite()
				row.then(c)
			})
			c := client(t, s.Addr)
			r := get(s.Addr)
			r.Method, r.Body = "POST", body
			a, err := c.Do(t.Context(), r)
			if err != nil {
				t.Fatal(err)
			}
			if a.Status != 413 || string(a.Body) != "big" {
				t.Errorf("got %d %q", a.Status, a.Body)
			}
			if got := s.Accepted.Load(); got != 1 {
				t.Errorf("%d connections", got)
			}
		})
	}
}
