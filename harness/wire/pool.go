package wire

import (
	"context"
	"errors"
	"sync"
	"time"
)

// A pool keeps the connections of a client, by route.
type pool struct {
	mu    sync.Mutex
	sites map[route]*site
}

// A site is what is known of one route.
type site struct {
	mu     sync.Mutex
	idle   []*conn // HTTP/1.1, the last used at the end
	shared []*conn2
	speaks speech
	dial   *sharedDial // in progress, where others wait for what it finds
}

// A speech is what a server was found to speak.
type speech byte

const (
	unknown speech = iota
	speaksHTTP1
	speaksHTTP2
)

// A sharedDial is a connection that several exchanges wait for.
type sharedDial struct {
	done chan struct{}
	err  error
}

// A lease is a connection for one exchange: one of the two.
type lease struct {
	one *conn
	two *conn2 // with a stream reserved

	fresh bool // made for this exchange
}

func (p *pool) site(to route) *site {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.sites[to]
	if s == nil {
		if p.sites == nil {
			p.sites = make(map[route]*site)
		}
		s = new(site)
		p.sites[to] = s
	}
	return s
}

// lease finds a connection or makes one. What a server speaks is found out by
// one connection while the others wait, so that a server of HTTP/2 sees one
// connection and not one for each worker. They share its error, too: a server
// that is down is not asked by each of them.
func (x *exchange) lease(s *site, to route) (lease, error) {
	if x.request.Alone {
		return x.dial(s, to)
	}
	for {
		s.mu.Lock()
		if l, ok := s.take(); ok {
			s.mu.Unlock()
			return l, nil
		}
		if s.speaks == speaksHTTP1 {
			s.mu.Unlock()
			return x.dial(s, to)
		}
		if d := s.dial; d != nil {
			s.mu.Unlock()
			if err := x.await(d, to); err != nil {
				return lease{}, err
			}
			continue
		}
		d := &sharedDial{done: make(chan struct{})}
		s.dial = d
		s.mu.Unlock()
		l, err := x.dial(s, to)
		s.mu.Lock()
		s.dial, d.err = nil, err
		s.mu.Unlock()
		close(d.done)
		return l, err
	}
}

// await waits for another's connection. Where that failed for a reason of its
// own, its context, the caller tries itself.
func (x *exchange) await(d *sharedDial, to route) error {
	ctx, cancel := x.context()
	defer cancel()
	select {
	case <-d.done:
	case <-ctx.Done():
		return dialFault(ctx, to.addr, ctx.Err())
	}
	if d.err == nil || errors.Is(d.err, ErrTimeout) || errors.Is(d.err, context.Canceled) || errors.Is(d.err, context.DeadlineExceeded) {
		return nil
	}
	return d.err
}

// take takes an idle connection, or a stream of a shared one.
func (s *site) take() (lease, bool) {
	for len(s.idle) > 0 {
		last := len(s.idle) - 1
		w := s.idle[last]
		s.idle[last] = nil
		s.idle = s.idle[:last]
		if time.Now().Before(w.until) {
			return lease{one: w}, true
		}
		w.close()
	}
	usable := s.shared[:0]
	var found *conn2
	for _, w := range s.shared {
		if w.isOver() {
			continue
		}
		usable = append(usable, w)
		if found == nil && w.reserve() {
			found = w
		}
	}
	clear(s.shared[len(usable):])
	s.shared = usable
	return lease{two: found}, found != nil
}

// dial makes a connection for the exchange.
func (x *exchange) dial(s *site, to route) (lease, error) {
	ctx, cancel := x.context()
	defer cancel()
	d, err := x.client.dial(ctx, to)
	if err != nil {
		return lease{}, err
	}
	x.phases = d.phases
	s.mu.Lock()
	defer s.mu.Unlock()
	if !d.http2 {
		s.speaks = speaksHTTP1
		return lease{one: newConn(d), fresh: true}, nil
	}
	s.speaks = speaksHTTP2
	w := newConn2(d, x.client)
	if !x.request.Alone {
		s.shared = append(s.shared, w)
	}
	return lease{two: w, fresh: true}, nil
}

// put gives a connection back.
func (s *site) put(w *conn, limit int) {
	s.mu.Lock()
	keep := len(s.idle) < limit
	if keep {
		s.idle = append(s.idle, w)
	}
	s.mu.Unlock()
	if !keep {
		w.close()
	}
}

// close closes what is idle; connections with streams end with the last one.
func (p *pool) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, s := range p.sites {
		s.mu.Lock()
		for _, w := range s.idle {
			w.close()
		}
		for _, w := range s.shared {
			w.retire()
		}
		s.idle, s.shared = nil, nil
		s.mu.Unlock()
	}
}
