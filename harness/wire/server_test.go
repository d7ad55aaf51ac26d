package wire_test

import (
	"bufio"
	"io"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/replaydiff/replay/harness/wire"
)

// A rawServer speaks bytes: it hands each connection to a function.
type rawServer struct {
	Addr     string
	Accepted atomic.Int64
	stop     func() // closes all connections and waits for their functions
}

func serve(t testing.TB, talk func(net.Conn)) *rawServer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &rawServer{Addr: l.Addr().String()}
	var conns sync.WaitGroup
	var open sync.Map
	accepting := make(chan bool)
	go func() {
		defer close(accepting)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			s.Accepted.Add(1)
			open.Store(c, nil)
			conns.Go(func() {
				defer open.Delete(c)
				defer c.Close()
				talk(c)
			})
		}
	}()
	s.stop = sync.OnceFunc(func() {
		l.Close()
		<-accepting
		open.Range(func(c, _ any) bool { c.(net.Conn).Close(); return true })
		conns.Wait()
	})
	t.Cleanup(s.stop)
	return s
}

// readRequest reads a request byte for byte.
func readRequest(r *bufio.Reader) (wire.Head, []byte, error) {
	head, err := wire.ReadHead(r, 1<<20)
	if err != nil {
		return head, nil, err
	}
	n, _ := strconv.Atoi(head.Fields.Get("Content-Length"))
	body := make([]byte, n)
	_, err = io.ReadFull(r, body)
	return head, body, err
}

// answering answers each request on a connection with the same bytes, and
// closes it after the last.
func answering(answer string, last bool) func(net.Conn) {
	return func(c net.Conn) {
		r := bufio.NewReader(c)
		for {
			if _, _, err := readRequest(r); err != nil {
				return
			}
			if _, err := io.WriteString(c, answer); err != nil || last {
				return
			}
		}
	}
}

func get(addr string) *wire.Request {
	return &wire.Request{Method: "GET", Scheme: "http", Addr: addr, Target: "/", Host: addr}
}

func client(t testing.TB, addr string) *wire.Client {
	c := &wire.Client{Allow: []string{addr}, Timeout: time.Minute}
	t.Cleanup(c.Close)
	return c
}

// reset closes a connection with a reset instead of an end.
func reset(c net.Conn) {
	c.(*net.TCPConn).SetLinger(0)
	c.Close()
}
