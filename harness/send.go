package harness

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/credential"
	"github.com/replaydiff/replay/harness/wire"
	"github.com/replaydiff/replay/scenarios/browser"
)

// A sending is one session on its way. It belongs to one goroutine.
type sending struct {
	run     *run
	jar     *jar // nil where no cookie can come
	permits map[string]permit
	last    time.Time

	alter alterations
}

// alterations are what a trial does differently from the recording. The zero
// value alters nothing.
type alterations struct {
	// visit changes what the browser knows of a request before it chooses cookies.
	visit func(entry int, c browser.CookieContext) browser.CookieContext

	// request changes one that is ready to be sent; it returns the one it was
	// given where it changes nothing.
	request func(entry int, asked *traffic.Request) (*traffic.Request, error)

	// setCookie changes the answer that the jar sees.
	setCookie func(entry int, r *traffic.Response) *traffic.Response
}

func newSending(r *run, session Session) *sending {
	s := &sending{run: r, permits: map[string]permit{}}
	if session.Alone && r.keeper == nil {
		return s
	}
	first := r.plan.Capture.Exchanges[session.Entries[len(session.Entries)-1]]
	s.jar = newJar(r.plan.Capture, first, r.habits, r.skipped)
	return s
}

// step sends one recorded request, with what a browser sends before it.
func (s *sending) step(ctx context.Context, entry int) error {
	x, to := s.run.plan.Capture.Exchanges[entry], s.run.plan.Steps[entry].route
	var c browser.CookieContext
	if s.jar != nil {
		c = s.jar.trail.Visit(x)
	}
	if s.alter.visit != nil {
		c = s.alter.visit(entry, c)
	}
	asked, used, err := s.prepare(ctx, x, c)
	if err != nil {
		return err
	}
	if s.alter.request != nil {
		if asked, to, used, err = s.changed(entry, asked, to, used); err != nil {
			return err
		}
	}
	cross := s.run.plan.cross(x, asked)
	if cross != nil {
		if ok, err := s.permit(ctx, cross, asked, to); err != nil {
			return s.run.failed(ctx, x, asked, err)
		} else if !ok {
			s.run.done(x, withheld(x, asked, s.run.now()), nil)
			return nil
		}
	}
	live, err := s.exchange(ctx, asked, to)
	if err == nil {
		live, err = s.refused(ctx, x, live, used, to)
	}
	if err != nil {
		return s.run.failed(ctx, x, asked, err)
	}
	live.Index = x.Index
	if s.jar != nil {
		seen := live.Response
		if s.alter.setCookie != nil {
			seen = s.alter.setCookie(entry, seen)
		}
		s.jar.answered(x.Response, seen, c, to, s.run.now())
	}
	s.run.live.Answer(entry, x.Response, live.Response)
	live = s.follow(ctx, x, live, c, to)
	s.judgeCORS(cross, live)
	s.run.done(x, live, s.repeat(ctx, x, live, to))
	return nil
}

// sendAs sends a request in the place of a recorded one.
func (s *sending) sendAs(ctx context.Context, x *traffic.Exchange, asked *traffic.Request, to *route) (*traffic.Exchange, error) {
	live, err := s.exchange(ctx, asked, to)
	if err != nil {
		return nil, cmp.Or(s.run.failed(ctx, x, asked, err), err)
	}
	live.Index = x.Index
	s.run.live.Answer(x.Index, x.Response, live.Response)
	s.run.done(x, live, nil)
	return live, nil
}

// prepare is a recorded request as it is sent now, in terms of the recording:
// with live values, settings, today's cookies and credentials.
func (s *sending) prepare(ctx context.Context, x *traffic.Exchange, c browser.CookieContext) (*traffic.Request, credential.Credential, error) {
	var used credential.Credential
	asked, _ := s.run.live.Request(x.Index, &x.Request)
	if diff.IsPreflight(x) {
		return withHeader(asked, withoutCredentials(asked.Header)), used, nil
	}
	o := &s.run.plan.options
	keeper := s.run.keeper
	if keeper != nil {
		var err error
		if used, err = keeper.Get(ctx); err != nil {
			return nil, used, s.run.stopFor(ctx, err)
		}
	}
	if s.jar != nil {
		s.storeLogin(used)
		c.Method = x.Request.Method
		if pairs := cookieSettings(s.jar.cookies(x, c, s.run.plan.routes.leads(x.Request.URL), s.run.now()), o.Set); len(pairs) > 0 || asked.Header.Has("Cookie") {
			asked = withHeader(asked, setCookieHeader(asked.Header, pairs))
		}
	} else if pairs := cookieSettings(nil, o.Set); len(pairs) > 0 {
		asked = withHeader(asked, setCookieHeader(asked.Header, pairs))
	}
	if keeper != nil {
		asked, _ = s.place(used, asked, s.run.plan.Steps[x.Index].route)
	}
	if len(o.Set) > 0 {
		asked = withHeader(asked, append(traffic.Header(nil), asked.Header...))
		applySettings(asked, o.Set)
	}
	return asked, used, nil
}

