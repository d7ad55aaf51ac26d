package diff

import "strings"

// firstDifference is the pair to look at where all outcomes are alike: the
// first whose answer tells of a failure under an unchanged status (a CORS
// header, an error member), else the first whose request changed, else the
// first that changed at all. -1: none did.
func (c *Comparison) firstDifference() int {
	best, weight := -1, 0
	for i, p := range c.Pairs {
		if p.suspicion > weight {
			best, weight = i, p.suspicion
		}
	}
	return best
}

func suspicion(e *Edit) int {
	switch {
	case e.Side == Response && e.Part == Header && strings.HasPrefix(e.Name, "access-control-"),
		e.Side == Response && e.Part == Failure,
		e.Side == Response && e.Part == Body && e.Op == Add && tellsError(e.Name):
		return 3
	case e.Side == Request:
		return 2
	}
	return 1
}

// tellsError knows the members in which GraphQL (section 7.1 of its
// specification) and OAuth (RFC 6749 section 5.2) put errors under a 200.
func tellsError(pointer string) bool {
	return pointer == "/errors" || pointer == "/error"
}
