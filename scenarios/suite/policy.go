package suite

import (
	"fmt"
	"slices"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/policy"
)

// A Policy is what is asked of the client that made a capture: nothing is sent
// for it. What is not set is not asked.
type Policy struct {
	Capture string        // of the client; "" is that of the suite
	Refresh policy.Window // when it refreshes its tokens, as shares of their lifetime
	Tries   int           // how often one call may be refused in a row, before a login
	Login   bool          // a person is led to a login, and not shown a bare 401
}

// IsZero tells whether nothing is asked.
func (p Policy) IsZero() bool { return p.Refresh == policy.Window{} && p.Tries == 0 && !p.Login }

// NotTestable is the verdict where a capture shows nothing of what is asked.
const NotTestable Verdict = "not testable"

// A PolicyResult is what came of one thing that is asked.
type PolicyResult struct {
	Name    string // "client refreshes at 70–80 % of the lifetime"
	Want    string // in words
	Verdict Verdict
	Reason  string // why it is not testable

	Breaches []policy.Breach
}

// Judge holds the client of a capture to the policy. What the capture shows
// nothing of is not testable: a client that was never refused did not keep a
// rule about refusals.
func (p Policy) Judge(client *traffic.Capture) []PolicyResult {
	var results []PolicyResult
	ask := func(name, want, missing string, r policy.Rules, shown ...policy.Rule) {
		j := policy.Judge(client, r)
		result := PolicyResult{Name: name, Want: want, Verdict: Holds, Breaches: j.Breaches}
		judged := func(rule policy.Rule) bool { return j.Seen[rule] > 0 }
		switch {
		case len(j.Breaches) > 0:
			result.Verdict = Broken
		case !slices.ContainsFunc(shown, judged):
			result.Verdict, result.Reason = NotTestable, missing
		}
		results = append(results, result)
	}
	if p.Refresh != (policy.Window{}) {
		ask("client refreshes at "+p.Refresh.String()+" of the lifetime", "each token refreshed in time, once, and none sent that is over",
			"no token of a known lifetime is refreshed in the capture",
			policy.Rules{Refresh: p.Refresh, Only: policy.AboutRefresh()}, policy.RefreshEarly, policy.RefreshLate)
	}
	if p.Tries > 0 {
		ask(fmt.Sprintf("client gives up after %d refusals", p.Tries), "no call made again after that, and a login after a refused refresh",
			"no request of the capture is refused with 401",
			policy.Rules{Tries: p.Tries, Only: policy.AboutTries()}, policy.AboutTries()...)
	}
	if p.Login {
		ask("person is led to the login", "a redirect, a form or a link to the login, or a challenge that browsers answer", "no page of the capture asks for a login", policy.Rules{Only: policy.AboutLogin()}, policy.AboutLogin()...)
	}
	return results
}

// Failures are sentences about all that does not hold of the client, or could
// not be tested; none if it keeps the policy.
func (p Policy) Failures(client *traffic.Capture) []string {
	var all []string
	for _, r := range p.Judge(client) {
		if r.Verdict == NotTestable {
			all = append(all, r.Name+": not testable: "+r.Reason)
		}
		for _, b := range r.Breaches {
			all = append(all, fmt.Sprintf("%s: entry %d: %s", r.Name, b.Entry, b.Said))
		}
	}
	return all
}
