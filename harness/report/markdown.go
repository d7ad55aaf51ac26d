package report

import (
	"fmt"
	"html"
	"io"
	"strings"

	"github.com/replaydiff/replay/harness/results"
	"github.com/replaydiff/replay/scenarios"
)

// MarkdownLimit is how long a comment on GitHub may be. Bytes are counted, which
// is at least as many as there are characters.
const MarkdownLimit = 65_536

// Markdown writes a report for a comment on a pull request. It is never longer
// than [MarkdownLimit]; what does not fit is counted. Captured text stands in
// code alone, where GitHub neither mentions, links nor renders it.
func Markdown(w io.Writer, r *results.Report) error {
	d := &markdown{room: MarkdownLimit - markdownReserve, r: r}
	h := headlineOf(r, differencesOf(r.Groups))
	d.add("### " + prose(h.text) + "\n\n")
	if where := scope(r); where != "" {
		d.add(codeSpan(cut(where, maxMarkdownValue)) + "\n\n")
	}
	if r.Stopped != nil {
		d.add("**Stopped:** " + prose(safe(r.Stopped.Text)) + unsent(r) + "\n\n")
	}
	d.live()
	d.differences()
	d.cases()
	d.list("No answer", errorsOf(r), func(e results.ErrorCount) string {
		return requestsFrom(e.Count, e.Entry) + ": " + codeSpan(cut(safe(e.Text), maxMarkdownValue))
	})
	d.quiet()
	if d.left > 0 {
		d.text.WriteString("\n… and " + count(d.left, "part", "parts") + " more, for which there is no room here: the JSON report has all.\n")
	}
	_, err := io.WriteString(w, d.text.String())
	return err
}

const (
	markdownReserve  = 256 // for the line that counts what did not fit
	maxMarkdownValue = 200 // columns of a value; the JSON has it whole
	maxMarkdownRows  = 12  // of a list
	maxMarkdownParts = 40  // differences
	maxMarkdownCurl  = 8000
)

type markdown struct {
	text strings.Builder
	room int // bytes
	left int // pieces that did not fit
	r    *results.Report
}

// add appends a piece whole, or not at all: half of one could leave a fence
// open.
func (d *markdown) add(piece string) {
	if d.text.Len()+len(piece) > d.room {
		d.left++
		return
	}
	d.text.WriteString(piece)
}

// unsent tells how much a run that ended early left out.
func unsent(r *results.Report) string {
	if r.Counts.Unsent == 0 {
		return ""
	}
	if r.Kind == results.Test {
		return " (" + count(r.Counts.Unsent, "scenario", "scenarios") + " not tried)"
	}
	return " (" + count(r.Counts.Unsent, "request", "requests") + " not sent)"
}

func (d *markdown) live() {
	l := d.r.Live
	if l == nil {
		return
	}
	var b strings.Builder
	if l.Sentence != "" {
		b.WriteString(prose(safe(l.Sentence)) + "\n\n")
	}
	if l.Entry != nil {
		fmt.Fprintf(&b, "**The answers part at entry %d of the failing capture:** %s\n\n", *l.Entry, codeSpan(cut(safe(l.Request), maxMarkdownValue)))
	}
	for _, f := range l.Difference[:min(len(l.Difference), maxMarkdownRows)] {
		b.WriteString(bullet(fieldName(f.Path), changeOf(f)))
	}
	if len(l.Difference) > 0 {
		b.WriteString("\n")
	}
	if l.Finding != nil {
		b.WriteString(markdownFinding(l.Finding))
	}
	b.WriteString(details("the request", l.Curl))
	d.add(b.String())
}

func (d *markdown) differences() {
	for n, b := range blocksOf(d.r.Groups) {
		if n < maxMarkdownParts {
			d.add(d.block(b))
		} else {
			d.left++
		}
	}
}

// block is a difference: its count, its values, its cause, and behind a fold
// the command that shows it.
func (d *markdown) block(b *block) string {
	var text strings.Builder
	kind := "Different"
	if b.Regression {
		kind = "Regression"
	}
	number, _ := b.answers()
	fmt.Fprintf(&text, "**%s** in %s to %s", kind, number, codeSpan(cut(safe(b.Template), maxMarkdownValue)))
	if n := len(b.groups) - 1; n > 0 {
		text.WriteString(" and " + count(n, "other kind", "other kinds") + " of request")
	}
	if b.Flow != "" {
		text.WriteString(" in the " + map[results.Flow]string{results.OK: "working", results.Bad: "failing"}[b.Flow] + " capture")
	}
	text.WriteString("\n\n")
	for n, difference := range b.differences {
		if left := len(b.differences) - n; n == maxMarkdownRows && left > 1 {
			fmt.Fprintf(&text, "- and %d fields more\n", left)
			break
		}
		text.WriteString(bullet(fieldName(difference.Field), difference.change()))
	}
	text.WriteString("\n")
	for _, f := range b.findings {
		text.WriteString(markdownFinding(f))
	}
	text.WriteString(details(fmt.Sprintf("entry %d: <code>%s</code>", b.Example.Entry, html.EscapeString(cut(safe(b.Example.URL), maxMarkdownValue))), b.Example.Curl))
	return text.String()
}

func bullet(name string, c change) string {
	return "- " + codeSpan(cut(name, maxMarkdownValue)) + " " + codeSpan(c.short(maxMarkdownValue)) + "\n"
}

// short is words with values of at most n columns.
func (c change) short(n int) string {
	old, new := c.values(n)
	if c.old != nil {
		c.old = &old
	}
	if c.new != nil {
		c.new = &new
	}
	return c.words()
}

func markdownFinding(f *results.Finding) string {
	var b strings.Builder
	word := scenarios.Finding{Confidence: f.Confidence}.Word()
	fmt.Fprintf(&b, "**Cause:** %s, %s (%.2f). %s\n\n", codeSpan(safe(f.Cause)), word, f.Confidence, prose(safe(f.Title)))
	for _, line := range f.Because[:min(maxBecause, len(f.Because))] {
		b.WriteString("- " + codeSpan(cut(safe(line), maxMarkdownValue)) + "\n")
	}
	if len(f.Because) > 0 {
		b.WriteString("\n")
	}
	for _, a := range f.Fix {
		fmt.Fprintf(&b, "**Fix** (%s): %s\n\n", prose(safe(a.Where)), prose(safe(a.Text)))
		if a.Snippet != "" {
			b.WriteString(fenced("", safeLines(a.Snippet)) + "\n")
		}
	}
	return b.String()
}

// details is a curl line behind a fold. The summary is HTML and stays in its
// line: an empty one would end it (CommonMark section 4.6).
func details(summary, curl string) string {
	if curl == "" {
		return ""
	}
	if len(curl) > maxMarkdownCurl {
		return "<details><summary>" + summary + "</summary>\n\nThe curl line is long: the JSON report has it.\n\n</details>\n\n"
	}
	return "<details><summary>" + summary + "</summary>\n\n" + fenced("sh", safe(curl)) + "\n</details>\n\n"
}

// list writes rows under a title, as many as a comment bears.
func (d *markdown) list(title string, errors []results.ErrorCount, row func(results.ErrorCount) string) {
	if len(errors) == 0 {
		return
	}
	var b strings.Builder
	b.WriteString("**" + title + "**\n\n")
	for n, e := range errors {
		if left := len(errors) - n; n == maxMarkdownRows && left > 1 {
			fmt.Fprintf(&b, "- and %d more\n", left)
			break
		}
		b.WriteString("- " + row(e) + "\n")
	}
	d.add(b.String() + "\n")
}
