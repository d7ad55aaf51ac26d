package harness

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/answers"
	"github.com/replaydiff/replay/harness/isolate"
	"github.com/replaydiff/replay/harness/results"
	"github.com/replaydiff/replay/scenarios"
)

// describe lists the changes by number, and what was left out.
func (s *isolation) describe() {
	d := s.differences
	for _, a := range s.order {
		atom := d.Atoms[a]
		for _, i := range atom.Parts {
			p := &d.Parts[i]
			change := results.IsolationChange{
				Number: s.numbers[i], Entry: p.Entry, Place: s.place(p.Place), Fields: s.fields(p),
				Together: atom.Why, With: s.numbersOf(less(atom.Parts, []int{i})), Noise: string(p.Noise),
			}
			if p.Entry != s.working {
				change.Request = template(s.ok.Capture.Exchanges[p.Entry])
			}
			s.out.Changes = append(s.out.Changes, change)
		}
	}
	for _, l := range d.Left {
		s.out.Left = append(s.out.Left, results.LeftChange{Entry: l.Entry, Place: s.place(l.Place), Why: l.Why})
	}
}

// place is where a part stands, with no secret in it: the name of a parameter
// may be one.
func (s *isolation) place(p string) string {
	kind, name, found := strings.Cut(p, " ")
	if !found {
		return p
	}
	if kind == "query" {
		return kind + " " + s.masker.Query("", name)
	}
	return kind + " " + s.masker.Text(name)
}

// fields are the edits of a part.
func (s *isolation) fields(p *isolate.Part) []results.Field {
	x := s.ok.Capture.Exchanges[p.Entry]
	y := x
	for _, e := range s.entries {
		if e.OK == p.Entry && e.Bad >= 0 {
			y = s.bad.Capture.Exchanges[e.Bad]
		}
	}
	if p.Drop {
		return []results.Field{{Path: "request", Kind: results.Lost}}
	}
	return answers.Fields(s.masker, x, y, p.Edits)
}

// conclude says what a search came to.
func (s *isolation) conclude(ctx context.Context, r isolate.Result, err error) {
	for i, t := range r.Trials {
		s.out.Trials[i].Stage = string(t.Stage)
	}
	s.ends()
	if errors.Is(err, errLimited) {
		s.out.Trials[len(s.out.Trials)-1].Stage = string(r.Stage)
		s.verdict(results.Unsteady, "after "+trials(r.Asked())+" it was not found out: "+errLimited.Error())
		s.prove(isolate.Result{})
		return
	}
	if err != nil {
		s.stopped(ctx, err)
		return
	}
	switch r.End {
	case isolate.OKFails:
		s.verdict(results.NotComparable, s.whyOKFails())
	case isolate.BadWorks:
		s.gone(ctx)
	case isolate.BadDiffers:
		text := "the working request with all changes is neither answered as it was, nor as the failing one"
		if last := s.out.Trials[len(s.out.Trials)-1]; last.Note != "" {
			text = "the working request with all changes can't be sent: " + last.Note
		}
		s.verdict(results.NotComparable, text)
	case isolate.Flaky:
		s.verdict(results.Unsteady, fmt.Sprintf("the working request with %s was answered in two ways: no trial can be trusted until that is steady", s.listed(r.Flaky)))
	case isolate.OutOfTries:
		if len(r.Sets) > 0 {
			s.culprits(r)
		}
		s.verdict(results.Narrowed, s.outOfTries(r))
	default:
		s.culprits(r)
	}
	s.prove(r)
}

func (s *isolation) stopped(ctx context.Context, err error) {
	reason := results.Network
	text := s.masker.Text(err.Error())
	if ctx.Err() != nil {
		reason, text = results.Interrupted, "interrupted: this is the report of what was done until then"
	}
	s.out.Stopped = &results.Stop{Reason: reason, Text: text}
	s.verdict(results.NotComparable, "it was not found out: "+text)
}

// ends are the outcomes of today.
func (s *isolation) ends() {
	for _, t := range s.out.Trials {
		switch {
		case len(t.Changes) == 0:
			s.out.Now.OK = t.Answer
		case t.All:
			s.out.Now.Bad = t.Answer
		}
	}
	if was, is := s.out.Recorded.Bad, s.out.Now.Bad; is != "" && was != is && s.bad.Capture.Exchanges[s.failing].Response != nil {
		s.out.Warnings = append(s.out.Warnings, fmt.Sprintf("the failing request was recorded with %s and gets %s now", was, is))
	}
}

