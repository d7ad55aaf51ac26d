package record

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/rawserver"
	"github.com/replaydiff/replay/harness/wire"
)

// A client is a connection of one, with the connections to servers that belong
// to it.
type client struct {
	*Listener
	conn   net.Conn
	reader *bufio.Reader // of conn
	ctx    context.Context
	secure bool

	// Where all requests on this connection go; nil: where each one says.
	to      *place
	servers *servers
	gone    chan struct{} // of HTTP/2: closed with the connection
}

// A place is a server.
type place struct {
	scheme string
	addr   string // host:port to dial
	name   string // that its certificate must be for
	host   string // as URLs have it
}

// greet finds out what a client speaks.
func (l *Listener) greet(tcp net.Conn) {
	ctx, over := context.WithCancel(l.ctx)
	defer over()
	c := &client{Listener: l, conn: tcp, ctx: ctx, servers: newServers(l)}
	defer c.servers.close()
	c.reader = bufio.NewReaderSize(tcp, bufferSize)
	if l.target != nil {
		c.to = &place{l.target.Scheme, addrOf(l.target), l.target.Hostname(), l.target.Host}
	}
	c.serve(l.target != nil && l.proxy.Authority != nil)
}

const bufferSize = 16 << 10

// serve answers the requests of a connection. inTLS says that TLS has to come
// first; behind CONNECT, that it may.
func (c *client) serve(inTLS bool) {
	first, err := c.reader.Peek(1)
	if err != nil {
		return
	}
	switch hello := first[0] == 0x16; { // RFC 8446 section 5.1: a handshake
	case hello && inTLS && !c.secure:
		c.handshake()
	case hello:
		c.broken("a client speaks TLS, and this is plain HTTP: give it "+c.URL, nil)
	case c.sayHTTP2():
		c.handOver()
	default:
		c.serveHTTP1()
	}
}

// sayHTTP2 tells the first bytes of HTTP/2 by prior knowledge (RFC 9113 section
// 3.3).
func (c *client) sayHTTP2() bool {
	const preface = "PRI * HTTP/2.0"
	for n := 1; n <= len(preface); n++ {
		if got, err := c.reader.Peek(n); err != nil || string(got) != preface[:n] {
			return false
		}
	}
	return true
}

// serveHTTP1 answers requests one after the other.
func (c *client) serveHTTP1() {
	for n := 0; ; n++ {
		// A client may end a body with a line that no length counts (RFC 9112
		// section 2.2).
		if next, err := c.reader.Peek(2); err == nil && string(next) == "\r\n" {
			_, _ = c.reader.Discard(2) // it is there
		}
		head, err := wire.ReadHead(c.reader, wire.DefaultMaxHeader)
		if err != nil {
			c.refuse(err)
			return
		}
		in, err := c.parse(head)
		var own *refusal
		switch {
		case errors.As(err, &own):
			c.say(own.status, own.text)
			return
		case err != nil:
			c.refuse(err)
			return
		case in.method == http.MethodConnect:
			c.connect(in)
			return
		}
		in.first = n == 0
		if !c.exchange(in) {
			rawserver.Linger(c.conn)
			return
		}
	}
}

// parse makes a request of a head.
func (c *client) parse(head wire.Head) (*asked, error) {
	in := &asked{started: c.now(), headerSize: head.Size}
	var err error
	if in.method, in.target, in.proto, err = rawserver.ParseLine(head.Start); err != nil {
		return nil, err
	}
	if in.stream, err = wire.RequestStream(c.reader, head); err != nil {
		return nil, err
	}
	if in.method == http.MethodConnect {
		return in, nil
	}
	if err := c.find(in, head.Fields.Get("Host")); err != nil {
		return nil, err
	}
	in.upgrade = upgradeOf(in, head.Fields)
	in.header = c.forwarded(in, head.Fields)
	in.keeps = in.proto == "HTTP/1.1" && !wire.HasOption(head.Fields, "close")
	if in.stream != nil {
		in.body, in.length = in.stream, in.stream.Length
		in.trailer = func() traffic.Header { return in.stream.Trailer }
	}
	return in, nil
}

// A refusal is an answer of the proxy's own to a request that it can't pass on.
type refusal struct {
	status int
	text   string
}

func (r *refusal) Error() string { return r.text }

// refuse answers what is no request.
func (c *client) refuse(err error) {
	if errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed) || c.ctx.Err() != nil {
		return
	}
	c.broken("no valid request came: "+err.Error(), err)
	if status := rawserver.Status(err); status != 0 {
		c.say(status, "no valid request: "+err.Error())
	}
}

// say answers in the proxy's own words and ends the connection.
func (c *client) say(status int, text string) {
	out := &answer1{conn: c.conn, writer: bufio.NewWriter(c.conn), proto: "HTTP/1.1"}
	out.own(status, text)
	rawserver.Linger(c.conn)
}

// find says where a request goes.
func (c *client) find(in *asked, host string) error {
	scheme, rest, absolute := strings.Cut(in.target, "://")
	absolute = absolute && in.target[0] != '/'
	if absolute {
		host, in.target = rest, "/"
		if i := strings.IndexAny(rest, "/?"); i >= 0 {
			host, in.target = rest[:i], "/"+strings.TrimPrefix(rest[i:], "/")
		}
		scheme = strings.ToLower(scheme)
	}
	switch {
	case absolute && c.to != nil && c.target != nil && !strings.EqualFold(host, c.Addr) && !strings.EqualFold(host, c.target.Host):
		return &refusal{421, "this is in front of one server, and no proxy for others: record with --forward"}
	case c.to != nil:
		in.to = *c.to
		if c.target == nil && host != "" {
			in.to.host = host // inside a tunnel
		}
	case !absolute:
		return &refusal{400, "this is a proxy that records: give a client its address as the proxy, not as the server"}
	default:
		in.to = place{scheme: scheme, addr: withPort(host, scheme), name: hostOf(host, scheme), host: host}
		if scheme != "http" && scheme != "https" || in.to.name == "" || strings.ContainsAny(host, "@ ") {
			return &refusal{400, "the request names no address of http:// or https:// to go to"}
		}
	}
	if c.isSelf(in.to.addr) {
		return &refusal{508, "the request is for this proxy itself"}
	}
	return nil
}

func hostOf(host, scheme string) string {
	name, _, _ := net.SplitHostPort(withPort(host, scheme))
	return name
}
