package damage

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/replaydiff/replay/harness/wire"
	"github.com/replaydiff/replay/scenarios"
)

// A Doer sends one request and returns its answer: a [wire.Client] is one, and
// so is a [Proxy], which can stand before another.
type Doer interface {
	Do(ctx context.Context, r *wire.Request) (*wire.Answer, error)
}

// A Proxy does damage to each request on its way to a server, and to the
// answer on its way back. It is safe for concurrent use; its fields must not
// change after the first Do.
type Proxy struct {
	Next Doer // sends what is left of the request

	// Damage is done to every request and answer, in this order; whose entry
	// it is was decided by who made the list. Of several deeds that leave the
	// server unasked, the first counts.
	Damage []scenarios.Damage

	Now func() time.Time // of answers of its own; nil is time.Now

	host string // put in place of the client's Host field; "": none

	mu    sync.Mutex
	moved map[string]place // by the name that clients were sent to
}

// A place is where a server really is.
type place struct{ addr, host, serverName string }

// Do sends the request damaged and returns the answer damaged. The request
// itself is not changed. An error is that of Next; of [scenarios.Hang] it is
// the *[wire.Error] of a connection that was closed without an answer; where
// the damage can't be done it is [ErrDeed], and nothing was sent.
func (p *Proxy) Do(ctx context.Context, r *wire.Request) (*wire.Answer, error) {
	if err := Check(p.Damage); err != nil {
		return nil, err
	}
	return p.do(ctx, r, p.Damage, p.Next)
}

func (p *Proxy) do(ctx context.Context, r *wire.Request, list []scenarios.Damage, next Doer) (*wire.Answer, error) {
	returned := p.returned(r)
	for _, d := range list {
		switch {
		case d.Do == scenarios.Hang:
			return nil, hungUp(r)
		case d.Do == scenarios.AnswerItself:
			return damaged(p.answer(r, d), list), nil
		case d.Do == scenarios.RedirectTo && returned == nil:
			return damaged(p.redirect(r, d), list), nil
		}
	}
	forwarded := *r
	if returned != nil {
		forwarded = *returned
	}
	if p.host != "" {
		forwarded.Host = p.host
	}
	for _, d := range list {
		alter(&forwarded, d)
	}
	a, err := next.Do(ctx, &forwarded)
	if err != nil {
		return nil, err
	}
	return damaged(a, list), nil
}

// damaged is an answer as the client gets it.
func damaged(a *wire.Answer, list []scenarios.Damage) *wire.Answer {
	changed := *a
	for _, d := range list {
		if d.Do == scenarios.DropResponseField {
			changed.Header = without(changed.Header, d.Name)
			changed.Trailer = without(changed.Trailer, d.Name)
		}
	}
	return &changed
}

// errHungUp tells a connection that was closed on purpose.
var errHungUp = fmt.Errorf("%w: hung up", wire.ErrClosed)

// hungUp is what [wire.Client] says of a server that closes the connection.
func hungUp(r *wire.Request) error {
	return &wire.Error{Stage: wire.Header, Sent: true, Addr: r.Addr, Err: errHungUp,
		Text: "closed the connection without an answer: that is the damage that was asked for"}
}

func (p *Proxy) now() time.Time {
	if p.Now != nil {
		return p.Now()
	}
	return time.Now()
}

// returned is a request that was sent to another name of the server, as one to
// the server: nil where it was not.
func (p *Proxy) returned(r *wire.Request) *wire.Request {
	p.mu.Lock()
	at, ok := p.moved[strings.ToLower(r.Host)]
	p.mu.Unlock()
	if !ok {
		return nil
	}
	back := *r
	back.Addr, back.Host, back.ServerName = at.addr, at.host, at.serverName
	return &back
}
