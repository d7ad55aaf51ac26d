package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/replaydiff/replay/harness/results"
	"github.com/replaydiff/replay/scenarios"
)

// RunOptions are what a text shows of a report.
type RunOptions struct {
	Terminal
	All bool // every difference, answer and curl line; noise and what is accepted one by one
}

// Run writes a report for a person: the verdict in a sentence, then what got
// worse, then what else differs, then what was left out and why. A replay that
// found nothing is one line.
func Run(w io.Writer, r *results.Report, o RunOptions) error {
	t := &runText{page: newPage(w, o.Terminal), r: r, all: o.All, told: map[string]bool{}}
	blocks := blocksOf(r.Groups)
	t.headline()
	t.live()
	t.blocks(blocks)
	t.cases()
	t.gap = true
	t.errors()
	t.accepted()
	t.vanished()
	t.noise()
	t.skipped()
	t.warnings(r.Warnings)
	if t.all {
		t.exchanges()
	}
	return t.Flush()
}

// runColumn is where the text beside "regression", "skipped", … begins.
const runColumn = 12

type runText struct {
	page
	r    *results.Report
	all  bool
	told map[string]bool // causes whose text was shown
	gap  bool            // an empty line is due before what comes next
}

// item writes a line behind a label, set off from the differences above.
func (t *runText) item(color, label string, spans ...span) {
	if t.gap {
		t.line(0)
		t.gap = false
	}
	t.line(runColumn, append([]span{{color, pad(label, runColumn)}}, spans...)...)
}

func (t *runText) headline() {
	h := headlineOf(t.r, differencesOf(t.r.Groups))
	where := scope(t.r)
	quiet := h.color == green && t.r.Live == nil
	if quiet && len(t.r.Noise) > 0 && !t.all {
		h.text += ", but for noise"
		where += " (--all shows it)"
	}
	if quiet && columns(h.text)+2+columns(where) <= t.width() {
		t.line(2, span{h.color, h.text}, span{dim, "  " + where})
	} else {
		color := bold
		if h.color == red {
			color = red
		}
		t.line(2, span{color, h.text})
		if where != "" {
			t.line(2, span{dim, where})
		}
	}
	if s := t.r.Stopped; s != nil {
		text := safe(s.Text) + unsent(t.r)
		t.line(runColumn, span{red, pad("stopped", runColumn)}, span{red, text})
	}
}

// live is, for a pair, what its answers differ in now, and what that means.
func (t *runText) live() {
	l := t.r.Live
	if l == nil {
		return
	}
	t.line(0)
	if l.Sentence != "" {
		t.item(cyan, "so", plain(safe(l.Sentence)))
	}
	if l.Entry != nil {
		where := fmt.Sprintf("entry %d", *l.Entry)
		if len(t.r.Captures) > 1 {
			where += " of " + safe(t.r.Captures[1])
		}
		t.item(cyan, "live", plain("the answers part at "+where+": "), span{bold, safe(l.Request)})
	}
	t.fields(l.Difference, red)
	if l.Curl != "" {
		t.example(runColumn, "again", "", l.Curl, true)
	}
	t.finding(l.Finding)
}

// maxFields bounds the fields that are shown of the same answers.
const maxFields = 6

func (t *runText) fields(fields []results.Field, color string) {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = fieldName(f.Path)
	}
	column := t.nameColumn(names)
	for n, f := range fields {
		if left := len(fields) - n; n >= maxFields && left > 1 && !t.all {
			t.more(left, "field")
			return
		}
		t.changeLines(runColumn, column, names[n], changeOf(f), color)
	}
}

// nameColumn is as wide as the widest name that leaves room for values.
func (t *runText) nameColumn(names []string) int {
	widest := 0
	for _, name := range names {
		if n := columns(name); n <= t.width()*2/5 {
			widest = max(widest, n)
		}
	}
	return widest
}

// more tells how many things of a kind are not shown.
func (t *runText) more(n int, what string) {
	t.line(runColumn+2, span{dim, strings.Repeat(" ", runColumn) + "and " + count(n, what, what+"s") + " more (--all shows them)"})
}

// maxBlocks bounds the differences that are shown.
const maxBlocks = 12

func (t *runText) blocks(blocks []*block) {
	for n, b := range blocks {
		if n >= maxBlocks && len(blocks)-n > 1 && !t.all {
			left := 0
			for _, b := range blocks[n:] {
				left += len(b.differences)
			}
			t.line(0)
			t.more(left, "difference")
			return
		}
		t.line(0)
		t.block(b, n == 0)
	}
}

func (t *runText) block(b *block, first bool) {
	label, color := "different", yellow
	if b.Regression {
		label, color = "regression", red
	}
	number, requests := b.answers()
	t.line(runColumn, span{color, pad(label, runColumn)}, span{bold, number + " to " + requests + t.flow(b.Flow)})
	t.templates(b)
	t.differences(b, color)
	if !t.explained(b) || t.all {
		t.example(runColumn, fmt.Sprintf("entry %d", b.Example.Entry), safe(b.Example.URL), b.Example.Curl, first || t.all)
	}
	for _, f := range b.findings {
		t.finding(f)
	}
}

// explained tells whether all causes of a block were told above: then one
// example was shown of what they do, and it stays short.
func (t *runText) explained(b *block) bool {
	for _, f := range b.findings {
		if !t.told[safe(f.Cause)] {
			return false
		}
	}
	return len(b.findings) > 0
}

// flow names the capture of a pair that answers belong to.
func (t *runText) flow(f results.Flow) string {
	switch {
	case f == results.OK && len(t.r.Captures) > 0:
		return " in " + safe(t.r.Captures[0])
	case f == results.Bad && len(t.r.Captures) > 1:
		return " in " + safe(t.r.Captures[1])
	}
	return ""
}

// templates lists the kinds of request that a difference is in.
func (t *runText) templates(b *block) {
	if len(b.groups) < 2 || !t.all {
		return
	}
	for _, g := range b.groups {
		t.line(runColumn+2, span{dim, strings.Repeat(" ", runColumn) + outOf(g.Count, g.Of) + " to " + safe(g.Template)})
	}
}

func (t *runText) differences(b *block, color string) {
	names := make([]string, len(b.differences))
	for i, d := range b.differences {
		names[i] = fieldName(d.Field)
	}
	column := t.nameColumn(names)
	for n, d := range b.differences {
		if left := len(b.differences) - n; n >= maxFields && left > 1 && !t.all {
			t.more(left, "field")
			return
		}
		t.changeLines(runColumn, column, names[n], d.change(), color)
	}
}

// finding is the cause of a difference: whole where it is named first.
func (t *runText) finding(f *results.Finding) {
	if f == nil {
		return
	}
	id := safe(f.Cause)
	if t.told[id] {
		t.labelled(runColumn, "cause", span{bold, id}, span{dim, "  as above"})
		return
	}
	t.told[id] = true
	t.labelled(runColumn, "cause", t.causeAndSureness(runColumn, id, scenarios.Finding{Confidence: f.Confidence})...)
	if f.Title != "" {
		t.labelled(runColumn, "", plain(safe(f.Title)))
	}
	label := "because"
	for _, line := range f.Because[:min(maxBecause, len(f.Because))] {
		t.labelled(runColumn, label, plain(cut(safe(line), 2*maxEvidence)))
		label = ""
	}
	label = "fix"
	for _, a := range f.Fix {
		t.advice(runColumn, label, safe(a.Where), safe(a.Text), safeLines(a.Snippet))
		label = ""
	}
}
