package report

import (
	"bytes"
	"fmt"
	"io"
	"strconv"

	html "github.com/replaydiff/replay/harness/report/page"
	"github.com/replaydiff/replay/harness/results"
)

// PassageHTML writes what a proxy did as one page: what [Passage] writes on top,
// and what became of each request below it.
func PassageHTML(w io.Writer, p *results.Passage) error {
	var text bytes.Buffer
	if err := Passage(&text, p, RunOptions{}); err != nil {
		return err
	}
	tone := html.Good
	if p.ExitCode() != results.ExitSame {
		tone = html.Bad
	}
	verdict := passageVerdict(p)
	page := &html.Page{
		Command: "through", Title: verdict, Headline: html.Headline{Text: verdict, Tone: tone, More: passageScope(p)},
		Columns: []string{"at the client"}, Flow: "requests", Plain: text.String(),
		Sources: []html.Source{{Name: safe(p.Capture), Text: "capture"}, {Name: safe(p.Proxy), Text: productOf(p)}, {Name: safe(p.Upstream), Text: "behind it"}},
		Summary: fmt.Sprintf("%s, %d sent, %d unchanged", count(p.Counts.Recorded, "request", "requests"), p.Counts.Sent, p.Counts.Unchanged),
	}
	if s := p.Stopped; s != nil {
		page.Warnings = append(page.Warnings, "stopped: "+safe(s.Text))
	}
	for _, w := range p.Warnings {
		page.Warnings = append(page.Warnings, safe(w))
	}
	rows := map[int]bool{}
	for _, e := range p.Entries {
		page.Rows = append(page.Rows, passedRow(e))
		rows[e.Entry] = true
	}
	for _, f := range p.Findings {
		page.Verdicts = append(page.Verdicts, alteredVerdict(f, rows))
	}
	page.Blocks = passageBlocks(p)
	page.Details = func(yield func(int, []html.Block) bool) {
		for i, e := range p.Entries {
			if blocks := passedBlocks(e); len(blocks) > 0 && !yield(i, blocks) {
				return
			}
		}
	}
	return html.Write(w, page)
}

// productOf names the proxy and what told it.
func productOf(p *results.Passage) string {
	if p.Product == "" {
		return "the proxy"
	}
	return safe(p.Product) + ", told by " + safe(p.By)
}

func alteredVerdict(f results.Altered, rows map[int]bool) html.Verdict {
	v := html.Verdict{Request: safe(f.Title), Where: fmt.Sprintf("seen in %s, first %s (entry %d)", count(f.Count, "request", "requests"), safe(f.Request), f.Entry)}
	if rows[f.Entry] {
		v.Row = entryID("", f.Entry)
	}
	blame(&v, &f.Finding)
	v.Means = ""
	v.Blocks = again(nil, f.Curl)
	return v
}

func passedRow(e results.Passed) html.Row {
	row := html.Row{ID: entryID("", e.Entry), Kind: safe(e.Verdict), Name: safe(e.Request)}
	if e.Came != "" {
		row.New = &html.Answer{Entry: e.Entry, Text: safe(e.Came)}
	}
	switch e.Verdict {
	case "answered":
		row.Note, row.Tone = "answered by "+safe(e.Answerer), html.Warn
	case "unanswered":
		row.Tone = html.Bad
	case "changed":
		row.Changes, row.Tone = 1, html.Warn
	}
	return row
}

func passedBlocks(e results.Passed) []html.Block {
	if e.Arrived == "" || e.Arrived == e.Request {
		return nil
	}
	return []html.Block{{Title: "the request line", Changes: []html.Change{
		{Place: "method and path", Op: html.Replace, Old: pageText(e.Request), New: pageText(e.Arrived)},
	}}}
}

func passageBlocks(p *results.Passage) (blocks []html.Block) {
	table := func(title string, columns []string, n int, row func(int) []string) {
		if b, ok := pageTable(title, columns, n, row); ok {
			blocks = append(blocks, b)
		}
	}
	table("differs from the baseline", []string{"what", "before", "now"}, len(p.Drift), func(i int) []string {
		d := p.Drift[i]
		return []string{safe(d.What), was(d.Before), was(d.Now)}
	})
	table("accepted: the baseline knows", []string{"what", "cause"}, len(p.Accepted), func(i int) []string {
		return []string{safe(p.Accepted[i].Does), safe(p.Accepted[i].Cause)}
	})
	table("gone: the baseline knows what is no more", []string{"what"}, len(p.Vanished), func(i int) []string { return []string{safe(p.Vanished[i])} })
	table("what was changed on the way", []string{"side", "what", "field", "before", "after", "times", "why"}, len(p.Changes), func(i int) []string {
		c := p.Changes[i]
		why := safe(c.Expected)
		if c.Cause != "" {
			why = safe(c.Cause)
		}
		return []string{safe(c.Side), safe(string(c.Kind)), safe(c.Field), cut(pointed(c.Old), maxPageEvidence), cut(pointed(c.New), maxPageEvidence), strconv.Itoa(c.Count), why}
	})
	table("no answer", []string{"what was seen", "times"}, len(p.Errors), func(i int) []string { return []string{safe(p.Errors[i].Text), strconv.Itoa(p.Errors[i].Count)} })
	table("not sent", []string{"requests", "why"}, len(p.Skipped), func(i int) []string { return []string{strconv.Itoa(p.Skipped[i].Count), safe(p.Skipped[i].Text)} })
	table("probes", []string{"probe", "outcome", "what was sent", "mind"}, len(p.Probes), func(i int) []string {
		b := p.Probes[i]
		return []string{safe(b.Name), safe(b.Outcome), safe(b.Sent), safe(b.Warning)}
	})
	return blocks
}
