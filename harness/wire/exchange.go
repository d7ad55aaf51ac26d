package wire

import (
	"context"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
)

// An exchange is one Do.
type exchange struct {
	client   *Client
	ctx      context.Context
	request  *Request
	deadline time.Time // zero: none

	started time.Time
	phases  phases
	answer  Answer
}

// Do sends the request and reads the answer. It does so at most once: there is
// no second try once a byte was written. An error is an *[Error], which wraps
// that of the context where it ended the exchange.
//
// An answer whose body ends early is no error: see [Answer.Cut].
func (c *Client) Do(ctx context.Context, r *Request) (*Answer, error) {
	if err := c.check(r); err != nil {
		return nil, err
	}
	x := &exchange{client: c, ctx: ctx, request: r, started: c.now()}
	if limit := or(c.Timeout, DefaultTimeout); limit > 0 {
		x.deadline = time.Now().Add(limit)
	}
	if ctx.Err() != nil {
		return nil, dialFault(ctx, r.Addr, ctx.Err())
	}
	to := route{scheme: r.Scheme, addr: r.Addr}
	if r.Scheme == "https" {
		to.name = or(r.ServerName, hostName(or(r.Host, r.Addr)))
	}
	return x.run(to)
}

// run repeats with another connection only while nothing was written, and not
// with one that was made for this exchange.
func (x *exchange) run(to route) (*Answer, error) {
	s := x.client.pool.site(to)
	for {
		x.phases = phases{-1, -1, -1}
		l, err := x.lease(s, to)
		if err != nil {
			return nil, err
		}
		var again bool
		if l.two != nil {
			again, err = x.http2(l.two)
			if x.request.Alone {
				l.two.retire()
			}
		} else {
			again, err = x.http1(l.one, s)
		}
		switch {
		case again && !l.fresh:
			continue
		case err != nil:
			return nil, err
		}
		return &x.answer, nil
	}
}

// context is that of the caller, ended by the time limit too.
func (x *exchange) context() (context.Context, context.CancelFunc) {
	if x.deadline.IsZero() {
		return context.WithCancel(x.ctx)
	}
	return context.WithDeadlineCause(x.ctx, x.deadline, ErrTimeout)
}

// A clock notes when the phases of an exchange on its connection ended.
type clock struct {
	begun, sent, first, done time.Time
}

// finish fills in what is said about the exchange as a whole.
func (x *exchange) finish(ip string, reused bool, t clock) {
	a := &x.answer
	a.Started, a.ServerIP, a.Reused = x.started, ip, reused
	connected := max(0, x.phases.dns) + max(0, x.phases.connect)
	if t.first.IsZero() {
		t.first = t.done
	}
	// An answer may begin before all of the request was sent.
	if t.sent.IsZero() || t.sent.After(t.first) {
		t.sent = t.first
	}
	a.Timings = traffic.Timings{
		Blocked: millis(t.begun.Sub(x.started) - connected),
		DNS:     phaseMillis(x.phases.dns),
		Connect: phaseMillis(x.phases.connect),
		SSL:     phaseMillis(x.phases.ssl),
		Send:    millis(t.sent.Sub(t.begun)),
		Wait:    millis(t.first.Sub(t.sent)),
		Receive: millis(t.done.Sub(t.first)),
	}
}

func millis(d time.Duration) float64 { return float64(max(0, d)) / 1e6 }

func phaseMillis(d time.Duration) float64 {
	if d < 0 {
		return -1
	}
	return millis(d)
}

func or[T comparable](v, fallback T) T {
	var zero T
	if v == zero {
		return fallback
	}
	return v
}

func (c *Client) now() time.Time {
	if c.Now != nil {
		return c.Now()
	}
	return time.Now()
}

func (c *Client) maxHeader() int64 { return or(c.MaxHeader, DefaultMaxHeader) }

func (c *Client) maxBody() int64 { return or(c.MaxBody, DefaultMaxBody) }

func (c *Client) maxIdle() int { return or(c.MaxIdle, DefaultMaxIdle) }
