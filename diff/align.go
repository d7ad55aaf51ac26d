package diff

import "github.com/replaydiff/replay/diff/traffic"

// An Alignment says which exchange of one capture is which of the other. An
// index is the place in Capture.Exchanges; each appears exactly once.
type Alignment struct {
	Pairs           []Pair // in the order of bad
	OnlyOK, OnlyBad []int  // ascending
}

// A Pair is one exchange in both captures.
type Pair struct {
	OK, Bad int
	How     How
}

// How says what an exchange was recognised by: the greatest liberty that was
// taken to pair it. The values are ordered from strict to free.
type How uint8

// The liberties, each including the ones above it.
const (
	Exact       How = iota // method and URL are equal, but for cache-busters and the order of the query
	OtherQuery             // other values or names in the query
	OtherPath              // another id, version, slash, case or prefix in the path
	OtherOrigin            // another scheme, host or port
	OtherMethod            // another method
	Similar                // alike in path and in place, nothing better was there
	StandIn                // a failure of bad that ok has no match for, beside a success of the same endpoint
)

var howText = [...]string{
	Exact: "exact", OtherQuery: "other query", OtherPath: "other path", OtherOrigin: "other origin",
	OtherMethod: "other method", Similar: "similar", StandIn: "stand-in",
}

func (h How) String() string {
	if int(h) < len(howText) {
		return howText[h]
	}
	return "unknown"
}

// Align pairs the exchanges of two captures. It goes from strict keys to free
// ones: what is equal is paired first, what is left may differ in its query,
// then in the ids of its path, its origin, its method. Among several that fit,
// the neighbours decide, then the order. A wrong pair is worse than none:
// what is merely similar stays alone unless its place in the flow agrees.
//
// Bodies are not read, but for the name of a GraphQL or JSON-RPC operation
// where one URL receives several requests.
//
// The cost is near-linear in the number of exchanges. Align(c, c) pairs each
// exchange with itself. Align(a, b) and Align(b, a) pair the same exchanges,
// save for [StandIn], which looks for failures in bad alone, and for ties
// among [Similar] ones.
func Align(ok, bad *traffic.Capture) Alignment {
	a := newAligner(ok, bad)
	a.alignAnnouncing()
	a.alignPreflights()
	a.pairSimilar()
	a.pairStandIns()
	return a.alignment()
}

// alignAnnouncing pairs everything but the preflights whose request is known:
// recorders disagree on where these stand, and whether they are there at all.
func (a *aligner) alignAnnouncing() {
	a.ok.release(func(i int) bool { return a.ok.entries[i].main < 0 })
	a.bad.release(func(i int) bool { return a.bad.entries[i].main < 0 })
	a.pairByKeys()
}

// alignPreflights lets preflights follow the requests that they announce.
func (a *aligner) alignPreflights() {
	for j := range a.bad.entries {
		main := a.bad.entries[j].main
		if main < 0 || a.bad.mate[main] < 0 {
			continue
		}
		i := a.ok.entries[a.bad.mate[main]].preflight
		if i >= 0 {
			a.pair(int(i), j, 0)
		}
	}
	a.ok.release(nil)
	a.bad.release(nil)
	a.pairByKeys()
}

// alignment collects the pairs.
func (a *aligner) alignment() Alignment {
	var out Alignment
	n := 0
	for _, i := range a.bad.mate {
		if i >= 0 {
			n++
		}
	}
	out.Pairs = make([]Pair, 0, n)
	for j, i := range a.bad.mate {
		if i < 0 {
			out.OnlyBad = append(out.OnlyBad, j)
			continue
		}
		out.Pairs = append(out.Pairs, Pair{OK: int(i), Bad: j, How: a.how(int(i), j)})
	}
	for i, j := range a.ok.mate {
		if j < 0 {
			out.OnlyOK = append(out.OnlyOK, i)
		}
	}
	return out
}

// how compares a pair; the stage that found it knows less, as one key covers
// several liberties.
func (a *aligner) how(i, j int) How {
	x, y := &a.ok.entries[i], &a.bad.entries[j]
	switch {
	case a.bad.freely[j] != 0:
		return a.bad.freely[j]
	case x.verb != y.verb:
		return OtherMethod
	case x.origin != y.origin:
		return OtherOrigin
	case x.path != y.path:
		return OtherPath
	case x.query != y.query || x.op != y.op:
		return OtherQuery
	}
	return Exact
}
