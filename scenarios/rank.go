package scenarios

import (
	"cmp"
	"math"
	"slices"
)

// The weights of evidence, in natural log odds.
const (
	weightDecisive = 6.0
	weightStrong   = 3.0
	weightWeak     = 1.0
	weightAgainst  = -2.0

	shareOfOthers = 0.25 // of further evidence of one source
	maxDecisive   = 2    // further decisive evidence counts as strong

	unownedChange = -0.7 // for each change of the request that a cause leaves unexplained
	maxUnowned    = -2.0

	harmlessChange = -2.0 // a change that other requests have too, and work
	otherOutcome   = -3.0 // an end that the cause does not lead to

	priorUnknown = 1.5 // the cause that the catalogue lacks
	temperature  = 1.3

	minConfidence = 0.05
	maxFindings   = 5
)

// score adds up the evidence of a cause; vetoed where something rules it out.
func score(c *Cause, evidence []Evidence) (s float64, vetoed bool) {
	bySource := map[Source][]float64{}
	decisive := 0
	for _, e := range evidence {
		switch e.Strength {
		case RulesOut:
			return 0, true
		case Against:
			s += weightAgainst
		case Decisive:
			w := weightDecisive
			if decisive++; decisive > maxDecisive {
				w = weightStrong
			}
			bySource[e.Source] = append(bySource[e.Source], w)
		case Strong:
			bySource[e.Source] = append(bySource[e.Source], weightStrong)
		case Weak:
			bySource[e.Source] = append(bySource[e.Source], weightWeak)
		}
	}
	for _, weights := range bySource {
		slices.SortFunc(weights, func(a, b float64) int { return cmp.Compare(b, a) })
		for i, w := range weights {
			if i > 0 {
				w *= shareOfOthers
			}
			s += w
		}
	}
	return s + c.Prior, false
}

// The ceilings of confidence, by the kind of evidence. On generated pairs the
// answers near them are right more often than that (TestCalibration); real
// captures hold surprises.
const (
	ceilingWeak      = 0.45
	ceilingStrong    = 0.75 // strong alone, or a cause that only another vantage point can show
	ceilingDecisive  = 0.95
	ceilingSeconded  = 0.98 // decisive, and something strong from another source
	ceilingConfirmed = 0.99 // decisive from two sources
)

// ceiling bounds the confidence by the kind of evidence.
func ceiling(c *Cause, evidence []Evidence) float64 {
	decisive, strong := map[Source]bool{}, map[Source]bool{}
	for _, e := range evidence {
		switch e.Strength {
		case Decisive:
			decisive[e.Source] = true
		case Strong:
			strong[e.Source] = true
		}
	}
	switch {
	case c.SeenFromInside && !decisive[FromInside] && !strong[FromInside]:
		return ceilingStrong
	case len(decisive) >= 2:
		return ceilingConfirmed
	case len(decisive) == 1 && len(without(strong, decisive)) > 0:
		return ceilingSeconded
	case len(decisive) == 1:
		return ceilingDecisive
	case len(strong) > 0:
		return ceilingStrong
	}
	return ceilingWeak
}

func without(set, others map[Source]bool) []Source {
	var left []Source
	for s := range set {
		if !others[s] {
			left = append(left, s)
		}
	}
	return left
}

// confidences turns scores into probabilities beside an unknown cause.
func confidences(scores []float64) []float64 {
	top := priorUnknown
	for _, s := range scores {
		top = max(top, s)
	}
	sum := math.Exp((priorUnknown - top) / temperature)
	out := make([]float64, len(scores))
	for i, s := range scores {
		out[i] = math.Exp((s - top) / temperature)
		sum += out[i]
	}
	for i := range out {
		out[i] /= sum
	}
	return out
}
