package report

import (
	"fmt"
	"strings"
)

// quiet writes behind folds what a reviewer need not see at once: what is
// accepted, noise, what was not sent, warnings.
func (d *markdown) quiet() {
	r := d.r
	if len(r.Skipped) > 0 {
		var rows []string
		total := 0
		for _, s := range r.Skipped {
			total += s.Count
			rows = append(rows, requestsFrom(s.Count, s.Entry)+": "+prose(safe(s.Text)))
		}
		d.folded(count(total, "request", "requests")+" not sent", rows)
	}
	if len(r.Accepted) > 0 {
		var rows []string
		for _, difference := range differencesOf(r.Accepted) {
			number, requests := difference.answers()
			rows = append(rows, codeSpan(cut(fieldName(difference.Field)+" "+difference.change().short(maxMarkdownValue), maxMarkdownValue))+
				" in "+number+" to "+codeSpan(cut(requests, maxMarkdownValue)))
		}
		d.folded(count(len(rows), "difference", "differences")+" that the baseline knows", rows)
	}
	if len(r.Vanished) > 0 {
		var rows []string
		for _, a := range r.Vanished {
			c := change{kind: a.Kind, old: a.Old, new: a.New}
			rows = append(rows, codeSpan(cut(safe(a.Template)+" "+vanishedWords(a, c), maxMarkdownValue)))
		}
		d.folded(count(len(rows), "difference", "differences")+" that the baseline accepts and no answer shows now", rows)
	}
	if len(r.Noise) > 0 {
		var rows []string
		total := 0
		for _, n := range r.Noise {
			total += n.Count
			rows = append(rows, fmt.Sprintf("%d in %s of %s: %s", n.Count, codeSpan(cut(fieldName(n.Field), maxMarkdownValue)),
				codeSpan(cut(safe(n.Template), maxMarkdownValue)), prose(safe(n.Reason))))
		}
		d.folded(count(total, "difference", "differences")+" of noise", rows)
	}
	if len(r.Warnings) > 0 {
		var rows []string
		for _, w := range r.Warnings {
			rows = append(rows, prose(safe(w)))
		}
		d.folded(count(len(rows), "warning", "warnings"), rows)
	}
}

// folded writes a list behind a summary of this program's own words.
func (d *markdown) folded(summary string, rows []string) {
	if left := len(rows) - maxMarkdownRows; left > 1 {
		rows = append(rows[:maxMarkdownRows:maxMarkdownRows], fmt.Sprintf("and %d more", left))
	}
	d.add("<details><summary>" + summary + "</summary>\n\n- " + strings.Join(rows, "\n- ") + "\n\n</details>\n\n")
}
