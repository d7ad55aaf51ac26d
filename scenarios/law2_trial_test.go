package scenarios

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
)

// A trial is one cause put into one flow, and what was made of it. It holds no
// diagnosis: those of thousands would keep as many captures.
type trial struct {
	cause    *Cause
	flow     baseFlow
	target   int
	speech   Speech
	take     uint64
	found    []string // causes, the likeliest first
	symptoms []string
	sure     float64 // of the first
}

func (x trial) String() string {
	return fmt.Sprintf("%s in %s, entry %d, %s, take %d", x.cause.ID, x.flow.name, x.target, x.speech, x.take)
}

// saw keeps what a diagnosis says.
func (x *trial) saw(d Diagnosis) {
	for i, f := range d.Findings {
		if i == 0 {
			x.sure = f.Confidence
		}
		x.found = append(x.found, f.Cause.ID)
	}
	for _, f := range d.Symptoms {
		x.symptoms = append(x.symptoms, f.Cause.ID)
	}
}

// first tells whether the cause was ranked first. A symptom or a shape may
// stand below what explains it.
func (x trial) first() bool {
	if x.answer() == x.cause.ID {
		return true
	}
	below := x.cause.Kind == Symptom || x.cause.Kind == Shape
	return below && slices.Contains(x.symptoms, x.cause.ID)
}

func (x trial) firstThree() bool {
	return x.first() || slices.Contains(x.found[:min(3, len(x.found))], x.cause.ID)
}

func (x trial) answer() string {
	if len(x.found) == 0 {
		return "nothing"
	}
	return x.found[0]
}

func (x trial) confidence() float64 { return x.sure }

// A setting is the recording that a cause is put into and the server that
// refuses it. Take 0 is the working one itself, the others bring noise.
type setting struct {
	take   uint64
	speech Speech
}

// settings hold each speech with and without noise that matters. The race
// detector makes each trial five times as long, so under it they are those that
// floors are about.
func settings() []setting {
	if raceEnabled {
		return []setting{{0, Informative}, {1, Informative}, {2, Mute}}
	}
	return []setting{{0, Informative}, {0, Page}, {1, Plain}, {1, Mute}, {2, Informative}, {2, Mute}}
}

// trials puts every cause into every flow that it fits, once for all tests.
var trials = sync.OnceValue(func() []trial {
	flows := baseFlows()
	lists := make([][]trial, len(flows))
	next := make(chan int)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for i := range next {
				lists[i] = tryIn(flows[i])
			}
		})
	}
	for i := range flows {
		next <- i
	}
	close(next)
	workers.Wait()
	return slices.Concat(lists...)
})

func tryIn(f baseFlow) []trial {
	var list []trial
	ok, noisy := f.take(0), map[uint64]*traffic.Capture{}
	for _, s := range settings() {
		noisy[s.take] = noisyTake(f, s.take).capture
	}
	for _, c := range Catalogue() {
		if c.Inject == nil {
			continue
		}
		for _, target := range ok.decisive {
			for _, s := range settings() {
				bad, err := inject(c, noisy[s.take], target, s.speech, s.take)
				if err != nil {
					continue
				}
				x := trial{cause: c, flow: f, target: target, speech: s.speech, take: s.take}
				x.saw(Diagnose(diff.Compare(ok.capture, bad, diff.Options{})))
				list = append(list, x)
			}
		}
	}
	return list
}

// inject puts a cause into a flow and numbers what came out.
func inject(c *Cause, flow *traffic.Capture, target int, speech Speech, seed uint64) (*traffic.Capture, error) {
	in := NewInjection(flow, target, speech, rand.New(rand.NewPCG(seed, uint64(target))))
	if err := c.Inject(in); err != nil {
		return nil, err
	}
	for i, x := range in.Flow.Exchanges {
		x.Index = i
	}
	return in.Flow, nil
}

// TestInjectManners: an injector says plainly where it does not fit, leaves
// the working flow alone, and does the same for the same seed.
func TestInjectManners(t *testing.T) {
	for _, f := range baseFlows() {
		for _, c := range Catalogue() {
			if c.Inject == nil {
				continue
			}
			for _, target := range f.take(0).decisive {
				flow := f.take(0).capture
				bad, err := inject(c, flow, target, Informative, 1)
				if !same(flow, f.take(0).capture) {
					t.Errorf("%s changes the working flow %s", c.ID, f.name)
				}
				if err != nil {
					if !errors.Is(err, ErrCannotInject) {
						t.Errorf("%s in %s: %v is no ErrCannotInject", c.ID, f.name, err)
					}
					continue
				}
				if again, _ := inject(c, flow, target, Informative, 1); !same(bad, again) {
					t.Errorf("%s in %s is another with the same seed", c.ID, f.name)
				}
			}
		}
	}
}

// same tells whether two captures hold the same exchanges.
func same(a, b *traffic.Capture) bool {
	return slices.EqualFunc(a.Exchanges, b.Exchanges, func(x, y *traffic.Exchange) bool { return len(diff.Between(x, y)) == 0 })
}
