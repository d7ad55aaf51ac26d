package browse

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/chromedp/cdproto"

	"github.com/replaydiff/replay/diff/traffic"
)

// A recorder turns the browser's events into exchanges. It belongs to one
// goroutine.
type recorder struct {
	*Browser
	wire  *wire
	add   func(*traffic.Exchange)
	now   func() time.Time
	limit int64 // of a body

	pages     map[string]*page  // by session
	loaders   map[string]string // the page that a loader's requests belong to
	loaderAge []string
	flows     map[string]*flow
	order     []*flow // those of flows, oldest first
	done      map[string]bool
	doneAge   []string
	count     int // of pages
	opened    bool
	windows   bool     // a page was there
	stopped   []string // what was told of as never asked
}

// What is remembered of what is over.
const (
	maxLoaders = 512
	maxDone    = 4096
)

func newRecorder(b *Browser, w *wire, add func(*traffic.Exchange)) *recorder {
	r := &recorder{
		Browser: b, wire: w, add: add, now: time.Now, limit: b.MaxBody,
		pages: map[string]*page{}, loaders: map[string]string{}, flows: map[string]*flow{}, done: map[string]bool{},
	}
	if r.limit <= 0 {
		r.limit = traffic.DefaultLimits().Body
	}
	return r
}

// handle takes one message of the browser.
func (r *recorder) handle(m *cdproto.Message) {
	if m.Method == "" {
		r.wire.answer(m)
		return
	}
	session, method, params := string(m.SessionID), string(m.Method), json.RawMessage(m.Params)
	if p := r.pages[session]; p != nil {
		r.networkEvent(p, method, params)
	}
	r.targetEvent(session, method, params)
}

// An event that can't be read is of a version of the protocol that is not
// known: its request goes on without it.
func read[T any](params json.RawMessage, take func(*T)) {
	var e T
	if json.Unmarshal(params, &e) == nil {
		take(&e)
	}
}

// flow returns the state of a request id, made at need: raw headers may come
// before the request.
func (r *recorder) flow(id string) *flow {
	f := r.flows[id]
	if f == nil {
		f = &flow{id: id, since: r.now()}
		r.flows[id] = f
		r.order = append(r.order, f)
	}
	return f
}

// current is the hop that an event is about, nil for what is not recorded.
func (r *recorder) current(id string) *hop {
	if f := r.flows[id]; f != nil && len(f.hops) > 0 {
		return f.hops[len(f.hops)-1]
	}
	return nil
}

// settle gives away what is complete, and forgets it.
func (r *recorder) settle() {
	now := r.now()
	r.order = slices.DeleteFunc(r.order, func(f *flow) bool {
		if len(f.hops) == 0 {
			// Raw headers of what is not recorded, or was told of before.
			return now.Sub(f.since) > 10*grace && r.forget(f)
		}
		for _, h := range f.hops {
			if !h.complete(now) {
				return false
			}
		}
		return r.give(f)
	})
}

// give adds a flow, its redirects first.
func (r *recorder) give(f *flow) bool {
	for _, h := range f.hops {
		if main := r.announced(h); main != nil {
			h.document, h.page = main.document, main.page // its own URL, says the browser
		}
		r.add(h.exchange())
	}
	return r.forget(f)
}

// announced is the request that a preflight asks leave for, which may be told of
// after it.
func (r *recorder) announced(h *hop) *hop {
	var i struct{ Type, RequestID string }
	if h.kind != "Preflight" || json.Unmarshal(h.initiator, &i) != nil {
		return nil
	}
	return r.current(i.RequestID)
}

func (r *recorder) forget(f *flow) bool {
	delete(r.flows, f.id)
	r.done[f.id] = true
	if r.doneAge = append(r.doneAge, f.id); len(r.doneAge) > maxDone {
		delete(r.done, r.doneAge[0])
		r.doneAge = r.doneAge[1:]
	}
	return true
}

// pending tells whether something that has ended waits for its body or its raw
// headers.
func (r *recorder) pending() bool {
	return slices.ContainsFunc(r.order, func(f *flow) bool {
		return len(f.hops) > 0 && f.hops[len(f.hops)-1].ended
	})
}

// flush gives what there is, complete or not, in the order in which it began.
func (r *recorder) flush() {
	r.wire.gone("*")
	for _, f := range r.order {
		if len(f.hops) > 0 {
			r.give(f)
		}
	}
	r.order = nil
}

func (r *recorder) notice(text string) {
	if r.Notice != nil {
		r.Notice(text)
	}
}
