package damage

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/replaydiff/replay/harness/rawserver"
	"github.com/replaydiff/replay/harness/wire"
	"github.com/replaydiff/replay/scenarios"
)

// Options are how a [Listener] behaves. The zero value is usable: it damages
// nothing.
type Options struct {
	Damage []scenarios.Damage // done to all requests; whose Entry is not looked at
	Routes []Route            // done after that, where they fit

	// Host is sent in place of the client's own Host field; "": as it came.
	Host string

	TLS     *tls.Config   // towards clients; nil: none
	Target  *tls.Config   // towards a target of https
	Timeout time.Duration // for the target's answer; 0: wire.DefaultTimeout

	Addr string           // to listen on; "": a port of 127.0.0.1 that the system chooses
	Now  func() time.Time // nil: time.Now
}

// A Route is damage to some requests.
type Route struct {
	// Route is a path, after a method or for all of them: "GET /orders/{id}",
	// "/api/{rest...}". A segment in braces is any, one with three dots all
	// that is below.
	Route  string
	Damage []scenarios.Damage
}

// A Listener is a reverse proxy that does damage, until it is closed.
type Listener struct {
	URL string // for clients: "http://127.0.0.1:4711"

	server   *rawserver.Server
	upstream *rawserver.Upstream
	proxy    Proxy
	damage   atomic.Pointer[[]Route]
	asked    atomic.Int64
}

// Listen starts a proxy in front of a server, "http://127.0.0.1:8080".
//
// What no deed names goes through byte for byte, but for the fields that belong
// to a connection; no X-Forwarded-For or the like is added. WebSocket and other
// upgrades are refused with 501. Where the server gives no answer, 502 or 504
// says so.
func Listen(target string, o Options) (*Listener, error) {
	upstream, err := rawserver.NewUpstream(target, o.Target, o.Timeout)
	if err != nil {
		return nil, err
	}
	l := &Listener{upstream: upstream, proxy: Proxy{Now: o.Now, host: o.Host}}
	if err := l.Set(o.Damage, o.Routes...); err != nil {
		return nil, err
	}
	l.server, err = rawserver.Listen(rawserver.Config{Answer: l.serve, Addr: o.Addr, TLS: o.TLS, Now: o.Now})
	if err != nil {
		return nil, err
	}
	l.URL = l.server.URL
	return l, nil
}

// Set changes the damage that is done from the next request on. An error is
// [ErrDeed], and leaves it as it was.
func (l *Listener) Set(all []scenarios.Damage, routes ...Route) error {
	list := append([]Route{{"", all}}, routes...)
	var mistakes []error
	for i, r := range list {
		err := Check(r.Damage)
		if i > 0 && !strings.HasPrefix(r.path(), "/") {
			err = errors.Join(fmt.Errorf("%w: the path of the route begins with no slash", ErrDeed), err)
		}
		if i > 0 && err != nil {
			err = fmt.Errorf("route %q: %w", r.Route, err)
		}
		mistakes = append(mistakes, err)
	}
	if err := errors.Join(mistakes...); err != nil {
		return err
	}
	l.damage.Store(&list)
	return nil
}

// Requests returns how many requests have come, those included that the server
// was not asked.
func (l *Listener) Requests() int { return int(l.asked.Load()) }

// Close ends the proxy and all that is on its way through it.
func (l *Listener) Close() error { return l.server.Close() }

// serve answers a request of a client; nil closes its connection.
func (l *Listener) serve(ctx context.Context, r *rawserver.Request) *wire.Answer {
	l.asked.Add(1)
	if r.IsUpgrade() {
		return rawserver.Text(501, "this proxy switches to no other protocol: ask for "+r.Method+" without Upgrade, or past it")
	}
	asked := r.Forward()
	asked.Scheme = "http"
	if r.TLS != nil {
		asked.Scheme = "https"
	}
	a, err := l.proxy.do(ctx, asked, l.damageTo(asked), doFunc(func(ctx context.Context, out *wire.Request) (*wire.Answer, error) {
		return l.upstream.Do(ctx, r.Connection, out)
	}))
	switch {
	case errors.Is(err, errHungUp):
		return nil
	case err != nil:
		return rawserver.Failed(err)
	}
	return rawserver.Back(a)
}

// damageTo is what is done to a request.
func (l *Listener) damageTo(r *wire.Request) []scenarios.Damage {
	var list []scenarios.Damage
	for i, route := range *l.damage.Load() {
		if i == 0 || route.fits(r) {
			list = append(list, route.Damage...)
		}
	}
	return list
}

func (r Route) path() string { return r.Route[strings.LastIndexByte(r.Route, ' ')+1:] }

// fits compares the path as it was sent, segment by segment.
func (r Route) fits(asked *wire.Request) bool {
	if method, _, found := strings.Cut(r.Route, " "); found && method != asked.Method {
		return false
	}
	path, _, _ := strings.Cut(asked.Target, "?")
	want, got := strings.Split(r.path(), "/"), strings.Split(path, "/")
	for i, segment := range want {
		braces := strings.HasPrefix(segment, "{") && strings.HasSuffix(segment, "}")
		switch {
		case braces && strings.HasSuffix(segment, "...}"):
			return len(got) > i
		case i >= len(got) || !braces && !sameSegment(got[i], segment):
			return false
		}
	}
	return len(got) == len(want)
}

// A doFunc is a function as a [Doer].
type doFunc func(context.Context, *wire.Request) (*wire.Answer, error)

func (f doFunc) Do(ctx context.Context, r *wire.Request) (*wire.Answer, error) { return f(ctx, r) }
