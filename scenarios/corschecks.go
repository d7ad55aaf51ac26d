package scenarios

import (
	"slices"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/browser"
)

// CORSOf is [View.CORS] of any exchange of a capture, with the rules that it
// rests on: none where the capture does not hold what they look at. The
// counterpart of the other capture tells whether the page asks with
// credentials; it may be nil. It is false where CORS does not apply, or nothing
// tells whether it does.
func CORSOf(c *traffic.Capture, x, counterpart *traffic.Exchange) (CORSFate, []browser.CORSCheck, bool) {
	r := readCORSOf(c, x, counterpart != nil && includesCredentials(counterpart))
	if !r.known || !r.Cross {
		return CORSFate{}, nil, false
	}
	if r.verdict.Rule == "" && len(r.verdict.Wire) == 0 {
		return r.CORSFate, nil, true // a guess, or an answer from a cache
	}
	checks := r.verdict.Checks()
	switch {
	case diff.IsPreflight(x):
		checks = slices.DeleteFunc(checks, func(k browser.CORSCheck) bool { return k.Stage == browser.StageAnswer })
	case r.asked == nil || corsStatus(r.asked) == 0:
		for i := range checks {
			if checks[i].Stage == browser.StagePreflight && checks[i].State == browser.CheckPassed {
				checks[i].State = browser.CheckUnknown // see play: it did well, or the request would not have gone out
			}
		}
	}
	return r.CORSFate, checks, true
}
