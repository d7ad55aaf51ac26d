package scenarios

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
)

// ErrCannotInject is returned where a flow has nothing to put a cause into (no
// Bearer token in a cookie session), or where honest injection needs more than
// an edit (a signing key).
var ErrCannotInject = errors.New("cause does not fit this flow")

// An Injection is a working flow that is made to fail.
type Injection struct {
	// Flow is a copy to be edited: the target, its headers and its response are
	// its own. Another exchange is changed by way of own.
	Flow *traffic.Capture

	Target int        // index of the exchange that shall fail
	Server Speech     // how the refusing server speaks
	Rand   *rand.Rand // for values that are made up
	Now    time.Time  // the time of the failing capture

	// With holds the parameters of the cause by name; what is not there is made
	// up by Rand.
	With map[string]string

	// Live is what an injection has at hand into a flow that will be sent; nil
	// for one that is only judged. See [Cause.InjectLive].
	Live *Live

	owned map[*traffic.Exchange]bool // by the copy; nil: all are
}

// NewInjection copies a working flow so that it can be edited.
func NewInjection(flow *traffic.Capture, target int, server Speech, r *rand.Rand) *Injection {
	clone := *flow
	clone.Exchanges = make([]*traffic.Exchange, len(flow.Exchanges))
	for i, x := range flow.Exchanges {
		clone.Exchanges[i] = cloneExchange(x)
	}
	return &Injection{Flow: &clone, Target: target, Server: server, Rand: r, Now: flow.Exchanges[target].Recorded.Started.Time}
}

// share makes a copy of Flow in which the target alone is copied, and others
// once they are changed: a flow of thousands is not copied for each of hundreds
// of scenarios.
func (in *Injection) share() {
	clone := *in.Flow
	clone.Exchanges = slices.Clone(clone.Exchanges)
	in.Flow, in.owned = &clone, map[*traffic.Exchange]bool{}
	in.own(in.Target)
}

// own returns an exchange of the flow that may be changed.
func (in *Injection) own(i int) *traffic.Exchange {
	x := in.Flow.Exchanges[i]
	if in.owned == nil || in.owned[x] {
		return x
	}
	x = cloneExchange(x)
	in.Flow.Exchanges[i], in.owned[x] = x, true
	return x
}

// renumber numbers the exchanges anew after one came or went.
func (in *Injection) renumber() {
	for i, x := range in.Flow.Exchanges {
		if x.Index != i {
			in.own(i).Index = i
		}
	}
}

func cloneExchange(x *traffic.Exchange) *traffic.Exchange {
	out := *x
	out.Request.Header = slices.Clone(x.Request.Header)
	out.Request.Cookies = slices.Clone(x.Request.Cookies)
	out.Request.Query = slices.Clone(x.Request.Query)
	out.Unknown = slices.Clone(x.Unknown)
	if x.Response != nil {
		r := *x.Response
		r.Header = slices.Clone(r.Header)
		r.Cookies = slices.Clone(r.Cookies)
		out.Response = &r
	}
	return &out
}

// Exchange is the one that shall fail.
func (in *Injection) Exchange() *traffic.Exchange { return in.Flow.Exchanges[in.Target] }

// Request is the request that shall fail.
func (in *Injection) Request() *traffic.Request { return &in.Exchange().Request }

// SetHeader replaces the first field of that name in a header, or adds one.
func SetHeader(h *traffic.Header, name, value string) {
	for i := range h.All(name) {
		(*h)[i].Value = value
		return
	}
	*h = append(*h, traffic.HeaderField{Name: name, Value: value})
}

// DeleteHeader removes all fields of that name; false: there was none.
func DeleteHeader(h *traffic.Header, name string) bool {
	n := len(*h)
	kept := (*h)[:0:0]
	for _, f := range *h {
		if !strings.EqualFold(f.Name, name) {
			kept = append(kept, f)
		}
	}
	*h = kept
	return len(kept) < n
}

// Refuse answers the target as the server would, and keeps its Date.
func (in *Injection) Refuse(r Refusal) {
	x := in.Exchange()
	date := ""
	if x.Response != nil {
		date = x.Response.Header.Get("date")
	}
	x.Response = in.Server.Answer(r)
	if date != "" {
		x.Response.Header = append(x.Response.Header, traffic.HeaderField{Name: "Date", Value: date})
	}
	x.Response.Proto = x.Request.Proto
}
