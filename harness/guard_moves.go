package harness

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/damage"
	"github.com/replaydiff/replay/harness/wire"
	"github.com/replaydiff/replay/scenarios"
	"github.com/replaydiff/replay/scenarios/browser"
	"github.com/replaydiff/replay/scenarios/suite"
)

// possible tells what keeps moves from being carried out.
func (e *examination) possible() error {
	plan := e.stage.base.plan
	for _, x := range e.moves.Before {
		if !plan.options.Unsafe.allows(x.Request.Method) {
			method := plan.methodName(x.Request.Method)
			return fmt.Errorf("%w: %s has to be sent before, which may change data: --allow-unsafe=%s sends it", scenarios.ErrNotTestable, method, method)
		}
	}
	if err := damage.Check(e.moves.Damage); err != nil {
		return fmt.Errorf("%w: %w", scenarios.ErrNotTestable, err)
	}
	if v := e.moves.Visit; v != nil && v.URL != "" && plan.routes.leads(onRecordedScheme(v.URL, e.recorded.Request.URL)) == nil {
		return fmt.Errorf("%w: the host that is asked has no target: name one with --map", scenarios.ErrNotTestable)
	}
	return nil
}

// arm prepares a play for the moves: its browser, and the edits of requests
// before the one in question.
func (e *examination) arm(p *play) {
	p.alter = alterations{}
	if v := e.moves.Visit; v != nil {
		e.armVisit(p, v)
	}
	p.alter.request = func(entry int, asked *traffic.Request) (*traffic.Request, error) {
		if entry == e.entry || len(e.moves.Edits[entry]) == 0 {
			return asked, nil
		}
		return edited(asked, e.moves.Edits[entry])
	}
}

// attempt sends the changed request.
func (e *examination) attempt(ctx context.Context, p *play) (*outcome, error) {
	e.arm(p)
	var kept *traffic.Request
	if len(e.moves.Before) > 0 {
		var err error
		if kept, err = e.sendBefore(ctx, p); err != nil {
			return nil, err
		}
	}
	earlier := p.alter.request
	p.alter.request = func(entry int, asked *traffic.Request) (*traffic.Request, error) {
		if entry != e.entry {
			return earlier(entry, asked)
		}
		if kept != nil {
			asked = kept // what it ends must not be forgotten, as clients do
		}
		return e.inject(p, asked)
	}
	p.through(e.damaged(p, e.entry))
	if e.moves.NoCertificate {
		p.through(e.withoutCertificate())
	}
	if v := e.moves.Visit; v != nil && v.CORS {
		return e.visit(ctx, p, v)
	}
	x, err := p.to(ctx, e.entry)
	if err != nil {
		return nil, err
	}
	if e.moves.Burst > 1 {
		return e.burst(ctx, p, x)
	}
	return &outcome{exchange: x, lost: p.run.errors[e.entry]}, nil
}

// inject puts the cause into a request that is ready to be sent.
func (e *examination) inject(p *play, asked *traffic.Request) (*traffic.Request, error) {
	if v := e.moves.Visit; v != nil {
		asked = visiting(asked, v)
	}
	same := *asked
	if len(e.moves.Edits[e.entry]) == 0 {
		// Still another request than the untouched one: it must not be sent
		// again with a renewed credential. What went before it was changed, so
		// the cause would not fit once more.
		return &same, nil
	}
	flow := p.flow()
	x := *flow.Exchanges[e.entry]
	x.Request = same
	flow.Exchanges[e.entry] = &x
	moves, err := e.of.Scenario.Inject(e.live(flow))
	if err != nil || len(moves.Edits[e.entry]) == 0 {
		return &same, err
	}
	return edited(asked, moves.Edits[e.entry])
}

// edited is a request with edits in it.
func edited(r *traffic.Request, edits []diff.Edit) (*traffic.Request, error) {
	x, err := diff.Apply(&traffic.Exchange{Request: *r}, edits)
	if err != nil {
		return nil, fmt.Errorf("the change does not fit the request of today: %w", err)
	}
	return &x.Request, nil
}

// errBefore is in the error of what goes before a request and fails.
var errBefore = errors.New("was answered")

// sendBefore sends what goes right before the request, and returns that as it
// was ready to be sent until then.
func (e *examination) sendBefore(ctx context.Context, p *play) (*traffic.Request, error) {
	for _, b := range e.moves.Before {
		if err := e.leadToBefore(ctx, p, b.Index); err != nil {
			return nil, err
		}
	}
	x := p.run.plan.Capture.Exchanges[e.entry]
	var c browser.CookieContext
	if p.jar != nil {
		c = p.jar.trail.Visit(x)
	}
	kept, _, err := p.prepare(ctx, x, c)
	if err != nil {
		return nil, err
	}
	for _, b := range e.moves.Before {
		entry := b.Index
		edits := diff.Between(&traffic.Exchange{Request: e.flow.Exchanges[entry].Request}, &traffic.Exchange{Request: b.Request})
		earlier := p.alter.request
		p.alter.request = func(i int, asked *traffic.Request) (*traffic.Request, error) {
			if i != entry || len(edits) == 0 {
				return asked, nil
			}
			return edited(asked, edits)
		}
		answer, err := p.to(ctx, entry)
		p.alter.request = earlier
		if err != nil {
			return nil, err
		}
		if !cameThrough(answer) {
			return nil, fmt.Errorf("%w: %s, which goes before it, %w %s", scenarios.ErrNotTestable, template(b), errBefore, outcomeText(answer))
		}
	}
	return kept, nil
}

