package isolate

import (
	"cmp"
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/scenarios"
)

// Rank orders the atoms by how likely a diagnosis makes them, and tells how many
// it blames, a credential in place of none. Entries are those that the differences were made of.
func (d *Differences) Rank(diagnosis scenarios.Diagnosis, entries []Entry) (order []int, blamed int) {
	scores := make([]float64, len(d.Parts))
	for _, list := range [][]scenarios.Finding{diagnosis.Findings, diagnosis.Symptoms, diagnosis.Triggers} {
		for _, f := range list {
			for _, e := range f.Evidence {
				d.blame(scores, e, entries, max(f.Confidence, leastBlame))
			}
		}
	}
	of := func(a int) (score float64) {
		for _, i := range d.Atoms[a].Parts {
			score = max(score, scores[i])
		}
		return score
	}
	plausible := func(a int) (p float64) {
		for _, i := range d.Atoms[a].Parts {
			p = max(p, d.plausible(i))
		}
		return p
	}
	for a := range d.Atoms {
		order = append(order, a)
		if of(a) > 0 {
			blamed++
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(of(b), of(a)), cmp.Compare(plausible(b), plausible(a)))
	})
	if blamed == 0 && len(order) > 0 && plausible(order[0]) >= plausibleCredential {
		blamed = 1
	}
	for a := range d.Atoms {
		slices.SortStableFunc(d.Atoms[a].Parts, func(i, k int) int {
			return cmp.Or(cmp.Compare(scores[k], scores[i]), cmp.Compare(d.plausible(k), d.plausible(i)))
		})
	}
	return order, blamed
}

// leastBlame is the confidence that a finding is taken to have at least: a
// symptom has none, but its place is often that of the cause.
const leastBlame = 0.05

// blame adds to the scores of the parts that a piece of evidence is about.
func (d *Differences) blame(scores []float64, e scenarios.Evidence, entries []Entry, confidence float64) {
	for i := range d.Parts {
		if d.IsAbout(i, e, entries) {
			scores[i] += confidence * weight(e.Strength)
		}
	}
}

// IsAbout tells whether a piece of evidence is about a part.
func (d *Differences) IsAbout(part int, e scenarios.Evidence, entries []Entry) bool {
	p := &d.Parts[part]
	return e.Speaks() && p.isAbout(e.At) && slices.ContainsFunc(entries, func(n Entry) bool {
		return n.OK == p.Entry && (e.Side == scenarios.OK && e.Entry == n.OK || e.Side == scenarios.Bad && e.Entry == n.Bad)
	})
}

// isAbout tells whether an edit is at the place of a part. An observation may
// name the whole field where the part is but its scheme.
func (p *Part) isAbout(at diff.Edit) bool {
	place := placeOf(at)
	return place != "" && within(p.Place, place)
}

func weight(s scenarios.Strength) float64 {
	switch s {
	case scenarios.Decisive:
		return 1
	case scenarios.Strong:
		return 0.5
	}
	return 0.2
}

// plausibleCredential is from where on a place is tried alone although no finding
// names it.
const plausibleCredential = 8

// plausible is how often a place is at fault, of those that no finding names:
// credentials before addresses before what else is asked.
func (d *Differences) plausible(i int) float64 {
	p := &d.Parts[i]
	if p.Drop {
		return 4
	}
	if p.Noise != "" {
		return 0
	}
	if formOnly(p.Edits) {
		return 1
	}
	ok, bad := d.ok[p.Entry], d.bad[p.Entry]
	kind, name, _ := strings.Cut(p.Place, " ")
	switch {
	case within("header authorization", p.Place):
		return 9
	case credentialAt(p.Place, ok, bad):
		return plausibleCredential
	case kind == "origin" || kind == "method" || kind == "path" || kind == "url" || p.Place == "header host" || p.Place == "header origin":
		return 7
	case diff.CarriesAuthority(name):
		return 6
	case kind == "cookie" || kind == "query":
		return 5
	case p.Place == "header content-type" || p.Place == "body":
		return 4
	}
	return 3
}

// formOnly tells edits that change how something is written, and not what.
func formOnly(edits []diff.Edit) bool {
	return !slices.ContainsFunc(edits, func(e diff.Edit) bool {
		return e.Op != diff.Respell && e.Op != diff.Layout && e.Op != diff.Reorder
	})
}
