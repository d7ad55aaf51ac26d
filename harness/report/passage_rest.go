package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/replaydiff/replay/harness/results"
)

// rest is what was not sent, had no answer or never arrived.
func (t *passageText) rest() {
	answered := 0
	for _, e := range t.p.Entries {
		if e.Verdict == "answered" {
			answered++
		}
	}
	if answered > 0 {
		t.labelled(runColumn, "answered", plain(count(answered, "request", "requests")+" by the proxy itself"), span{dim, whoAnswered(t.p.Entries)})
	}
	for _, e := range t.p.Errors {
		t.labelled(runColumn, "no answer", plain(safe(e.Text)+", "+count(e.Count, "time", "times")))
	}
	for _, s := range t.p.Skipped {
		t.labelled(runColumn, "not sent", plain(count(s.Count, "request", "requests")+": "+safe(s.Text)))
	}
	for _, w := range t.p.Warnings {
		t.labelled(runColumn, "warning", plain(safe(w)))
	}
}

// whoAnswered names those who answered in the place of the app.
func whoAnswered(entries []results.Passed) string {
	var names []string
	seen := map[string]bool{}
	for _, e := range entries {
		if e.Verdict == "answered" && !seen[e.Answerer] && len(names) < 3 {
			seen[e.Answerer] = true
			names = append(names, safe(e.Answerer))
		}
	}
	return ": " + strings.Join(names, "; ")
}

// probes are a table by outcome: what passes stands together. All of it, a line
// each, with what was sent, is for --all.
func (t *passageText) probes() {
	if len(t.p.Probes) == 0 {
		return
	}
	t.line(0)
	if t.all {
		t.eachProbe()
		return
	}
	var outcomes []string
	names, warnings := map[string][]string{}, map[string]string{}
	for _, p := range t.p.Probes {
		outcome := safe(p.Outcome)
		if outcome == "arrives" {
			outcome = "kept"
		}
		if names[outcome] == nil {
			outcomes = append(outcomes, outcome)
		}
		names[outcome] = append(names[outcome], safe(p.Name))
		warnings[outcome] = safe(p.Warning)
	}
	slices.SortStableFunc(outcomes, func(a, b string) int { return cmp.Compare(len(names[b]), len(names[a])) })
	const column = 24
	t.line(column, span{bold, pad("probes", column)}, plain(count(len(t.p.Probes), "was", "were")+" tried (--all says what was sent)"))
	for _, outcome := range outcomes {
		color := yellow
		if outcome == "kept" {
			color = green
		}
		head := pad(outcome, column)
		if columns(outcome) >= column {
			t.line(2, span{color, outcome})
			head = strings.Repeat(" ", column)
		}
		t.line(column, span{color, head}, plain(strings.Join(names[outcome], ", ")))
		if w := warnings[outcome]; w != "" {
			t.line(column, span{dim, strings.Repeat(" ", column) + w})
		}
	}
}

func (t *passageText) eachProbe() {
	name, outcome := 0, 0
	for _, p := range t.p.Probes {
		name, outcome = max(name, columns(safe(p.Name))), max(outcome, columns(safe(p.Outcome)))
	}
	name, outcome = min(name, 32), min(outcome, 24)
	for _, p := range t.p.Probes {
		t.line(name+2, plain(pad(safe(p.Name), name+2)+pad(safe(p.Outcome), outcome+2)), span{dim, safe(p.Sent)})
	}
}

// entries is what became of each request.
func (t *passageText) entries() {
	t.line(0)
	for _, e := range t.p.Entries {
		text := fmt.Sprintf("#%-5d %-11s %s", e.Entry, safe(e.Verdict), safe(e.Request))
		if e.Arrived != "" && e.Arrived != e.Request {
			text += " → " + safe(e.Arrived)
		}
		if e.Came != "" {
			text += "  " + safe(e.Came)
		}
		if e.Answerer != "" {
			text += "  " + safe(e.Answerer)
		}
		t.line(19, plain(text))
	}
}
