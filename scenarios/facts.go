package scenarios

import "github.com/replaydiff/replay/diff/traffic"

// facts are what a View has drawn from the captures so far. Each is filled by
// the method of View that returns it.
type facts struct {
	logged *Logged // of the failing exchange; nil: there are no logs

	voice *voiceFacts
	token *tokenFacts
	flow  *flowFacts
	jars  *cookieFacts
	cors  *corsFacts

	passing map[string]bool                          // see passingChanges
	cookies map[*traffic.Request]map[string][]string // see cookieValues
}

// capture returns the capture of a side.
func (v *View) capture(side Side) *traffic.Capture {
	if side == OK {
		return v.Comparison.OK
	}
	return v.Comparison.Bad
}

// Counterpart returns the exchange that an exchange of the other side was
// paired with.
func (v *View) Counterpart(side Side, entry int) (*traffic.Exchange, bool) {
	for _, p := range v.Pairs {
		if side == OK && p.OK == entry {
			return v.Comparison.Bad.Exchanges[p.Bad], true
		}
		if side == Bad && p.Bad == entry {
			return v.Comparison.OK.Exchanges[p.OK], true
		}
	}
	return nil, false
}
