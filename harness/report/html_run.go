package report

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	html "github.com/replaydiff/replay/harness/report/page"
	"github.com/replaydiff/replay/harness/results"
	"github.com/replaydiff/replay/scenarios"
)

// RunHTML writes a report as one page: what [Run] writes on top, and below it
// each answer that is not as recorded, or each scenario, to be opened.
func RunHTML(w io.Writer, r *results.Report) error {
	var text bytes.Buffer
	if err := Run(&text, r, RunOptions{}); err != nil {
		return err
	}
	p := newRunPage(r)
	p.Plain = text.String()
	return html.Write(w, &p.Page)
}

// maxPageVerdicts bounds what stands above the flow; the rows and the JSON have
// the rest.
const maxPageVerdicts = 40

// A runPage turns a report into a page.
type runPage struct {
	html.Page
	r       *results.Report
	details [][]html.Block
	rows    map[string]bool // IDs
}

func newRunPage(r *results.Report) *runPage {
	h := headlineOf(r, differencesOf(r.Groups))
	p := &runPage{r: r, rows: map[string]bool{}}
	p.Page = html.Page{
		Command: safe(string(r.Kind)), Title: h.text, Columns: []string{"recorded", "now"}, Flow: "answers that are not as recorded",
		Headline: html.Headline{Text: h.text, Tone: toneOf(h.color), More: scope(r)},
		Summary:  fmt.Sprintf("%s, %d sent, %d as recorded", count(r.Counts.Recorded, "exchange", "exchanges"), r.Counts.Sent, r.Counts.Same),
	}
	switch r.Kind {
	case results.Compare:
		p.Columns = []string{"before", "after"}
		p.Flow = "answers that differ"
	case results.Test:
		p.Columns, p.Flow = []string{"untouched", "with the cause"}, "scenarios"
		p.Summary = count(len(r.Cases), "scenario", "scenarios") + ", " + count(r.Counts.Extra, "request", "requests")
	}
	p.sources()
	p.exchanges()
	p.cases()
	p.live()
	p.differences()
	p.rest()
	p.Details = slices.All(p.details)
	return p
}

func toneOf(color string) html.Tone {
	switch color {
	case red:
		return html.Bad
	case yellow:
		return html.Warn
	case green:
		return html.Good
	}
	return html.Neutral
}

func (p *runPage) sources() {
	for _, file := range p.r.Captures {
		p.Sources = append(p.Sources, html.Source{Name: safe(file), Text: "capture"})
	}
	for _, t := range p.r.Targets {
		text := safe(t.Role)
		if t.From != "" && t.From != t.To {
			text += " for " + safe(t.From)
		}
		p.Sources = append(p.Sources, html.Source{Name: safe(t.To), Text: text})
	}
	for _, w := range p.r.Warnings {
		p.Warnings = append(p.Warnings, safe(w))
	}
	if s := p.r.Stopped; s != nil {
		p.Warnings = append([]string{"stopped: " + safe(s.Text) + unsent(p.r)}, p.Warnings...)
	}
}

// add appends a row with what stands below it.
func (p *runPage) add(row html.Row, blocks []html.Block) {
	p.rows[row.ID] = true
	p.Rows = append(p.Rows, row)
	p.details = append(p.details, blocks)
}

func entryID(f results.Flow, entry int) string {
	side := "entry"
	if f == results.OK || f == results.Bad {
		side = string(f)
	}
	return side + "-" + strconv.Itoa(entry)
}

func (p *runPage) exchanges() {
	for _, x := range p.r.Exchanges {
		row := html.Row{
			ID: entryID(x.Flow, x.Entry), Kind: safe(x.Method), Name: safe(x.Sent), Differ: x.Old != x.New,
			Old: &html.Answer{Entry: x.Entry, Text: safe(x.Old)}, New: &html.Answer{Entry: x.Entry, Text: safe(x.New)},
			Changes: len(x.Fields), Names: joinNames(x.Fields, fieldName),
		}
		blocks := []html.Block{{Title: "how the answer differs", Changes: pageFields(x.Fields, fieldName)}}
		if x.Verdict == results.Unanswered {
			row.New = &html.Answer{Entry: x.Entry, Text: "no answer", Failed: true}
			row.Note, row.Tone = safe(x.Error), html.Bad
			blocks = nil
		}
		p.add(row, again(blocks, x.Curl))
	}
	if left := p.r.Counts.Different + p.r.Counts.Unanswered - len(p.r.Exchanges); left > 0 {
		p.Missing = count(left, "answer", "answers") + " more, of which no list was kept"
	}
}

