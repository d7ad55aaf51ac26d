package scenarios

import (
	"cmp"
	"slices"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
)

// A Diagnosis is what two captures, or one, say about a failure.
type Diagnosis struct {
	Findings []Finding // best first
	Symptoms []Finding // what the findings explain: shown, not competing
	Triggers []Finding // another address that set the first finding off: shown, not competing
	RuledOut []Finding // what something speaks for, and something else makes impossible
	Tie      *Tie      // the best two, where nothing tells them apart
	Answerer Answerer  // who made the failing answer
	Pair     int       // index into Comparison.Pairs, -1: none
	Entry    int       // index of the failing exchange in the failing capture, -1: nothing fails

	// OtherKeys tells that secrets of the two captures are marks of different
	// keys, or marks in one of them alone, so that nothing can be told from
	// their being different ([mask.Keys]).
	OtherKeys bool
}

// A Finding is a cause with what speaks for and against it.
type Finding struct {
	Cause      *Cause
	Confidence float64 // 0…1
	Evidence   []Evidence
	Against    []Evidence
}

// Word is a confidence in a word.
func (f Finding) Word() string {
	switch {
	case f.Confidence >= 0.97:
		return "certain"
	case f.Confidence >= 0.85:
		return "cause"
	case f.Confidence >= 0.6:
		return "likely"
	default:
		return "possible"
	}
}

// Diagnose names the causes of the first divergence of a comparison. A
// comparison in which nothing fails has no findings. Of captures that were
// redacted with different keys it names the causes alone that do not rest on a
// mark being another one.
func Diagnose(c *diff.Comparison) Diagnosis { return DiagnoseLogged(c, nil) }

// DiagnoseOne explains a failing capture that has no working one beside it.
func DiagnoseOne(bad *traffic.Capture) Diagnosis {
	return Diagnose(diff.Compare(&traffic.Capture{}, bad, diff.Options{}))
}

// A candidate is a cause on its way through the ranking.
type candidate struct {
	Finding
	score  float64
	vetoed bool
}

func (d *Diagnosis) rank(v *View, causes []*Cause) {
	candidates := examine(v, causes)
	competing, explained, triggers := setAside(candidates)
	scores := make([]float64, len(competing))
	for i, c := range competing {
		scores[i] = c.score
	}
	for i, p := range confidences(scores) {
		c := &competing[i]
		c.Confidence = v.withoutAnswer(min(p, ceiling(c.Cause, c.Evidence)))
	}
	slices.SortStableFunc(competing, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.Confidence, a.Confidence), cmp.Compare(b.score, a.score))
	})
	for _, c := range competing[:min(maxFindings, len(competing))] {
		if c.Confidence >= minConfidence {
			d.Findings = append(d.Findings, c.Finding)
		}
	}
	d.Symptoms, d.Triggers = findingsOf(explained), findingsOf(triggers)
	for _, c := range candidates {
		if c.vetoed {
			d.RuledOut = append(d.RuledOut, c.Finding)
		}
	}
	d.Tie = tieOf(d.Findings)
}

// examine runs the detectors and scores what they found.
func examine(v *View, causes []*Cause) []candidate {
	found := map[string][]Evidence{}
	gated := gates(v)
	var candidates []candidate
	for _, c := range causes {
		var evidence []Evidence
		if !gated(c.ID) { // else what it judges by was removed from the capture
			evidence = c.Detect(v)
		}
		evidence = v.withLogs(c.ID, evidence)
		if !slices.ContainsFunc(evidence, Evidence.Speaks) {
			continue
		}
		found[c.ID] = evidence
	}
	yieldToCaptures(found)
	for _, c := range causes {
		if evidence, ok := found[c.ID]; ok {
			candidates = append(candidates, candidate{Finding: weigh(c, evidence)})
		}
	}
	for i := range candidates {
		c := &candidates[i]
		evidence := found[c.Cause.ID]
		c.score, c.vetoed = score(c.Cause, evidence)
		owned := evidence
		for _, id := range c.Cause.Explains {
			owned = append(owned[:len(owned):len(owned)], found[id]...)
		}
		c.score += v.coverage(c.Cause, evidence, owned)
	}
	return candidates
}

func findingsOf(candidates []candidate) []Finding {
	var list []Finding
	for _, c := range candidates {
		list = append(list, c.Finding)
	}
	return list
}

// weigh parts evidence into for and against, strongest first.
func weigh(c *Cause, evidence []Evidence) Finding {
	f := Finding{Cause: c}
	for _, e := range evidence {
		if e.Speaks() {
			f.Evidence = append(f.Evidence, e)
		} else {
			f.Against = append(f.Against, e)
		}
	}
	slices.SortStableFunc(f.Evidence, func(a, b Evidence) int { return cmp.Compare(b.Strength, a.Strength) })
	return f
}

// Chain tells how it came about: the trigger, the best finding, its symptoms.
// It is nil where the finding stands alone.
func (d Diagnosis) Chain() []*Cause {
	if len(d.Findings) == 0 || len(d.Triggers)+len(d.Symptoms) == 0 {
		return nil
	}
	best := d.Findings[0].Cause
	var chain []*Cause
	for _, f := range d.Triggers {
		chain = append(chain, f.Cause)
	}
	chain = append(chain, best)
	for _, f := range d.Symptoms {
		if slices.Contains(best.Explains, f.Cause.ID) {
			chain = append(chain, f.Cause)
		}
	}
	if len(chain) == 1 {
		return nil
	}
	return chain
}
