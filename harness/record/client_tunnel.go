package record

import (
	"bufio"
	"context"
	"crypto/tls"
	"io"
	"net"
	"strings"

	"github.com/replaydiff/replay/harness/wire"
)

// connect opens a tunnel (RFC 9110 section 9.3.6), and reads what goes through
// if it is HTTP.
func (c *client) connect(in *asked) {
	name, port, err := net.SplitHostPort(in.target)
	switch {
	case c.target != nil:
		c.say(501, "this is in front of one server, and no proxy for others: record with --forward")
		return
	case c.to != nil || err != nil || name == "" || port == "":
		c.say(400, "CONNECT asks for HOST:PORT")
		return
	case c.isSelf(in.target):
		c.say(508, "the request is for this proxy itself")
		return
	}
	c.to = &place{addr: in.target, name: name, host: in.target, scheme: "http"}
	if _, err := io.WriteString(c.conn, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		return
	}
	first, err := c.reader.Peek(1)
	switch {
	case err != nil:
		return
	case first[0] == 0x16 && c.proxy.Authority != nil:
		c.to.scheme, c.to.host = "https", strings.TrimSuffix(in.target, ":443")
		c.serve(true)
	case first[0] >= 'A' && first[0] <= 'Z': // a method: WebSocket without TLS comes so
		c.to.host = strings.TrimSuffix(in.target, ":80")
		c.serve(false)
	default:
		c.passOn()
	}
}

// passOn is a tunnel that is not read.
func (c *client) passOn() {
	server, err := c.servers.dial(c.ctx, *c.to, wire.HTTP1)
	if err != nil {
		c.broken("no tunnel for a client: "+err.Error(), err)
		return
	}
	defer server.Close()
	stop := context.AfterFunc(c.ctx, func() { _ = server.Close() })
	defer stop()
	splice(&buffered{c.conn, c.reader}, server, io.Discard, io.Discard)
}

// handshake speaks TLS as the server. The protocol is what the server itself
// agrees on: it is connected to first.
func (c *client) handshake() {
	config := &tls.Config{GetConfigForClient: func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		name := hello.ServerName
		if name == "" && c.target == nil {
			name = c.to.name
		} else if name == "" {
			name, _, _ = net.SplitHostPort(c.conn.LocalAddr().String())
		}
		certificate, err := c.proxy.Authority.For(name)
		if err != nil {
			return nil, err
		}
		if c.target == nil && hello.ServerName != "" {
			c.to.name = hello.ServerName
		}
		return &tls.Config{Certificates: []tls.Certificate{*certificate}, NextProtos: c.agree(hello.SupportedProtos)}, nil
	}}
	secure := tls.Server(&buffered{c.conn, c.reader}, config)
	if err := secure.HandshakeContext(c.ctx); err != nil {
		c.broken("no TLS with a client: does it trust the certificate of this recording? --help says how", err)
		return
	}
	c.conn, c.secure = secure, true
	c.reader = bufio.NewReaderSize(secure, bufferSize)
	if secure.ConnectionState().NegotiatedProtocol == "h2" {
		c.handOver()
		return
	}
	c.serveHTTP1()
}

// agree is what is offered to a client that offers these protocols: what the
// server takes of them.
func (c *client) agree(offered []string) []string {
	two := false
	for _, p := range offered {
		two = two || p == "h2"
	}
	if !two || c.proxy.Proto == wire.HTTP1 {
		return []string{"http/1.1"}
	}
	if c.to.scheme == "https" && !c.servers.speaksHTTP2(c.ctx, *c.to) {
		return []string{"http/1.1"}
	}
	return []string{"h2", "http/1.1"}
}

// buffered is a connection of which some bytes were read already.
type buffered struct {
	net.Conn
	reader *bufio.Reader
}

func (b *buffered) Read(p []byte) (int, error) { return b.reader.Read(p) }

func (b *buffered) CloseWrite() error {
	if half, ok := b.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return b.Conn.Close()
}
