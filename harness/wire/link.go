package wire

import (
	"context"
	"net"

	"github.com/replaydiff/replay/diff/traffic"
)

// A Link is a connection that was just made, for those who speak HTTP on it
// themselves (package record).
type Link struct {
	net.Conn
	IP    string // of the server, or of the proxy before it
	HTTP2 bool   // what was agreed on, or is known

	Timings traffic.Timings // DNS, Connect and SSL; the others are -1

	stale staleCheck
}

// Dial makes a connection to an allowed address, host:port, in TLS where the
// scheme is https: then name is what the certificate must be for. Timeout is
// that of connecting alone. With a Proxy it is a tunnel in any case. An error is
// an *[Error].
func (c *Client) Dial(ctx context.Context, scheme, addr, name string) (*Link, error) {
	if !c.allows(addr) {
		return nil, &Error{Stage: Refused, Addr: addr, Err: ErrNotAllowed, Text: "not a target, so nothing was sent there"}
	}
	if limit := or(c.Timeout, DefaultTimeout); limit > 0 {
		var done context.CancelFunc
		ctx, done = context.WithTimeoutCause(ctx, limit, ErrTimeout)
		defer done()
	}
	to := route{scheme: scheme, addr: addr, tunnel: true}
	if scheme == "https" {
		to.name = name
	}
	d, err := c.dial(ctx, to)
	if err != nil {
		return nil, err
	}
	l := &Link{Conn: d.Conn, IP: d.ip, HTTP2: d.http2, Timings: traffic.Timings{
		Blocked: -1, DNS: phaseMillis(d.phases.dns), Connect: phaseMillis(d.phases.connect), SSL: phaseMillis(d.phases.ssl),
		Send: -1, Wait: -1, Receive: -1,
	}}
	if d.meter != nil {
		l.stale.of(d.meter.Conn)
	} else {
		l.stale.of(d.Conn)
	}
	return l, nil
}

// IsStale tells an idle connection that must not be used again: its end has
// come, or bytes that nobody asked for. Where the system can't tell it is false.
func (l *Link) IsStale() bool { return l.stale.isStale() }
