package suite

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios"
)

// Live is what a scenario is put into.
type Live struct {
	Flow  *traffic.Capture // the working flow as it would be sent, with live credentials
	Entry int              // of the request that shall fail; see [Entry]
	Now   time.Time
	Seed  uint64 // of what is made up: the same seed makes the same up

	Signer            scenarios.Signer                   // nil: nothing can be signed
	Secret            func(place string) (string, error) // nil: no place is known
	ClientCertificate bool                               // the run presents one
}

// Inject tells how the scenario is put into a flow. Flow stays as it is. The
// error is scenarios.ErrCannotInject where the cause has no place in it, and
// scenarios.ErrNotTestable where something is missing.
func (s Scenario) Inject(l Live) (*scenarios.Moves, error) {
	c := s.Of()
	if c == nil {
		return nil, unknownCause(s.Cause)
	}
	if l.Entry < 0 || l.Entry >= len(l.Flow.Exchanges) {
		return nil, fmt.Errorf("entry %d is not in the flow", l.Entry)
	}
	return c.InjectLive(&scenarios.Injection{
		Flow: l.Flow, Target: l.Entry, Rand: rand.New(rand.NewPCG(l.Seed, uint64(l.Entry))), Now: l.Now, With: s.Parameters,
		Live: &scenarios.Live{Signer: l.Signer, Secret: l.Secret, ClientCertificate: l.ClientCertificate},
	})
}

// Judge carries out a scenario that is about the capture itself, for which
// nothing is sent: the cause is put into the flow, and has to be found there.
func (s Scenario) Judge(flow *traffic.Capture, entry int, seed uint64) (Result, error) {
	c := s.Of()
	switch {
	case c == nil:
		return Result{}, unknownCause(s.Cause)
	case c.Enforced != scenarios.ByCapture:
		return Result{}, fmt.Errorf("%s is shown by requests: see Inject", s.Cause)
	}
	in := scenarios.NewInjection(flow, entry, scenarios.Informative, rand.New(rand.NewPCG(seed, uint64(entry))))
	if err := c.Inject(in); err != nil {
		return Result{}, err
	}
	d := scenarios.Diagnose(diff.Compare(flow, in.Flow, diff.Options{}))
	if len(d.Findings) > 0 && d.Findings[0].Cause.ID == s.Cause {
		return Result{Verdict: Holds}, nil
	}
	return Result{Verdict: Broken, Mismatch: []Mismatch{{Place: "diagnosis", Want: s.Cause, Came: "another cause"}}}, nil
}
