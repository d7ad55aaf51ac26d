package report

import (
	"strconv"
	"strings"

	"github.com/replaydiff/replay/harness/results"
)

// maxHolding is how many scenarios that hold are named one by one.
const maxHolding = 30

// cases writes scenarios: what the target accepted first, then what is broken
// or could not be tested, each with all it takes to see why; then those that
// hold, a line each.
func (t *runText) cases() {
	quiet := 0
	list := casesOf(t.r)
	groups := alike(list)
	for i, c := range list {
		if c.Failed() {
			group := groups[whyUntested(&c)]
			if len(group) == 0 || group[0] == i {
				t.line(0)
				t.failedCase(&c, list, group)
			}
			continue
		}
		if quiet++; quiet == 1 {
			t.line(0)
		}
		if quiet > maxHolding && !t.all {
			continue
		}
		t.quietCase(&c)
	}
	if left := quiet - maxHolding; left > 0 && !t.all {
		t.more(left, "scenario")
	}
}

// quietCase is one line: what was done, and what came.
func (t *runText) quietCase(c *results.Case) {
	label, color := caseLabel(c.Verdict)
	came := safe(c.Came)
	name := safe(c.Name)
	if place := casePlace(c); place != "" {
		name += " on " + place
	}
	room := t.width() - runColumn - 2 - columns(came)
	if room < 20 || t.all && columns(name) > room {
		t.line(runColumn, span{color, pad(label, runColumn)}, plain(name+"  "), span{dim, came})
		return
	}
	t.line(runColumn, span{color, pad(label, runColumn)}, plain(pad(cutMiddle(name, room), room)+"  "), span{dim, came})
	if c.Verdict == results.CaseNotReproduced && t.all {
		t.labelled(runColumn, "", span{dim, "expected " + safe(c.Want) + "; this server does not mind"})
	}
}

// alike puts scenarios together that one thing keeps from being tested, by that
// thing: it is told once.
func alike(list []results.Case) map[string][]int {
	groups := map[string][]int{}
	for i := range list {
		if key := whyUntested(&list[i]); key != "" {
			groups[key] = append(groups[key], i)
		}
	}
	return groups
}

// whyUntested is what keeps a scenario from being tested; "" for one that was.
func whyUntested(c *results.Case) string {
	if c.Verdict != results.CaseNotTestable {
		return ""
	}
	cause := ""
	if c.Finding != nil {
		cause = c.Finding.Cause
	}
	return strings.Join([]string{c.Reason, strconv.Itoa(c.Entry), c.User, cause}, "\n")
}

// failedCase is a scenario with all that it takes to see what is wrong, and the
// names of others of which the same is to be said.
func (t *runText) failedCase(c *results.Case, list []results.Case, group []int) {
	label, color := caseLabel(c.Verdict)
	t.line(runColumn, span{color, pad(label, runColumn)}, span{bold, safe(c.Name)})
	for _, i := range group[min(1, len(group)):] {
		t.line(runColumn, span{color, pad(label, runColumn)}, span{bold, safe(list[i].Name)})
	}
	one := newLoneCase(*t, c, c.Stated)
	if c.Verdict == results.CaseNotTestable {
		one.sent()
		t.labelled(runColumn, "because", span{color, safe(c.Reason)})
		t.finding(c.Finding)
		return
	}
	one.whole()
}
