package harness

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios"
	"github.com/replaydiff/replay/scenarios/browser"
)

// A permit is a preflight that was answered, which a browser need not ask again
// for a while.
type permit struct {
	answer browser.CORSAnswer
	until  time.Time
}

// blockedByCORS is how Chromium notes that a page did not get an answer.
const blockedByCORS = "net::ERR_FAILED"

// A crossing is a cross-origin request on its way: what a browser asks and
// decides.
type crossing struct {
	scenarios.CrossOrigin
	request   browser.CORSRequest // as it is sent now
	preflight *browser.CORSAnswer
	allowed   bool // when recorded
}

// cross prepares the crossing of a request; nil where it crosses nothing. The
// origin is the one that is sent: the server decides by that.
func (p *Plan) cross(x *traffic.Exchange, asked *traffic.Request) *crossing {
	if !asked.Header.Has("Origin") && !asked.Header.Has("Sec-Fetch-Mode") {
		return nil
	}
	cross, ok := scenarios.CrossOriginOf(p.Capture, x)
	if !ok {
		return nil
	}
	c := &crossing{CrossOrigin: cross, request: cross.Request}
	if cross.Preflight == nil {
		c.request.Header = scenarios.ScriptFields(asked.Header)
	}
	for _, set := range p.options.Set {
		if set.Part == "header" {
			c.request.Header = append(c.request.Header, browser.Field{Name: set.Name, Value: set.Value})
		}
	}
	if origin, mapped := p.originSent(cross.Request.Origin); mapped {
		c.request.Origin = origin
	}
	c.allowed = c.decide(cross.Request, answerTo(cross.Preflight), x.Response).Allowed
	return c
}

// originSent is a recorded origin as it is sent; false where that is the same.
func (p *Plan) originSent(recorded browser.Origin) (browser.Origin, bool) {
	m := p.routes.cache[recorded.String()]
	if m == nil || p.options.Target.KeepOrigin {
		return recorded, false
	}
	origin, err := browser.OriginOf(m.origin())
	return origin, err == nil
}

// decide is the browser's decision with the answers given. Where no preflight
// was recorded it went well, for the request was sent.
func (c *crossing) decide(r browser.CORSRequest, preflight *browser.CORSAnswer, answer *traffic.Response) browser.CORSVerdict {
	hop := browser.CORSHop{Preflight: preflight}
	if preflight == nil {
		hop.Preflight = permission(r, c.Profile)
	}
	if answer != nil {
		hop.Answer = *corsAnswer(answer)
	}
	return browser.Decide(r, []browser.CORSHop{hop}, c.Profile)
}

func answerTo(x *traffic.Exchange) *browser.CORSAnswer {
	if x == nil || x.Response == nil || x.Response.Status == 0 {
		return nil
	}
	return corsAnswer(x.Response)
}

func corsAnswer(r *traffic.Response) *browser.CORSAnswer {
	a := &browser.CORSAnswer{Status: max(0, r.Status)}
	for _, f := range r.Header {
		a.Header = append(a.Header, browser.Field{Name: f.Name, Value: f.Value})
	}
	return a
}

// permission is an answer that lets everything through.
func permission(r browser.CORSRequest, p browser.Profile) *browser.CORSAnswer {
	need := browser.NeedsPreflight(r, p)
	return &browser.CORSAnswer{Status: 204, Header: browser.Fields{
		{Name: "Access-Control-Allow-Origin", Value: r.Origin.String()},
		{Name: "Access-Control-Allow-Credentials", Value: "true"},
		{Name: "Access-Control-Allow-Methods", Value: need.Method},
		{Name: "Access-Control-Allow-Headers", Value: strings.Join(need.Headers, ",")},
	}}
}

// preflightRequest is the OPTIONS that goes before a request: the recorded one
// with what is asked now, else one as browsers send it.
func (c *crossing) preflightRequest(asked *traffic.Request) *traffic.Request {
	need := browser.NeedsPreflight(c.request, c.Profile)
	r := &traffic.Request{Method: "OPTIONS", URL: asked.URL, Proto: asked.Proto}
	if c.Preflight != nil {
		r.Header = withoutCredentials(c.Preflight.Request.Header)
	} else {
		r.Header = bareHeader(asked.Header)
	}
	var fields traffic.Header
	for _, f := range need.PreflightHeader(c.CrossOrigin.Request.Origin) {
		fields = append(fields, traffic.HeaderField{Name: f.Name, Value: f.Value})
	}
	r.Header = replaceFields(r.Header, fields)
	return r
}

