package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/replaydiff/replay/harness/results"
)

// casesOf are the scenarios of a report, the worst first; those alike stay in
// the order of the suite.
func casesOf(r *results.Report) []results.Case {
	list := slices.Clone(r.Cases)
	order := results.CaseVerdicts()
	slices.SortStableFunc(list, func(a, b results.Case) int {
		return slices.Index(order, a.Verdict) - slices.Index(order, b.Verdict)
	})
	return list
}

func countCases(r *results.Report, v results.CaseVerdict) (n int) {
	for i := range r.Cases {
		if r.Cases[i].Verdict == v {
			n++
		}
	}
	return n
}

// testHeadline is what the scenarios come to, the worst first.
func testHeadline(r *results.Report) headline {
	n := func(v results.CaseVerdict) int { return countCases(r, v) }
	total := len(r.Cases)
	good := n(results.CaseHolds) + n(results.CaseNotReproduced)
	switch {
	case total == 0:
		return headline{"no scenario was run", yellow}
	case good == total && r.Stopped == nil:
		return headline{holding(r), green}
	}
	var parts []string
	if k := n(results.CaseAccepted); k > 0 {
		parts = append(parts, fmt.Sprintf("the target accepted %s that it should refuse", count(k, "request", "requests")))
	}
	if k := n(results.CaseBroken); k > 0 {
		parts = append(parts, count(k, "scenario", "scenarios")+" broken")
	}
	if k := n(results.CaseNotTestable); k > 0 {
		parts = append(parts, count(k, "scenario", "scenarios")+" not testable")
	}
	if good > 0 || len(parts) == 0 {
		parts = append(parts, holding(r))
	}
	color := red
	if n(results.CaseAccepted)+n(results.CaseBroken) == 0 {
		color = yellow
	}
	return headline{strings.Join(parts, ", "), color}
}

func holding(r *results.Report) string {
	holds, lenient, total := countCases(r, results.CaseHolds), countCases(r, results.CaseNotReproduced), len(r.Cases)
	switch {
	case holds+lenient == 0:
		return "none holds"
	case holds == total && total == 1:
		return "the scenario holds"
	case holds == total:
		return fmt.Sprintf("all %d scenarios hold", total)
	}
	text := fmt.Sprintf("%d of %d scenarios hold", holds, total)
	if lenient > 0 {
		text += fmt.Sprintf(", %d lenient (the target does not mind, and may do so)", lenient)
	}
	return text
}

// caseLabel is the word in front of a case, and its colour.
func caseLabel(v results.CaseVerdict) (word, color string) {
	switch v {
	case results.CaseAccepted:
		return "accepted", red
	case results.CaseBroken:
		return "broken", red
	case results.CaseNotTestable:
		return "untestable", yellow
	case results.CaseNotReproduced:
		return "lenient", dim
	}
	return "holds", green
}

// place is where a case happened, where its name does not say it.
func casePlace(c *results.Case) string {
	method, _, _ := strings.Cut(c.Route, " ")
	if c.Route == "" || strings.Contains(c.Name, " on "+method+" ") {
		return ""
	}
	return safe(c.Route)
}

// meaning says what an answer that should not be amounts to.
func meaning(c *results.Case) string {
	if c.Verdict == results.CaseAccepted {
		return "the target let in what it should refuse: whoever sends this gets in"
	}
	return ""
}

// requestField is the path of a change as it is read where all of them are in
// requests.
func requestField(path string) string { return strings.TrimPrefix(safe(path), "request.") }
