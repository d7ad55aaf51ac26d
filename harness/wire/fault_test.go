package wire_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/replaydiff/replay/harness/wire"
)

// patiently gives an exchange more time until it fails at a stage: on a machine
// that is busy a short time ends before the server was reached.
func patiently(stage wire.Stage, try func(time.Duration) error) error {
	for patience := 100 * time.Millisecond; ; patience *= 4 {
		var e *wire.Error
		err := try(patience)
		if !errors.As(err, &e) || e.Stage == stage || patience > 20*time.Second {
			return err
		}
	}
}

// TestSlowServers has servers that never end. Each exchange must.
func TestSlowServers(t *testing.T) {
	trickle := func(piece string) func(net.Conn) {
		return func(c net.Conn) {
			for {
				if _, err := io.WriteString(c, piece); err != nil {
					return
				}
				time.Sleep(5 * time.Millisecond)
			}
		}
	}
	rows := []struct {
		reason string
		first  string
		then   func(net.Conn)
		cut    bool // the head was there: what came of the body is kept
		text   string
	}{
		{"no answer", "", func(c net.Conn) { io.Copy(io.Discard, c) }, false, "the answer took longer"},
		{"half a status line", "HTTP/1.1 2", func(c net.Conn) { io.Copy(io.Discard, c) }, false, "the answer took longer"},
		{"a header section that trickles", "HTTP/1.1 200 OK\r\n", trickle("X: y\r\n"), false, "the answer took longer"},
		{"a body that trickles", "HTTP/1.1 200 OK\r\n\r\n", trickle("x"), true, "body took longer"},
		{"a length that trickles", "HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", trickle("x"), true, "body took longer"},
		{"chunks that trickle", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", trickle("1\r\nx\r\n"), true, "body took longer"},
		{"a trailer section that trickles", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n", trickle("X: y\r\n"), true, "body took longer"},
	}
	for _, row := range rows {
		for _, stop := range []string{"timeout", "cancel"} {
			t.Run(row.reason+", "+stop, func(t *testing.T) {
				t.Parallel()
				s := serve(t, func(c net.Conn) {
					r := bufio.NewReader(c)
					readRequest(r)
					io.WriteString(c, row.first)
					row.then(c)
				})
				c := client(t, s.Addr)
				stage, is, text := wire.Header, wire.ErrTimeout, row.text
				if row.cut {
					stage = wire.Body
				}
				err := patiently(stage, func(patience time.Duration) error {
					ctx, cancel := context.WithCancel(t.Context())
					defer cancel()
					if stop == "timeout" {
						c.Timeout = patience
					} else {
						is, text = context.Canceled, "stopped"
						time.AfterFunc(patience, cancel)
					}
					a, err := c.Do(ctx, get(s.Addr))
					if stop == "timeout" && err == nil {
						return a.Cut
					}
					return err
				})
				wantError(t, err, stage, true, is, text)
			})
		}
	}
}

// TestStalledRequest has the server take no more of a long request.
func TestStalledRequest(t *testing.T) {
	over := make(chan bool)
	s := serve(t, func(c net.Conn) { <-over })
	defer close(over)
	c := client(t, s.Addr)
	r := get(s.Addr)
	r.Method, r.Body = "POST", make([]byte, 64<<20)
	err := patiently(wire.Write, func(patience time.Duration) error {
		c.Timeout = patience
		_, err := c.Do(t.Context(), r) // without an end, it is the test that ends
		return err
	})
	wantError(t, err, wire.Write, true, wire.ErrTimeout, "--timeout")
}

// TestContexts uses one connection under many contexts: the end of one must
// not end another's exchange.
func TestContexts(t *testing.T) {
	s := serve(t, answering("HTTP/1.1 204 No Content\r\n\r\n", false))
	c := client(t, s.Addr)
	for i := range 200 {
		ctx, cancel := context.WithCancel(t.Context())
		_, err := c.Do(ctx, get(s.Addr))
		go cancel() // races with the next exchange, on purpose
		if err != nil {
			t.Fatal(i, err)
		}
	}
	if got := s.Accepted.Load(); got != 1 {
		t.Errorf("%d connections", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := c.Do(ctx, get(s.Addr))
	wantError(t, err, wire.Dial, false, context.Canceled, "stopped")
}

func TestResetInBody(t *testing.T) {
	s := serve(t, func(c net.Conn) {
		readRequest(bufio.NewReader(c))
		io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf")
		time.Sleep(50 * time.Millisecond)
		reset(c)
	})
	a, err := client(t, s.Addr).Do(t.Context(), get(s.Addr))
	if err != nil {
		t.Fatal(err)
	}
	wantError(t, a.Cut, wire.Body, true, wire.ErrClosed, "the server reset the connection")
}

// closedPort is an address that nothing listens on. Its port is that of a
// connection, so that no other process can come to listen there meanwhile.
func closedPort(t *testing.T) string {
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

func TestDialErrors(t *testing.T) {
	refused := closedPort(t)
	dial := func(err error) func(context.Context, string, string) (net.Conn, error) {
		return func(context.Context, string, string) (net.Conn, error) {
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: err}
		}
	}
	rows := []struct {
		reason string
		dial   func(context.Context, string, string) (net.Conn, error)
		is     error
		text   string
	}{
		{"nothing listens", nil, nil, "connection refused; is the server running"},
		{"an unknown name", dial(&net.DNSError{Err: "no such host", IsNotFound: true}), nil, "no such host name; give its address with --resolve"},
		{"a lookup that fails", dial(&net.DNSError{Err: "server misbehaving"}), nil, "name lookup failed"},
		{"a lookup that takes too long", func(ctx context.Context, _, _ string) (net.Conn, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}, wire.ErrTimeout, "firewall"},
		{"another reason", dial(errors.New("odd thing")), nil, "can't connect: odd thing"},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			c := client(t, refused)
			c.DialContext = row.dial
			if row.is == wire.ErrTimeout {
				c.Timeout = 100 * time.Millisecond
			}
			_, err := c.Do(t.Context(), get(refused))
			is := row.is
			if is == nil {
				is = err
			}
			wantError(t, err, wire.Dial, false, is, row.text)
		})
	}
}

// TestRefused tells what is never sent. The dialer fails the test.
func TestRefused(t *testing.T) {
	const addr = "127.0.0.1:1"
	rows := []struct {
		reason string
		change func(*wire.Request)
		is     error
		text   string
	}{
		{"an address that was not named", func(r *wire.Request) { r.Addr = "secret.example:80" }, wire.ErrNotAllowed, "--target"},
		{"another port", func(r *wire.Request) { r.Addr = "127.0.0.1:2" }, wire.ErrNotAllowed, "--target"},
		{"another scheme", func(r *wire.Request) { r.Scheme = "ftp" }, wire.ErrUnsendable, "neither http nor https"},
		{"a method with a space", func(r *wire.Request) { r.Method = "GET /secret" }, wire.ErrUnsendable, "method"},
		{"CONNECT", func(r *wire.Request) { r.Method = "CONNECT" }, wire.ErrUnsendable, "tunnel"},
		{"a target that splits the request", func(r *wire.Request) { r.Target = "/ HTTP/1.1\r\nX: secret" }, wire.ErrUnsendable, "control character"},
		{"a target of nothing", func(r *wire.Request) { r.Target = "" }, wire.ErrUnsendable, "slash"},
		{"a target that names a host", func(r *wire.Request) { r.Target = "http://secret.example/" }, wire.ErrUnsendable, "slash"},
		{"a host with a line end", func(r *wire.Request) { r.Host = "a\r\nX: secret" }, wire.ErrUnsendable, "Host"},
		{"a host with a path", func(r *wire.Request) { r.Host = "a/secret" }, wire.ErrUnsendable, "Host"},
		{"no host", func(r *wire.Request) { r.Host = "" }, wire.ErrUnsendable, "Host"},
		{"a CR in a value", func(r *wire.Request) { r.Header = header("X-A", "1", "X-B", "secret\rX") }, wire.ErrUnsendable, `"X-B"`},
		{"an LF in a value", func(r *wire.Request) { r.Header = header("X-B", "secret\n") }, wire.ErrUnsendable, "CR, LF or NUL"},
		{"a NUL in a value", func(r *wire.Request) { r.Header = header("X-B", "secret\x00") }, wire.ErrUnsendable, "CR, LF or NUL"},
		{"a name with a line end", func(r *wire.Request) { r.Header = header("X\r\nsecret", "1") }, wire.ErrUnsendable, "header 1"},
		{"a name with a colon", func(r *wire.Request) { r.Header = header("X:secret", "1") }, wire.ErrUnsendable, "header 1"},
		{"no name", func(r *wire.Request) { r.Header = header("", "1") }, wire.ErrUnsendable, "header 1"},
		{"a length of its own", func(r *wire.Request) { r.Header = header("content-LENGTH", "5") }, wire.ErrUnsendable, "written anew"},
		{"a framing of its own", func(r *wire.Request) { r.Header = header("tRANSFER-eNCODING", "chunked") }, wire.ErrUnsendable, "written anew"},
		{"a pseudo-header", func(r *wire.Request) { r.Header = header(":path", "/secret") }, wire.ErrUnsendable, "written anew"},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			c := client(t, addr)
			c.DialContext = func(context.Context, string, string) (net.Conn, error) {
				t.Error("dialled")
				return nil, errors.New("dialled")
			}
			r := get(addr)
			row.change(r)
			_, err := c.Do(t.Context(), r)
			var e *wire.Error
			if !errors.As(err, &e) || e.Stage != wire.Refused || e.Sent || !errors.Is(err, row.is) {
				t.Fatalf("%+v", err)
			}
			if !strings.Contains(e.Text, row.text) || strings.Contains(e.Text, "secret") {
				t.Errorf("%q; want %q and no secret", e.Text, row.text)
			}
		})
	}
}
