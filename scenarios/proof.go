package scenarios

import (
	"cmp"
	"slices"
)

// Trials are what sending requests showed about the places that evidence is
// about.
type Trials struct {
	// Blames tells evidence about a change that was seen to break the request,
	// Clears evidence about one that was seen to make no difference.
	Blames, Clears func(Evidence) bool

	// Necessary tells that the failing request worked without the change: else
	// another one may break it as well.
	Necessary bool

	Note string // how it was proved: "4 requests: …", a clause
}

// What a proof makes of confidences.
const (
	confidenceProved    = 0.99
	confidenceEnough    = 0.90 // the change is enough, and so may be another
	confidenceUnderdone = 0.50 // of what no trial was about, beside a proof
)

// Proved is the diagnosis with what trials showed. Findings about the change
// that breaks the request share its confidence as they shared theirs, for which
// of the causes a change is of, no trial tells; those about changes that make no
// difference are ruled out. A finding stands for its symptoms too. The diagnosis
// itself is left as it is.
func (d Diagnosis) Proved(p Trials) Diagnosis {
	out := d
	out.Findings, out.Tie = nil, nil
	out.RuledOut = slices.Clone(d.RuledOut)
	total := 0.0
	for _, f := range d.Findings {
		if d.has(f, p.Blames) {
			total += f.Confidence
		}
	}
	best := confidenceEnough
	if p.Necessary {
		best = confidenceProved
	}
	for _, f := range d.Findings {
		switch {
		case total > 0 && d.has(f, p.Blames):
			f.Confidence = best * f.Confidence / total
			f.Evidence = slices.Insert(slices.Clone(f.Evidence), 0, Evidence{Strength: Decisive, Source: FromTrial, Side: Bad, Entry: d.Entry, Note: p.Note})
			out.Findings = append(out.Findings, f)
		case d.has(f, p.Clears):
			f.Confidence = 0
			f.Against = append(slices.Clone(f.Against), Evidence{Strength: RulesOut, Source: FromTrial, Side: Bad, Entry: d.Entry,
				Note: "the working request was sent with what it rests on, and works"})
			out.RuledOut = append(out.RuledOut, f)
		default:
			if total > 0 {
				f.Confidence = min(f.Confidence, confidenceUnderdone)
			}
			out.Findings = append(out.Findings, f)
		}
	}
	slices.SortStableFunc(out.Findings, func(a, b Finding) int { return cmp.Compare(b.Confidence, a.Confidence) })
	out.Tie = tieOf(out.Findings)
	return out
}

// has tells whether a finding, or a symptom that it explains, rests on evidence
// of a kind.
func (d Diagnosis) has(f Finding, is func(Evidence) bool) bool {
	if rests(f, is) {
		return true
	}
	return slices.ContainsFunc(d.Symptoms, func(s Finding) bool {
		return slices.Contains(f.Cause.Explains, s.Cause.ID) && rests(s, is)
	})
}

func rests(f Finding, is func(Evidence) bool) bool {
	return is != nil && slices.ContainsFunc(f.Evidence, func(e Evidence) bool { return e.Strength != Weak && is(e) })
}
