package harness

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/wire"
	"github.com/replaydiff/replay/scenarios/browser"
)

// maxHops bounds the redirects that are followed (Fetch, "HTTP-redirect
// fetch").
const maxHops = 20

// follow goes on to where a live answer redirects, within the origin, as long
// as the recording has no entry of its own for that. It returns the last
// answer. A method that may change data is not sent a second time: where 307
// and 308 ask for that, they are the answer.
func (s *sending) follow(ctx context.Context, x, live *traffic.Exchange, c browser.CookieContext, r *route) *traffic.Exchange {
	if !s.run.plan.options.Follow || s.run.plan.listsRedirect(x) {
		return live
	}
	asked := live.Request
	for range maxHops {
		next := s.redirected(live, r)
		if next == nil || !wire.Safe(next.Method) || s.run.plan.recordedAfter(x, next.URL) || s.run.ended(ctx) {
			break
		}
		c.URL, c.Method = next.URL, next.Method
		if s.jar != nil {
			c.Time = s.run.now()
			next.Header = setCookieHeader(next.Header, s.jar.sends(&s.jar.live, overTLS(c, r)))
		}
		following, err := s.exchange(ctx, next, r)
		s.run.extra()
		if err != nil {
			break
		}
		if s.jar != nil {
			s.jar.answered(nil, following.Response, c, r, s.run.now())
		}
		following.Index = live.Index
		live = following
	}
	// It stands in the place of the recorded request, at its last address.
	asked.URL = live.Request.URL
	last := *live
	last.Request = asked
	return &last
}

// listsRedirect tells whether the recording goes on to where an exchange was
// redirected: that entry is sent in its turn.
func (p *Plan) listsRedirect(x *traffic.Exchange) bool {
	if x.Response == nil || x.Response.Status/100 != 3 {
		return false
	}
	to, ok := p.resolve(x.Request.URL, x.Response.Header.Get("Location"))
	return ok && p.recordedAfter(x, to)
}

// redirected is the request that follows a redirect; nil where there is none,
// where it leads to another origin, and where its method may not be sent.
func (s *sending) redirected(live *traffic.Exchange, r *route) *traffic.Request {
	if !browser.IsRedirect(live.Response.Status) {
		return nil
	}
	to, ok := s.run.plan.resolve(live.Request.URL, live.Response.Header.Get("Location"))
	if !ok || s.run.plan.routes.leads(to) != r {
		return nil
	}
	next := live.Request
	next.URL = to
	if browser.RedirectsToGET(live.Response.Status, next.Method) {
		next.Method, next.Body = "GET", traffic.Body{}
		next.Header = slices.DeleteFunc(slices.Clone(next.Header), func(f traffic.HeaderField) bool { return browser.IsBodyField(f.Name) })
	}
	if !s.run.plan.options.Unsafe.allows(next.Method) {
		return nil
	}
	return &next
}

// resolve reads a Location in terms of the recording: addresses of the target
// are those of the recorded hosts.
func (p *Plan) resolve(base, location string) (string, bool) {
	if location == "" {
		return "", false
	}
	r := p.routes.leads(base)
	if r != nil { // of several origins with one target it is that of the request
		if returned, ok := r.returns(location); ok {
			return returned, true
		}
	}
	if returned, ok := p.routes.returns(location); ok {
		return returned, true
	}
	if r != nil && r.prefix != "" {
		if rest, ok := r.withoutPrefix(location); ok {
			location = r.from + rest
		}
	}
	from, err := url.Parse(base)
	if err != nil {
		return "", false
	}
	to, err := from.Parse(location)
	if err != nil {
		return "", false
	}
	return to.String(), true
}

// recordedAfter tells whether the recording has an entry for an address after
// an exchange: what the recorder listed is sent as an entry of its own.
func (p *Plan) recordedAfter(x *traffic.Exchange, address string) bool {
	address, _, _ = strings.Cut(address, "#")
	for i := x.Index + 1; i < min(len(p.Capture.Exchanges), x.Index+1+maxHops); i++ {
		recorded, _, _ := strings.Cut(p.Capture.Exchanges[i].Request.URL, "#")
		if recorded == address && p.Steps[i].Skipped == "" {
			return true
		}
	}
	return false
}
