package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/replaydiff/replay/harness/results"
)

// errors tells what the requests without an answer ended in.
func (t *runText) errors() {
	errors := errorsOf(t.r)
	for n, e := range errors {
		if left := len(errors) - n; n >= maxRows && left > 1 && !t.all {
			t.more(left, "other error")
			return
		}
		label := ""
		if n == 0 {
			label = "no answer"
		}
		t.item(red, label, plain(requestsFrom(e.Count, e.Entry)+": "), span{red, safe(e.Text)})
	}
}

// requestsFrom is "20 requests, the first is entry 4", "entry 4".
func requestsFrom(n, entry int) string {
	switch {
	case entry < 0:
		return count(n, "request", "requests")
	case n == 1:
		return fmt.Sprintf("entry %d", entry)
	}
	return fmt.Sprintf("%d requests, the first is entry %d", n, entry)
}

// errorsOf are the errors of a report, and those of its exchanges where it has
// no counts: no request without an answer stays untold.
func errorsOf(r *results.Report) []results.ErrorCount {
	list := slices.Clone(r.Errors)
	if len(list) == 0 {
		for _, x := range r.Exchanges {
			if x.Verdict == results.Unanswered {
				list = addError(list, x)
			}
		}
		slices.SortStableFunc(list, func(a, b results.ErrorCount) int { return b.Count - a.Count })
	}
	left := r.Counts.Unanswered
	for _, e := range list {
		left -= e.Count
	}
	if left > 0 {
		list = append(list, results.ErrorCount{Text: "the error was not kept", Count: left, Entry: -1})
	}
	return list
}

func addError(list []results.ErrorCount, x results.Exchange) []results.ErrorCount {
	for i := range list {
		if list[i].Text == x.Error {
			list[i].Count++
			return list
		}
	}
	return append(list, results.ErrorCount{Text: x.Error, Count: 1, Entry: x.Entry})
}

// accepted tells what the baseline knows: its number, or each of it.
func (t *runText) accepted() {
	if len(t.r.Accepted) == 0 {
		return
	}
	blocks := blocksOf(t.r.Accepted)
	n := len(differencesOf(t.r.Accepted))
	text := count(n, "difference", "differences") + " that the baseline knows"
	if !t.all {
		t.item(cyan, "accepted", plain(text), span{dim, " (--all shows them)"})
		return
	}
	t.item(cyan, "accepted", plain(text))
	for _, b := range blocks {
		number, requests := b.answers()
		t.line(runColumn+2, span{dim, strings.Repeat(" ", runColumn) + number + " to " + requests + t.flow(b.Flow)})
		t.differences(b, "")
	}
}

// vanished tells what the baseline knows and no answer shows now.
func (t *runText) vanished() {
	for n, a := range t.r.Vanished {
		if left := len(t.r.Vanished) - n; n >= maxFields && left > 1 && !t.all {
			t.more(left, "difference")
			return
		}
		label := ""
		if n == 0 {
			label = "vanished"
			t.item(cyan, label, plain("the baseline accepts what no answer shows now; take it out of the file"))
		}
		c := change{kind: a.Kind, old: a.Old, new: a.New}
		t.line(runColumn+2, plain(strings.Repeat(" ", runColumn)+safe(a.Template)+"  "), span{dim, vanishedWords(a, c)})
	}
}

func vanishedWords(a results.Acceptance, c change) string {
	words := c.words()
	if a.Old == nil && a.New == nil {
		words = safe(string(a.Kind)) // with any value
	}
	words = fieldName(a.Field) + " " + words
	if a.Reason != "" {
		words += " (" + safe(a.Reason) + ")"
	}
	return words
}

// noise is one line: nobody in an outage reads more of it.
func (t *runText) noise() {
	noise := t.r.Noise
	if len(noise) == 0 || !t.all && t.r.Counts.Different+t.r.Counts.Unanswered == 0 && t.r.Live == nil && len(t.r.Groups) == 0 {
		return // the headline says it
	}
	total, fields := 0, map[string]bool{}
	for _, n := range noise {
		total += n.Count
		fields[n.Field] = true
	}
	text := count(total, "difference", "differences") + " in " + count(len(fields), "field", "fields") + " that " + doesOrDo(total) + " not matter"
	if !t.all {
		t.item(cyan, "noise", plain(text), span{dim, " (--all shows them)"})
		return
	}
	t.item(cyan, "noise", plain(text))
	for _, n := range noise {
		t.line(runColumn+2, plain(fmt.Sprintf("%*s%d in %s of %s", runColumn, "", n.Count, fieldName(n.Field), safe(n.Template))), span{dim, "  " + safe(n.Reason)})
	}
}

func doesOrDo(n int) string {
	if n == 1 {
		return "does"
	}
	return "do"
}

// skipped tells what was not sent, why, and which flag sends it.
func (t *runText) skipped() {
	for n, s := range t.r.Skipped {
		label := ""
		if n == 0 {
			label = "skipped"
		}
		t.item(cyan, label, plain(requestsFrom(s.Count, s.Entry)+": "+safe(s.Text)))
	}
}

func (t *runText) warnings(warnings []string) {
	for n, w := range warnings {
		if left := len(warnings) - n; n >= maxWarnings && left > 1 && !t.all {
			t.more(left, "warning")
			return
		}
		t.item(yellow, "warning", plain(safe(w)))
	}
}

// exchanges lists the answers that are not as recorded.
func (t *runText) exchanges() {
	if len(t.r.Exchanges) == 0 {
		return
	}
	t.line(0)
	t.line(2, span{bold, "the answers that are not as recorded"})
	for _, x := range t.r.Exchanges {
		t.exchange(x)
	}
	if left := t.r.Counts.Different + t.r.Counts.Unanswered - len(t.r.Exchanges); left > 0 {
		t.line(2, span{dim, "  and " + count(left, "answer", "answers") + " more, of which no list was kept"})
	}
}

// exchange is an answer in a line: its request, how it ended and ends now, the
// names of what differs, as far as there is room.
func (t *runText) exchange(x results.Exchange) {
	outcome := []span{plain(safe(x.Old) + " → "), {red, safe(x.New)}}
	names := make([]string, len(x.Fields))
	for i, f := range x.Fields {
		names[i] = fieldName(f.Path)
	}
	switch {
	case x.Verdict == results.Unanswered:
		outcome[1].text = "no answer"
		names = []string{safe(x.Error)}
	case x.Old == x.New:
		outcome = []span{{dim, safe(x.New)}}
	}
	number := pad(fmt.Sprintf("  #%d", x.Entry), 8)
	room := t.width() - columns(number) - spanColumns(outcome) - 2
	request := cutMiddle(safe(x.Method)+" "+safe(x.Sent)+t.flow(x.Flow), max(room, t.width()/3))
	spans := append([]span{plain(number + request + "  ")}, outcome...)
	if left := t.width() - spanColumns(spans) - 2; left > 8 && len(names) > 0 {
		spans = append(spans, span{dim, "  " + cut(strings.Join(names, ", "), left)})
	}
	t.line(4, spans...)
}