// withoutCredentials is the header of a recorded preflight as a browser sends
// it: it never carries credentials (Fetch, section 4.8), whatever a recorder
// noted.
func withoutCredentials(h traffic.Header) traffic.Header {
	return slices.DeleteFunc(slices.Clone(h), func(f traffic.HeaderField) bool {
		return strings.EqualFold(f.Name, "Cookie") || strings.EqualFold(f.Name, "Authorization")
	})
}

// replaceFields puts the preflight's own fields into a header, and takes those
// away that it does not need any more.
func replaceFields(h, fields traffic.Header) traffic.Header {
	out := make(traffic.Header, 0, len(h)+len(fields))
	for _, f := range h {
		name := strings.ToLower(f.Name)
		if !strings.HasPrefix(name, "access-control-request-") && name != "origin" {
			out = append(out, f)
			continue
		}
		if fields.Has(name) {
			out = append(out, traffic.HeaderField{Name: f.Name, Value: fields.Get(name)})
		}
	}
	for _, f := range fields {
		if !out.Has(f.Name) {
			out = append(out, f)
		}
	}
	return out
}

// bareHeader is what a browser says of itself in every request. A preflight
// carries nothing else of the request.
func bareHeader(h traffic.Header) traffic.Header {
	out := traffic.Header{{Name: "Accept", Value: "*/*"}}
	for _, f := range h {
		switch strings.ToLower(f.Name) {
		case "user-agent", "referer", "accept-language", "accept-encoding", "sec-fetch-site":
			out = append(out, f)
		}
	}
	return append(out, traffic.HeaderField{Name: "Sec-Fetch-Mode", Value: "cors"}, traffic.HeaderField{Name: "Sec-Fetch-Dest", Value: "empty"})
}

// permit returns the answer to the preflight of a crossing, asking if need be.
// Ok is false where the browser would not send the request behind it.
func (s *sending) permit(ctx context.Context, c *crossing, asked *traffic.Request, r *route) (ok bool, err error) {
	need := browser.NeedsPreflight(c.request, c.Profile)
	if !need.Needed {
		return true, nil
	}
	key := c.request.Origin.String() + " " + asked.URL + " " + need.Method + " " + strings.Join(need.Headers, ",")
	if known, found := s.permits[key]; found && c.Preflight == nil && s.run.now().Before(known.until) {
		c.preflight = &known.answer
		return true, nil
	}
	live, err := s.preflight(ctx, c, asked, r)
	if err != nil {
		return false, err
	}
	c.preflight = corsAnswer(live.Response)
	if refuses(c.request, c.preflight, c.Profile) && !refuses(c.CrossOrigin.Request, answerTo(c.Preflight), c.Profile) {
		return false, nil
	}
	if life := browser.MaxAge(c.preflight.Header, c.Profile); life > 0 {
		s.permits[key] = permit{answer: *c.preflight, until: s.run.now().Add(life)}
	}
	return true, nil
}

// refuses tells whether a browser would not send a request after that preflight.
// Where it was sent after a recorded one that refuses it, no browser asked.
func refuses(r browser.CORSRequest, preflight *browser.CORSAnswer, p browser.Profile) bool {
	if preflight == nil {
		return false
	}
	v := browser.Decide(r, []browser.CORSHop{{Preflight: preflight, Answer: *permission(r, p)}}, p)
	return !v.Allowed && v.Stage == browser.StagePreflight
}

// preflight asks leave, in the place of the recorded preflight where there is
// one.
func (s *sending) preflight(ctx context.Context, c *crossing, asked *traffic.Request, r *route) (*traffic.Exchange, error) {
	request := c.preflightRequest(asked)
	if c.Preflight != nil && s.run.plan.Steps[c.Preflight.Index].Announces >= 0 {
		if !s.run.takes() {
			return nil, errStopped
		}
		return s.sendAs(ctx, c.Preflight, request, r)
	}
	s.run.extra()
	return s.exchange(ctx, request, r)
}
