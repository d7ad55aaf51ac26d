package correlate

import (
	"sync"

	"github.com/replaydiff/replay/diff/traffic"
)

// Live is one run of a plan: the values that the live answers handed out. It
// is safe for concurrent use.
type Live struct {
	plan *Plan

	mu       sync.RWMutex
	got      []learnt     // by number of the production
	answered map[int]bool // entries
	last     []string     // by number of the value: what was learnt last; "" for none
}

// Learnt is the live value of a place, and how sure it is.
type learnt struct {
	value string
	guess bool // by the index in a list alone
}

// A Missing is a value that a request needs and that no live answer had. The
// request then carries the recorded one.
type Missing struct {
	Name string // of the link
	From Place
	To   Place

	// Answered tells that From was answered, without the value at its place.
	// Else it was not sent, or not yet.
	Answered bool
}

// Start begins a run without any live value.
func (p *Plan) Start() *Live {
	return &Live{plan: p, got: make([]learnt, p.count), answered: make(map[int]bool), last: make([]string, p.values)}
}

// Request returns the request of an entry with live values in the places of
// recorded ones, and what is missing. All else is as it was, byte for byte; r
// itself is not changed, and returned where there is nothing to do.
// The Cookie header is left alone.
func (l *Live) Request(entry int, r *traffic.Request) (*traffic.Request, []Missing) {
	uses := l.plan.uses[entry]
	if len(uses) == 0 {
		return r, nil
	}
	values := make(map[spotted]string, len(uses))
	var missing []Missing
	l.mu.RLock()
	for _, u := range uses {
		value, ok := l.current(u)
		if !ok && !u.quiet {
			from := u.candidates[0]
			missing = append(missing, Missing{Name: l.plan.links[u.link].Name, From: Place{from.entry, from.path}, To: u.place, Answered: l.answered[from.entry]})
		}
		values[u.spotted] = value
	}
	l.mu.RUnlock()
	w := walker{visit: func(s *spot, value string) (string, bool) {
		by, ok := values[spotted{s.key, value}]
		return by, ok
	}}
	return w.request(r, l.plan.maxBody), missing
}

// current is the live value for a use: of the best place that had one. The
// recorded one where none had.
func (l *Live) current(u use) (string, bool) {
	for _, guess := range []bool{false, true} {
		for _, p := range u.candidates {
			if got := l.got[p.number]; got.value != "" && got.guess == guess {
				return got.value, true
			}
		}
	}
	return u.value, false
}
