package harness

import (
	"context"
	"fmt"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/harness/isolate"
	"github.com/replaydiff/replay/harness/results"
	"github.com/replaydiff/replay/scenarios"
)

// listed names parts by their numbers: "changes 1 and 4".
func (s *isolation) listed(set []int) string {
	numbers := s.numbersOf(set)
	switch len(numbers) {
	case 0:
		return "nothing changed"
	case 1: // which may be all
		return fmt.Sprintf("change %d (%s)", numbers[0], s.place(s.differences.Parts[set[0]].Place))
	case len(s.differences.Parts):
		return "all changes"
	}
	var words []string
	for _, n := range numbers {
		words = append(words, fmt.Sprint(n))
	}
	last := len(words) - 1
	return "changes " + strings.Join(words[:last], ", ") + " and " + words[last]
}

// sentence tells what was seen of a set from both ends.
func (s *isolation) sentence(set isolate.Set) string {
	what := s.listed(set.Parts)
	one := "it"
	if len(set.Parts) > 1 {
		one = "them"
	}
	minimal := ""
	if len(set.Atoms) > 1 {
		minimal = "; with any one of them less it was not seen to fail"
	}
	switch {
	case set.Sufficient && set.Necessary:
		return fmt.Sprintf("the working request with %s fails, and the failing one without %s works%s", what, one, minimal)
	case set.Sufficient && set.Without == isolate.Fails:
		return fmt.Sprintf("the working request with %s fails, but the failing one without %s fails too: something else is enough as well%s", what, one, minimal)
	case set.Sufficient:
		return fmt.Sprintf("the working request with %s fails; the failing one without %s is answered in a third way%s", what, one, minimal)
	}
	return fmt.Sprintf("%s: nothing is certain", what)
}

// overall is the sentence of a report on what was found.
func (s *isolation) overall(r isolate.Result) string {
	var names []string
	for _, set := range r.Sets {
		names = append(names, s.listed(set.Parts))
	}
	joined := strings.Join(names, ", or ")
	switch {
	case len(r.Sets) > 1 && r.Together:
		return "either is enough to break it: " + joined + "; without all of them it works"
	case len(r.Sets) > 1:
		return "each of these is enough to break it: " + joined + "; without them it is still not answered as the working request"
	case r.Together && len(r.Sets[0].Atoms) > 1:
		return joined + " break it together: none of them does alone, and without them the failing request works"
	case r.Together && len(r.Sets[0].Parts) > 1:
		return joined + " break it as one change (" + s.differences.Atoms[r.Sets[0].Atoms[0]].Why + "): necessary and sufficient"
	case r.Together:
		return joined + " breaks it: necessary and sufficient"
	}
	return joined + " will do to break it; without that the failing request is answered in a third way"
}

func (s *isolation) outOfTries(r isolate.Result) string {
	if len(r.Left) == 0 || len(r.Left) == len(s.differences.Parts) {
		return fmt.Sprintf("%s were not enough to tell: give more with --max-trials", trials(r.Asked()))
	}
	return fmt.Sprintf("after %s, the cause is among %s: give more with --max-trials", trials(r.Asked()), s.listed(r.Left))
}

// whyOKFails says what to do about a working request that does not work.
func (s *isolation) whyOKFails() string {
	recorded := s.ok.Capture.Exchanges[s.working]
	text := fmt.Sprintf("%s, which worked, gets %s now", s.ok.where(s.working), s.out.Now.OK)
	if recorded.Response != nil {
		text = fmt.Sprintf("%s was answered %s and gets %s now", s.ok.where(s.working), s.out.Recorded.OK, s.out.Now.OK)
	}
	switch {
	case s.swapped():
		return text + ", as recorded; the failing capture has an answer that works there: are the two the other way round?"
	case strings.HasPrefix(s.out.Now.OK, "429"):
		text += ": " + errLimited.Error()
	case !s.refused():
		text += ": both captures have to be of what this target is like"
	case s.ok.options.Keeper != nil:
		text += ": the credentials that were given are refused here"
	case s.expired() != "":
		text += ": " + s.expired() + "; give one of today with --auth, --auth-from or --login"
	case s.originReplaced():
		text += ": its Origin or Referer was sent as the target's; --keep-origin sends the recorded one"
	case len(scenarios.CredentialsOf(&recorded.Request)) == 0:
		text += ", and has no credentials: both captures have to be of what this target is like"
	default:
		text += ": the credentials of the capture are not good any more; give those of today with --auth, --auth-from or --login"
	}
	for _, skip := range s.ok.Skipped {
		if skip.Reason == string(UnsafeMethod) {
			return text + "; " + skip.Text
		}
	}
	return text
}

// swapped tells captures that were given the wrong way round: the request that
// is to work was refused when it was recorded, and the other one was not.
func (s *isolation) swapped() bool {
	working, failing := s.ok.Capture.Exchanges[s.working], s.bad.Capture.Exchanges[s.failing]
	return working.Response != nil && diff.OutcomeOf(working).Failed() && scenarios.Works(failing)
}

// originReplaced tells a request without credentials of its own that left with
// another Origin or Referer than the recorded one.
func (s *isolation) originReplaced() bool {
	was := &s.ok.Capture.Exchanges[s.working].Request
	if len(scenarios.CredentialsOf(was)) > 0 || s.ok.options.Target.KeepOrigin || s.ok.Steps[s.working].route == nil {
		return false
	}
	is, err := s.ok.outgoing(was, s.ok.Steps[s.working].route)
	return err == nil && (is.Header.Get("Origin") != was.Header.Get("Origin") || is.Header.Get("Referer") != was.Header.Get("Referer"))
}

// refused tells whether the working request is not let in today.
func (s *isolation) refused() bool {
	return strings.HasPrefix(s.out.Now.OK, "401") || strings.HasPrefix(s.out.Now.OK, "403") || strings.Contains(s.out.Now.OK, "login")
}

// expired says since when the token of the working request is over; "" where it
// is not, or has none that can be read.
func (s *isolation) expired() string {
	token, _, ok := scenarios.TokenOf(s.ok.Capture.Exchanges[s.working])
	if !ok {
		return ""
	}
	end, ok := token.Time("exp")
	if !ok || !end.Before(s.runner.clock()) {
		return ""
	}
	return "its token expired at " + end.UTC().Format("2006-01-02 15:04:05Z")
}

// gone tells a failure that is over from one that is not in the requests, by
// sending the failing flow as it was recorded.
func (s *isolation) gone(ctx context.Context) {
	const gone = "the working request with all changes works too: what broke it is gone, or not in the requests"
	if s.bad.Steps[s.failing].Session < 0 {
		s.verdict(results.WorksNow, gone)
		return
	}
	tried, err := s.runner.Try(ctx, s.bad, Trial{Entry: s.failing})
	if tried != nil {
		s.out.Requests += tried.Requests
	}
	switch {
	case err != nil || tried.Exchange.Response == nil:
		s.verdict(results.WorksNow, gone)
	case scenarios.Works(tried.Exchange):
		s.verdict(results.WorksNow, "the failing request works now: what broke it is gone")
	default:
		text := fmt.Sprintf("the failing flow, sent as recorded, still gets %s, and the working one with its changes works: the failure lies before this request, in what only one of the flows did", outcomeText(tried.Exchange))
		if len(s.out.Left) > 0 {
			text += fmt.Sprintf(", or in what was not tried (%s)", s.out.Left[0].Place)
		}
		s.verdict(results.NotInRequest, text)
	}
}