// cameThrough tells whether a request did what it is for, as far as its answer
// shows. A browser may have kept it back, and what it ends is then not over; many
// logouts lead back to the login.
func cameThrough(x *traffic.Exchange) bool {
	r := x.Response
	return r != nil && r.Status >= 200 && r.Status < 400 && r.Error == "" && !scenarios.AccountOf(nil, x).Disguised
}

// leadToBefore plays what a request needs that goes right before the one in
// question, such as the page whose form holds the token of a logout.
func (e *examination) leadToBefore(ctx context.Context, p *play, entry int) error {
	plan := p.run.plan
	if entry < 0 || entry >= len(plan.Steps) || plan.Steps[entry].Skipped != "" {
		return fmt.Errorf("%w: what has to be sent before can't be", scenarios.ErrNotTestable)
	}
	for _, i := range plan.leadingTo(entry) {
		if i == e.entry && !e.whole || p.run.answers[i] != nil || slices.Contains(e.moves.Drop, i) {
			continue
		}
		if _, err := p.to(ctx, i); err != nil {
			return err
		}
	}
	return nil
}

// damaged is the proxy in front of the target for one entry; nil where there
// is none.
func (e *examination) damaged(p *play, entry int) doer {
	var list []scenarios.Damage
	for _, d := range e.moves.Damage {
		if d.Entry == entry || d.Entry == scenarios.EveryEntry {
			list = append(list, d)
		}
	}
	if len(list) == 0 {
		return nil
	}
	return redirected{&damage.Proxy{Next: p.next, Damage: list, Now: e.guard.Runner.Now}}
}

// redirected is a client of a damaging proxy that follows it to another name of
// the server.
type redirected struct{ *damage.Proxy }

func (c redirected) Do(ctx context.Context, r *wire.Request) (*wire.Answer, error) {
	a, err := c.Proxy.Do(ctx, r)
	if err != nil {
		return nil, err
	}
	if next := c.Follow(r, a); next != nil {
		return c.Proxy.Do(ctx, next)
	}
	return a, nil
}

// withoutCertificate is a client that presents no certificate.
func (e *examination) withoutCertificate() doer {
	of := e.stage.client
	bare := &wire.Client{
		Allow: of.Allow, Resolve: of.Resolve, Proxy: of.Proxy, Proto: of.Proto, Timeout: of.Timeout,
		MaxHeader: of.MaxHeader, MaxBody: of.MaxBody, MaxIdle: -1, Now: of.Now, DialContext: of.DialContext,
	}
	if of.TLS != nil {
		bare.TLS = of.TLS.Clone()
		bare.TLS.Certificates, bare.TLS.GetClientCertificate = []tls.Certificate{}, nil
	}
	return bare
}

// atOnce is how many requests of a burst are under way at a time.
const atOnce = 20

// burst sends a request that was sent once again and again, until an answer is
// the one that should come.
func (e *examination) burst(ctx context.Context, p *play, first *traffic.Exchange) (*outcome, error) {
	to := p.run.plan.Steps[e.entry].route
	var mu sync.Mutex
	last := &outcome{exchange: first}
	if e.check(last).Verdict == suite.Holds {
		return last, nil
	}
	left := make(chan struct{}, e.moves.Burst)
	for range e.moves.Burst - 1 {
		left <- struct{}{}
	}
	close(left)
	var workers sync.WaitGroup
	for range atOnce {
		workers.Go(func() {
			for range left {
				mu.Lock()
				done := ctx.Err() != nil || e.check(last).Verdict == suite.Holds
				mu.Unlock()
				if done {
					return
				}
				x, err := p.exchange(ctx, &first.Request, to)
				if err != nil {
					continue
				}
				x.Index = first.Index
				mu.Lock()
				if e.check(last).Verdict != suite.Holds {
					last = &outcome{exchange: p.run.plan.inRecordedTerms(x)}
				}
				mu.Unlock()
			}
		})
	}
	workers.Wait()
	if o := diff.OutcomeOf(last.exchange); e.check(last).Verdict != suite.Holds && diff.OutcomeOf(first).Same(diff.OutcomeOf(e.recorded)) && o.Status/100 == 4 {
		return nil, fmt.Errorf("%w: the request can't be repeated: the first time it is answered %s, and %s then", scenarios.ErrNotTestable, outcomeText(first), outcomeText(last.exchange))
	}
	return last, ctx.Err()
}

// describe tells what is done, in the report.
func (e *examination) describe() {
	for _, entry := range slices.Sorted(maps.Keys(e.moves.Edits)) {
		at := &traffic.Exchange{Request: e.flow.Exchanges[entry].Request, Recorded: traffic.Recorded{Started: stamp(e.guard.Runner.clock())}}
		e.out.Edits = append(e.out.Edits, e.fields(at, at, e.moves.Edits[entry])...)
	}
	e.out.Reason = e.said(movesText(e.moves, e.guard.Capture))
}
