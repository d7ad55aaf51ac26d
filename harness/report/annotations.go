package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/replaydiff/replay/harness/results"
)

// maxAnnotations is how many errors, and how many warnings, GitHub shows of one
// step.
const maxAnnotations = 10

// Annotations writes workflow commands of GitHub Actions: an error for what
// got worse and for what stopped the run, a warning for what else differs, and
// the verdict as a notice. Of each kind there are at most ten, for GitHub shows
// no more; the last then counts those that are left out.
func Annotations(w io.Writer, r *results.Report) error {
	var errors, warnings []annotation
	if s := r.Stopped; s != nil {
		errors = append(errors, annotation{"the run stopped", safe(s.Text)})
	}
	for _, b := range blocksOf(r.Groups) {
		if b.Regression {
			errors = append(errors, annotationOf(b))
		} else {
			warnings = append(warnings, annotationOf(b))
		}
	}
	for _, e := range errorsOf(r) {
		errors = append(errors, annotation{"no answer", requestsFrom(e.Count, e.Entry) + ": " + safe(e.Text)})
	}
	for _, a := range r.Vanished {
		c := change{kind: a.Kind, old: a.Old, new: a.New}
		warnings = append(warnings, annotation{"accepted, but gone", safe(a.Template) + " " + vanishedWords(a, c) + ": no answer shows what the baseline accepts"})
	}
	moreErrors, moreWarnings := caseAnnotations(r)
	errors, warnings = append(errors, moreErrors...), append(warnings, moreWarnings...)
	out := bufio.NewWriter(w)
	notice := annotation{"replay " + safe(string(r.Kind)), headlineOf(r, differencesOf(r.Groups)).text + "\n" + scope(r)}
	notice.write(out, "notice")
	writeAnnotations(out, "error", errors)
	writeAnnotations(out, "warning", warnings)
	return out.Flush()
}

type annotation struct{ title, text string }

func annotationOf(b *block) annotation {
	name := "difference: "
	if b.Regression {
		name = "regression: "
	}
	number, requests := b.answers()
	a := annotation{title: name + fieldName(b.Field), text: number + " to " + requests}
	for n, d := range b.differences {
		if left := len(b.differences) - n; n == maxFields && left > 1 {
			a.text += fmt.Sprintf("\nand %d fields more", left)
			break
		}
		a.text += "\n" + fieldName(d.Field) + "  " + cut(d.change().words(), maxEvidence)
	}
	for _, f := range b.findings {
		a.text += fmt.Sprintf("\ncause: %s (%.2f)", safe(f.Cause), f.Confidence)
		for _, advice := range f.Fix {
			a.text += "\nfix: " + safe(advice.Where) + ": " + safe(advice.Text)
		}
	}
	if b.Example.Curl != "" {
		a.text += fmt.Sprintf("\nentry %d: %s", b.Example.Entry, safe(b.Example.Curl))
	}
	return a
}

// What an annotation holds at most, in columns: GitHub cuts a text of 64 KiB,
// and nobody reads one.
const (
	maxTitle     = 120
	maxAnnotated = 4000
)

func writeAnnotations(w io.Writer, command string, list []annotation) {
	if left := len(list) - (maxAnnotations - 1); left > 1 {
		list = append(list[:maxAnnotations-1:maxAnnotations-1], annotation{
			"and more", fmt.Sprintf("%d more, which the report of the job shows; GitHub shows %d of a step", left, maxAnnotations),
		})
	}
	for _, a := range list {
		a.write(w, command)
	}
}

func (a annotation) write(w io.Writer, command string) {
	title, text := cut(a.title, maxTitle), cut(a.text, maxAnnotated)
	fmt.Fprintf(w, "::%s title=%s::%s\n", command, escapeProperty.Replace(title), escapeData.Replace(text))
}

// What a runner decodes again, as the toolkit of GitHub Actions encodes it.
// The replacers are used, never changed.
var (
	escapeData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	escapeProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)
