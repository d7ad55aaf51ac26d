package report

import (
	_ "embed"
	"fmt"
	"io"
	"strings"

	"github.com/replaydiff/replay/harness/results"
	"github.com/replaydiff/replay/scenarios"
)

// PassageSchema is the JSON Schema of what [PassageJSON] writes.
//
//go:embed through.schema.json
var PassageSchema string

// PassageJSON writes what a proxy did as JSON, version 1 of the contract in
// through.schema.json.
func PassageJSON(w io.Writer, p *results.Passage) error { return writeJSON(w, p) }

// Passage writes what a proxy did for a person: the verdict, the findings with
// what mends them, what else was changed, what was forwarded as it came in one
// line, and the probes as a table.
func Passage(w io.Writer, p *results.Passage, o RunOptions) error {
	t := &passageText{page: newPage(w, o.Terminal), p: p, all: o.All}
	t.headline()
	for _, f := range p.Findings {
		t.finding(f)
	}
	t.drift()
	t.changes()
	t.rest()
	t.probes()
	if t.all {
		t.entries()
	}
	return t.Flush()
}

type passageText struct {
	page
	p   *results.Passage
	all bool
}

func (t *passageText) headline() {
	text, color := passageVerdict(t.p), green
	if t.p.ExitCode() != results.ExitSame {
		color = red
	}
	t.line(2, span{color, text})
	t.line(2, span{dim, passageScope(t.p)})
	if s := t.p.Stopped; s != nil {
		t.labelled(runColumn, "stopped", span{red, safe(s.Text)})
	}
}

// passageVerdict is what came out, in a sentence.
func passageVerdict(p *results.Passage) string {
	who := safe(p.Product)
	if who == "" {
		who = "the proxy"
	}
	c := p.Counts
	through := fmt.Sprintf("%d of %d requests came through %s unchanged", c.Unchanged, c.Sent+c.Unsent, who)
	switch n := len(p.Findings); {
	case n > 0 && c.Unchanged+c.Changed == 0:
		return "not one request came through " + who + ": " + count(n, "finding", "findings")
	case n > 0:
		return through + ": " + count(n, "finding", "findings")
	case len(p.Drift) > 0:
		return through + ", and " + count(len(p.Drift), "thing differs", "things differ") + " from the baseline"
	case c.Unanswered > 0:
		return through + ", " + count(c.Unanswered, "request had no answer", "requests had no answer")
	case len(p.Accepted) > 0:
		return through + "; the baseline accepts " + count(len(p.Accepted), "finding", "findings")
	case c.Changed+c.Answered > 0:
		return through + ", nothing that carries authority was changed in the others"
	}
	return through + ", and so did the answers"
}

func passageScope(p *results.Passage) string {
	return fmt.Sprintf("%s → %s → %s in %s", safe(p.Capture), safe(p.Proxy), safe(p.Upstream), duration(p.Seconds))
}

func (t *passageText) finding(f results.Altered) {
	t.line(0)
	t.line(runColumn, span{red, pad("broken", runColumn)}, span{bold, safe(f.Title)})
	t.labelled(runColumn, "cause", t.causeAndSureness(runColumn, safe(f.Cause), scenarios.Finding{Confidence: f.Confidence})...)
	label := "because"
	for _, line := range f.Because {
		t.labelled(runColumn, label, plain(cut(safe(line), 2*maxEvidence)))
		label = ""
	}
	label = "fix"
	for _, a := range f.Fix {
		t.advice(runColumn, label, safe(a.Where), safe(a.Text), safeLines(a.Snippet))
		label = ""
	}
	if f.Curl != "" && t.all {
		t.example(runColumn, fmt.Sprintf("entry %d", f.Entry), "", f.Curl, true)
	}
}

func (t *passageText) drift() {
	if t.p.Compared == "" {
		return
	}
	t.line(0)
	if len(t.p.Drift)+len(t.p.Accepted)+len(t.p.Vanished) == 0 {
		t.labelled(runColumn, "baseline", plain("all is as in "+safe(t.p.Compared)))
	}
	for _, d := range t.p.Drift {
		t.line(runColumn, span{red, pad("differs", runColumn)}, span{bold, safe(d.What)}, plain("  "+was(d.Before)+" → "+was(d.Now)))
	}
	for _, f := range t.p.Accepted {
		t.labelled(runColumn, "accepted", plain(safe(f.Does)), span{dim, "  " + safe(f.Cause)})
	}
	for _, gone := range t.p.Vanished {
		t.labelled(runColumn, "gone", plain(safe(gone)), span{dim, "  write the baseline anew to be told if it comes back"})
	}
}

// was is one side of a drift.
func was(s string) string {
	if s == "" {
		return "nothing"
	}
	return safe(s)
}

// maxAlterations bounds the changes that are shown one by one.
const maxAlterations = 12

// changes are what was altered besides findings; what is expected of any proxy
// is a line.
func (t *passageText) changes() {
	var own, expected []results.Alteration
	for _, c := range t.p.Changes {
		switch {
		case c.Cause != "":
		case c.Expected != "":
			expected = append(expected, c)
		default:
			own = append(own, c)
		}
	}
	if len(own)+len(expected) > 0 {
		t.line(0)
	}
	for n, c := range own {
		if left := len(own) - n; n >= maxAlterations && left > 1 && !t.all {
			t.labelled(runColumn, "", span{dim, "and " + count(left, "change", "changes") + " more (--all shows them)"})
			break
		}
		t.change("changed", yellow, c, "")
	}
	if len(expected) == 0 {
		return
	}
	if t.all {
		for _, c := range expected {
			t.change("expected", dim, c, safe(c.Expected))
		}
		return
	}
	t.labelled(runColumn, "expected", plain(expectedSummary(expected)), span{dim, " (--all says why)"})
}

// expectedSummary names what any proxy does, in a line.
func expectedSummary(list []results.Alteration) string {
	var names []string
	seen := map[string]bool{}
	hop := false
	for _, c := range list {
		if c.Kind == results.HopByHop || c.Kind == results.SpeltAnew {
			hop = true
			continue
		}
		name := string(c.Kind) + " " + safe(c.Field)
		if !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	if hop {
		names = append(names, "hop-by-hop fields and spelling")
	}
	const most = 8
	if len(names) > most {
		names = append(names[:most-1], fmt.Sprintf("%d more", len(names)-most+1))
	}
	return strings.Join(names, ", ")
}

func (t *passageText) change(label, color string, c results.Alteration, why string) {
	text := fmt.Sprintf("%s %s %s", safe(c.Side), safe(string(c.Kind)), safe(c.Field))
	value := ""
	switch {
	case c.Varies:
	case c.Old != nil && c.New != nil:
		value = safe(*c.Old) + " → " + safe(*c.New)
	case c.New != nil:
		value = safe(*c.New)
	case c.Old != nil:
		value = safe(*c.Old)
	}
	spans := []span{{color, pad(label, runColumn)}, plain(text)}
	if value != "" {
		spans = append(spans, span{dim, "  " + cut(value, maxEvidence)})
	}
	spans = append(spans, span{dim, "  " + count(c.Count, "time", "times")})
	t.line(runColumn, spans...)
	if why != "" {
		t.labelled(runColumn, "", span{dim, why})
	}
}
