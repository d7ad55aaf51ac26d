package record

import (
	"errors"
	"sync"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/wire"
)

// A flight is one exchange while it goes on.
type flight struct {
	l    *Listener
	in   *asked
	slot *slot
	up   *taken // of the request's body
	down *taken // of the answer's

	mu       sync.Mutex
	times    times
	link     *link
	reply    *reply
	interims []wire.Interim
	trailers traffic.Header
	messages *messages // of a WebSocket; nil: none
	over     bool
}

// begin writes down that a request came.
func (l *Listener) begin(in *asked) *flight {
	f := &flight{l: l, in: in}
	f.up = &taken{spool: &l.Tape.spool, limit: l.limit()}
	f.down = &taken{spool: &l.Tape.spool, limit: l.limit()}
	f.slot = l.Tape.begin(in.started, f.live)
	return f
}

// begun notes the connection that the request is sent on.
func (f *flight) begun(l *link, fresh bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.link, f.times.begun, f.times.fresh = l, f.l.now(), fresh
}

func (f *flight) reused() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.link != nil && !f.times.fresh
}

func (f *flight) sent(at time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.times.sent = at
}

// first notes that the answer, or one of 1xx before it, began.
func (f *flight) first() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.times.first.IsZero() {
		f.times.first = f.l.now()
	}
}

func (f *flight) interim(status int, h traffic.Header) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.interims) < maxInterims {
		f.interims = append(f.interims, wire.Interim{Status: status, Header: h})
	}
}

// maxInterims bounds the answers of 1xx of one request that are kept.
const maxInterims = 32

func (f *flight) answered(r *reply) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.reply = r
}

func (f *flight) trailer(h traffic.Header) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.trailers = h
}

func (f *flight) switched(m *messages) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.messages = m
}

// end writes the exchange down; why is the reason of an answer that did not
// come, or not as a whole. Only the first end counts.
func (f *flight) end(why error) {
	f.mu.Lock()
	if f.over {
		f.mu.Unlock()
		return
	}
	f.over = true
	x := f.exchange(why, f.l.Tape.spool.put)
	f.mu.Unlock()
	if f.l.Tape.end(f.slot, x) && f.l.proxy.Ended != nil {
		f.l.proxy.Ended(x)
	}
}

// live is the exchange as far as it came.
func (f *flight) live() *traffic.Exchange {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.exchange(errUnfinished, func(mediaType string, content []byte) (traffic.Body, error) {
		return traffic.NewBody(mediaType, content), nil // the spool is for what stays
	})
}

var errUnfinished = errors.New(traffic.Unfinished)
