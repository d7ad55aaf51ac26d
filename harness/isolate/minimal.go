package isolate

import (
	"context"
	"slices"
)

// sets finds what breaks the request, and goes on without it as long as the
// rest fails too: either of two changes may be enough.
func (g *searching) sets(ctx context.Context) {
	atoms := g.all
	for rest := Fails; rest == Fails && len(g.result.Sets) < maxSets; {
		found := g.one(ctx, atoms, len(g.result.Sets) == 0)
		set := g.confirm(ctx, found)
		if g.over {
			return
		}
		atoms = without(atoms, found)
		g.result.Sets = append(g.result.Sets, set)
		rest = g.settle(ctx, g.parts(atoms))
		if g.over {
			return
		}
		g.result.Together = rest == Works
	}
	g.result.End = Found
	if g.result.Together {
		g.result.End = Proved
	}
}

// one is a minimal set of atoms that fails, of those given, which fail.
func (g *searching) one(ctx context.Context, atoms []int, first bool) []int {
	if set := g.guess(ctx, atoms, first); set != nil {
		return set
	}
	g.stage = Halving
	set := g.halve(ctx, atoms)
	g.stage = Minimal
	return g.ddmin(ctx, set)
}

// guess tries what the ranking blames, an atom at a time.
func (g *searching) guess(ctx context.Context, atoms []int, first bool) []int {
	g.stage = Guess
	if !first {
		return nil
	}
	for _, a := range atoms[:min(g.Blamed, maxGuesses, len(atoms))] {
		if g.fails(ctx, []int{a}) {
			return []int{a}
		}
	}
	return nil
}

// halve finds one atom of a failing set after the other: the last of the
// shortest beginning that fails together with those found. Where more atoms
// never heal, each of them is needed; where they do, ddmin takes out what is
// not. The set that is returned fails either way, for each step goes on from one
// that was seen to.
func (g *searching) halve(ctx context.Context, atoms []int) []int {
	found := []int{}
	for !g.over && len(atoms) > 0 && (len(found) == 0 || !g.fails(ctx, found)) {
		works, fails := 0, len(atoms)
		for fails-works > 1 {
			middle := (works + fails) / 2
			if g.fails(ctx, slices.Concat(found, atoms[:middle])) {
				fails = middle
			} else {
				works = middle
			}
		}
		found = append(found, atoms[fails-1])
		atoms = atoms[:fails-1]
	}
	return found
}

// ddmin is the minimizing delta debugging of Zeller and Hildebrandt
// ("Simplifying and Isolating Failure-Inducing Input", 2002): the set that is
// returned fails, and no set with one atom less of it was seen to.
func (g *searching) ddmin(ctx context.Context, set []int) []int {
	for n := 2; !g.over && len(set) > 1; {
		chunks := split(set, n)
		smaller, by := g.reduced(ctx, set, chunks)
		switch {
		case smaller != nil && by == 1:
			set, n = smaller, 2
		case smaller != nil:
			set, n = smaller, max(n-1, 2)
		case n >= len(set):
			return set
		default:
			n = min(2*n, len(set))
		}
	}
	return set
}

// reduced is a chunk of the set that fails, or else one that fails without a
// chunk: by 1 and 2.
func (g *searching) reduced(ctx context.Context, set []int, chunks [][]int) (smaller []int, by int) {
	for _, chunk := range chunks {
		if g.fails(ctx, chunk) {
			return chunk, 1
		}
	}
	if len(chunks) == 2 {
		return nil, 0 // their complements are each other
	}
	for _, chunk := range chunks {
		if rest := without(set, chunk); g.fails(ctx, rest) {
			return rest, 2
		}
	}
	return nil, 0
}

// split parts a list into n chunks of about the same length.
func split(set []int, n int) [][]int {
	var chunks [][]int
	for i := range n {
		if from, to := i*len(set)/n, (i+1)*len(set)/n; from < to {
			chunks = append(chunks, set[from:to])
		}
	}
	return chunks
}
