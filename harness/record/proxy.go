package record

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/rawserver"
	"github.com/replaydiff/replay/harness/wire"
)

// A Proxy says what to record. With a Target it is a reverse proxy: every
// request goes there. Without one it is a forward proxy: requests go where
// clients ask, in absolute form or by CONNECT.
type Proxy struct {
	Target string // "https://api.example.com", without a path

	// Authority issues the certificates that clients are shown. A forward proxy
	// without one passes HTTPS on unread, and does not record it. A reverse
	// proxy with one speaks TLS, without one plain HTTP.
	Authority *Authority

	Tape *Tape // takes the exchanges; nil: one of its own, see [Listener.Tape]

	// Addr is where to listen; "": a port of 127.0.0.1 that the system chooses.
	// A forward proxy listens on loopback alone, unless DangerouslyOpen lets
	// everybody who reaches it send requests from here.
	Addr            string
	DangerouslyOpen bool

	// KeepHost sends the client's own Host to the target, and not the target's.
	KeepHost bool

	Body int64 // bytes of each body that are recorded; 0: 16 MiB. All of it goes through

	// Proto is what is spoken to servers. Auto is what the client speaks: on
	// TLS both sides agree on the same protocol.
	Proto   wire.Proto
	TLS     *tls.Config       // towards servers of https
	Resolve map[string]string // see [wire.Client]
	Via     *url.URL          // a proxy on the way to servers, asked for tunnels alone
	Timeout time.Duration     // of connecting; 0: wire.DefaultTimeout. An answer may take as long as the client waits

	// Patience is how long an answer waits for the rest of a short request, where
	// the server did not, so that it is recorded; 0: DefaultPatience.
	Patience time.Duration

	Now func() time.Time // nil: time.Now

	// Ended is told of each exchange that is over, for a line on the screen; it
	// holds all secrets. It may be called for several at once. nil: nobody is.
	Ended func(*traffic.Exchange)
	// Broken is told of what is no exchange: bytes that are no request, a client
	// that does not trust the certificate. The same. The error holds nothing
	// that was captured.
	Broken func(error)
}

// DefaultPatience is that of a [Proxy] that does not say.
const DefaultPatience = 500 * time.Millisecond

// A Listener is a proxy that records until it is closed.
type Listener struct {
	Addr string // host:port
	URL  string // for clients: "http://127.0.0.1:8088"
	Tape *Tape

	proxy   Proxy
	target  *url.URL // nil: forward
	tcp     net.Listener
	two     *http.Server
	handed  handed
	ctx     context.Context
	stop    context.CancelFunc
	running sync.WaitGroup
	links   atomic.Int64 // connections to servers, counted
	buffers buffers

	mu   sync.Mutex
	open map[net.Conn]bool // of clients; nil: closed
	byID map[net.Conn]*client
}

// Listen starts the proxy.
func (p Proxy) Listen() (*Listener, error) {
	l := &Listener{proxy: p, Tape: p.Tape, open: map[net.Conn]bool{}, byID: map[net.Conn]*client{}}
	if l.Tape == nil {
		l.Tape = new(Tape)
	}
	if p.Target != "" {
		var err error
		if l.target, err = rawserver.ParseTarget(p.Target); err != nil {
			return nil, err
		}
	} else if err := p.isClosed(); err != nil {
		return nil, err
	}
	var err error
	if l.tcp, err = net.Listen("tcp", cmp.Or(p.Addr, "127.0.0.1:0")); err != nil {
		return nil, fmt.Errorf("can't listen: %w; is another program on that port?", err)
	}
	l.Addr = l.tcp.Addr().String()
	l.URL = "http://" + l.Addr
	if l.target != nil && p.Authority != nil {
		l.URL = "https://" + l.Addr
	}
	if l.target != nil && l.isSelf(addrOf(l.target)) {
		return nil, errors.Join(errors.New("the target is the proxy's own address: name the server with --target, and another address with --listen"), l.tcp.Close())
	}
	l.ctx, l.stop = context.WithCancel(context.Background())
	l.serveHTTP2()
	l.running.Go(l.accept)
	return l, nil
}

// isClosed refuses to relay for everybody.
func (p *Proxy) isClosed() error {
	if p.DangerouslyOpen || p.Addr == "" {
		return nil
	}
	host, _, err := net.SplitHostPort(p.Addr)
	if err != nil {
		return fmt.Errorf("%q is no address to listen on: write it as 127.0.0.1:8088", p.Addr)
	}
	if isLoopback(host) {
		return nil
	}
	return errors.New("a forward proxy that others reach sends their requests from this machine: listen on 127.0.0.1, or, if that is meant, say --dangerously-open-proxy")
}

func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && ip.Unmap().IsLoopback()
}

// isSelf tells the address of the listener, which would ask itself for ever.
func (l *Listener) isSelf(addr string) bool {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	own, ownPort, _ := net.SplitHostPort(l.Addr)
	ip, err := netip.ParseAddr(own)
	anywhere := err == nil && ip.IsUnspecified()
	return port == ownPort && (strings.EqualFold(host, own) || isLoopback(host) && (isLoopback(own) || anywhere))
}

// Close ends the proxy and all that is on its way through it. What was going on
// is on the tape as broken off; stop the tape before, to have it there as
// unfinished.
func (l *Listener) Close() error {
	l.stop()
	err := l.tcp.Close()
	_ = l.two.Close()
	l.mu.Lock()
	first := l.open != nil
	for c := range l.open {
		_ = c.Close()
	}
	l.open = nil
	l.mu.Unlock()
	l.running.Wait()
	if !first {
		return nil
	}
	return err
}

// accept goes on after errors that pass, as too many open files.
func (l *Listener) accept() {
	for {
		c, err := l.tcp.Accept()
		switch {
		case l.ctx.Err() != nil:
			if err == nil {
				_ = c.Close()
			}
			return
		case err != nil:
			select {
			case <-time.After(5 * time.Millisecond):
			case <-l.ctx.Done():
			}
		case l.enter(c):
			l.running.Go(func() {
				defer l.leave(c)
				l.greet(c)
			})
		}
	}
}

// enter keeps a connection to be closed with the proxy.
func (l *Listener) enter(c net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open == nil {
		_ = c.Close()
		return false
	}
	l.open[c] = true
	return true
}

func (l *Listener) leave(c net.Conn) {
	_ = c.Close()
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.open, c)
}

func (l *Listener) now() time.Time {
	if l.proxy.Now != nil {
		return l.proxy.Now()
	}
	return time.Now()
}

func (l *Listener) limit() int64 { return cmp.Or(l.proxy.Body, traffic.DefaultLimits().Body) }

func (l *Listener) broken(text string, err error) {
	if l.proxy.Broken != nil && l.ctx.Err() == nil {
		l.proxy.Broken(&rawserver.Error{Text: text, Err: err})
	}
}

func addrOf(u *url.URL) string { return withPort(u.Host, u.Scheme) }

// withPort adds the scheme's own port to a host that names none.
func withPort(host, scheme string) string {
	u := url.URL{Host: host}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[scheme]
	}
	return net.JoinHostPort(u.Hostname(), port)
}
