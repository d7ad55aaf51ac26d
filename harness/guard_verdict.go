package harness

import (
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/answers"
	"github.com/replaydiff/replay/harness/results"
	"github.com/replaydiff/replay/scenarios"
	"github.com/replaydiff/replay/scenarios/suite"
)

// wanted says in words what should come.
func (e *examination) wanted() string {
	var list []string
	for _, a := range e.of.Scenario.Expectation().Any {
		if text := suite.InWords(a); !slices.Contains(list, text) {
			list = append(list, text)
		}
	}
	return e.said(strings.Join(list, ", or "))
}

// check compares an answer with what should come.
func (e *examination) check(o *outcome) suite.Result {
	return e.of.Scenario.Check(e.recorded, suite.Got{Exchange: o.exchange, CORS: o.cors, Noise: e.noise(o.exchange)})
}

// noise tells what in an answer matters as little as in any other replay.
func (e *examination) noise(live *traffic.Exchange) func(string) bool {
	var paths map[string]bool
	same := true // but for noise
	return func(path string) bool {
		if paths == nil {
			paths = map[string]bool{}
			for _, c := range e.comparer().Differences(e.recorded, live) {
				if _, ignored := e.guard.Runner.Ignore.Match(c.Path()); c.Noise != "" || ignored {
					paths[c.Path()] = true
				} else {
					same = false
				}
			}
		}
		return same || paths[path]
	}
}

// comparer compares with recorded answers as a replay does: what today's answers
// carried on is no difference.
func (e *examination) comparer() *answers.Comparer {
	hosts := e.stage.base.plan.routes.translation()
	c := &answers.Comparer{Sanitized: e.stage.base.sanitized, Translate: hosts.apply}
	if e.playing != nil {
		live := e.playing.run.live
		c.Translate = func(s string) string { return hosts.apply(live.Translate(s)) }
	}
	return c
}

// judge decides what an answer means, and tells it.
func (e *examination) judge(got *outcome) {
	result := e.check(got)
	x := got.exchange
	e.out.Request = e.request(x)
	e.out.Curl = results.CurlLine(&e.stage.base.plan.sent(x).Request, e.masker)
	e.out.Came = outcomeText(x)
	if got.lost != "" {
		e.out.Came = e.said(got.lost)
	}
	if got.cors != nil && !got.cors.Allowed {
		e.out.Came = e.said(strings.TrimSuffix("blocked by the browser: "+got.cors.Sentence(), "."))
	}
	e.verdict(result)
	if !e.out.Failed() || x.Response == nil || x.Response.Status == 0 {
		return
	}
	var edits []diff.Edit
	for _, c := range answers.Differences(e.control, x, nil) {
		if c.Noise == "" {
			edits = append(edits, c.Edit)
		}
	}
	e.out.Changed = append(e.out.Changed, e.fields(e.control, x, edits)...)
	if result.Verdict == suite.Broken {
		e.out.Finding = e.otherCause(x)
	}
}

func (e *examination) verdict(r suite.Result) {
	switch r.Verdict {
	case suite.Holds:
		e.out.Verdict = results.CaseHolds
	case suite.NotReproduced:
		e.out.Verdict = results.CaseNotReproduced
		return
	case suite.Accepted:
		e.out.Verdict = results.CaseAccepted
	default:
		e.out.Verdict = results.CaseBroken
	}
	for _, m := range r.Mismatch {
		e.out.Mismatch = append(e.out.Mismatch, e.said(m.Sentence(e.maskedValue(m.Place))))
	}
}

// maskedValue masks what came at a place of the answer.
func (e *examination) maskedValue(place string) func(string) string {
	name, isHeader := strings.CutPrefix(place, "response.header.")
	return func(value string) string {
		if isHeader {
			return e.masker.Header(name, value)
		}
		return e.masker.JSON(place[strings.LastIndexAny(place, "/.")+1:], value)
	}
}

// otherCause names a cause of an answer that should not be, where it is another
// one than what was put into the request.
func (e *examination) otherCause(x *traffic.Exchange) *results.Finding {
	ok, bad := emptied(e.guard.Capture), emptied(e.guard.Capture)
	add(ok, e.control)
	add(bad, x)
	comparison := diff.Compare(ok, bad, diff.Options{})
	d := scenarios.Diagnose(comparison)
	if len(d.Findings) == 0 {
		return nil
	}
	const likely = 0.5
	if f := d.Findings[0]; f.Cause.ID == e.of.Scenario.Cause || f.Cause.Kind == scenarios.Verdict || f.Confidence < likely {
		return nil
	}
	return findingOf(d, comparison)
}

// request is a request as it was sent, for people.
func (e *examination) request(x *traffic.Exchange) string {
	return e.said(x.Request.Method) + " " + e.masker.URL(e.stage.base.plan.sentURL(x))
}

func (e *examination) fields(from, to *traffic.Exchange, edits []diff.Edit) []results.Field {
	return answers.Fields(e.masker, from, to, edits)
}

const (
	noAnswer   = "no answer"
	unanswered = "the untouched request got no answer: "
)

// outcomeText is what an answer comes to: "200", "302 to a login", "no answer".
func outcomeText(x *traffic.Exchange) string {
	if x == nil || x.Response == nil || x.Response.Status == 0 && x.Response.Error == "" {
		return noAnswer
	}
	return diff.OutcomeOf(x).String()
}
