package report

import (
	_ "embed"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/replaydiff/replay/harness/results"
)

// IsolationSchema is the JSON Schema of what [IsolationJSON] writes.
//
//go:embed isolate.schema.json
var IsolationSchema string

// IsolationJSON writes an isolation as JSON, version 1 of the contract in
// isolate.schema.json.
func IsolationJSON(w io.Writer, r *results.Isolation) error { return writeJSON(w, r) }

// Isolation writes for a person which change breaks a request: the verdict in a
// sentence, the change, its cause, the minimal pair, then the trials that prove
// it, for the one who doubts them.
func Isolation(w io.Writer, r *results.Isolation, o RunOptions) error {
	t := &isolationText{runText: runText{page: newPage(w, o.Terminal), r: &results.Report{}, all: o.All, told: map[string]bool{}}, i: r}
	t.headline()
	t.culprits()
	t.findings()
	t.pair()
	t.trials()
	t.changes()
	t.left()
	for _, text := range r.Warnings {
		t.item(yellow, "warning", plain(safe(text)))
	}
	return t.Flush()
}

type isolationText struct {
	runText
	i *results.Isolation
}

func (t *isolationText) headline() {
	r := t.i
	color := red
	switch r.Verdict {
	case results.CulpritProved, results.WorksNow, results.NothingFails:
		color = green
	case results.CulpritFound, results.Narrowed:
		color = yellow
	}
	if r.Request != "" {
		t.line(2, span{bold, safe(r.Request)}, plain("   "+endsText(r)))
	}
	t.line(2, span{color, pad(string(r.Verdict), len(r.Verdict)+2)}, span{bold, safe(r.Sentence)})
	if len(r.Captures) == 2 {
		where := atEntry(r.Captures[0], r.Entry) + ", " + atEntry(r.Captures[1], r.BadEntry)
		if len(r.Trials) > 0 {
			where += fmt.Sprintf(" · %s, %s", count(len(r.Trials), "trial", "trials"), count(r.Requests, "request", "requests"))
		}
		t.line(2, span{dim, where})
	}
	if s := r.Stopped; s != nil {
		t.line(runColumn, span{red, pad("stopped", runColumn)}, span{red, safe(s.Text)})
	}
}

// atEntry is a request of a capture; below 0 it is none in particular.
func atEntry(file string, entry int) string {
	if entry < 0 {
		return safe(file)
	}
	return fmt.Sprintf("%s entry %d", safe(file), entry)
}

func endsText(r *results.Isolation) string {
	if r.Now.OK != "" && r.Now.Bad != "" {
		return safe(r.Now.OK) + " → " + safe(r.Now.Bad)
	}
	return safe(r.Recorded.OK) + " → " + safe(r.Recorded.Bad) + " as recorded"
}

// culprits are the sets that were found, each with its changes.
func (t *isolationText) culprits() {
	for _, c := range t.i.Culprit {
		t.line(0)
		label, color := "culprit", red
		t.line(runColumn, span{color, pad(label, runColumn)}, span{bold, t.placesOf(c.Changes)})
		for _, n := range c.Changes {
			t.changeFields(t.i.Changes[n-1], color)
		}
		t.labelled(runColumn, "proof", plain(safe(c.Sentence)))
	}
}

func (t *isolationText) placesOf(numbers []int) string {
	var list []string
	for _, n := range numbers {
		c := t.i.Changes[n-1]
		text := safe(c.Place)
		if c.Request != "" {
			text += " of " + safe(c.Request)
		}
		list = append(list, text)
	}
	return strings.Join(list, " and ")
}

func (t *isolationText) changeFields(c results.IsolationChange, color string) {
	names := make([]string, len(c.Fields))
	for i, f := range c.Fields {
		names[i] = requestField(f.Path)
	}
	column := t.nameColumn(names)
	for i, f := range c.Fields {
		if left := len(c.Fields) - i; i >= maxFields && left > 1 && !t.all {
			t.more(left, "field")
			return
		}
		t.changeLines(runColumn, column, names[i], changeOf(f), color)
	}
}

func (t *isolationText) findings() {
	for n, f := range t.i.Findings {
		if n > 0 && f.Confidence <= 0.5 && !t.all {
			break
		}
		t.line(0)
		t.finding(&f)
	}
	for _, f := range t.i.Contradicted {
		t.labelled(runColumn, "not", span{bold, safe(f.Cause)}, span{dim, "  what it rests on makes no difference"})
	}
}

