package harness

import (
	"fmt"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/results"
	"github.com/replaydiff/replay/scenarios"
)

// Bounds of diagnosing: how many groups get a cause, and how many exchanges
// are looked at for one.
const (
	maxDiagnosed = 20
	maxFlow      = 400
)

// findCauses diagnoses the examples of the groups of a run: the recorded
// session against the live one, up to the example.
func (r *Replayed) findCauses(j *judge) { r.findCausesAmong(j.run.plan.Capture.Exchanges, j) }

// findCausesAmong does so against the answers given.
func (r *Replayed) findCausesAmong(was []*traffic.Exchange, j *judge) {
	c := causes{run: j.run, was: was, known: map[int]*results.Finding{}}
	for i := range r.Report.Groups {
		if g := &r.Report.Groups[i]; g.Regression && g.Flow == j.flow {
			g.Finding = c.of(g.Example.Entry)
		}
	}
}

// causes diagnoses entries, each once.
type causes struct {
	run   *run
	was   []*traffic.Exchange
	known map[int]*results.Finding
}

func (c *causes) of(entry int) *results.Finding {
	if f, done := c.known[entry]; done || len(c.known) >= maxDiagnosed {
		return f
	}
	c.known[entry] = nil // until it is known
	var f *results.Finding
	if first := c.source(entry); first >= 0 {
		f = c.of(first)
	}
	if f == nil {
		f = c.run.diagnose(c.was, entry, c.fails)
	}
	c.known[entry] = f
	return f
}

// source is the failure that an entry's own comes from, -1 where it is the
// first of its kind: the preflight that was refused, or the first failure of the
// session where both end alike or this one is sent to log in. Who was not let in
// is sent away later.
func (c *causes) source(entry int) int {
	p := c.run.plan
	session := p.Steps[entry].Session
	if session < 0 || !c.fails(entry) {
		return -1
	}
	for _, preflight := range p.order[entry] {
		if c.fails(preflight) {
			return preflight
		}
	}
	for _, i := range c.run.upTo(session, entry) {
		if i != entry && c.fails(i) {
			if sentToLogin(c.run.answers[entry]) || diff.OutcomeOf(c.run.answers[i]).Same(diff.OutcomeOf(c.run.answers[entry])) {
				return i
			}
			return -1
		}
	}
	return -1
}

// fails tells whether an entry fails now that did not.
func (c *causes) fails(entry int) bool {
	was, is := c.was[entry], c.run.answers[entry]
	return was != nil && is != nil && is.Response != nil && !diff.OutcomeOf(was).Failed() && diff.OutcomeOf(is).Failed()
}

func sentToLogin(x *traffic.Exchange) bool {
	o := diff.OutcomeOf(x)
	return o.Status == 401 || o.Ending == diff.LoginRedirect
}

// diagnose names the cause of a difference in the session of an entry; nil
// where none is known. Other entries that fail for another reason are left out,
// but for preflights.
func (o *run) diagnose(was []*traffic.Exchange, entry int, fails func(int) bool) *results.Finding {
	session := o.plan.Steps[entry].Session
	if session < 0 || o.answers[entry] == nil {
		return nil
	}
	ok, bad := emptied(o.plan.Capture), emptied(o.plan.Capture)
	for _, i := range o.upTo(session, entry) {
		if i != entry && fails(i) && o.plan.Steps[i].Announces < 0 {
			continue
		}
		if live := o.answers[i]; live != nil && was[i] != nil {
			add(ok, o.plan.inRecordedTerms(was[i]))
			add(bad, o.plan.inRecordedTerms(live))
		}
	}
	comparison := diff.Compare(ok, bad, diff.Options{Ignore: o.runner.Ignore})
	diagnosis := scenarios.Diagnose(comparison)
	if len(diagnosis.Findings) == 0 {
		return nil
	}
	for i, f := range diagnosis.Findings {
		// That nothing differs is no cause; nor is a symptom, where one client
		// asked both targets. Where the other took a request like this one a moment
		// ago, what only a proxy can do is left.
		proxy := o.was != nil && f.Cause.SeenFromInside && len(f.Against) == 0
		none := f.Cause.Kind == scenarios.Verdict || o.was != nil && f.Cause.Kind == scenarios.Symptom
		if i == 0 && none || i > 0 && !proxy {
			continue
		}
		diagnosis.Findings = diagnosis.Findings[i:]
		found := findingOf(diagnosis, comparison)
		if proxy {
			found.Confidence = max(found.Confidence, onlyProxy)
			found.Because = append(found.Because, "the other target accepted the same request a moment before")
		}
		return found
	}
	return nil
}

// onlyProxy is the confidence in a cause that is left when the same request is
// taken by one target and refused by the other. The app itself may differ too.
const onlyProxy = 0.6

// emptied is a capture without exchanges.
func emptied(c *traffic.Capture) *traffic.Capture {
	return &traffic.Capture{File: c.File, Format: c.Format, Creator: c.Creator, Browser: c.Browser, Pages: c.Pages}
}

// upTo are the last entries of a session up to one.
func (o *run) upTo(session, entry int) []int {
	entries := o.plan.Sessions[session].Entries
	for i, e := range entries {
		if e == entry {
			return entries[max(0, i+1-maxFlow) : i+1]
		}
	}
	return nil
}

// add appends a copy of an exchange under its place in the capture.
func add(c *traffic.Capture, x *traffic.Exchange) {
	moved := *x
	moved.Index = len(c.Exchanges)
	c.Exchanges = append(c.Exchanges, &moved)
}

// findingOf is the best finding of a diagnosis. It holds no captured value.
func findingOf(d scenarios.Diagnosis, c *diff.Comparison) *results.Finding {
	f := d.Findings[0]
	out := &results.Finding{Because: []string{}, Fix: []results.Advice{}, Cause: f.Cause.ID, Title: f.Cause.Means, Confidence: f.Confidence}
	for _, e := range f.Evidence {
		if e.Note != "" {
			out.Because = append(out.Because, e.Note)
		}
	}
	for _, a := range f.Cause.AdviceFor(d.Places(c)) {
		out.Fix = append(out.Fix, results.Advice{Where: string(a.Where), Text: a.Text, Snippet: a.Snippet})
	}
	return out
}

// why adds to a refusal what it comes from, as far as it is known.
func (j *judge) why(x, live *traffic.Exchange) string {
	c := causes{run: j.run, was: j.run.plan.Capture.Exchanges, known: map[int]*results.Finding{}}
	if f := c.of(x.Index); f != nil {
		return fmt.Sprintf("; most likely %s: %s", f.Cause, f.Title)
	}
	if j.run.plan.doubt != "" {
		return "; " + j.run.plan.doubt
	}
	if live.Response.Header.Has("WWW-Authenticate") {
		return "; the server asks for credentials: give valid ones with --auth, --auth-from or --login"
	}
	return ""
}
