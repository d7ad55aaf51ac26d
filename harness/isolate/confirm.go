package isolate

import (
	"context"
	"slices"
)

// confirm asks about a set from both ends, as often as about the premises.
func (g *searching) confirm(ctx context.Context, atoms []int) Set {
	g.stage = Confirm
	set := g.judge(ctx, g.parts(atoms))
	set.Atoms = slices.Sorted(slices.Values(atoms))
	if set.Sufficient && set.Necessary {
		g.narrow(ctx, &set)
	}
	return set
}

func (g *searching) judge(ctx context.Context, parts []int) Set {
	set := Set{Parts: parts, Sufficient: g.settle(ctx, parts) == Fails}
	rest := without(g.parts(g.all), parts)
	set.Without = g.settle(ctx, rest)
	if len(rest) == 0 && g.searched() && !g.over {
		// The premises alone would say that it works: a server that fell over
		// meanwhile, and answers all sets in a third way, would be believed.
		set.Without = g.ask(ctx, rest)
	}
	set.Necessary = set.Without == Works
	return set
}

// searched tells whether anything was asked between the premises and now.
func (g *searching) searched() bool {
	return slices.ContainsFunc(g.result.Trials, func(t Trial) bool { return t.Stage != Premise && t.Stage != Confirm })
}

// narrow looks whether less than an atom is the culprit: its core, then a single
// part. Parts may not make sense alone, so it takes both ends: what is needed to
// fail, and enough to. A signature that was wrong by itself is told from one that
// goes with another body.
func (g *searching) narrow(ctx context.Context, set *Set) {
	if len(set.Atoms) != 1 || len(set.Parts) < 2 {
		return
	}
	atom := set.Atoms[0]
	if atom < len(g.Cores) {
		g.narrowTo(ctx, set, g.Cores[atom])
	}
	for _, part := range g.Atoms[atom][:min(len(set.Parts), maxGuesses)] {
		if slices.Contains(set.Parts, part) && g.narrowTo(ctx, set, []int{part}) {
			return
		}
	}
}

// narrowTo makes a set smaller where less of it is the culprit too.
func (g *searching) narrowTo(ctx context.Context, set *Set, less []int) bool {
	less = slices.Sorted(slices.Values(less))
	if len(less) == 0 || len(less) >= len(set.Parts) {
		return false
	}
	g.stage = Narrow
	if g.verdict(ctx, without(g.parts(g.all), less)) != Works || g.verdict(ctx, less) != Fails {
		return false
	}
	g.stage = Confirm
	narrowed := g.judge(ctx, less)
	if !narrowed.Sufficient || !narrowed.Necessary {
		return false
	}
	narrowed.Atoms = set.Atoms
	*set = narrowed
	return true
}
