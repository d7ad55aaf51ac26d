package browse

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/devtools"
)

// A flow is what the browser tells under one request id: a request and its
// redirects.
type flow struct {
	id       string
	hops     []*hop
	sent     []*sentExtra // in the order in which they came
	received []*receivedExtra
	issues   []devtools.Issue
	since    time.Time
}

// A hop is one request on its way and what became of it.
type hop struct {
	flow   *flow
	target *page // the session that told of it

	request
	kind      string // Network.ResourceType
	document  string
	page      string // ID of a traffic.Page
	frame     bool   // a document within another
	initiator json.RawMessage
	wall      float64
	began     float64

	response *response
	extra    extraInfo
	memory   bool  // served from the memory cache
	length   int64 // bytes of content so far
	transfer float64

	ended   bool
	endedAt time.Time // of this machine's clock
	end     float64
	failure *loadingFailed

	asked   int // questions to the browser that are open
	body    []byte
	hasBody bool
	noBody  string
	sending []byte // the request's body
	socket  *socket

	messages messages
}

// extraInfo tells whether the browser announced raw headers for a hop.
type extraInfo uint8

const (
	extraUnknown extraInfo = iota
	extraYes
	extraNo
)

// grace is how long raw headers are waited for that were not announced, or do
// not come: they take another way through the browser than the rest.
const grace = 2 * time.Second

// raw are the raw headers of a hop. They come in the order of the hops that have
// any, before or after the events that they belong to. Where the browser told of
// more than there are hops, for it asked twice (RFC 9110 section 11.7: a
// proxy's or server's challenge that it answered itself), the last ones count.
// Behind a redirect the rest belongs to a request of which nothing else was
// told: a page that goes away takes it along.
func (f *flow) raw(h *hop) (*sentExtra, *receivedExtra) {
	if h.extra == extraNo {
		return nil, nil
	}
	n := 0
	for _, before := range f.hops {
		if before == h {
			break
		}
		if before.extra != extraNo {
			n++
		}
	}
	last := h == f.hops[len(f.hops)-1] && !(n < len(f.received) && f.received[n].redirects())
	return pick(f.sent, n, last), pick(f.received, n, last)
}

func pick[T any](list []*T, n int, last bool) *T {
	switch {
	case n >= len(list):
		return nil
	case last:
		return list[len(list)-1]
	}
	return list[n]
}

// complete tells whether nothing more is to come of a hop.
func (h *hop) complete(now time.Time) bool {
	if !h.ended || h.asked > 0 {
		return false
	}
	sent, received := h.flow.raw(h)
	return h.extra == extraNo || sent != nil && received != nil || h.neverSent() || now.Sub(h.endedAt) >= grace
}

// neverSent tells the failures of which no raw headers come.
func (h *hop) neverSent() bool {
	f := h.failure
	if f == nil || h.response != nil {
		return false
	}
	switch f.BlockedReason {
	case "csp", "mixed-content", "inspector", "subresource-filter":
		return true
	}
	return f.CorsErrorStatus != nil && strings.Contains(f.CorsErrorStatus.CorsError, "Preflight")
}

func (h *hop) finish(now time.Time, at float64) {
	if h.ended {
		return
	}
	h.ended, h.endedAt, h.end = true, now, at
}

// recordable tells what is traffic of HTTP: not what the browser makes itself.
func recordable(url string) bool {
	scheme, _, _ := strings.Cut(url, ":")
	return slices.Contains([]string{"http", "https", "ws", "wss"}, strings.ToLower(scheme))
}

// exchange is a hop as it goes into a capture.
func (h *hop) exchange() *traffic.Exchange {
	sent, received := h.flow.raw(h)
	x := &traffic.Exchange{}
	x.Request = h.requestOf(sent)
	r := h.responseOf(received)
	if !h.ended && r.Status == 0 {
		r.Error = traffic.Unfinished
	}
	x.Response = &r
	x.Recorded = h.recorded()
	if x.Request.Proto == "" {
		x.Request.Proto = x.Response.Proto
	}
	x.Unknown = h.fields(sent, received)
	return x
}
