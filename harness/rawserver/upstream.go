package rawserver

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"sync"
	"time"

	"github.com/replaydiff/replay/harness/wire"
)

// An Upstream is the server that requests are sent on to. Each connection of a
// client has connections of its own there, for there are logins that belong to
// a connection (NTLM, Negotiate).
type Upstream struct {
	scheme, addr, name string
	config             *tls.Config
	timeout            time.Duration

	mu      sync.Mutex
	clients map[int64]*wire.Client // by connection
}

// NewUpstream returns the server at "http://host:port" or "https://host". The
// configuration is for https, and may be nil; the timeout that of
// [wire.Client].
func NewUpstream(target string, config *tls.Config, timeout time.Duration) (*Upstream, error) {
	u, err := ParseTarget(target)
	if err != nil {
		return nil, err
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return &Upstream{
		scheme: u.Scheme, addr: net.JoinHostPort(u.Hostname(), port), name: u.Hostname(),
		config: config, timeout: timeout, clients: make(map[int64]*wire.Client),
	}, nil
}

// ParseTarget reads the address of the server that a proxy of a test stands in
// front of.
func ParseTarget(target string) (*url.URL, error) {
	u, err := url.Parse(target)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.Path != "" && u.Path != "/" || u.RawQuery != "" {
		return nil, errors.New("the target is not http://HOST:PORT or https://HOST:PORT, without a path")
	}
	return u, nil
}

// Do sends a request that came on a connection, whose context is ctx, and
// nothing of which but Scheme, Addr and ServerName is changed.
func (u *Upstream) Do(ctx context.Context, connection int64, r *wire.Request) (*wire.Answer, error) {
	out := *r
	out.Scheme, out.Addr, out.ServerName = u.scheme, u.addr, u.name
	if out.Host == "" {
		out.Host = u.addr // HTTP/1.0 need not say it
	}
	return u.client(ctx, connection).Do(ctx, &out)
}

func (u *Upstream) client(ctx context.Context, connection int64) *wire.Client {
	u.mu.Lock()
	defer u.mu.Unlock()
	c := u.clients[connection]
	if c == nil {
		c = &wire.Client{Allow: []string{u.addr}, TLS: u.config, Timeout: u.timeout, Proto: wire.HTTP1}
		u.clients[connection] = c
		context.AfterFunc(ctx, func() {
			u.mu.Lock()
			delete(u.clients, connection)
			u.mu.Unlock()
			c.Close()
		})
	}
	return c
}

// Failed is what a proxy answers where the server did not.
func Failed(err error) *wire.Answer {
	status := 502
	if errors.Is(err, wire.ErrTimeout) {
		status = 504
	}
	return Text(status, fmt.Sprintf("no answer of the server behind this proxy: %v", err))
}