// joinNames names the first few fields.
func joinNames(fields []results.Field, name func(string) string) string {
	var names []string
	for _, f := range fields[:min(len(fields), maxFields)] {
		names = append(names, name(f.Path))
	}
	if len(fields) > maxFields {
		names = append(names, "…")
	}
	return strings.Join(names, ", ")
}

// pageFields are differences as a page lists them.
func pageFields(fields []results.Field, name func(string) string) []html.Change {
	list := make([]html.Change, len(fields))
	for i, f := range fields {
		list[i] = pageChange(name(f.Path), changeOf(f))
	}
	return list
}

func pageChange(name string, c change) html.Change {
	out := html.Change{Place: html.Text(name), Op: html.Replace}
	switch c.kind {
	case results.Lost:
		out.Op = html.Remove
	case results.Gained:
		out.Op = html.Add
	case results.Moved:
		out.Op = html.Reorder
	}
	if c.old != nil {
		out.Old = pageText(valueText(c.old))
	}
	if c.new != nil {
		out.New = pageText(valueText(c.new))
	}
	if c.varies {
		out.Note = "not the same in all answers"
	}
	return out
}

// again adds the command that sends a request once more.
func again(blocks []html.Block, curl string) []html.Block {
	if curl == "" {
		return blocks
	}
	return append(blocks, html.Block{Title: "again", Code: curlCode(curl)})
}

// curlCode breaks a curl line between arguments, so that it can still be pasted.
func curlCode(curl string) html.Text {
	const room = 100
	var b bytes.Buffer
	for i, line := range wrapCurl(safe(curl), room, room-2) {
		if i > 0 {
			b.WriteString("\n  ")
		}
		b.WriteString(line)
	}
	return html.Text(b.String())
}

// rowOf is a row for a link, "" where the report kept none of that entry.
func (p *runPage) rowOf(f results.Flow, entry int) string {
	if id := entryID(f, entry); p.rows[id] {
		return id
	}
	return ""
}

// live is, for a pair, where its answers part now.
func (p *runPage) live() {
	l := p.r.Live
	if l == nil {
		return
	}
	p.Headline.More = safe(l.Sentence)
	if l.Entry == nil {
		return
	}
	v := html.Verdict{
		Request: safe(l.Request), Where: fmt.Sprintf("the answers part at entry %d of the failing capture", *l.Entry),
		Cause: "the answers to both captures differ", Row: p.rowOf(results.Bad, *l.Entry),
		Blocks: again([]html.Block{{Title: "what differs", Changes: pageFields(l.Difference, fieldName)}}, l.Curl),
	}
	blame(&v, l.Finding)
	p.Verdicts = append(p.Verdicts, v)
}

// differences are what changed in the answers, what got worse first.
func (p *runPage) differences() {
	for n, b := range blocksOf(p.r.Groups) {
		if n == maxPageVerdicts {
			p.Warnings = append(p.Warnings, "more differences than a page shows: the JSON report has all")
			return
		}
		p.Verdicts = append(p.Verdicts, p.difference(b))
	}
}

func (p *runPage) difference(b *block) html.Verdict {
	kind := "different"
	if b.Regression {
		kind = "regression"
	}
	number, requests := b.answers()
	v := html.Verdict{
		Request: requests, Where: fmt.Sprintf("%s in %s, first %s (entry %d)", kind, number, safe(b.Example.URL), b.Example.Entry),
		Cause: kind + " in " + number, Row: p.rowOf(b.Flow, b.Example.Entry),
	}
	var changes []html.Change
	for _, d := range b.differences {
		changes = append(changes, pageChange(fieldName(d.Field), d.change()))
	}
	v.Blocks = again([]html.Block{{Title: "what differs", Changes: changes}}, b.Example.Curl)
	for i, f := range b.findings {
		if i == 0 {
			blame(&v, f)
			continue
		}
		v.Others = append(v.Others, html.Guess{Cause: safe(f.Cause), Sure: scenarios.Finding{Confidence: f.Confidence}.Word(), Confidence: f.Confidence, Means: safe(f.Title)})
	}
	return v
}

// blame puts a cause into a verdict; nil leaves it as it is.
func blame(v *html.Verdict, f *results.Finding) {
	if f == nil {
		return
	}
	v.Cause, v.Means, v.Confidence, v.Sure = safe(f.Cause), safe(f.Title), f.Confidence, scenarios.Finding{Confidence: f.Confidence}.Word()
	for _, line := range f.Because {
		v.Evidence = append(v.Evidence, html.Evidence{Note: safe(line), Row: v.Row})
	}
	for _, a := range f.Fix {
		v.Fixes = append(v.Fixes, html.Fix{Where: safe(a.Where), Text: safe(a.Text), Code: safeLines(a.Snippet)})
	}
}
