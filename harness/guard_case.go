package harness

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/harness/results"
	"github.com/replaydiff/replay/harness/wire"
	"github.com/replaydiff/replay/scenarios"
	"github.com/replaydiff/replay/scenarios/browser"
	"github.com/replaydiff/replay/scenarios/suite"
)

// An examination is one scenario on its way.
type examination struct {
	guard  *Guard
	stage  *stage
	of     suite.Case
	masker *mask.Masker

	entry    int
	recorded *traffic.Exchange
	control  *traffic.Exchange // what the untouched request was answered
	flow     *traffic.Capture  // with it
	moves    *scenarios.Moves
	playing  *play // the last that was begun
	whole    bool  // what goes before is led up to by the untouched request, too
	requests int
	out      results.Case
}

// An outcome is what a changed request came to.
type outcome struct {
	exchange *traffic.Exchange
	lost     string               // why there is no answer
	cors     *browser.CORSVerdict // where a browser decided
}

// run carries the scenario out. Its error is that of the context; all else is
// told by the case.
func (e *examination) run(ctx context.Context) error {
	c := e.of
	e.entry = -1
	e.out = results.Case{
		Name: c.Name, Cause: c.Scenario.Cause, User: c.User, Entry: -1, Want: e.wanted(), Stated: len(c.Scenario.Expected.Any) > 0,
		Edits: []results.Field{}, Mismatch: []string{}, Changed: []results.Field{},
	}
	got, err := e.carryOut(ctx)
	e.out.Requests = e.requests
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		e.untestable(err)
	case got != nil:
		e.judge(got)
	}
	return nil
}

// carryOut returns what the changed request came to. Nil, without an error,
// tells that the case is decided already.
func (e *examination) carryOut(ctx context.Context) (*outcome, error) {
	s, capture := e.of.Scenario, e.guard.Capture
	var err error
	if e.entry, err = e.guard.entry(e.of); err != nil {
		return nil, err
	}
	e.recorded = capture.Exchanges[e.entry]
	e.out.Entry, e.out.Route, e.out.Recorded = e.entry, template(e.recorded), diff.OutcomeOf(e.recorded).String()
	if of := s.Of(); of != nil && of.Enforced == scenarios.ByCapture {
		return nil, e.judgeCapture()
	}
	p, err := e.begin()
	if err != nil {
		return nil, err
	}
	defer func() { e.requests += p.requests() }()
	if err := e.runControl(ctx, p); err != nil {
		return nil, err
	}
	if e.moves, err = s.Inject(e.live(e.flow)); err != nil {
		return nil, err
	}
	e.describe()
	if err := e.possible(); err != nil {
		return nil, err
	}
	if e.inPlace() {
		return e.attempt(ctx, p)
	}
	got, err := e.anew(ctx)
	if errors.Is(err, errBefore) && !e.whole {
		e.whole = true
		return e.anew(ctx)
	}
	return got, err
}

// begin starts a client that knows nothing.
func (e *examination) begin() (*play, error) {
	p, err := e.stage.base.play(e.entry)
	e.playing = p
	return p, err
}

// anew plays the flow with the changes that are for it, by a client of its own.
func (e *examination) anew(ctx context.Context) (*outcome, error) {
	p, err := e.begin()
	if err != nil {
		return nil, err
	}
	defer func() { e.requests += p.requests() }()
	if err := e.leadUp(ctx, p); err != nil {
		return nil, err
	}
	return e.attempt(ctx, p)
}

// answeredWith is an outcome as it goes on behind "the request is": a browser
// that keeps an answer back gives none.
func answeredWith(outcome string) string {
	if outcome == "blocked" {
		return "blocked by the browser"
	}
	return "answered " + outcome
}

// A failedControl is the error of an untouched request that fails today.
type failedControl struct {
	text    string
	finding *results.Finding
}

func (f *failedControl) Error() string { return f.text }

