package report

import (
	"fmt"
	"html"
	"strings"

	"github.com/replaydiff/replay/harness/results"
)

// caseLines is a failed scenario in plain lines, for CI.
func caseLines(c *results.Case) string {
	var b strings.Builder
	line := func(label, text string) {
		if text != "" {
			b.WriteString(label + ": " + cut(text, maxFailureLine) + "\n")
		}
	}
	line("request", safe(c.Request))
	for _, f := range c.Edits {
		line("changed", requestField(f.Path)+"  "+changeOf(f).short(maxFailureLine))
	}
	if c.Verdict == results.CaseNotTestable {
		line("because", safe(c.Reason))
	} else {
		line("done", safe(c.Reason))
		line("expected", safe(c.Want))
		line("came", safe(c.Came)+" (untouched: "+safe(c.Control)+")")
		for _, m := range c.Mismatch {
			line("mismatch", safe(m))
		}
		line("so", meaning(c))
	}
	if f := c.Finding; f != nil {
		fmt.Fprintf(&b, "cause: %s (%.2f): %s\n", safe(f.Cause), f.Confidence, safe(f.Title))
		for _, a := range f.Fix {
			line("fix "+safe(a.Where), safe(a.Text))
		}
	}
	line("again", safe(c.Curl))
	return b.String()
}

// caseMessage is the one line that a list of failures shows.
func caseMessage(c *results.Case) string {
	switch c.Verdict {
	case results.CaseAccepted:
		return "accepted a request that it should refuse: " + safe(c.Came) + ", expected " + safe(c.Want)
	case results.CaseNotTestable:
		return safe(c.Reason)
	}
	if len(c.Mismatch) > 0 {
		return safe(c.Mismatch[0])
	}
	return "came " + safe(c.Came) + ", expected " + safe(c.Want)
}

// scenarios is the suite of a test: a case for each scenario. One that can't be
// tested is an error, one that the target may let pass is passed.
func (j junit) scenarios() junitSuite {
	file := j.file("")
	s := j.suite("", true)
	s.Cases = nil
	s.Properties = []junitProperty{
		{"verdict", testHeadline(j.r).text}, {"targets", targetList(j.r.Targets)},
		{"scenarios", fmt.Sprint(len(j.r.Cases))}, {"requests", fmt.Sprint(j.r.Counts.Extra)},
	}
	for i := range j.r.Cases {
		c := &j.r.Cases[i]
		out := junitCase{ClassName: file + " " + safe(c.Cause), Name: safe(c.Name), Time: seconds(c.Seconds)}
		problem := &junitProblem{Type: safe(strings.ReplaceAll(string(c.Verdict), " ", "-")), Message: cut(caseMessage(c), maxFailureLine), Text: caseLines(c)}
		switch {
		case c.Verdict == results.CaseNotTestable:
			out.Error = problem
		case c.Failed():
			out.Failure = problem
		}
		s.Cases = append(s.Cases, out)
	}
	s.Cases = append(s.Cases, j.whole(file)...)
	return s
}

// caseAnnotations are the failed scenarios for GitHub.
func caseAnnotations(r *results.Report) (errors, warnings []annotation) {
	for _, c := range casesOf(r) {
		word, _ := caseLabel(c.Verdict)
		a := annotation{word + ": " + safe(c.Name), strings.TrimSuffix(caseLines(&c), "\n")}
		switch {
		case c.Verdict == results.CaseNotTestable:
			warnings = append(warnings, a)
		case c.Failed():
			errors = append(errors, a)
		}
	}
	return errors, warnings
}

// cases are the scenarios for a comment: the failed ones whole, the others in
// a list behind a fold.
func (d *markdown) cases() {
	var quiet strings.Builder
	n := 0
	for _, c := range casesOf(d.r) {
		if !c.Failed() {
			word, _ := caseLabel(c.Verdict)
			fmt.Fprintf(&quiet, "- %s: %s %s\n", word, codeSpan(cut(safe(c.Name), maxMarkdownValue)), codeSpan(cut(safe(c.Came), maxMarkdownValue)))
			n++
			continue
		}
		d.add(d.failedCase(&c))
	}
	if n > 0 {
		d.add("<details><summary>" + count(n, "scenario", "scenarios") + " without a finding</summary>\n\n" + quiet.String() + "\n</details>\n")
	}
}

func (d *markdown) failedCase(c *results.Case) string {
	var b strings.Builder
	word, _ := caseLabel(c.Verdict)
	fmt.Fprintf(&b, "**%s** %s\n\n", strings.ToUpper(word[:1])+word[1:], codeSpan(cut(safe(c.Name), maxMarkdownValue)))
	for n, f := range c.Edits {
		if left := len(c.Edits) - n; n == maxMarkdownRows && left > 1 {
			fmt.Fprintf(&b, "- and %d changes more\n", left)
			break
		}
		b.WriteString("- changed " + strings.TrimPrefix(bullet(requestField(f.Path), changeOf(f)), "- "))
	}
	if c.Reason != "" {
		b.WriteString("- " + codeSpan(cut(safe(c.Reason), maxMarkdownValue)) + "\n")
	}
	if c.Verdict != results.CaseNotTestable {
		b.WriteString("- expected " + codeSpan(cut(safe(c.Want), maxMarkdownValue)) + "\n- came " + codeSpan(cut(safe(c.Came), maxMarkdownValue)) + "\n")
	}
	if text := meaning(c); text != "" {
		b.WriteString("- " + text + "\n")
	}
	b.WriteString("\n")
	if c.Finding != nil {
		b.WriteString(markdownFinding(c.Finding))
	}
	b.WriteString(details("<code>"+html.EscapeString(cut(safe(c.Request), maxMarkdownValue))+"</code>", c.Curl))
	return b.String()
}
