package wire

import (
	"context"
	"crypto/tls"
	"net"
	"net/url"
	"time"
)

// Defaults of the fields of a [Client] that are zero.
const (
	DefaultTimeout   = 30 * time.Second
	DefaultMaxHeader = 1 << 20
	DefaultMaxBody   = 16 << 20
	DefaultMaxIdle   = 256
)

// A Proto is a choice of protocol.
type Proto string

// The choices.
const (
	Auto  Proto = ""      // https: as agreed by ALPN (RFC 7301); http: HTTP/1.1
	HTTP1 Proto = "http1" // HTTP/1.1 only
	HTTP2 Proto = "http2" // HTTP/2 only; over http by prior knowledge (RFC 9113 section 3.3)
)

// A Client sends requests and keeps connections for later ones. The zero
// value is usable, but allows no address. It is safe for concurrent use; its
// fields must not change after the first Do.
type Client struct {
	// Allow names the addresses (host:port) that may be dialled. Any other is
	// refused before it is looked up.
	Allow []string

	// Resolve gives an address:port to dial in place of a host:port, as
	// curl's --resolve does. The request still names the host.
	Resolve map[string]string

	// Proxy is asked for every address if it is not nil: an http or https URL,
	// whose user and password are sent as Proxy-Authorization. It need not be
	// among Allow. The environment is never read.
	Proxy *url.URL

	TLS   *tls.Config // ServerName and NextProtos are filled in where they are empty; nil is the default
	Proto Proto

	Timeout   time.Duration // of a whole exchange, connecting included; 0 is DefaultTimeout, negative none
	MaxHeader int64         // bytes of the header sections of one answer, interim ones and trailers included; 0 is DefaultMaxHeader
	MaxBody   int64         // bytes of a body as sent; a longer one is cut ([Answer.Cut]); 0 is DefaultMaxBody
	MaxIdle   int           // idle connections kept for one address; 0 is DefaultMaxIdle; negative: none, each request has a connection of its own

	Now         func() time.Time // for Started and Timings; nil is time.Now
	DialContext func(ctx context.Context, network, addr string) (net.Conn, error)

	pool pool
}

// Close closes the connections that are idle. The client may be used again.
func (c *Client) Close() { c.pool.close() }