// culprits tells of the sets that were found.
func (s *isolation) culprits(r isolate.Result) {
	for _, set := range r.Sets {
		s.out.Culprit = append(s.out.Culprit, results.Culprit{
			Changes: s.numbersOf(set.Parts), Sufficient: set.Sufficient, Necessary: set.Necessary, Sentence: s.sentence(set),
		})
	}
	first := r.Sets[0]
	s.good, s.broken = s.tester.control, s.tester.tried[fmt.Sprint(first.Parts)]
	if s.good != nil && s.broken != nil {
		s.broken = s.sameSession(first.Parts)
		s.out.Curl = &results.CurlPair{OK: s.curl(s.good), Bad: s.curl(s.broken)}
	}
	if r.Together {
		s.out.Cleared = s.numbersOf(s.cleared(r))
	}
	verdict := results.CulpritFound
	if r.End == isolate.Proved {
		verdict = results.CulpritProved
	}
	s.verdict(verdict, s.overall(r))
}

// sameSession is the failing trial as it would have been in the session of the
// working one, so that both differ in the culprit alone: each trial has its own
// tokens and cookies. Where an earlier request is changed, the trial is returned
// as it was.
func (s *isolation) sameSession(set []int) *Tried {
	for _, i := range set {
		if s.differences.Parts[i].Entry != s.working {
			return s.broken
		}
	}
	asked, err := s.differences.Apply(s.working, &s.good.Exchange.Request, set)
	if err != nil {
		return s.broken
	}
	x, flow := *s.broken.Exchange, *s.good.Flow
	x.Request = *asked
	flow.Exchanges = slices.Clone(flow.Exchanges)
	flow.Exchanges[s.working] = &x
	return &Tried{Exchange: &x, Before: s.good.Before, Flow: &flow}
}

func (s *isolation) curl(t *Tried) string {
	return results.CurlLine(&s.ok.sent(t.Exchange).Request, s.masker)
}

// prove gives the causes what was proved.
func (s *isolation) prove(r isolate.Result) {
	d := s.found
	if len(r.Sets) > 0 {
		first := r.Sets[0]
		d = d.Proved(scenarios.Trials{
			Blames: func(e scenarios.Evidence) bool { return s.about(e, first.Parts) },
			Clears: func(e scenarios.Evidence) bool {
				return r.Together && s.about(e, s.cleared(r)) && !s.about(e, first.Parts)
			},
			Necessary: first.Necessary,
			Note:      fmt.Sprintf("proved by %s: %s", trials(r.Asked()), s.sentence(first)),
		})
	}
	d.Findings = slices.DeleteFunc(d.Findings, func(f scenarios.Finding) bool {
		return len(r.Sets) > 0 && f.Cause.ID == "no-difference" // it was found
	})
	for len(d.Findings) > 0 {
		s.out.Findings = append(s.out.Findings, *findingOf(d, s.compared))
		d.Findings = d.Findings[1:]
	}
	before := len(s.found.RuledOut)
	for _, f := range d.RuledOut[before:] {
		s.out.Contradicted = append(s.out.Contradicted, *findingOf(scenarios.Diagnosis{Findings: []scenarios.Finding{f}}, s.compared))
	}
}

// about tells whether evidence is about one of the parts.
func (s *isolation) about(e scenarios.Evidence, parts []int) bool {
	return slices.ContainsFunc(parts, func(i int) bool { return s.differences.IsAbout(i, e, s.entries) })
}

// cleared are the parts that no culprit holds.
func (s *isolation) cleared(r isolate.Result) []int {
	var list []int
	for i := range s.differences.Parts {
		if !slices.ContainsFunc(r.Sets, func(set isolate.Set) bool { return slices.Contains(set.Parts, i) }) {
			list = append(list, i)
		}
	}
	return list
}

// minimal is a flow that was played, with the addresses that it went to.
func (s *isolation) minimal(t *Tried) *traffic.Capture {
	c := emptied(s.ok.Capture)
	c.Format, c.Version, c.Creator = traffic.HAR, "1.2", traffic.Product{Name: "replay"}
	for _, i := range append(slices.Clone(t.Before), s.working) {
		if x := t.Flow.Exchanges[i]; x.Response != nil {
			add(c, s.ok.sent(x))
		}
	}
	return c
}

// less is a list without some of it.
func less(list, without []int) []int {
	return slices.DeleteFunc(slices.Clone(list), func(i int) bool { return slices.Contains(without, i) })
}

func trials(n int) string {
	if n == 1 {
		return "1 trial"
	}
	return fmt.Sprintf("%d trials", n)
}