// pair is the minimal pair, to be pasted into a bug report.
func (t *isolationText) pair() {
	if t.i.Curl == nil {
		return
	}
	t.line(0)
	t.example(0, pad("works", runColumn-2), "", t.i.Curl.OK, true)
	t.example(0, pad("fails", runColumn-2), "", t.i.Curl.Bad, true)
}

// trials are the table of what was sent, and what came.
func (t *isolationText) trials() {
	if len(t.i.Trials) == 0 {
		return
	}
	rows := [][]string{}
	for n, trial := range t.i.Trials {
		answer := safe(trial.Answer)
		if answer == "" {
			answer = "-"
		}
		rows = append(rows, []string{strconv.Itoa(n + 1), t.setText(trial), answer, safe(trial.Verdict), strings.TrimSpace(safe(trial.Stage) + " " + safe(trial.Note))})
	}
	t.line(0)
	t.table("trials", []string{"", "put in", "answer", "it", "for"}, rows)
}

// table writes rows below a label, in columns as wide as they need to be.
func (t *isolationText) table(label string, head []string, rows [][]string) {
	widths := make([]int, len(head))
	for _, row := range append([][]string{head}, rows...) {
		for i, cell := range row {
			widths[i] = max(widths[i], columns(cell))
		}
	}
	widths[1] = min(widths[1], max(t.width()*2/5, 10))
	line := func(label, color string, row []string) {
		text := ""
		for i, cell := range row {
			text += pad(cut(cell, widths[i]), widths[i]) + "  "
		}
		t.line(runColumn+2, span{cyan, pad(label, runColumn)}, span{color, strings.TrimRight(text, " ")})
	}
	line(label, dim, head)
	for _, row := range rows {
		line("", "", row)
	}
}

// setText names what a trial put in: the shorter of it and what it left out.
func (t *isolationText) setText(trial results.IsolationTrial) string {
	switch {
	case trial.All:
		return "all"
	case len(trial.Changes) == 0:
		return "nothing"
	case 2*len(trial.Changes) <= len(t.i.Changes):
		return ranges(trial.Changes)
	}
	var others []int
	for _, c := range t.i.Changes {
		if !slices.Contains(trial.Changes, c.Number) {
			others = append(others, c.Number)
		}
	}
	return "all but " + ranges(others)
}

// ranges writes numbers as "1, 3–5".
func ranges(numbers []int) string {
	var parts []string
	for i := 0; i < len(numbers); {
		k := i
		for k+1 < len(numbers) && numbers[k+1] == numbers[k]+1 {
			k++
		}
		text := strconv.Itoa(numbers[i])
		if k > i {
			text += "–" + strconv.Itoa(numbers[k])
		}
		parts = append(parts, text)
		i = k + 1
	}
	return strings.Join(parts, ", ")
}

// maxListed bounds the changes that are listed.
const maxListed = 25

// changes lists what was put in, by number.
func (t *isolationText) changes() {
	if len(t.i.Changes) == 0 {
		return
	}
	rows := [][]string{}
	for n, c := range t.i.Changes {
		if n == maxListed && len(t.i.Changes) > n+1 && !t.all {
			break
		}
		rows = append(rows, []string{strconv.Itoa(c.Number), t.placesOf([]int{c.Number}), t.words(c), t.together(c)})
	}
	t.line(0)
	t.table("changes", []string{"", "place", "change", ""}, rows)
	if left := len(t.i.Changes) - len(rows); left > 0 {
		t.more(left, "change")
	}
	if n := len(t.i.Cleared); n > 0 {
		t.labelled(runColumn, "", span{dim, ranges(t.i.Cleared) + " made no difference"})
	}
}

func (t *isolationText) words(c results.IsolationChange) string {
	if len(c.Fields) != 1 {
		return count(len(c.Fields), "edit", "edits")
	}
	return cut(changeOf(c.Fields[0]).words(), max(t.width()/3, 10))
}

func (t *isolationText) together(c results.IsolationChange) string {
	if len(c.With) == 0 {
		return ""
	}
	return "with " + ranges(c.With) + ": " + safe(c.Together)
}

func (t *isolationText) left() {
	for _, l := range t.i.Left {
		t.item(dim, "not tried", span{dim, fmt.Sprintf("%s of entry %d: %s", safe(l.Place), l.Entry, safe(l.Why))})
	}
}
