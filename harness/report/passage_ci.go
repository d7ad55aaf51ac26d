package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/replaydiff/replay/harness/results"
)

// PassageMarkdown writes what a proxy did for a comment on a pull request, in the
// manner of [Markdown].
func PassageMarkdown(w io.Writer, p *results.Passage) error {
	d := &markdown{room: MarkdownLimit - markdownReserve}
	d.add("### " + prose(passageVerdict(p)) + "\n\n" + codeSpan(cut(passageScope(p), maxMarkdownValue)) + "\n\n")
	for _, f := range p.Findings {
		d.add(alteredMarkdown(f))
	}
	for _, e := range p.Drift {
		d.add("- **differs:** " + codeSpan(cut(safe(e.What), maxMarkdownValue)) + " " + codeSpan(was(e.Before)) + " → " + codeSpan(was(e.Now)) + "\n")
	}
	if rows := probeRows(p.Probes); rows != "" {
		d.add("\n| probe | outcome |\n|---|---|\n" + rows)
	}
	if d.left > 0 {
		d.text.WriteString("\n… and " + count(d.left, "part", "parts") + " more, for which there is no room here: the JSON report has all.\n")
	}
	_, err := io.WriteString(w, d.text.String())
	return err
}

func alteredMarkdown(f results.Altered) string {
	var b strings.Builder
	b.WriteString("**" + prose(safe(f.Title)) + "** " + codeSpan(safe(f.Cause)) + "\n\n")
	for _, line := range f.Because {
		b.WriteString("- " + codeSpan(cut(safe(line), maxMarkdownValue)) + "\n")
	}
	for _, a := range f.Fix {
		b.WriteString("\n" + prose(safe(a.Where)+": "+safe(a.Text)) + "\n")
		if a.Snippet != "" {
			b.WriteString("\n" + fenced("", safeLines(a.Snippet)))
		}
	}
	return b.String() + "\n"
}

func probeRows(probes []results.Probe) string {
	var b strings.Builder
	cell := func(s string) string { return strings.ReplaceAll(codeSpan(safe(s)), "|", `\|`) }
	for _, p := range probes {
		fmt.Fprintf(&b, "| %s | %s |\n", cell(p.Name), cell(p.Outcome))
	}
	return b.String()
}

// PassageJUnit writes what a proxy did as JUnit XML: a test case for each finding
// and each thing that differs from the baseline, an error for requests without an
// answer, and one case that passes where there is nothing else.
func PassageJUnit(w io.Writer, p *results.Passage) error {
	file := safe(p.Capture)
	s := junitSuite{Name: file, Time: seconds(p.Seconds)}
	if !p.Started.IsZero() {
		s.Timestamp = p.Started.UTC().Format(time.RFC3339)
	}
	one := func(name string) junitCase { return junitCase{ClassName: file, Name: name, Time: seconds(0)} }
	for _, f := range p.Findings {
		c := one(safe(f.Does))
		c.Failure = &junitProblem{Type: safe(f.Cause), Message: safe(f.Title), Text: alteredText(f)}
		s.Cases = append(s.Cases, c)
	}
	for _, d := range p.Drift {
		c := one(safe(d.What))
		c.Failure = &junitProblem{Type: "baseline", Message: was(d.Before) + " → " + was(d.Now)}
		s.Cases = append(s.Cases, c)
	}
	for _, e := range p.Errors {
		c := one("no answer")
		c.Error = &junitProblem{Type: "network", Message: safe(e.Text)}
		s.Cases = append(s.Cases, c)
	}
	for _, k := range p.Skipped {
		c := one("not sent: " + safe(k.Reason))
		c.Skipped = &junitProblem{Message: safe(k.Text)}
		s.Cases = append(s.Cases, c)
	}
	if len(p.Findings)+len(p.Drift)+len(p.Errors) == 0 {
		s.Cases = append(s.Cases, one("through the proxy"))
	}
	doc := junitSuites{Name: "replay through", Time: seconds(p.Seconds)}
	doc.add(s)
	text, err := xml.MarshalIndent(doc, "", "  ")
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, xml.Header+string(text)+"\n")
	return err
}

// alteredText is the body of a failure: what speaks for it, and what mends it.
func alteredText(f results.Altered) string {
	var b strings.Builder
	for _, line := range f.Because {
		b.WriteString(safe(line) + "\n")
	}
	for _, a := range f.Fix {
		b.WriteString(safe(a.Where) + ": " + safe(a.Text) + "\n" + safeLines(a.Snippet) + "\n")
	}
	return b.String()
}
