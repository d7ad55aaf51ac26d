package diff

import (
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

// Compared is a pair of exchanges and what changed between them.
type Compared struct {
	Pair
	Changes []Change
}

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
		var edits []Edit // one after the other in the same memory
		for i, p := range a.Pairs[from:to] {
			x, y := ok.Exchanges[p.OK], bad.Exchanges[p.Bad]
			edits = appendBetween(edits[:0], x, y)
			c.Pairs[from+i] = Compared{Pair: p, Changes: ignore.mark(Judge(x, y, edits))}
		}
	})
	c.First = FirstDivergence(ok, bad, a)
	if c.First < 0 {
		c.First = c.firstDifference()
	}
	return c
}

// mark makes noise of the changes that a pattern fits.
func (p patterns) mark(list []Change) []Change {
	for i := range list {
		if list[i].Noise != "" || len(p.compiled) == 0 {
			continue
		}
		if pattern, ok := p.match(list[i].Path()); ok {
			list[i].Noise = Noise("ignored: " + pattern)
		}
	}
	return list
}

// parallel calls f for portions of 0…n-1, on all processors.
func parallel(n int, f func(from, to int)) {
	const portion = 64
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
func (c Compared) Matters() bool {
	return slices.ContainsFunc(c.Changes, func(change Change) bool { return change.Noise == "" })
}

// Differs tells whether anything differs that is no noise.
func (c *Comparison) Differs() bool {
	return len(c.OnlyOK) > 0 || len(c.OnlyBad) > 0 || slices.ContainsFunc(c.Pairs, Compared.Matters)
}
