package through

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"syscall"

	"github.com/replaydiff/replay/harness/rawserver"
	"github.com/replaydiff/replay/harness/wire"
)

// A desk is the upstream. One request is under way at a time; what arrives
// meanwhile is it, or a request about it, unless it says that it is another one.
type desk struct {
	mu     sync.Mutex
	id     string // of the request under way; "" none
	asked  *wire.Request
	reply  *wire.Answer
	found  []*arrival
	keeps  bool // the proxy passes the correlation field on
	faults []string
}

// An arrival is a request behind the proxy.
type arrival struct {
	*rawserver.Request
	aside  bool // a question about the request: auth_request, forward_auth
	answer *wire.Answer
}

// open begins a request, close ends it and returns what arrived for it.
func (d *desk) open(id string, asked *wire.Request, reply *wire.Answer) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.id, d.asked, d.reply, d.found = id, asked, reply, nil
}

func (d *desk) close() []*arrival {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.id = ""
	return d.found
}

// answer is the handler of the upstream.
func (d *desk) answer(_ context.Context, q *rawserver.Request) *wire.Answer {
	d.mu.Lock()
	defer d.mu.Unlock()
	id := q.Header.Get(Correlation)
	if id != "" && id == d.id {
		d.keeps = true
	}
	if d.id == "" || id != "" && id != d.id || id == "" && d.keeps {
		return &wire.Answer{Status: 200}
	}
	a := &arrival{Request: q, aside: asksAbout(q, d.asked), answer: d.reply}
	if a.aside {
		a.answer = &wire.Answer{Status: 204} // leave is given
	}
	d.found = append(d.found, a)
	return a.answer
}

// broken takes in a connection that brought no request. Health checks reset
// theirs.
func (d *desk) broken(err error) {
	if errors.Is(err, syscall.ECONNRESET) {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	text := err.Error() + "; does the proxy speak HTTP/1.1 to it, TLS only with --listen-cert, and no PROXY protocol?"
	if !slices.Contains(d.faults, text) && len(d.faults) < maxFaults {
		d.faults = append(d.faults, text)
	}
}

// reset forgets what came before a run.
func (d *desk) reset() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.keeps, d.faults = false, nil
}

const maxFaults = 5

// warnings are the connections that brought no request.
func (d *desk) warnings() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.faults)
}

// aboutFields name, in a proxy's question about a request, what it asks about:
// auth_request by the custom of its documentation, forward_auth of Caddy and
// Traefik.
var aboutFields = []string{"X-Original-URI", "X-Original-URL", "X-Forwarded-Uri", "X-Auth-Request-Redirect"}

// asksAbout tells a proxy's question whether a request may pass from the
// request itself.
func asksAbout(q *rawserver.Request, asked *wire.Request) bool {
	if q.Target == asked.Target {
		return false
	}
	for _, name := range aboutFields {
		if v := q.Header.Get(name); v == asked.Target || strings.HasSuffix(v, asked.Host+asked.Target) {
			return v != ""
		}
	}
	return false
}

// mainOf is, of all that arrived, the request itself: the one that is most like
// it, the last of several, for proxies ask first and try again after a failure.
func mainOf(asked *wire.Request, list []*arrival) *arrival {
	var main *arrival
	best := -1
	for _, a := range list {
		if a.aside {
			continue
		}
		likeness := 0
		if a.Method == asked.Method {
			likeness++
		}
		if a.Target == asked.Target {
			likeness += 2
		}
		if likeness >= best {
			main, best = a, likeness
		}
	}
	return main
}
