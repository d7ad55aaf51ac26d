package rawserver

import (
	"bufio"
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strings"
	"time"

	"golang.org/x/net/http/httpguts"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/wire"
)

// A conn is a connection of a client.
type conn struct {
	net.Conn
	server *Server
	number int64
	reader *bufio.Reader
	tls    *tls.ConnectionState
}

// serve answers the requests of a connection until one of the sides ends it.
func (s *Server) serve(tcp net.Conn) {
	defer s.leave(tcp)
	ctx, over := context.WithCancel(s.ctx)
	defer over()
	c := &conn{Conn: tcp, server: s, number: s.last.Add(1)}
	if s.config.TLS != nil {
		secure := tls.Server(tcp, s.config.TLS)
		if err := secure.HandshakeContext(s.ctx); err != nil {
			s.broken(&Error{Text: "no TLS handshake: does the client trust the certificate?", Err: err})
			return
		}
		state := secure.ConnectionState()
		c.Conn, c.tls = secure, &state
	}
	c.reader = bufio.NewReaderSize(c.Conn, 16<<10)
	for n := 0; ; n++ {
		r, err := c.read(n)
		if err != nil {
			c.refuse(err)
			return
		}
		a := s.config.Answer(ctx, r)
		if a == nil || !c.write(r, a) {
			c.end()
			return
		}
	}
}

// read reads the next request.
func (c *conn) read(before int) (*Request, error) {
	// A TLS handshake (RFC 8446 section 5.1) has no line end: both would wait.
	if first, err := c.reader.Peek(1); err == nil && first[0] == 0x16 && c.tls == nil {
		return nil, errTLS
	}
	// A client may end a body with a line that no length counts (RFC 9112 section
	// 2.2): one is let pass.
	if first, err := c.reader.Peek(2); err == nil && string(first) == "\r\n" {
		_, _ = c.reader.Discard(2) // it is there
	}
	head, err := wire.ReadHead(c.reader, cmp.Or(c.server.config.MaxHeader, wire.DefaultMaxHeader))
	if err != nil {
		return nil, err
	}
	r := &Request{Header: head.Fields, Connection: c.number, Before: before, Remote: c.RemoteAddr(), TLS: c.tls, Started: c.server.now()}
	if r.Method, r.Target, r.Proto, err = ParseLine(head.Start); err != nil {
		return nil, err
	}
	if wire.HasBody(head) && r.Proto == "HTTP/1.1" && expectsContinue(r.Header) {
		if _, err := io.WriteString(c, "HTTP/1.1 100 Continue\r\n\r\n"); err != nil {
			return nil, io.EOF
		}
	}
	limit := cmp.Or(c.server.config.MaxBody, wire.DefaultMaxBody)
	r.Body, r.Trailer, err = wire.ReadRequestBody(c.reader, head, limit, wire.DefaultMaxHeader)
	if errors.Is(err, wire.ErrTooLarge) {
		err = errBodyTooLarge
	}
	return r, err
}

// ParseLine parses a request line (RFC 9112 section 3). [Status] says what is
// answered to one that is none.
func ParseLine(line string) (method, target, proto string, err error) {
	method, rest, _ := strings.Cut(line, " ")
	target, proto, found := strings.Cut(rest, " ")
	switch {
	case !found || !httpguts.ValidHeaderFieldName(method) || target == "" || !strings.HasPrefix(proto, "HTTP/"):
		return "", "", "", errLine
	case proto != "HTTP/1.1" && proto != "HTTP/1.0":
		return "", "", "", errVersion
	}
	for i := range len(target) {
		if target[i] <= ' ' || target[i] == 0x7f {
			return "", "", "", errLine
		}
	}
	return method, target, proto, nil
}

func expectsContinue(h traffic.Header) bool {
	return strings.EqualFold(strings.Trim(h.Get("Expect"), " \t"), "100-continue")
}

func (c *conn) end() { Linger(c.Conn) }

// Linger closes the sending side, and takes what still comes for a moment: a
// connection that is closed with unread bytes is reset, and the answer may be
// lost with it (RFC 9112 section 9.6). The caller closes it then.
func Linger(c net.Conn) {
	if half, ok := c.(interface{ CloseWrite() error }); ok {
		half.CloseWrite()
	}
	c.SetReadDeadline(time.Now().Add(lingers))
	io.CopyN(io.Discard, c, lingersFor)
}

// lingers and lingersFor bound what is still taken of a client after the end.
const (
	lingers    = 500 * time.Millisecond
	lingersFor = 1 << 20
)

// keeps tells whether the client goes on using the connection. One of HTTP/1.0
// is not asked.
func (r *Request) keeps() bool {
	return r.Proto == "HTTP/1.1" && !wire.HasOption(r.Header, "close")
}

// quiet tells the end of a connection from one that broke.
func quiet(ctx context.Context, err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed) || ctx.Err() != nil
}
