package wire

import (
	"context"
	"crypto/tls"
	"net"
	"net/http/httptrace"
	"net/url"
	"strings"
	"time"
)

// A route is where connections of one kind go.
type route struct {
	scheme string
	addr   string // as named by the request
	name   string // that the certificate must be for; "" without TLS
	tunnel bool   // a proxy is asked for one, whatever the scheme
}

// A dialled is a connection that was just made.
type dialled struct {
	net.Conn
	meter  *meter // below TLS
	ip     string
	http2  bool
	phases phases
}

// phases are the times that connecting took, -1 for what did not happen.
type phases struct {
	dns, connect, ssl time.Duration
}

// dial makes a connection. Every way out of this package begins here, behind
// [Client.check].
func (c *Client) dial(ctx context.Context, to route) (*dialled, error) {
	d := &dialled{phases: phases{-1, -1, -1}}
	began := c.now()
	if err := c.connect(ctx, to, d); err != nil {
		return nil, err
	}
	if to.scheme == "https" {
		if err := c.handshake(ctx, to, d); err != nil {
			return nil, err
		}
	}
	d.http2 = d.http2 || to.scheme == "http" && c.Proto == HTTP2
	// HAR counts TLS to connecting, the lookup not (HAR 1.2, timings).
	d.phases.connect = c.now().Sub(began) - max(0, d.phases.dns)
	return d, nil
}

// connect connects to the address, or through the proxy to it.
func (c *Client) connect(ctx context.Context, to route, d *dialled) error {
	addr, over := c.dialAddr(to.addr), to.addr
	if c.Proxy != nil {
		over = proxyAddr(c.Proxy)
		addr = over
	}
	tcp, err := c.dialTCP(ctx, addr, d)
	if err != nil {
		return dialFault(ctx, over, err)
	}
	d.Conn, d.ip = tcp, ipOf(tcp)
	if c.Proxy == nil {
		return nil
	}
	if c.Proxy.Scheme == "https" {
		d.Conn = tls.Client(tcp, c.tlsConfig(c.Proxy.Hostname(), nil))
		if err := d.Conn.(*tls.Conn).HandshakeContext(ctx); err != nil {
			tcp.Close()
			return tlsFault(ctx, over, err)
		}
	}
	if to.scheme == "http" && c.Proto != HTTP2 && !to.tunnel {
		return nil
	}
	stop := context.AfterFunc(ctx, func() { tcp.SetDeadline(longAgo()) })
	err = openTunnel(d.Conn, c.dialAddr(to.addr), proxyAuthorization(c.Proxy), c.maxHeader())
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		d.Conn.Close()
		return tunnelFault(ctx, over, err)
	}
	return nil
}

func (c *Client) dialTCP(ctx context.Context, addr string, d *dialled) (net.Conn, error) {
	var began time.Time
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		DNSStart: func(httptrace.DNSStartInfo) { began = c.now() },
		DNSDone:  func(httptrace.DNSDoneInfo) { d.phases.dns = c.now().Sub(began) },
	})
	if c.DialContext != nil {
		return c.DialContext(ctx, "tcp", addr)
	}
	return new(net.Dialer).DialContext(ctx, "tcp", addr)
}

// handshake puts TLS around the connection and agrees on the protocol.
func (c *Client) handshake(ctx context.Context, to route, d *dialled) error {
	began := c.now()
	d.meter = &meter{Conn: d.Conn}
	secure := tls.Client(d.meter, c.tlsConfig(to.name, c.protocols()))
	if err := secure.HandshakeContext(ctx); err != nil {
		d.Conn.Close()
		return tlsFault(ctx, to.addr, err)
	}
	d.Conn = secure
	d.phases.ssl = c.now().Sub(began)
	d.http2 = secure.ConnectionState().NegotiatedProtocol == "h2"
	if c.Proto == HTTP2 && !d.http2 {
		secure.Close()
		return &Error{Stage: Handshake, Addr: to.addr, Text: "the server does not speak HTTP/2; leave out --http2"}
	}
	return nil
}

// protocols are offered by ALPN (RFC 7301).
func (c *Client) protocols() []string {
	switch c.Proto {
	case HTTP1:
		return []string{"http/1.1"}
	case HTTP2:
		return []string{"h2"}
	}
	return []string{"h2", "http/1.1"}
}

func (c *Client) tlsConfig(name string, protocols []string) *tls.Config {
	config := &tls.Config{}
	if c.TLS != nil {
		config = c.TLS.Clone()
	}
	if config.ServerName == "" {
		config.ServerName = name
	}
	if config.NextProtos == nil || protocols == nil {
		config.NextProtos = protocols
	}
	return config
}

// dialAddr is the address to dial for one that a request names.
func (c *Client) dialAddr(addr string) string {
	for from, to := range c.Resolve {
		if strings.EqualFold(from, addr) {
			return to
		}
	}
	return addr
}

func proxyAddr(proxy *url.URL) string { return withPort(proxy.Host, proxy.Scheme) }

// withPort adds the scheme's own port to a host that names none.
func withPort(host, scheme string) string {
	if i := strings.LastIndexByte(host, ':'); i >= 0 && i > strings.LastIndexByte(host, ']') {
		if i < len(host)-1 {
			return host
		}
		host = host[:i]
	}
	if scheme == "https" {
		return host + ":443"
	}
	return host + ":80"
}

// hostName is a host without its port and brackets.
func hostName(host string) string {
	if i := strings.LastIndexByte(host, ':'); i > strings.LastIndexByte(host, ']') {
		host = host[:i]
	}
	return strings.Trim(host, "[]")
}

func ipOf(c net.Conn) string {
	host, _, err := net.SplitHostPort(c.RemoteAddr().String())
	if err != nil {
		return ""
	}
	return host
}
