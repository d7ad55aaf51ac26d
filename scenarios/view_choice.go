package scenarios

import (
	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
)

// maxSilentChecks bounds how many answered pairs are searched for a failure
// under a good status.
const maxSilentChecks = 256

// newView finds the exchange to explain; nil where nothing fails. In this
// order:
//
//  1. the first divergence, where it worked and now fails, or was challenged
//     and now gives no answer;
//  2. the first failure that only the failing capture has: a retry, the end of
//     another redirect, the whole of a capture alone;
//  3. an answer of good status that is a failure all the same;
//  4. what fails in both, but otherwise than before;
//  5. the end of a redirect that is otherwise the working one;
//  6. failing images and fonts. Beacons fail by every ad blocker and count as
//     nothing.
func newView(c *diff.Comparison) *View {
	first := viewOfPair(c, c.First)
	if first != nil && first.standing() == diff.Awaited && first.broke() {
		return first
	}
	if v := first.unanswered(); v != nil {
		return v
	}
	alone := viewAlone(c, diff.FirstFailure(c.Bad, onlyBad(c)))
	if alone != nil && alone.standing() == diff.Awaited {
		return alone
	}
	if v := silentFailure(c); v != nil {
		return v
	}
	switch {
	case first == nil || first.standing() == diff.Beacon:
	case first.broke():
		return first
	case first.failsOtherwise():
		return viewAlone(c, first.Failed.Index)
	case alone == nil:
		return first.endOfRedirects()
	}
	return alone
}

func onlyBad(c *diff.Comparison) []int {
	if c.OnlyBad == nil {
		return []int{} // nil would stand for all
	}
	return c.OnlyBad
}

func viewOfPair(c *diff.Comparison, pair int) *View {
	if pair < 0 {
		return nil
	}
	p := c.Pairs[pair]
	return &View{Comparison: c, Decisive: pair, Good: p.OKExchange, Failed: p.BadExchange, Changes: p.Changes()}
}

// standing is how much somebody waits for the exchange. What an ad blocker
// stopped counts as a beacon, unless the page had sent credentials with it.
func (v *View) standing() diff.Standing {
	standing := diff.StandingOf(v.Failed)
	if standing != diff.Beacon || v.Good == nil {
		return standing
	}
	if was := diff.StandingOf(v.Good); was == diff.Awaited && len(CredentialsOf(&v.Good.Request)) > 0 {
		return was
	}
	return standing
}

// broke tells whether the pair worked and now fails. A request without a
// recorded answer (a curl line) is taken at the word of who calls it failing,
// if it differs.
func (v *View) broke() bool {
	if v.Failed.Response == nil {
		return len(v.Matter()) > 0
	}
	return !diff.OutcomeOf(v.Good).Failed() && (!Works(v.Failed) || goesRound(v.Failed) && !goesRound(v.Good))
}

// unanswered is the view of a challenge that the working capture answered with
// a second request, and the failing one did not; nil for any other pair.
func (v *View) unanswered() *View {
	if v == nil || v.Good.Response == nil || v.Failed.Response == nil || !isChallenge(v.Good) || !isChallenge(v.Failed) {
		return nil
	}
	good := answeredBy(v.Comparison.OK, v.Good)
	if good == nil || answeredBy(v.Comparison.Bad, v.Failed) != nil {
		return nil
	}
	return &View{Comparison: v.Comparison, Decisive: -1, Good: good, Failed: v.Failed, Changes: diff.Judge(good, v.Failed, diff.Between(good, v.Failed))}
}

// answeredBy returns the repetition of a challenged request that worked, or
// nil.
func answeredBy(c *traffic.Capture, challenged *traffic.Exchange) *traffic.Exchange {
	for _, x := range c.Exchanges[challenged.Index+1:] {
		if x.Request.URL == challenged.Request.URL && x.Request.Method == challenged.Request.Method && Works(x) {
			return x
		}
	}
	return nil
}

func isChallenge(x *traffic.Exchange) bool {
	return x.Response.Status == 401 || x.Response.Status == 407
}

// failsOtherwise tells whether the pair failed before, in another way.
func (v *View) failsOtherwise() bool {
	was, is := diff.OutcomeOf(v.Good), diff.OutcomeOf(v.Failed)
	return was.Failed() && is.Failed() && !was.Same(is)
}

// silentFailure finds an answer of good status that failed: a browser kept it
// from the script, or it holds an error.
func silentFailure(c *diff.Comparison) *View {
	checks := 0
	for i, p := range c.Pairs {
		if !p.Matters() {
			continue
		}
		if checks++; checks > maxSilentChecks {
			return nil
		}
		if v := viewOfPair(c, i); v.standing() == diff.Awaited && v.failsSilently() {
			return v
		}
	}
	if len(c.OK.Exchanges) > 0 {
		return nil
	}
	for _, i := range c.OnlyBad {
		if checks++; checks > maxSilentChecks {
			return nil
		}
		if v := viewAlone(c, i); v.standing() == diff.Awaited && v.failsSilently() {
			return v
		}
	}
	return nil
}

// failsSilently tells whether an answer with a good status is a failure all
// the same, and the one before it was none.
func (v *View) failsSilently() bool {
	if !Works(v.Failed) || v.Good != nil && !Works(v.Good) || diff.OutcomeOf(v.Failed).Ending == diff.Unfinished {
		return false
	}
	if withheld(v, Bad) {
		return v.Good == nil || !withheld(v, OK)
	}
	if v.Good == nil {
		return isBlockPage(v.Failed.Response) || holdsError(v.Failed) && (v.Voice() != Silent || len(v.voiceFacts().hits) > 0)
	}
	return (holdsError(v.Failed) || asksForLogin(v.Failed)) && !holdsError(v.Good) && !asksForLogin(v.Good) || v.refusedInFront()
}

// refusedInFront tells a page of something in front of the application, such
// as a firewall that refuses under a 200, where the application answered.
func (v *View) refusedInFront() bool {
	a := AnswererOf(v.Failed.Response)
	return a.Made && a.Layer != layerApp && AnswererOf(v.Good.Response).Product != a.Product && len(v.voiceFacts().hits) > 0
}

// withheld tells whether a browser kept an answer from its script.
func withheld(v *View, side Side) bool {
	fate, ok := v.CORS(side)
	return ok && fate.Cross && !fate.Allowed && fate.Certain
}
