package harness

import (
	"slices"
	"strings"
	"sync"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/harness/answers"
	"github.com/replaydiff/replay/harness/results"
)

// A judge compares answers and counts what differs. It is safe for concurrent
// use.
type judge struct {
	run      *run
	flow     results.Flow
	masker   *mask.Masker
	comparer answers.Comparer
	learner  *answers.Learner
	tally    *answers.Tally

	mu    sync.Mutex
	later []answers.Observation // until all is learnt
}

func newJudge(o *run, flow results.Flow, tally *answers.Tally, masker *mask.Masker) *judge {
	j := &judge{run: o, flow: flow, masker: masker, learner: &answers.Learner{}, tally: tally}
	hosts := o.plan.routes.translation()
	j.comparer = answers.Comparer{Sanitized: o.sanitized, Translate: func(s string) string { return hosts.apply(o.live.Translate(s)) }}
	return j
}

// answer compares one answer, of which the run goes on with what is kept; true
// where it differs. What is learnt from
// repeats counts for all answers of a kind, so with repeats they are counted at
// the end.
func (j *judge) answer(x, live, kept *traffic.Exchange, again []*traffic.Exchange) bool {
	kind := template(x)
	for _, other := range again {
		j.learner.Learn(kind, live, other)
	}
	changes := j.ignored(j.overTLS(x, nil, j.comparer.Differences(x, live)))
	o := answers.Observation{
		Flow: j.flow, Entry: x.Index, Template: kind, Recorded: x, Live: kept, Changes: changes,
		Sent: j.run.plan.sentURL(kept), Curl: j.curl(kept),
	}
	if j.run.runner.Learn > 0 {
		j.mu.Lock()
		j.later = append(j.later, o)
		j.mu.Unlock()
	} else {
		j.tally.Add(o)
	}
	return slices.ContainsFunc(changes, func(c diff.Change) bool { return c.Noise == "" })
}

// silence counts a request that got no answer.
func (j *judge) silence(x, live *traffic.Exchange, err error) {
	j.tally.Add(answers.Observation{
		Flow: j.flow, Entry: x.Index, Template: template(x), Recorded: x,
		Sent: j.run.plan.sentURL(live), Error: err.Error(), Curl: j.curl(live),
	})
}

// overTLS marks what an answer is given because it is asked for over TLS now and
// was not when it was recorded, or by the other plan: browsers ignore both
// without TLS (RFC 6265bis section 5.7, RFC 6797 section 8.1).
func (j *judge) overTLS(x *traffic.Exchange, other *Plan, changes []diff.Change) []diff.Change {
	was := strings.HasPrefix(x.Request.URL, "https:")
	if other != nil {
		to := other.routes.leads(x.Request.URL)
		was = to != nil && to.scheme == "https"
	}
	if to := j.run.plan.routes.leads(x.Request.URL); was || to == nil || to.scheme != "https" {
		return changes
	}
	for i := range changes {
		c := &changes[i]
		if c.Noise == "" && c.Op == diff.Add && (c.Part == diff.SetCookie && c.Sub == "secure" || c.Part == diff.Header && c.Name == "strict-transport-security") {
			c.Noise = "asked over TLS now"
		}
	}
	return changes
}

// ignored marks what the user called noise.
func (j *judge) ignored(changes []diff.Change) []diff.Change {
	for i := range changes {
		if pattern, ok := j.run.runner.Ignore.Match(changes[i].Path()); ok && changes[i].Noise == "" {
			changes[i].Noise = diff.Noise("ignored by " + pattern)
		}
	}
	return changes
}

// curl writes a request as one command, its secrets masked.
func (j *judge) curl(live *traffic.Exchange) func() string {
	return func() string { return results.CurlLine(&j.run.plan.sent(live).Request, j.masker) }
}

// shown are sentences that may repeat what a server said, as a report has
// them.
func (j *judge) shown(list []string) []string {
	out := make([]string, 0, len(list))
	for _, s := range list {
		out = append(out, mask.Visible(j.masker.Text(s)))
	}
	return out
}

// close counts what waited for the learner, and what was not sent.
func (j *judge) close() {
	for i := range j.later {
		o := &j.later[i]
		o.Changes = j.learner.Judge(o.Template, o.Changes)
		j.tally.Add(*o)
	}
	j.later = nil
	p := j.run.plan
	j.skips()
	sent := 0
	for _, x := range j.run.answers {
		if x != nil {
			sent++
		}
	}
	j.tally.Unsent(p.Sends() - sent)
	j.tally.Extra(int(j.run.extras.Load()))
}

func (j *judge) skips() {
	p := j.run.plan
	if !p.Shard.first() {
		return
	}
	for i := range p.Steps {
		if s := &p.Steps[i]; s.Skipped != "" {
			j.tally.Skip(string(s.Skipped), p.text(s), i)
		}
	}
}
