package harness

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/isolate"
	"github.com/replaydiff/replay/harness/results"
	"github.com/replaydiff/replay/scenarios"
)

// A tester plays the working flow with sets of changes. It is the Tester of an
// isolation.
type tester struct {
	*isolation
	stage   *stage
	tried   map[string]*Tried // by set: the last time
	control *Tried            // the untouched flow
	failure *diff.Outcome     // how the failing request ends today; nil: not known yet
	logins  int               // that failed
}

// Try plays the flow with a set of parts, unless that would fail a login too
// often.
func (t *tester) Try(ctx context.Context, set []int) (isolate.Verdict, error) {
	if t.risky(set) && t.logins >= t.failedLogins() {
		t.note(set, nil, isolate.Neither, "not sent: enough logins failed")
		return isolate.Neither, nil
	}
	tried, err := t.stage.try(ctx, Trial{
		Entry: t.working,
		Drop:  t.differences.Drops(set),
		Edit: func(entry int, asked *traffic.Request) (*traffic.Request, error) {
			return t.differences.Apply(entry, asked, set)
		},
	})
	if tried != nil {
		t.out.Requests += tried.Requests
	}
	switch {
	case errors.Is(err, scenarios.ErrNotTestable) || errors.Is(err, diff.ErrEdit):
		t.note(set, nil, isolate.Neither, err.Error())
		return isolate.Neither, nil
	case err != nil:
		return isolate.Neither, err
	case len(set) == 0 && tried.Exchange.Response == nil:
		return isolate.Neither, fmt.Errorf("the working request got no answer: %s", tried.Lost)
	}
	verdict := t.judge(set, tried)
	if t.risky(set) && verdict != isolate.Works {
		t.logins++
	}
	t.tried[fmt.Sprint(set)] = tried
	t.note(set, tried, verdict, tried.Lost)
	if verdict == isolate.Neither && limits(tried.Exchange) {
		return verdict, errLimited
	}
	return verdict, nil
}

// errLimited ends a search at a server that no longer judges requests but counts
// them: what it answers then says nothing of any change.
var errLimited = errors.New("the server limits how many requests it takes (429): wait, and let --rate ask slower")

func limits(x *traffic.Exchange) bool {
	return x.Response != nil && x.Response.Status == http.StatusTooManyRequests
}

// judge tells what an answer comes to, by its outcome. The working request must
// end as it was recorded; how the failing one ends today is learnt from the first
// answer to all changes. Where both end alike (an error under a 200), what the
// answers hold decides.
func (t *tester) judge(set []int, tried *Tried) isolate.Verdict {
	x, recorded := tried.Exchange, t.ok.Capture.Exchanges[t.working]
	if len(set) == 0 {
		if !scenarios.Works(x) || recorded.Response != nil && !alike(recorded, x) {
			return isolate.Fails
		}
		t.control = tried
		return isolate.Works
	}
	control, end := t.control.Exchange, diff.OutcomeOf(x)
	same := end.Same(diff.OutcomeOf(control))
	if same && (t.failure == nil || t.failure.Same(end)) {
		same = scenarios.Accepted(control, x)
	}
	switch {
	case same:
		return isolate.Works
	case t.failure == nil:
		t.failure = &end
		return isolate.Fails
	case end.Same(*t.failure):
		return isolate.Fails
	}
	return isolate.Neither
}

// alike tells whether an answer of today comes to the same as the recorded one.
// Other content is no failure; one that refuses under a good status is.
func alike(recorded, x *traffic.Exchange) bool {
	account := scenarios.AccountOf(recorded, x)
	return diff.OutcomeOf(x).Same(diff.OutcomeOf(recorded)) && !account.Disguised && account.Login == ""
}

// risky tells sets that make a login fail.
func (t *tester) risky(set []int) bool { return slices.ContainsFunc(set, t.isolation.risky) }

// note keeps a trial for the report; its stage is filled in at the end.
func (t *tester) note(set []int, tried *Tried, v isolate.Verdict, why string) {
	trial := results.IsolationTrial{Changes: t.numbersOf(set), All: len(set) == len(t.differences.Parts), Verdict: v.String(), Note: t.masker.Text(why)}
	if tried != nil {
		trial.Answer = outcomeText(tried.Exchange)
	}
	t.out.Trials = append(t.out.Trials, trial)
}

// numbersOf are the numbers that people know parts by.
func (s *isolation) numbersOf(set []int) []int {
	list := []int{}
	for _, part := range set {
		list = append(list, s.numbers[part])
	}
	slices.Sort(list)
	return list
}
