package results

import (
	"cmp"
	"slices"
	"strings"
)

// Sort puts the lists of a report in their order, which depends on their
// content alone: regressions first (see [OrderOf]), then by count; skips
// and errors by count; all else by entry or name.
func (r *Report) Sort() {
	slices.SortStableFunc(r.Groups, orderOfGroups)
	slices.SortStableFunc(r.Accepted, orderOfGroups)
	slices.SortStableFunc(r.Noise, func(a, b NoiseCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.Template, b.Template), strings.Compare(a.Field, b.Field), strings.Compare(a.Reason, b.Reason))
	})
	slices.SortStableFunc(r.Skipped, func(a, b Skip) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.Reason, b.Reason))
	})
	slices.SortStableFunc(r.Errors, func(a, b ErrorCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Entry, b.Entry), strings.Compare(a.Text, b.Text))
	})
	slices.SortStableFunc(r.Templates, func(a, b Template) int {
		return cmp.Or(a.Flow.Compare(b.Flow), strings.Compare(a.Template, b.Template))
	})
	slices.SortStableFunc(r.Exchanges, func(a, b Exchange) int {
		return cmp.Or(a.Flow.Compare(b.Flow), cmp.Compare(a.Entry, b.Entry))
	})
}

func orderOfGroups(a, b Group) int {
	return cmp.Or(
		OrderOf(&a, &b, a.Count, b.Count), cmp.Compare(a.Example.Entry, b.Example.Entry),
		a.Flow.Compare(b.Flow), strings.Compare(a.Template, b.Template), strings.Compare(a.Field, b.Field),
		strings.Compare(string(a.Kind), string(b.Kind)))
}

// OrderOf orders two differences that were seen so often: regressions first, of
// them those of the outcome. What fails first may be why the rest fails, so
// outcomes are in the order of the capture, all else is by count.
func OrderOf(a, b *Group, timesA, timesB int) int {
	first := 0
	if a.Regression && b.Regression && a.isOutcome() && b.isOutcome() {
		first = cmp.Compare(a.Example.Entry, b.Example.Entry)
	}
	return cmp.Or(
		-cmp.Compare(rank(a.Regression), rank(b.Regression)), -cmp.Compare(rank(a.isOutcome()), rank(b.isOutcome())),
		first, cmp.Compare(timesB, timesA))
}

// isOutcome tells the difference that all others of an answer come with.
func (g *Group) isOutcome() bool { return g.Field == "response.status" || g.Field == "response.error" }

func rank(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Compare orders the flows of a pair: the working one first.
func (f Flow) Compare(g Flow) int { return cmp.Compare(f.rank(), g.rank()) }

func (f Flow) rank() int {
	switch f {
	case OK:
		return 1
	case Bad:
		return 2
	}
	return 0
}
