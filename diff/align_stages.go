package diff

import "sort"

// pairByKeys runs the stages from strict to free over what is free. Each key
// says what must be equal; what it leaves out may differ.
func (a *aligner) pairByKeys() {
	home := func(e *entry) uint64 { return mix(e.verb, uint64(a.origins.home(e.origin))) }
	site := func(e *entry) uint64 { return mix(e.verb, a.origins.site(e.origin)) }
	anywhere := func(e *entry) uint64 {
		if e.segments < 2 {
			return 0 // "/", "/health": every host has them
		}
		return mix(e.verb, 1)
	}

	a.inContext(func(e *entry) uint64 {
		return mix(mix(mix(e.verb, uint64(e.origin)), mix(e.path, e.raw)), e.op)
	})
	a.countAnchors()
	a.inContext(with(home, func(e *entry) uint64 { return mix(mix(e.path, e.query), e.op) }))
	a.inContext(with(home, func(e *entry) uint64 { return mix(mix(e.path, e.names), e.op) }))
	a.inContext(with(home, func(e *entry) uint64 { return mix(e.path, e.op) }))
	a.inContext(with(home, func(e *entry) uint64 { return mix(mix(e.shape, e.query), e.op) }))
	a.inContext(with(home, func(e *entry) uint64 { return mix(e.shape, e.op) }))
	a.inContext(with(home, func(e *entry) uint64 { return mix(e.loose, e.op) }))
	a.inContext(with(site, func(e *entry) uint64 { return mix(mix(e.shape, e.query), e.op) }))
	a.inContext(with(site, func(e *entry) uint64 { return mix(e.loose, e.op) }))
	a.pairPrefixes(home)
	a.inContext(with(anywhere, func(e *entry) uint64 { return mix(mix(e.shape, e.query), e.op) }))
	a.inContext(with(anywhere, func(e *entry) uint64 { return mix(e.loose, e.op) }))
	a.pairUnnamedOperations(home)
	a.pairMethods()
}

func with(where, what keyOf) keyOf {
	return func(e *entry) uint64 {
		h := where(e)
		if h == 0 {
			return 0
		}
		return mix(h, what(e))
	}
}

// inContext joins by one key. Where several entries have it, the surroundings
// decide, asking less each time: the same neighbours; the same anchors around
// and the same part in a retry, so that an attempt pairs with an attempt and
// the last word with the last word; then the order alone.
func (a *aligner) inContext(key keyOf) {
	a.joinUnique(key, key)
	a.choose(func(e *entry) uint64 { return e.around })
	a.choose(func(e *entry) uint64 { return mix(attempt(e), uint64(e.segment)) })
	a.choose(attempt)
	a.choose(nil)
	a.compact()
}

// attempt keeps apart a failure that a retry made good.
func attempt(e *entry) uint64 {
	if e.recovered {
		return 2
	}
	return 1
}

// pairPrefixes pairs paths of which one has a first segment more ("/api").
func (a *aligner) pairPrefixes(home keyOf) {
	whole := func(e *entry) uint64 {
		if e.segments == 0 || e.kind == opaque {
			return 0
		}
		return mix(home(e), mix(e.shape, e.op))
	}
	tail := func(e *entry) uint64 {
		if e.tail == 0 {
			return 0
		}
		return mix(home(e), mix(e.tail, e.op))
	}
	a.join(whole, tail)
	a.join(tail, whole)
}

// pairUnnamedOperations serves captures that hold bodies on one side only:
// where one side can't name its operation, the URL has to do.
func (a *aligner) pairUnnamedOperations(home keyOf) {
	whole := func(e *entry) uint64 { return mix(home(e), e.path) }
	unnamed := func(e *entry) uint64 {
		if e.op != 0 {
			return 0
		}
		return whole(e)
	}
	a.join(unnamed, whole)
	a.join(whole, unnamed)
}

// pairMethods pairs what differs in its method: a POST that became a GET on a
// redirect (Fetch, "HTTP-redirect fetch"), a wrong verb. As GET and POST of
// one URL are often two things, only single ones are paired.
func (a *aligner) pairMethods() {
	key := func(what func(e *entry) uint64) keyOf {
		return func(e *entry) uint64 {
			if e.kind == opaque {
				return 0
			}
			return mix(mix(uint64(e.kind)+1, uint64(a.origins.home(e.origin))), mix(what(e), e.op))
		}
	}
	path := key(func(e *entry) uint64 { return e.path })
	shape := key(func(e *entry) uint64 { return e.shape })
	a.joinUnique(path, path)
	a.joinUnique(shape, shape)
}

// countAnchors numbers the stretches between the pairs that both captures
// have in the same order: the longest increasing run of partners (patience
// sorting, O(n log n)).
func (a *aligner) countAnchors() {
	if len(a.ok.free) == 0 || len(a.bad.free) == 0 {
		return
	}
	anchors := a.longestRun()
	number := func(s *side, place func(anchor int32) int32) {
		n := int32(0)
		for i := range s.entries {
			if int(n) < len(anchors) && place(anchors[n]) == int32(i) {
				n++
			}
			s.entries[i].segment = n
		}
	}
	number(&a.ok, func(i int32) int32 { return i })
	number(&a.bad, func(i int32) int32 { return a.ok.mate[i] })
}

// longestRun returns the entries of ok whose partners ascend, as many as can be.
func (a *aligner) longestRun() []int32 {
	var tops []int32 // tops[k]: the entry that ends the best run of length k+1
	before := make([]int32, len(a.ok.mate))
	for i, j := range a.ok.mate {
		if j < 0 {
			continue
		}
		k := sort.Search(len(tops), func(k int) bool { return a.ok.mate[tops[k]] >= j })
		before[i] = nobody
		if k > 0 {
			before[i] = tops[k-1]
		}
		if k == len(tops) {
			tops = append(tops, int32(i))
		} else {
			tops[k] = int32(i)
		}
	}
	if len(tops) == 0 {
		return nil
	}
	for k, i := len(tops)-1, tops[len(tops)-1]; k >= 0; k-- {
		tops[k] = i
		i = before[i]
	}
	return tops
}
