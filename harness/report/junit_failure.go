package report

import (
	"fmt"
	"strings"

	"github.com/replaydiff/replay/harness/results"
)

// maxFailure bounds the text of a failure, in columns a line and in lines.
const (
	maxFailureLine = 4000
	maxFailureRows = 200
)

func failureOf(groups []results.Group, t results.Template) *junitProblem {
	blocks := blocksOf(groups)
	first := blocks[0].difference
	p := &junitProblem{Type: "difference", Message: fieldName(first.Field) + " " + first.change().short(maxEvidence)}
	if first.Regression {
		p.Type = "regression"
	}
	if n := len(groups) - 1; n > 0 {
		p.Message += ", and " + count(n, "field", "fields") + " more"
	}
	var b strings.Builder
	for _, block := range blocks {
		b.WriteString(blockText(block))
	}
	if t.Unanswered > 0 {
		b.WriteString(count(t.Unanswered, "request", "requests") + " got no answer\n")
	}
	p.Text = b.String()
	return p
}

func blockText(block *block) string {
	var b strings.Builder
	number, requests := block.answers()
	fmt.Fprintf(&b, "%s to %s\n", number, requests)
	for n, d := range block.differences {
		if n == maxFailureRows {
			fmt.Fprintf(&b, "  and %d fields more\n", len(block.differences)-n)
			break
		}
		fmt.Fprintf(&b, "  %s  %s\n", fieldName(d.Field), d.change().short(maxFailureLine))
	}
	for _, f := range block.findings {
		fmt.Fprintf(&b, "cause %s (%.2f): %s\n", safe(f.Cause), f.Confidence, safe(f.Title))
		for _, a := range f.Fix {
			fmt.Fprintf(&b, "  fix %s: %s\n", safe(a.Where), safe(a.Text))
		}
	}
	fmt.Fprintf(&b, "entry %d: %s\n", block.Example.Entry, safe(block.Example.URL))
	if block.Example.Curl != "" {
		b.WriteString(safe(block.Example.Curl) + "\n")
	}
	return b.String()
}

func (j junit) errorText() string {
	var b strings.Builder
	for n, e := range errorsOf(j.r) {
		if n == maxFailureRows {
			break
		}
		fmt.Fprintf(&b, "%s: %s\n", requestsFrom(e.Count, e.Entry), cut(safe(e.Text), maxFailureLine))
	}
	return b.String()
}
