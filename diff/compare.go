package diff

import (
	"iter"
	"runtime"
	"slices"
	"sync"

	"github.com/replaydiff/replay/diff/traffic"
)

// A Comparison is all that two captures differ in.
type Comparison struct {
	OK, Bad *traffic.Capture

	Pairs   []Compared // in the order of Bad
	OnlyOK  []int      // indices of exchanges that Bad has no counterpart of
	OnlyBad []int

	First int // index into Pairs of the first divergence; -1: none
}

// Compared is a pair of exchanges and how much changed between them.
type Compared struct {
	Pair
	Matter int // number of changes that matter
	Noise  int // number of those that don't; the recorder's notes count as one

	// Credentials tells that something changed that hands out or carries
	// them: Authorization, a cookie that is set.
	Credentials bool

	OKExchange, BadExchange *traffic.Exchange

	ignore    patterns
	suspicion int
}

// Changes lists what changed. It compares the exchanges again: a long flow
// has more changes than anybody wants to hold.
func (c Compared) Changes() []Change { return changes(c.OKExchange, c.BadExchange, c.ignore) }

// Options are how captures are compared. The zero value is the default.
type Options struct {
	Ignore Ignore
}

// Compare pairs the exchanges of two captures and lists what changed in each
// pair. It uses all processors.
func Compare(ok, bad *traffic.Capture, o Options) *Comparison {
	a := Align(ok, bad)
	c := &Comparison{
		OK: ok, Bad: bad,
		Pairs:  make([]Compared, len(a.Pairs)),
		OnlyOK: a.OnlyOK, OnlyBad: a.OnlyBad,
	}
	ignore := o.Ignore.compile()
	parallel(len(a.Pairs), func(from, to int) {
		var edits []Edit // one pair after the other in the same memory
		for i, p := range a.Pairs[from:to] {
			x, y := ok.Exchanges[p.OK], bad.Exchanges[p.Bad]
			edits = betweenMessages(edits[:0], x, y)
			c.Pairs[from+i] = compared(p, x, y, edits, ignore)
		}
	})
	c.First = FirstDivergence(ok, bad, a)
	if c.First < 0 {
		c.First = c.firstDifference()
	}
	return c
}

// RequestChanges lists what changed in the request alone.
func (c Compared) RequestChanges() []Change {
	edits := betweenRequests(nil, &c.OKExchange.Request, &c.BadExchange.Request)
	return c.ignore.mark(Judge(c.OKExchange, c.BadExchange, edits))
}

func compared(p Pair, ok, bad *traffic.Exchange, edits []Edit, ignore patterns) Compared {
	c := Compared{Pair: p, OKExchange: ok, BadExchange: bad, ignore: ignore}
	if ok.Recorded != bad.Recorded || !ok.Unknown.Equal(bad.Unknown) {
		c.Noise++ // the recorder's notes never matter, so they are not counted one by one
	}
	j := newJudge(ok, bad, edits)
	for i := range edits {
		e := &edits[i]
		if j.noise(e) != "" || ignore.matches(e) {
			c.Noise++
			continue
		}
		c.Matter++
		c.suspicion = max(c.suspicion, suspicion(e))
		c.Credentials = c.Credentials || e.Part == SetCookie || e.Name == "authorization"
	}
	return c
}

func changes(ok, bad *traffic.Exchange, ignore patterns) []Change {
	return ignore.mark(Judge(ok, bad, Between(ok, bad)))
}

// mark makes noise of the changes that a pattern fits.
func (p patterns) mark(list []Change) []Change {
	for i := range list {
		if list[i].Noise != "" || len(p.source) == 0 {
			continue
		}
		if pattern, ok := p.match(list[i].Path()); ok {
			list[i].Noise = Noise("ignored: " + pattern)
		}
	}
	return list
}

// EachPair yields the index of every pair and its changes, in order; they are
// computed ahead on all processors, a few hundred pairs at a time.
func (c *Comparison) EachPair() iter.Seq2[int, []Change] {
	const ahead = 256
	return func(yield func(int, []Change) bool) {
		found := make([][]Change, ahead)
		for start := 0; start < len(c.Pairs); start += ahead {
			n := min(ahead, len(c.Pairs)-start)
			parallel(n, func(from, to int) {
				for i := from; i < to; i++ {
					found[i] = c.Pairs[start+i].Changes()
				}
			})
			for i, changes := range found[:n] {
				if !yield(start+i, changes) {
					return
				}
			}
		}
	}
}

func (p patterns) matches(e *Edit) bool {
	if len(p.source) == 0 {
		return false
	}
	_, ok := p.match(e.Path())
	return ok
}

// parallel calls f for portions of 0…n-1, on all processors.
func parallel(n int, f func(from, to int)) {
	const portion = 16
	starts := make(chan int)
	var wait sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), n/portion+1) {
		wait.Go(func() {
			for start := range starts {
				f(start, min(start+portion, n))
			}
		})
	}
	for start := 0; start < n; start += portion {
		starts <- start
	}
	close(starts)
	wait.Wait()
}

// Matters tells whether anything changed that is no noise.
func (c Compared) Matters() bool { return c.Matter > 0 }

// Differs tells whether anything differs that is no noise.
func (c *Comparison) Differs() bool {
	return len(c.OnlyOK) > 0 || len(c.OnlyBad) > 0 || slices.ContainsFunc(c.Pairs, Compared.Matters)
}
