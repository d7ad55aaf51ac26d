package harness

import (
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios"
)

// keep holds on to a live exchange. What is as recorded is shared with the
// recording, so that a hundred thousand answers fit into memory; bodies that
// differ are kept as long as the budget lasts.
func (o *run) keep(x, live *traffic.Exchange) {
	share(x.Response, live.Response)
	if n := live.Response.Body.MaxLen(); n > 0 && (x.Response == nil || !live.Response.Body.Equal(x.Response.Body)) {
		if o.budget.Add(-n) < 0 {
			defer cutBody(live)
		}
	}
	o.mu.Lock()
	o.answers[x.Index] = live
	o.mu.Unlock()
}

// cutBody drops the content of a body.
func cutBody(live *traffic.Exchange) {
	response := *live.Response
	response.Body = traffic.Body{MediaType: response.Body.MediaType}
	live.Response = &response
}

// share takes the header of the recorded answer where the live one has the
// same, and the strings of its fields where single ones are the same.
func share(recorded, live *traffic.Response) {
	if recorded == nil || live == nil {
		return
	}
	if slices.Equal(recorded.Header, live.Header) {
		live.Header = recorded.Header
	} else {
		for i, f := range live.Header {
			if i < len(recorded.Header) && recorded.Header[i] == f {
				live.Header[i] = recorded.Header[i]
				continue
			}
			live.Header[i] = traffic.HeaderField{Name: strings.Clone(f.Name), Value: strings.Clone(f.Value)}
		}
	}
	if recorded.Body.Present() && live.Body.Present() && live.Body.Equal(recorded.Body) {
		live.Body = recorded.Body
	}
	if live.StatusText == recorded.StatusText {
		live.StatusText = recorded.StatusText
	}
}

// capture is the live flow in the order of the recorded one, and where each
// entry stands in it.
func (o *run) capture() (*traffic.Capture, []int) {
	recorded := o.plan.Capture
	live := &traffic.Capture{
		File: recorded.File, Format: traffic.HAR, Version: "1.2",
		Creator: traffic.Product{Name: "replay"}, Browser: recorded.Browser, Pages: recorded.Pages,
	}
	at := make([]int, len(o.answers))
	for i, x := range o.answers {
		if at[i] = -1; x == nil {
			continue
		}
		at[i] = len(live.Exchanges)
		x.Index = at[i]
		x.Recorded.Page = recorded.Exchanges[i].Recorded.Page
		live.Exchanges = append(live.Exchanges, x)
	}
	return live, at
}

// Sent returns the live capture with the addresses that requests truly went
// to: what --save writes.
func (r *Replayed) Sent() *traffic.Capture {
	c := *r.Live
	c.Exchanges = make([]*traffic.Exchange, len(r.Live.Exchanges))
	for i, x := range r.Live.Exchanges {
		c.Exchanges[i] = r.plan.sent(x)
	}
	return &c
}

// sentURL is the address that a live exchange was sent to.
func (p *Plan) sentURL(live *traffic.Exchange) string {
	if r := p.routes.leads(live.Request.URL); r != nil {
		return r.url(live.Request.URL)
	}
	return live.Request.URL
}

// sent is a live exchange with the URL, Host, Origin and Referer that went
// out.
func (p *Plan) sent(live *traffic.Exchange) *traffic.Exchange {
	x := *live
	to := p.routes.leads(live.Request.URL)
	if to == nil {
		return &x
	}
	out, err := p.outgoing(&live.Request, to)
	if err != nil {
		return &x
	}
	x.Request.URL = p.sentURL(live)
	x.Request.Header = append(traffic.Header{{Name: "Host", Value: out.Host}}, out.Header...)
	return &x
}

// inRecordedTerms is a live answer whose redirects lead to the recorded hosts,
// as the request does: so nothing but what truly changed is diagnosed.
func (p *Plan) inRecordedTerms(live *traffic.Exchange) *traffic.Exchange {
	if live.Response == nil {
		return live
	}
	location, ok := p.routes.returns(live.Response.Header.Get("Location"))
	if !ok {
		return live
	}
	x, response := *live, *live.Response
	response.Header = slices.Clone(response.Header)
	scenarios.SetHeader(&response.Header, "Location", location)
	x.Response = &response
	return &x
}

// inRecordedTerms are the answers by entry, with redirects to the recorded
// hosts.
func (o *run) inRecordedTerms() []*traffic.Exchange {
	list := make([]*traffic.Exchange, len(o.answers))
	for i, x := range o.answers {
		if x != nil {
			list[i] = o.plan.inRecordedTerms(x)
		}
	}
	return list
}

// handedOutUnsent are the cookies that exchanges set which are not sent: later
// requests have no others.
func (p *Plan) handedOutUnsent() map[string]bool {
	set := map[string]bool{}
	for i := range p.Steps {
		if p.Steps[i].Skipped == "" {
			continue
		}
		for _, line := range scenarios.SetCookieLines(p.Capture.Exchanges[i].Response) {
			pair, _, _ := strings.Cut(line, ";")
			set[strings.TrimSpace(pair)] = true
		}
	}
	return set
}
