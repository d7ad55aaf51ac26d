package harness

import (
	"context"
	"slices"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/answers"
	"github.com/replaydiff/replay/harness/correlate"
	"github.com/replaydiff/replay/harness/results"
	"github.com/replaydiff/replay/harness/wire"
)

// Compare sends one capture to two targets and says what they answer
// differently: twice to the first, for what differs from itself there is
// noise, then to the second. Each time cookies and values are those of that
// target. Both plans are of the same capture.
//
// Live of the result is what the second target answered.
func (r *Runner) Compare(ctx context.Context, before, after *Plan) (*Replayed, error) {
	if before.Capture != after.Capture || before.Sends() != after.Sends() {
		return nil, refusal("both targets must get the same requests: map the same origins to each")
	}
	masker := r.masker()
	masker.LearnCapture(before.Capture)
	client := r.clientFor(before, after)
	defer r.release(client)
	c := comparison{runner: r}
	for _, p := range []*Plan{before, before, after} {
		c.pass(ctx, p, client)
		if stop := c.last().stopped(); stop != nil && stop.Reason != results.MaxRequests {
			break // what --max-requests allows is asked of both
		}
	}
	last := c.last()
	j := newJudge(last, "", &answers.Tally{Mask: masker}, masker)
	c.judge(j)
	last.judge = j
	done := last.replayed(results.Compare, j.tally.Report())
	done.Report.Started = c.passes[0].started
	done.Report.Seconds = last.now().Sub(c.passes[0].started).Seconds()
	done.Report.Targets = slices.Concat(before.routes.targets("before"), after.routes.targets("after"))
	if len(c.passes) == 3 {
		done.findCausesAmong(c.passes[0].inRecordedTerms(), j)
	}
	return done, nil
}

// A comparison is the passes of a Compare so far.
type comparison struct {
	runner *Runner
	passes []*run
}

func (c *comparison) last() *run { return c.passes[len(c.passes)-1] }

func (c *comparison) pass(ctx context.Context, p *Plan, client *wire.Client) {
	o := c.runner.begin(p, client)
	if n := len(c.passes); n > 0 {
		o.progress = c.passes[n-1].progress
	}
	o.role = "before"
	if len(c.passes) == 2 {
		o.role, o.was = "after", c.passes[0].answers
	}
	o.progress.Total = 3 * p.Sends()
	c.passes = append(c.passes, o)
	o.send(ctx)
}

// judge counts what the second target answered otherwise than the first.
func (c *comparison) judge(j *judge) {
	j.skips()
	p := c.last().plan
	if len(c.passes) < 3 {
		j.tally.Unsent(p.Sends())
		j.tally.Extra(c.requests(len(c.passes)))
		return
	}
	was, again, is := c.passes[0].answers, c.passes[1].answers, c.passes[2].answers
	for i, x := range was {
		if x != nil && again[i] != nil {
			j.learner.Learn(template(p.Capture.Exchanges[i]), x, again[i])
		}
	}
	j.comparer.Translate = c.translate(was, is)
	unsent := 0
	for i, step := range p.Steps {
		switch {
		case step.Session < 0:
		case was[i] == nil || is[i] == nil:
			unsent++
		default:
			j.tally.Add(c.observe(j, i, was[i], is[i]))
		}
	}
	j.tally.Unsent(unsent)
	j.tally.Extra(c.requests(2) + int(c.last().extras.Load()))
}

func (c *comparison) observe(j *judge, i int, was, is *traffic.Exchange) answers.Observation {
	x := j.run.plan.Capture.Exchanges[i]
	kind := template(x)
	o := answers.Observation{
		Entry: i, Template: kind, Recorded: was, Sent: j.run.plan.sentURL(is), Curl: j.curl(is), Varies: j.learner.Varies,
	}
	if is.Response == nil {
		o.Error = j.run.errors[i]
		return o
	}
	o.Live = is
	o.Changes = j.learner.Judge(kind, j.ignored(j.overTLS(x, c.passes[0].plan, j.comparer.Differences(was, is))))
	return o
}

// translate tells what the first target handed out from what the second did:
// values that later requests carried on, and the addresses of both.
func (c *comparison) translate(was, is []*traffic.Exchange) func(string) string {
	before, after := c.passes[0].plan, c.passes[2].plan
	flow := emptied(before.Capture)
	flow.Exchanges = make([]*traffic.Exchange, len(was))
	for i, x := range was {
		if flow.Exchanges[i] = x; x == nil {
			flow.Exchanges[i] = &traffic.Exchange{Index: i}
		}
	}
	var hosts translation
	for i, r := range before.routes.list {
		hosts = hosts.add(r.origin()+r.prefix, after.routes.list[i].origin()+after.routes.list[i].prefix)
	}
	links, err := correlate.Find(flow, correlate.Options{})
	if err != nil {
		return hosts.apply
	}
	live := links.Start()
	for i, x := range is {
		if x != nil && x.Response != nil && flow.Exchanges[i].Response != nil {
			live.Answer(i, flow.Exchanges[i].Response, x.Response)
		}
	}
	return func(s string) string { return hosts.apply(live.Translate(s)) }
}

// requests are how many were sent in the first passes.
func (c *comparison) requests(passes int) int {
	n := 0
	for _, o := range c.passes[:passes] {
		n += int(o.extras.Load())
		for _, x := range o.answers {
			if x != nil {
				n++
			}
		}
	}
	return n
}