func withHeader(r *traffic.Request, h traffic.Header) *traffic.Request {
	changed := *r
	changed.Header = h
	return &changed
}

// storeLogin gives the jar the cookies of a login, once for each credential.
func (s *sending) storeLogin(used credential.Credential) {
	for _, set := range used.SetCookies {
		address := set.URL
		if recorded, ok := s.run.plan.routes.returns(address); ok {
			address = recorded
		}
		if r := s.run.plan.routes.leads(address); r != nil && set.Date.After(s.last) {
			c := overTLS(browser.CookieContext{URL: address, Time: set.Date}, r)
			s.jar.live.Set(s.jar.trail.Line(inRecordedDomain(set.Value, r)), c)
		}
	}
	if n := len(used.SetCookies); n > 0 && used.SetCookies[n-1].Date.After(s.last) {
		s.last = used.SetCookies[n-1].Date
	}
}

// exchange sends a request in terms of the recording and returns what was
// asked and answered, in the same terms.
func (s *sending) exchange(ctx context.Context, asked *traffic.Request, to *route) (*traffic.Exchange, error) {
	out, err := s.run.plan.outgoing(asked, to)
	if err != nil {
		return nil, err
	}
	if err := s.run.wait(ctx); err != nil {
		return nil, err
	}
	answer, err := s.run.client.Do(ctx, out)
	if err != nil {
		if isCut(ctx, err) {
			s.run.cut.Add(1)
		}
		return nil, err
	}
	return &traffic.Exchange{Request: *asked, Response: answer.Response(traffic.Limits{}), Recorded: answer.Recorded()}, nil
}

// refused asks once more where a renewed credential can make the difference
// and asking twice does no harm.
func (s *sending) refused(ctx context.Context, x, live *traffic.Exchange, used credential.Credential, to *route) (*traffic.Exchange, error) {
	keeper := s.run.keeper
	if keeper == nil || used.Empty() {
		return live, nil
	}
	if !newlyRefused(x, live) {
		keeper.Worked(used)
		return live, nil
	}
	renewed, err := keeper.Refused(ctx, used)
	if err != nil || !wire.Safe(x.Request.Method) {
		return live, nil // its 401 is the answer
	}
	asked, placed := s.place(renewed, &live.Request, to)
	if !placed {
		return live, nil
	}
	again, err := s.exchange(ctx, asked, to)
	if err != nil {
		return nil, err
	}
	s.run.extra()
	if again.Response.Status != 401 {
		keeper.Worked(renewed)
	}
	return again, nil
}

// newlyRefused tells a 401 that was recorded as another answer.
func newlyRefused(x, live *traffic.Exchange) bool {
	return live.Response.Status == 401 && (x.Response == nil || x.Response.Status != 401)
}

// repeat sends a safe request again to learn what differs from itself. What is
// refused now is not asked again: accounts are locked for less.
func (s *sending) repeat(ctx context.Context, x, live *traffic.Exchange, to *route) []*traffic.Exchange {
	if !wire.Safe(live.Request.Method) || newlyRefused(x, live) {
		return nil
	}
	var again []*traffic.Exchange
	for range s.run.runner.Learn {
		if s.run.ended(ctx) {
			break
		}
		x, err := s.exchange(ctx, &live.Request, to)
		if err != nil {
			break
		}
		s.run.extra()
		again = append(again, x)
	}
	return again
}

// judgeCORS notes in an answer that the browser would keep it from the page,
// as a browser's recording does.
func (s *sending) judgeCORS(c *crossing, live *traffic.Exchange) {
	if c == nil || live.Response.Status == 304 || live.Response.Status/100 == 3 {
		return
	}
	if v := c.decide(c.request, c.preflight, live.Response); !v.Allowed && v.Rule != "" && c.allowed {
		live.Response.Error = blockedByCORS
		s.run.warnCORS(live.Index, v)
	}
}

// withheld is an exchange that a browser never begins: its preflight failed.
func withheld(x *traffic.Exchange, asked *traffic.Request, now time.Time) *traffic.Exchange {
	return &traffic.Exchange{Index: x.Index, Request: *asked, Response: &traffic.Response{Error: blockedByCORS},
		Recorded: traffic.Recorded{Started: traffic.Timestamp{Time: now, Text: now.Format(time.RFC3339Nano)}, Millis: -1}}
}

// isCut tells an error of the network from the end of the run.
func isCut(ctx context.Context, err error) bool {
	return ctx.Err() != nil && (errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded))
}

// hadLeft tells whether a byte of a request may have reached the server.
func hadLeft(err error) bool {
	var e *wire.Error
	return errors.As(err, &e) && e.Sent
}

// atDial tells errors of a server that can't be reached.
func atDial(err error) bool {
	var e *wire.Error
	return errors.As(err, &e) && (e.Stage == wire.Dial || e.Stage == wire.Handshake)
}
