package scenarios

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// The floors of law 2, for the whole catalogue and for each cause.
const (
	floorInformative = 0.90 // ranked first where the server says why
	floorMute        = 0.60 // ranked first where it says nothing
	floorThree       = 0.95 // among the first three, whatever it says
)

// An exemption lowers a floor for one cause.
type exemption struct {
	cause       string
	informative float64
	mute        float64
	three       float64
	reason      string
}

// exemptions are the causes that captures of a client can't tell apart well
// enough. None goes without its reason.
var exemptions = []exemption{
	{"authorization-dropped-by-proxy", 0.85, 0, 0.65, "the request is the same as before and a mute 401 says nothing: \"nothing differs, look at the server\" is the honest answer"},
	{"proxy-rewrite", floorInformative, 0, 0.65, "what a proxy makes of a request can't be seen from the client; a mute answer leaves nothing to go by"},
}

func floorsOf(id string) exemption {
	for _, e := range exemptions {
		if e.cause == id {
			return e
		}
	}
	return exemption{cause: id, informative: floorInformative, mute: floorMute, three: floorThree}
}

// TestLaw2: Diagnose(ok, Inject(ok)) ranks the injected cause first.
func TestLaw2(t *testing.T) {
	byCause := map[string][]trial{}
	for _, x := range trials() {
		byCause[x.cause.ID] = append(byCause[x.cause.ID], x)
	}
	for _, c := range Catalogue() {
		if c.Inject != nil && len(byCause[c.ID]) == 0 {
			t.Errorf("%s fits no flow: its injector is tested by nothing", c.ID)
		}
	}
	for _, e := range exemptions {
		if e.reason == "" || byCause[e.cause] == nil {
			t.Errorf("the exemption of %s has no reason or no use", e.cause)
		}
	}
	t.Log("\n" + confusion(byCause))
	for _, id := range slices.Sorted(maps.Keys(byCause)) {
		held := inSet(byCause[id], checking)
		if len(held) == 0 {
			held = byCause[id]
		}
		floors := floorsOf(id)
		expectShare(t, id+" where the server says why", share(spoken(held, Informative), trial.first), floors.informative)
		expectShare(t, id+" where it says nothing", share(spoken(held, Mute), trial.first), floors.mute)
		expectShare(t, id+" among the first three", share(held, trial.firstThree), floors.three)
	}
	all := inSet(trials(), checking)
	expectShare(t, "all where the server says why", share(spoken(all, Informative), trial.first), floorInformative)
	expectShare(t, "all where it says nothing", share(spoken(all, Mute), trial.first), floorMute)
	expectShare(t, "all among the first three", share(all, trial.firstThree), floorThree)
}

func expectShare(t *testing.T, what string, got, floor float64) {
	t.Helper()
	if got < floor {
		t.Errorf("%s: %.3f, want %.2f", what, got, floor)
	}
}

func spoken(list []trial, s Speech) []trial {
	return slices.DeleteFunc(slices.Clone(list), func(x trial) bool { return x.speech != s })
}

func inSet(list []trial, set flowSet) []trial {
	return slices.DeleteFunc(slices.Clone(list), func(x trial) bool { return x.flow.set != set })
}

// share is how many of a list are so; 1 of none.
func share(list []trial, is func(trial) bool) float64 {
	if len(list) == 0 {
		return 1
	}
	n := 0
	for _, x := range list {
		if is(x) {
			n++
		}
	}
	return float64(n) / float64(len(list))
}

// confusion is a row for each cause: how often it was ranked first, by speech,
// and what was said instead.
func confusion(byCause map[string][]trial) string {
	var b strings.Builder
	row := func(id string, list []trial) {
		fmt.Fprintf(&b, "%-34s %5d", id, len(list))
		for _, s := range Speeches() {
			fmt.Fprintf(&b, " %11.2f", share(spoken(list, s), trial.first))
		}
		fmt.Fprintf(&b, " %6.2f  %s\n", share(list, trial.firstThree), saidInstead(list))
	}
	fmt.Fprintf(&b, "%-34s %5s", "cause", "n")
	for _, s := range Speeches() {
		fmt.Fprintf(&b, " %11s", s)
	}
	fmt.Fprintf(&b, " %6s  %s\n", "top 3", "said instead")
	for _, id := range slices.Sorted(maps.Keys(byCause)) {
		row(id, byCause[id])
	}
	row("tuning", inSet(trials(), tuning))
	row("checking", inSet(trials(), checking))
	return b.String()
}

// saidInstead counts the wrong answers, with the flow of the first of each.
func saidInstead(list []trial) string {
	counts, where := map[string]int{}, map[string]string{}
	for _, x := range list {
		if x.first() {
			continue
		}
		if counts[x.answer()]++; where[x.answer()] == "" {
			where[x.answer()] = fmt.Sprintf("%s[%d] %s", x.flow.name, x.target, x.speech)
		}
	}
	var parts []string
	for _, id := range slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(counts[b]-counts[a], strings.Compare(a, b))
	})[:min(4, len(counts))] {
		parts = append(parts, fmt.Sprintf("%s ×%d (%s)", id, counts[id], where[id]))
	}
	return strings.Join(parts, ", ")
}
