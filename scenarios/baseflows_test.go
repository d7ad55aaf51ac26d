package scenarios

import "slices"

// The working flows that causes are put into. Rules and weights may be tuned
// on one set; the floors hold on the other, which has other hosts, names,
// servers and shapes.

type flowSet string

const (
	tuning   flowSet = "tuning"
	checking flowSet = "checking"
)

// A baseFlow is a flow that works.
type baseFlow struct {
	name   string
	set    flowSet
	record func(*take) // seeded: each take is another recording of the same
}

// take records the flow; number 0 is the one that worked.
func (f baseFlow) take(number uint64) *take {
	t := newTake(f.name, number)
	f.record(t)
	return t
}

func baseFlows() []baseFlow {
	return slices.Concat(apiFlows(), keyFlows(), passwordFlows(), signedFlows(), oauthFlows(), sessionFlows(), pageFlows())
}
