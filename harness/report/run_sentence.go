package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/replaydiff/replay/harness/results"
)

// A headline is what someone reads who reads one line. Every format begins
// with it.
type headline struct {
	text  string
	color string // red: something is worse; yellow: other than recorded; green: fine
}

func headlineOf(r *results.Report, differences []*difference) headline {
	c := r.Counts
	switch {
	case r.Kind == results.Test:
		return testHeadline(r)
	case c.Recorded == 0 && c.Sent == 0:
		return headline{"there was no request to send", yellow}
	case c.Sent == 0:
		return headline{nothingSent(r), yellow}
	case c.Same+c.Different == 0:
		return headline{noneAnswered(c.Sent), red}
	case r.Live != nil:
		return pairHeadline(r, differences)
	case len(differences) > 0:
		return different(r, differences)
	case c.Unanswered > 0:
		return headline{fmt.Sprintf("%d of %d requests got no answer, %s", c.Unanswered, c.Sent, rest(r)), red}
	}
	h := headline{allSame(r), green}
	if r.Stopped != nil {
		h.color = yellow
	}
	return h
}

func nothingSent(r *results.Report) string {
	if r.Counts.Skipped == r.Counts.Recorded {
		return "nothing was sent: " + all(r.Counts.Skipped, "request") + " left out"
	}
	return "nothing was sent"
}

// all is "the request was", "both requests were", "all 3 requests were".
func all(n int, what string) string {
	switch n {
	case 1:
		return "the request was"
	case 2:
		return "both " + what + "s were"
	}
	return fmt.Sprintf("all %d %ss were", n, what)
}

func noneAnswered(sent int) string {
	if sent == 1 {
		return "the request got no answer"
	}
	return fmt.Sprintf("none of %d requests got an answer", sent)
}

func different(r *results.Report, differences []*difference) headline {
	c, worse := r.Counts, 0
	for _, d := range differences {
		if d.Regression {
			worse++
		}
	}
	number := fmt.Sprintf("%d of %d answers%s", c.Different, c.Same+c.Different, soFar(r))
	verb := " differ"
	switch {
	case c.Same+c.Different == 1:
		number, verb = "the answer"+soFar(r), " differs"
	case c.Different == 1:
		verb = " differs"
	}
	h := headline{number + verb + ": ", yellow}
	if r.Kind == results.Compare {
		h.text = number + verb + " between before and after: "
	}
	others := len(differences) - worse
	switch {
	case worse == 0:
		h.text = strings.TrimSuffix(h.text, ": ") + " in " + count(others, "way", "ways") + ", no regression"
	case others == 0:
		h.text += count(worse, "regression", "regressions")
	default:
		h.text += count(worse, "regression", "regressions") + ", " + count(others, "other difference", "other differences")
	}
	if worse > 0 {
		h.color = red
	}
	if c.Unanswered > 0 {
		h.text += "; " + count(c.Unanswered, "request", "requests") + " got no answer"
		h.color = red
	}
	return h
}

func soFar(r *results.Report) string {
	if r.Stopped != nil {
		return " so far"
	}
	return ""
}

// rest is what is said of the answers that don't differ.
func rest(r *results.Report) string {
	switch {
	case r.Kind == results.Compare:
		return "the others are the same before and after"
	case len(r.Accepted) > 0:
		return "the others are as recorded, or as the baseline accepts"
	}
	return "the others are as recorded"
}

func allSame(r *results.Report) string {
	n := r.Counts.Same + r.Counts.Different
	subject, verb := fmt.Sprintf("all %d answers%s", n, soFar(r)), " are "
	switch n {
	case 1:
		subject, verb = "the answer"+soFar(r), " is "
	case 2:
		subject = "both answers" + soFar(r)
	}
	text := subject + verb + "as recorded"
	if r.Kind == results.Compare {
		text = subject + verb + "the same before and after"
	}
	if len(r.Accepted) > 0 {
		text += ", or as the baseline accepts"
	}
	return text
}

// pairHeadline tells first whether each capture does what it did; of other
// differences there may be many in a pair that holds.
func pairHeadline(r *results.Report, differences []*difference) headline {
	h := headline{"the working capture fails now, the failing one works", red}
	switch l := r.Live; {
	case l.OKWorks && l.BadFails:
		h = headline{"the working capture still works, the failing one still fails", green}
	case l.OKWorks:
		h = headline{"the working capture still works, the failing one works now too", yellow}
	case l.BadFails:
		h = headline{"the working capture fails now too, as the failing one still does", red}
	}
	if len(differences) > 0 {
		h.text += fmt.Sprintf("; %d of %d answers changed", r.Counts.Different, r.Counts.Same+r.Counts.Different)
	}
	if len(differences) > 0 && differences[0].Regression {
		h.color = red
	}
	return h
}

// scope is what the numbers of a report are of: files, targets, requests, time.
func scope(r *results.Report) string {
	files := make([]string, len(r.Captures))
	for i, file := range r.Captures {
		files[i] = safe(file)
	}
	text := strings.Join(files, ", ")
	if to := targetList(r.Targets); to != "" {
		text += " → " + to
	}
	if c := r.Counts; c.Recorded > 0 && c.Sent != c.Recorded {
		text += fmt.Sprintf(", %d of %s sent", c.Sent, count(c.Recorded, "request", "requests"))
	}
	if r.Seconds > 0 {
		text += " in " + duration(r.Seconds)
	}
	if r.Shard != "" {
		text += ", shard " + safe(r.Shard)
	}
	return strings.TrimPrefix(strings.TrimSpace(text), ", ")
}

// maxTargets bounds the targets that a line names.
const maxTargets = 3

func targetList(targets []results.Target) string {
	var list []string
	for _, t := range targets {
		name := safe(t.To)
		if t.Role == "before" || t.Role == "after" {
			name = t.Role + " " + name
		}
		if !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	if left := len(list) - maxTargets; left > 0 {
		list = append(list[:maxTargets], strconv.Itoa(left)+" more")
	}
	return strings.Join(list, ", ")
}

func duration(seconds float64) string {
	switch {
	case seconds < 1:
		return strconv.Itoa(int(seconds*1000+0.5)) + " ms"
	case seconds < 60:
		return strconv.FormatFloat(seconds, 'f', 1, 64) + " s"
	}
	return (time.Duration(min(seconds, 1e9)) * time.Second).String()
}