// runControl plays the flow untouched. A scenario shows nothing where that
// fails already.
func (e *examination) runControl(ctx context.Context, p *play) error {
	for _, i := range p.before {
		if _, err := p.to(ctx, i); err != nil {
			return err
		}
	}
	x, err := p.to(ctx, e.entry)
	if err != nil {
		return err
	}
	e.control, e.flow = x, p.flow()
	e.out.Request = e.request(x)
	e.out.Control = outcomeText(x)
	if scenarios.Accepted(e.recorded, x) {
		return nil
	}
	failed := &failedControl{text: fmt.Sprintf("the untouched request is %s, and was %s when it was recorded", answeredWith(e.out.Control), e.out.Recorded)}
	if e.out.Control == e.out.Recorded {
		failed.text = fmt.Sprintf("the untouched request is %s as it was recorded, but what it says is something else", answeredWith(e.out.Control))
	}
	if lost := p.run.errors[e.entry]; x.Response == nil && lost != "" {
		failed.text = unanswered + lost
	}
	if doubt := p.run.plan.doubt; doubt != "" && x.Response != nil {
		failed.text += "; " + doubt
	}
	failed.finding = e.explain(p)
	return failed
}

// explain names the cause of a control that fails, from what was recorded and
// what came, from the first answer on that is not as recorded.
func (e *examination) explain(p *play) *results.Finding {
	ok, bad := emptied(e.guard.Capture), emptied(e.guard.Capture)
	for _, i := range append(slices.Clone(p.before), e.entry) {
		was, is := e.guard.Capture.Exchanges[i], p.answer(i)
		if is == nil || is.Response == nil {
			continue
		}
		add(ok, p.run.plan.inRecordedTerms(was))
		add(bad, is)
	}
	comparison := diff.Compare(ok, bad, diff.Options{Ignore: e.guard.Runner.Ignore})
	d := scenarios.Diagnose(comparison)
	if len(d.Findings) == 0 || d.Findings[0].Cause.Kind == scenarios.Verdict {
		return nil
	}
	return findingOf(d, comparison)
}

// live is what a scenario is put into.
func (e *examination) live(flow *traffic.Capture) suite.Live {
	g := e.guard
	return suite.Live{
		Flow: flow, Entry: e.entry, Now: g.Runner.clock(), Seed: g.Seed, Signer: g.Signer, Secret: g.Secret,
		ClientCertificate: g.Runner.Client != nil && g.Runner.Client.TLS != nil && len(g.Runner.Client.TLS.Certificates) > 0,
	}
}

// inPlace tells whether the changed request may be sent by the client that sent
// the untouched one: it changes nothing on the server, and nothing before it is
// to be different.
func (e *examination) inPlace() bool {
	m := e.moves
	if !wire.Safe(e.recorded.Request.Method) || len(m.Drop) > 0 || m.Visit != nil && len(m.Visit.Rewrite) > 0 {
		return false
	}
	for entry := range m.Edits {
		if entry != e.entry {
			return false
		}
	}
	return !slices.ContainsFunc(m.Damage, func(d scenarios.Damage) bool { return d.Entry != e.entry })
}

// leadUp plays what goes before the request, with the changes that are for it.
func (e *examination) leadUp(ctx context.Context, p *play) error {
	e.arm(p)
	for _, i := range p.before {
		if slices.Contains(e.moves.Drop, i) {
			continue
		}
		p.through(e.damaged(p, i))
		if _, err := p.to(ctx, i); err != nil {
			return err
		}
	}
	return nil
}

// judgeCapture decides a scenario that is about the capture itself.
func (e *examination) judgeCapture() error {
	r, err := e.of.Scenario.Judge(e.guard.Capture, e.entry, e.guard.Seed)
	if err != nil {
		return err
	}
	e.out.Reason = "about the capture itself: nothing was sent"
	e.verdict(r)
	return nil
}

// untestable notes why a scenario could not be carried out.
func (e *examination) untestable(err error) {
	e.out.Verdict = results.CaseNotTestable
	e.out.Reason = e.said(err.Error())
	var lacking *scenarios.Lacking
	if errors.As(err, &lacking) {
		e.out.Reason = "needs " + lacking.What() + ": " + lacking.Reason
	}
	var failed *failedControl
	if !errors.As(err, &failed) {
		return
	}
	e.out.Finding = failed.finding
	if e.of.Scenario.Untouched() {
		e.out.Verdict, e.out.Came = results.CaseBroken, e.out.Control
		e.out.Reason, e.out.Mismatch = "", append(e.out.Mismatch, e.out.Reason)
	}
}

// said is a text as a report has it.
func (e *examination) said(text string) string { return mask.Visible(e.masker.Text(text)) }
