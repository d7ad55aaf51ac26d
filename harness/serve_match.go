package harness

import (
	"cmp"
	"net/http"
	"slices"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
)

// maxCompared bounds how many recorded exchanges one request is compared with
// before the nearest is taken.
const maxCompared = 64

// A candidate is a recorded exchange beside a request.
type candidate struct {
	entry   int
	changes []diff.Change
	weight  int // of what matters
	others  int // credentials that have another value
}

// nearer tells whether a candidate is nearer than another one.
func (c candidate) nearer(than candidate) bool {
	return than.entry < 0 || cmp.Or(cmp.Compare(c.weight, than.weight), cmp.Compare(c.others, than.others)) < 0
}

func (s search) compare(entry int, asked *traffic.Request) candidate {
	c := candidate{entry: entry, changes: s.judging.changes(s.recorded(entry), asked)}
	c.weight = weight(c.changes)
	for _, change := range c.changes {
		if change.Noise == excusedCredential {
			c.others++
		}
	}
	return c
}

// A search is for what answers one request.
type search struct {
	*Served
	judging judging
}

// find returns the entry that answers a request, and marks it used; -1 and the
// miss where none does. The request is in recorded terms.
func (s *Served) find(asked *traffic.Request, at heading) (int, Miss) {
	sh := s.shelf
	look := search{s, judging{
		masker: s.masker, ignore: s.options.Ignore, sanitized: sh.sanitized,
		merged: at.any && len(sh.names()) > 1,
		page:   at.moved,
	}}
	sh.mu.Lock()
	defer sh.mu.Unlock()
	miss := Miss{Nearest: -1}
	for _, origin := range s.originsFor(at) {
		entry, m := look.of(asked, origin)
		if entry >= 0 {
			if s.recorded(entry).Method == asked.Method { // a HEAD does not use up the GET
				sh.take(entry)
			}
			return entry, Miss{}
		}
		if miss.Reason == "" || better(m, miss) {
			miss = m
		}
	}
	return -1, miss
}

// originsFor lists where a request is looked for: its own origin, then, where
// it named none, the others in the order of the capture.
func (s *Served) originsFor(at heading) []string {
	list := []string{at.origin}
	if !at.any {
		return list
	}
	for _, origin := range s.shelf.names() {
		if origin != at.origin {
			list = append(list, origin)
		}
	}
	return list
}

// better tells whether a miss says more than another one.
func better(m, than Miss) bool {
	if (m.Nearest >= 0) != (than.Nearest >= 0) {
		return m.Nearest >= 0
	}
	return m.Nearest >= 0 && m.Reason != MissNothing && weight(m.Changes) < weight(than.Changes)
}

// of looks among the exchanges of one origin.
func (s search) of(asked *traffic.Request, origin string) (int, Miss) {
	moved := *asked
	moved.URL = origin + targetOf(asked.URL)
	if origin == relativeOrigin {
		moved.URL = targetOf(asked.URL)
	}
	switch {
	case s.options.Lenient:
		return s.lenient(&moved, origin)
	case s.options.InOrder:
		return s.next(&moved, origin)
	}
	return s.strict(&moved, origin)
}

// strict takes the first unused exchange that the request fits: with the
// recorded credentials if there is one, for two sessions may have asked the
// same, else with others.
func (s search) strict(asked *traffic.Request, origin string) (int, Miss) {
	sh, kind := s.shelf, s.shelf.kind(asked)
	list := sh.kinds[kind]
	best, compared := candidate{entry: -1}, 0
	for _, entry := range list[sh.fresh[kind]:] {
		if sh.used[entry] > 0 || sh.origins[entry] != origin {
			continue
		}
		c := s.compare(entry, asked)
		if c.weight == 0 && (best.entry < 0 || c.others < best.others) {
			best = c
		}
		if compared++; best.entry >= 0 && (best.others == 0 || compared >= maxCompared) {
			break
		}
	}
	if best.entry >= 0 {
		return best.entry, Miss{}
	}
	last := -1
	for i := len(list) - 1; i >= 0 && len(list)-i <= maxCompared; i-- {
		if entry := list[i]; sh.used[entry] > 0 && sh.origins[entry] == origin && s.fits(entry, asked) {
			last = entry
			break
		}
	}
	switch {
	case last >= 0 && s.options.Repeat:
		return last, Miss{}
	case last >= 0:
		return -1, Miss{Reason: MissUsedUp, Asked: asked, Nearest: last, Changes: s.judging.changes(s.recorded(last), asked)}
	}
	return -1, s.nearest(asked, origin)
}

// next takes the exchange whose turn it is.
func (s search) next(asked *traffic.Request, origin string) (int, Miss) {
	turn := s.shelf.turn()
	if turn < 0 {
		return -1, Miss{Reason: MissUsedUp, Asked: asked, Nearest: -1}
	}
	if s.shelf.origins[turn] == origin && s.fits(turn, asked) {
		return turn, Miss{}
	}
	entry, _ := s.strict(asked, origin)
	if entry < 0 {
		return -1, s.nearest(asked, origin)
	}
	if diff.IsPreflight(s.capture.Exchanges[entry]) {
		return entry, Miss{} // recorders disagree on where preflights stand
	}
	return -1, Miss{Reason: MissTurn, Asked: asked, Nearest: entry, first: turn}
}

// lenient takes the nearest exchange of the kind, and of equally near ones
// the first unused, at last the last one. A HEAD is answered by the GET.
func (s search) lenient(asked *traffic.Request, origin string) (int, Miss) {
	list := s.ofKind(s.shelf.kind(asked), origin)
	if len(list) == 0 && asked.Method == http.MethodHead {
		get := *asked
		get.Method = http.MethodGet
		list = s.ofKind(s.shelf.kind(&get), origin)
	}
	if len(list) == 0 {
		return -1, s.nearest(asked, origin)
	}
	return s.closest(list, asked).entry, Miss{}
}

// ofKind lists the entries of a kind and origin that are compared: those that
// were not used, and the last ones that were.
func (s search) ofKind(kind, origin string) []int {
	sh := s.shelf
	var fresh, used []int
	for _, entry := range sh.kinds[kind] {
		switch {
		case sh.origins[entry] != origin:
		case sh.used[entry] == 0:
			fresh = append(fresh, entry)
		default:
			used = append(used, entry)
		}
	}
	fresh = fresh[:min(len(fresh), maxCompared)]
	used = used[max(0, len(used)-maxCompared):]
	slices.Reverse(used)
	return append(fresh, used...)
}

// closest compares a request with entries; of equally near ones it is the
// first.
func (s search) closest(list []int, asked *traffic.Request) candidate {
	best := candidate{entry: -1}
	for _, entry := range list {
		if c := s.compare(entry, asked); c.nearer(best) {
			best = c
		}
		if best.weight == 0 && best.others == 0 {
			break
		}
	}
	return best
}

func (s search) fits(entry int, asked *traffic.Request) bool {
	return s.compare(entry, asked).weight == 0
}

func (s *Served) recorded(entry int) *traffic.Request { return &s.capture.Exchanges[entry].Request }
