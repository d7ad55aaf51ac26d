package harness

import (
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios"
)

// keep holds on to a live exchange. What is as recorded is shared with the
// recording, so that a hundred thousand answers fit into memory; bodies and
// long fields that differ are kept as long as the budget lasts.
func (o *run) keep(x, live *traffic.Exchange) (kept *traffic.Exchange) {
	same := share(x.Response, live.Response)
	n := longFields(x.Response, live.Response)
	if size := live.Response.Body.MaxLen(); size > 0 && !same {
		n += size
	}
	if kept = live; n > 0 && o.budget.Add(-n) < 0 {
		kept = cutShort(live)
	}
	o.mu.Lock()
	o.answers[x.Index] = kept
	o.mu.Unlock()
	return kept
}

// longField is how many bytes a field may have that is always kept.
const longField = 4 << 10

func isLong(f traffic.HeaderField) bool { return len(f.Name)+len(f.Value) > longField }

// longFields are the bytes of the long fields that the recording does not have.
func longFields(recorded, live *traffic.Response) (n int64) {
	for i, f := range live.Header {
		if isLong(f) && (recorded == nil || i >= len(recorded.Header) || recorded.Header[i] != f) {
			n += int64(len(f.Name) + len(f.Value))
		}
	}
	return n
}

// cutShort is a copy without the content of its body and without long fields.
func cutShort(live *traffic.Exchange) *traffic.Exchange {
	cut, response := *live, *live.Response
	response.Body = traffic.Body{MediaType: response.Body.MediaType}
	if slices.ContainsFunc(response.Header, isLong) {
		response.Header = slices.DeleteFunc(slices.Clone(response.Header), isLong)
	}
	cut.Response = &response
	return &cut
}

// share takes the header of the recorded answer where the live one has the
// same, and the strings of its fields where single ones are the same. It tells
// whether the bodies are.
func share(recorded, live *traffic.Response) (sameBody bool) {
	if recorded == nil {
		recorded = &traffic.Response{}
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
	// Strings of the live answer would keep all of its header section.
	live.StatusText, live.Proto = shared(recorded.StatusText, live.StatusText), shared(recorded.Proto, live.Proto)
	live.Body.MediaType = strings.Clone(live.Body.MediaType)
	sameBody = live.Body.Equal(recorded.Body)
	if sameBody && recorded.Body.Present() {
		live.Body = recorded.Body
	}
	return sameBody
}

// shared is the live text, as the recorded one where they are the same.
func shared(recorded, live string) string {
	if live == recorded {
		return recorded
	}
	return strings.Clone(live)
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
