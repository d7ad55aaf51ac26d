package report

import (
	"strconv"

	html "github.com/replaydiff/replay/harness/report/page"
	"github.com/replaydiff/replay/harness/trail"
)

// logged puts what server logs have of the failing exchanges below the verdict:
// what [diffText.logs] writes, as tables.
func (d *diffPage) logged(p *html.Page, logs *trail.Trails) {
	if logs == nil || len(p.Verdicts) == 0 {
		return
	}
	v := &p.Verdicts[0]
	var blocks []html.Block
	if own := logs.Of(d.g.Entry); own != nil {
		if seen, rest := reach(logs, own); seen+rest != "" {
			v.Facts = append(v.Facts, html.Fact{Label: "reached", Text: seen + rest})
		}
		blocks = append(blocks, d.sightings(logs, own))
	}
	others, left := otherTrails(d.c, d.g.Entry, logs)
	b, some := pageTable("the other failing requests in the logs", []string{"request", "where"}, len(others), func(i int) []string { return []string{others[i].request, others[i].where} })
	if left > 0 {
		b.Note = moreTrails(left)
	}
	if some {
		blocks = append(blocks, b)
	}
	for i := range logs.Logs {
		for _, text := range [...]string{clockOf(&logs.Logs[i]), troubleOf(&logs.Logs[i])} {
			if text != "" {
				v.Facts = append(v.Facts, html.Fact{Label: "log", Text: text})
			}
		}
	}
	v.Blocks = append(blocks, v.Blocks...)
}

// sightings are the lines of the failing request, a row each, or why a log has
// none.
func (d *diffPage) sightings(logs *trail.Trails, own *trail.Trail) html.Block {
	b := html.Block{Title: "what the logs say", Table: &html.Table{Columns: []string{"log", "what it says"}}}
	add := func(log, line, text, more string) {
		b.Table.Rows = append(b.Table.Rows, []html.Cell{{Text: html.Text(log), More: html.Text(line)}, {Text: html.Text(text), More: html.Text(more)}})
	}
	for i := range own.In {
		l, s := &logs.Logs[i], &own.In[i]
		said := sighted(l, s)
		if len(s.Lines) == 0 {
			add(logName(l), "", said, "")
			continue
		}
		lines := s.Lines[:min(maxQuoted, len(s.Lines))]
		for j := range lines {
			add(logName(l), "line "+strconv.FormatInt(lines[j].Record.Line, 10), cutMiddle(quoteLine(d.mask, &lines[j].Record), maxPageEvidence), said)
			said = ""
		}
		if more := len(s.Lines) - len(lines) + s.More; more > 0 {
			add(logName(l), "", "and "+strconv.Itoa(more)+" more", "")
		}
	}
	return b
}
