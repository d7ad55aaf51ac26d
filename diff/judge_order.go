package diff

import (
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/tree"
)

// A movedCookie is a cookie that can move from one Cookie field to another, as
// HTTP/2 lets it (RFC 9113 section 8.2.3).
type movedCookie struct{ name, value string }

// cookieOf returns the cookie that an edit adds or removes as a whole, else
// the zero value.
func cookieOf(e *Edit) movedCookie {
	if e.Side != Request || e.Part != Cookie || e.Sub != "" || e.group != requestHeader {
		return movedCookie{}
	}
	switch e.Op {
	case Add:
		return movedCookie{e.Label, e.New}
	case Remove:
		return movedCookie{e.Label, e.Old}
	}
	return movedCookie{}
}

type directions uint8

const (
	came directions = 1 << iota
	went
	bothWays = came | went
)

// movedCookies says which cookies were added, removed or both.
func movedCookies(edits []Edit) map[movedCookie]directions {
	var seen map[movedCookie]directions
	for i := range edits {
		e := &edits[i]
		cookie := cookieOf(e)
		if cookie == (movedCookie{}) {
			continue
		}
		if seen == nil {
			seen = map[movedCookie]directions{}
		}
		if e.Op == Add {
			seen[cookie] |= came
		} else {
			seen[cookie] |= went
		}
	}
	return seen
}

// swapsNamesakes tells whether a new order puts things of one name in another
// order: of two cookies of a name, servers take the first.
func swapsNamesakes(ok *traffic.Exchange, e *Edit) bool {
	p, found := tree.Below(partsOf(ok, e.group), e.At)
	if !found || len(p.Kids) != len(e.Order) {
		return false
	}
	last := map[string]int{}
	for i, kid := range p.Kids {
		if e.Order[i] < 0 {
			continue
		}
		if place, seen := last[kid.Key]; seen && e.Order[i] < place {
			return true
		}
		last[kid.Key] = e.Order[i]
	}
	return false
}
