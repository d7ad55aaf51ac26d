package report

import (
	"fmt"

	html "github.com/replaydiff/replay/harness/report/page"
	"github.com/replaydiff/replay/harness/results"
)

// cases are the scenarios, the worst first: each is a row, and those that fail
// stand above the rows with all that it takes to see why.
func (p *runPage) cases() {
	list := casesOf(p.r)
	groups := alike(list)
	for i := range list {
		c := &list[i]
		one := newLoneCase(runText{}, c, c.Stated)
		row := one.row()
		p.add(row, one.blocks(append(one.came(), one.remedies()...)))
		if group := groups[whyUntested(c)]; !c.Failed() || len(group) > 0 && group[0] != i {
			continue
		}
		if len(p.Verdicts) == maxPageVerdicts {
			p.Warnings = append(p.Warnings, "more scenarios fail than a page shows on top: see the rows")
		}
		if len(p.Verdicts) < maxPageVerdicts {
			v := one.page(row.ID)
			if others := len(groups[whyUntested(c)]) - 1; others > 0 {
				v.Facts = append(v.Facts, html.Fact{Label: "also", Text: count(others, "other scenario", "other scenarios") + " for the same reason"})
			}
			p.Verdicts = append(p.Verdicts, v)
		}
	}
}

func (t *loneCase) row() html.Row {
	c := t.c
	word, color := caseLabel(c.Verdict)
	row := html.Row{
		ID: fmt.Sprintf("scenario-%d", c.Number), Kind: word, Name: safe(c.Name), Tone: toneOf(color),
		Differ: c.Control != c.Came, Changes: len(c.Edits), Names: joinNames(c.Edits, requestField),
	}
	if place := casePlace(c); place != "" {
		row.Name += " on " + place
	}
	if c.Control != "" {
		row.Old = &html.Answer{Entry: c.Entry, Text: safe(c.Control)}
	}
	if c.Came != "" {
		row.New = &html.Answer{Entry: c.Entry, Text: safe(c.Came), Failed: c.Failed()}
	}
	if c.Verdict == results.CaseNotTestable {
		row.Note = safe(c.Reason)
	}
	return row
}

// blocks are what was changed, how the answers differ, and the command, with
// the facts in a table where they stand nowhere else.
func (t *loneCase) blocks(facts []fact) (blocks []html.Block) {
	c := t.c
	if len(c.Edits) > 0 {
		blocks = append(blocks, html.Block{Title: "changed in the request", Changes: pageFields(c.Edits, requestField)})
	}
	if b, ok := pageTable("the answers", []string{"", ""}, len(facts), func(i int) []string { return []string{facts[i].label, facts[i].whole()} }); ok {
		blocks = append(blocks, b)
	}
	if len(c.Changed) > 0 {
		blocks = append(blocks, html.Block{Title: "the answer beside that to the untouched request", Changes: pageFields(c.Changed, fieldName)})
	}
	return again(blocks, c.Curl)
}

func (f fact) whole() string {
	if f.source == "" {
		return safe(f.text)
	}
	return safe(f.text) + " (" + safe(f.source) + ")"
}

// page is a scenario that fails.
func (t *loneCase) page(row string) html.Verdict {
	c := t.c
	word, _ := caseLabel(c.Verdict)
	text, _ := t.outcome()
	v := html.Verdict{
		Request: word + ": " + safe(c.Name), Old: safe(c.Control), New: safe(c.Came), Differ: c.Control != "" && c.Came != "", Row: row,
		Where: safe(c.Request), Cause: text, Blocks: t.blocks(nil),
	}
	if c.Entry >= 0 && c.Request != "" {
		v.Where += fmt.Sprintf("  (entry %d of the capture)", c.Entry)
	}
	if t.cause != nil {
		v.Means = t.cause.Means
	}
	blame(&v, c.Finding)
	for _, f := range append(t.came(), t.remedies()...) {
		switch {
		case f.label == "fix":
			v.Fixes = append(v.Fixes, html.Fix{Where: "server", Text: f.text})
		case f.text != "":
			v.Facts = append(v.Facts, html.Fact{Label: f.label, Text: f.whole()})
		}
	}
	return v
}
