package scenarios

import (
	"fmt"
	"slices"
	"testing"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
)

// maxSilent is what no cause may reach where nothing fails (law 2).
const maxSilent = 0.3

func TestFlowsWork(t *testing.T) {
	for _, f := range baseFlows() {
		take := f.take(0)
		if len(take.decisive) == 0 {
			t.Errorf("%s: nothing in it is worth breaking", f.name)
		}
		for _, i := range take.decisive {
			if x := take.capture.Exchanges[i]; !Works(x) {
				t.Errorf("%s: %s does not work", f.name, name(x))
			}
		}
		if d := DiagnoseOne(take.capture); len(d.Findings) > 0 && d.Findings[0].Confidence >= maxSilent {
			t.Errorf("%s alone: %s", f.name, verdict(d))
		}
	}
}

func TestFlowSetsAreDisjoint(t *testing.T) {
	hosts := map[flowSet]map[string]bool{tuning: {}, checking: {}}
	for _, f := range baseFlows() {
		for _, x := range f.take(0).capture.Exchanges {
			hosts[f.set][x.Request.ParsedURL().Host] = true
		}
	}
	for host := range hosts[tuning] {
		if hosts[checking][host] {
			t.Errorf("%s is in both sets", host)
		}
	}
}

func TestSilentOnEqualPairs(t *testing.T) {
	for _, f := range baseFlows() {
		expectSilence(t, f.name+", equal", f.take(0).capture, f.take(0).capture)
	}
}

func TestSilentOnNoise(t *testing.T) {
	for _, f := range baseFlows() {
		for number := uint64(1); number <= 3; number++ {
			expectSilence(t, fmt.Sprintf("%s, take %d", f.name, number), f.take(0).capture, f.take(number).capture)
			expectSilence(t, fmt.Sprintf("%s, noisy take %d", f.name, number), f.take(0).capture, noisyTake(f, number).capture)
		}
		for _, m := range mutations() {
			noisy := f.take(0)
			m.mutate(noisy.capture, noisy.Rand)
			expectSilence(t, f.name+", "+m.name, f.take(0).capture, noisy.capture)
		}
	}
}

func expectSilence(t *testing.T, what string, ok, bad *traffic.Capture) {
	t.Helper()
	if d := Diagnose(diff.Compare(ok, bad, diff.Options{})); slices.ContainsFunc(d.Findings, func(f Finding) bool { return f.Confidence >= maxSilent }) {
		t.Errorf("%s: %s", what, verdict(d))
	} else if d.Entry >= 0 {
		t.Errorf("%s: %s is taken for a failure", what, name(bad.Exchanges[d.Entry]))
	}
}

// verdict is a diagnosis in a line: the best three.
func verdict(d Diagnosis) string {
	if len(d.Findings) == 0 {
		return "nothing"
	}
	line := ""
	for i, f := range d.Findings[:min(3, len(d.Findings))] {
		if i > 0 {
			line += ", "
		}
		line += fmt.Sprintf("%s %.2f", f.Cause.ID, f.Confidence)
	}
	return line
}

func name(x *traffic.Exchange) string {
	return fmt.Sprintf("entry %d (%s %s)", x.Index, x.Request.Method, x.Request.URL)
}
