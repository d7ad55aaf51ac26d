package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/replaydiff/replay/harness/results"
)

// A difference is one change of one field, in the answers to any number of
// kinds of request: a proxy that adds a header adds it everywhere, and is told
// of once.
type difference struct {
	results.Group // the first of groups
	groups        []results.Group
	count, of     int    // answers, of all groups
	answered      string // by which requests: equal for differences of the same answers
}

// A block is what a report shows in one piece: differences that the same
// answers have.
type block struct {
	*difference // the first of differences
	differences []*difference
	findings    []*results.Finding // of all differences, each cause once
}

// blocksOf puts together what belongs together: first the same difference in
// answers to several kinds of request, then the differences of the same
// answers. They stand in the order of [results.OrderOf].
func blocksOf(groups []results.Group) []*block {
	differences := differencesOf(groups)
	var blocks []*block
	known := map[string]*block{}
	for _, d := range differences {
		key := fmt.Sprint(d.Regression, d.Flow, "\x00", d.answered)
		b := known[key]
		if b == nil {
			b = &block{difference: d}
			known[key], blocks = b, append(blocks, b)
		}
		b.differences = append(b.differences, d)
		b.addFinding(d.Finding)
	}
	return blocks
}

func (b *block) addFinding(f *results.Finding) {
	if f == nil {
		return
	}
	for i, known := range b.findings {
		if known.Cause == f.Cause {
			if f.Confidence > known.Confidence {
				b.findings[i] = f
			}
			return
		}
	}
	b.findings = append(b.findings, f)
}

func differencesOf(groups []results.Group) []*difference {
	var list []*difference
	known := map[string]*difference{}
	for _, g := range groups {
		key := keyOf(g)
		d := known[key]
		if d == nil {
			d = &difference{Group: g}
			known[key], list = d, append(list, d)
		}
		d.groups = append(d.groups, g)
		d.count += g.Count
		d.of += g.Of
	}
	for _, d := range list {
		var b strings.Builder
		for _, g := range d.groups {
			fmt.Fprintf(&b, "%d of %d %s\x00", g.Count, g.Of, g.Template)
		}
		d.answered = b.String()
	}
	slices.SortStableFunc(list, func(a, b *difference) int { return results.OrderOf(&a.Group, &b.Group, a.count, b.count) })
	return list
}

// keyOf is what makes two groups the same difference. Values that vary are
// not compared.
func keyOf(g results.Group) string {
	cause := ""
	if g.Finding != nil {
		cause = g.Finding.Cause
	}
	value := func(s *string) string {
		if s == nil {
			return "-"
		}
		return "=" + *s
	}
	return strings.Join([]string{
		string(g.Flow), g.Field, string(g.Kind), fmt.Sprint(g.Regression, g.Varies), value(g.Old), value(g.New), cause,
	}, "\x00")
}

// answers tells in how many answers a difference is, and to which requests.
func (d *difference) answers() (number, requests string) {
	if len(d.groups) > 1 {
		return outOf(d.count, d.of), fmt.Sprintf("%d kinds of request, such as %s", len(d.groups), safe(d.Template))
	}
	return outOf(d.count, d.of), safe(d.Template)
}

// outOf is "41 of 41 answers", "the answer".
func outOf(n, of int) string {
	if of <= 1 {
		return "the answer"
	}
	return fmt.Sprintf("%d of %d answers", n, of)
}
