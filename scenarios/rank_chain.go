package scenarios

import "slices"

// setAside takes out what does not compete: symptoms
// that a well-supported mechanism explains, and the other address that set a
// mechanism off.
func setAside(candidates []candidate) (competing, explained, triggers []candidate) {
	carries := func(c candidate) bool { return !c.vetoed && c.supported() && c.score >= priorUnknown }
	mechanism := slices.ContainsFunc(candidates, func(c candidate) bool { return carries(c) && c.simulated() })
	below := map[string]bool{}
	for _, c := range candidates {
		if !carries(c) || mechanism && isTrigger(c.Cause.ID) {
			continue // a trigger stands beside the mechanism, not above it
		}
		for _, id := range c.Cause.Explains {
			below[id] = true
		}
	}
	for _, c := range candidates {
		switch {
		case c.vetoed:
		case below[c.Cause.ID] && !explainsBack(candidates, c), yields(candidates, c):
			explained = append(explained, c)
		case mechanism && isTrigger(c.Cause.ID):
			triggers = append(triggers, c)
		default:
			competing = append(competing, c)
		}
	}
	return competing, explained, triggers
}

// explainsBack tells whether two causes each claim to explain the other: then
// the better one stays.
func explainsBack(candidates []candidate, c candidate) bool {
	for _, other := range candidates {
		if slices.Contains(other.Cause.Explains, c.Cause.ID) && slices.Contains(c.Cause.Explains, other.Cause.ID) {
			return c.score > other.score
		}
	}
	return false
}

// yields tells whether the verdict that nothing differs is worth no more than a
// cause that leaves no trace in the request, and of which something else speaks
// strongly. A server error is a verdict of its own.
func yields(candidates []candidate, c candidate) bool {
	if c.Cause.ID != "no-difference" || c.strongest() == Decisive {
		return false
	}
	return slices.ContainsFunc(candidates, func(other candidate) bool {
		return !other.vetoed && other.Cause.Kind != Verdict && other.strongest() >= Strong && other.score >= priorUnknown
	})
}

// strongest is the strength of the best evidence for a cause.
func (c candidate) strongest() Strength { return c.Evidence[0].Strength }

// isTrigger knows the causes that are another address. Where a browser's rule
// then withheld a cookie or an answer, the rule is the cause that can be mended
// with both addresses in use.
func isTrigger(id string) bool {
	return slices.Contains([]string{"wrong-host", "wrong-scheme", "wrong-path"}, id)
}

// simulated tells whether a browser's rule was seen to fail.
func (c candidate) simulated() bool {
	return slices.ContainsFunc(c.Evidence, func(e Evidence) bool { return e.Source == FromSimulation && e.Strength == Decisive })
}

// supported tells whether one decisive or two strong pieces speak for it.
func (c candidate) supported() bool {
	strong := 0
	for _, e := range c.Evidence {
		switch e.Strength {
		case Decisive:
			return true
		case Strong:
			strong++
		}
	}
	return strong >= 2
}
