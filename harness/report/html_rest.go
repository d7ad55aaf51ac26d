package report

import (
	"fmt"
	"strconv"

	html "github.com/replaydiff/replay/harness/report/page"
	"github.com/replaydiff/replay/harness/results"
)

// rest is what was not sent or not answered, what a baseline knows, and what
// became of each kind of request.
func (p *runPage) rest() {
	errors := errorsOf(p.r)
	p.table("no answer", []string{"requests", "what was seen"}, len(errors), func(i int) []string {
		e := errors[i]
		return []string{requestsFrom(e.Count, e.Entry), safe(e.Text)}
	})
	p.table("not sent", []string{"requests", "why"}, len(p.r.Skipped), func(i int) []string {
		s := p.r.Skipped[i]
		return []string{requestsFrom(s.Count, s.Entry), safe(s.Text)}
	})
	accepted := differencesOf(p.r.Accepted)
	p.table("accepted: the baseline knows", []string{"answers", "difference"}, len(accepted), func(i int) []string {
		number, requests := accepted[i].answers()
		return []string{number + " to " + requests, fieldName(accepted[i].Field) + " " + accepted[i].change().short(maxPageEvidence)}
	})
	p.table("vanished: the baseline accepts what no answer shows now", []string{"requests", "difference"}, len(p.r.Vanished), func(i int) []string {
		a := p.r.Vanished[i]
		return []string{safe(a.Template), vanishedWords(a, change{kind: a.Kind, old: a.Old, new: a.New})}
	})
	p.table("noise: differences that do not matter", []string{"answers", "field", "to", "why"}, len(p.r.Noise), func(i int) []string {
		n := p.r.Noise[i]
		return []string{strconv.Itoa(n.Count), fieldName(n.Field), safe(n.Template), safe(n.Reason)}
	})
	p.table("kinds of request", []string{"request", "answers", "different", "no answer", "mean time"}, len(p.r.Templates), func(i int) []string {
		t := p.r.Templates[i]
		return []string{safe(t.Template), strconv.Itoa(t.Answers), strconv.Itoa(t.Different), strconv.Itoa(t.Unanswered), meanTime(t)}
	})
}

func meanTime(t results.Template) string {
	if t.Answers == 0 {
		return ""
	}
	return fmt.Sprintf("%.1f ms", 1000*t.Seconds/float64(t.Answers))
}

// maxPageTable bounds the rows of a table above the flow.
const maxPageTable = 200

// table adds a block with n rows; none for no rows.
func (p *runPage) table(title string, columns []string, n int, row func(int) []string) {
	if b, ok := pageTable(title, columns, n, row); ok {
		p.Blocks = append(p.Blocks, b)
	}
}

func pageTable(title string, columns []string, n int, row func(int) []string) (html.Block, bool) {
	if n == 0 {
		return html.Block{}, false
	}
	b := html.Block{Title: title, Table: &html.Table{Columns: columns}}
	for i := range min(n, maxPageTable) {
		var cells []html.Cell
		for _, text := range row(i) {
			cells = append(cells, html.Cell{Text: html.Text(text)})
		}
		b.Table.Rows = append(b.Table.Rows, cells)
	}
	if n > maxPageTable {
		b.Note = fmt.Sprintf("the first %d of %d; the JSON report has all", maxPageTable, n)
	}
	return b, true
}
