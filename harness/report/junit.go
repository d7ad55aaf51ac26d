package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/replaydiff/replay/harness/results"
)

// JUnit writes a report as JUnit XML, in the form that Jenkins, GitLab and
// GitHub's reporters share. There is a suite for each capture, and in it
//
//   - a test case for each kind of request ("GET /account/{}"), so that a case
//     has the same name from run to run: it fails where answers differ, with
//     the type "regression" or "difference", and is an error where requests got
//     no answer;
//   - a skipped one for each reason for which requests were not sent;
//   - an error where the run stopped early.
//
// For scenarios there is a case for each, named as in the suite: it fails where
// the answer is not the one that should be, with the type "accepted" or
// "broken", and is an error where it could not be tested.
//
// For a pair, two more say whether each capture does what it did. Noise and
// accepted differences fail nothing.
func JUnit(w io.Writer, r *results.Report) error {
	j := junit{r: r, groups: map[string][]results.Group{}}
	for _, g := range r.Groups {
		key := string(g.Flow) + "\x00" + g.Template
		j.groups[key] = append(j.groups[key], g)
	}
	doc := junitSuites{Name: "replay " + safe(string(r.Kind)), Time: seconds(r.Seconds)}
	if r.Kind == results.Test {
		doc.add(j.scenarios())
	} else {
		for i, flow := range flowsOf(r) {
			doc.add(j.suite(flow, i == 0))
		}
	}
	text, err := xml.MarshalIndent(doc, "", "  ")
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, xml.Header+string(text)+"\n")
	return err
}

// flowsOf are the captures of a report, and what else its groups name: nothing
// that differs is left out for a name.
func flowsOf(r *results.Report) []results.Flow {
	flows := []results.Flow{""}
	if r.Kind == results.Pair {
		flows = []results.Flow{results.OK, results.Bad}
	}
	for _, g := range r.Groups {
		if !slices.Contains(flows, g.Flow) {
			flows = append(flows, g.Flow)
		}
	}
	return flows
}

// seconds as JUnit has them. A number that is none is not written as one.
func seconds(s float64) string {
	if !(s > 0 && s < 1e12) {
		s = 0
	}
	return fmt.Sprintf("%.3f", s)
}

type junit struct {
	r      *results.Report
	groups map[string][]results.Group // by flow and template
}

// suite holds the cases of one capture. What is of the whole run (what was
// skipped, an early stop) stands in the first.
func (j junit) suite(flow results.Flow, first bool) junitSuite {
	file := j.file(flow)
	s := junitSuite{Name: file, Properties: j.properties()}
	if !j.r.Started.IsZero() {
		s.Timestamp = j.r.Started.UTC().Format(time.RFC3339)
	}
	total := 0.0
	for _, t := range templatesOf(j.r) {
		if t.Flow != flow {
			continue
		}
		total += t.Seconds
		s.Cases = append(s.Cases, j.template(file, t))
	}
	if first {
		s.Cases = append(s.Cases, j.whole(file)...)
	}
	s.Cases = append(s.Cases, j.standing(file, flow)...)
	if s.Time = seconds(total); flow == "" {
		s.Time = seconds(j.r.Seconds)
	}
	return s
}

func (j junit) file(flow results.Flow) string {
	i := 0
	if flow == results.Bad {
		i = 1
	}
	if i < len(j.r.Captures) {
		return safe(j.r.Captures[i])
	}
	return "capture"
}

func (j junit) properties() []junitProperty {
	c := j.r.Counts
	list := []junitProperty{
		{"verdict", headlineOf(j.r, differencesOf(j.r.Groups)).text},
		{"targets", targetList(j.r.Targets)},
	}
	if j.r.Shard != "" {
		list = append(list, junitProperty{"shard", safe(j.r.Shard)})
	}
	for _, n := range []struct {
		name  string
		value int
	}{
		{"recorded", c.Recorded}, {"sent", c.Sent}, {"same", c.Same}, {"different", c.Different}, {"unanswered", c.Unanswered},
		{"skipped", c.Skipped}, {"unsent", c.Unsent}, {"extra", c.Extra}, {"accepted", len(differencesOf(j.r.Accepted))},
	} {
		list = append(list, junitProperty{n.name, fmt.Sprint(n.value)})
	}
	return list
}

// template is the case of one kind of request.
func (j junit) template(file string, t results.Template) junitCase {
	c := junitCase{ClassName: file, Name: safe(t.Template), Time: seconds(t.Seconds)}
	own := j.groups[string(t.Flow)+"\x00"+t.Template]
	switch {
	case len(own) > 0:
		c.Failure = failureOf(own, t)
	case t.Unanswered > 0:
		c.Error = &junitProblem{"no-answer", fmt.Sprintf("%d of %s got no answer", t.Unanswered, count(t.Answers+t.Unanswered, "request", "requests")), j.errorText()}
	}
	return c
}

// whole are the cases of the run as a whole.
func (j junit) whole(file string) []junitCase {
	var cases []junitCase
	for _, s := range j.r.Skipped {
		message := requestsFrom(s.Count, s.Entry) + ": " + safe(s.Text)
		cases = append(cases, junitCase{ClassName: file, Name: "not sent: " + safe(s.Reason), Time: seconds(0), Skipped: &junitProblem{Message: message}})
	}
	if s := j.r.Stopped; s != nil {
		message := safe(s.Text) + unsent(j.r)
		cases = append(cases, junitCase{ClassName: file, Name: "the run comes to its end", Time: seconds(0), Error: &junitProblem{Type: safe(string(s.Reason)), Message: message}})
	}
	return cases
}

// standing is whether a capture of a pair does what it did.
func (j junit) standing(file string, flow results.Flow) []junitCase {
	l := j.r.Live
	if l == nil || flow == "" {
		return nil
	}
	c := junitCase{ClassName: file, Name: "the working capture works", Time: seconds(0)}
	holds := l.OKWorks
	if flow == results.Bad {
		c.Name, holds = "the failing capture fails", l.BadFails
	}
	if !holds {
		c.Failure = &junitProblem{Type: "pair", Message: safe(l.Sentence)}
	}
	return []junitCase{c}
}

// templatesOf are the kinds of request of a report. One that does not count
// them all has those that differ, and a case for all others.
func templatesOf(r *results.Report) []results.Template {
	list := slices.Clone(r.Templates)
	type key struct {
		flow     results.Flow
		template string
	}
	known := map[key]bool{}
	for _, t := range list {
		known[key{t.Flow, t.Template}] = true
	}
	for _, g := range r.Groups {
		if k := (key{g.Flow, g.Template}); !known[k] {
			known[k] = true
			list = append(list, results.Template{Flow: g.Flow, Template: g.Template, Answers: g.Of, Different: g.Count})
		}
	}
	return append(list, others(r, list)...)
}

// others are the requests that no kind counts. Those of a pair stand with the
// working capture.
func others(r *results.Report, known []results.Template) []results.Template {
	var list []results.Template
	flow := flowsOf(r)[0]
	answers, unanswered := r.Counts.Same+r.Counts.Different, r.Counts.Unanswered
	for _, t := range known {
		answers -= t.Answers
		unanswered -= t.Unanswered
	}
	if answers > 0 {
		list = append(list, results.Template{Flow: flow, Template: "all other requests", Answers: answers})
	}
	if unanswered > 0 {
		list = append(list, results.Template{Flow: flow, Template: "requests without an answer", Unanswered: unanswered})
	}
	return list
}
