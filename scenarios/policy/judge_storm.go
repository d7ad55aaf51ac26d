package policy

import (
	"fmt"
	"time"

	"github.com/replaydiff/replay/diff"
)

// together is the time in which two refreshes of one token are one event: the
// calls that were refused at once, each with a refresh of its own.
const together = 10 * time.Second

// storms judges refreshes of one token that were under way at once, or that
// followed each other although the first had worked.
func (j *judge) storms() {
	counted := map[int]bool{}
	for n, first := range j.renewals {
		if first.secret == "" || counted[first.entry] {
			continue
		}
		j.saw(RefreshStorm)
		var more []int
		for _, next := range j.renewals[n+1:] {
			if next.secret == first.secret && !counted[next.entry] && j.atOnce(first, next) {
				counted[next.entry] = true
				more = append(more, next.entry)
			}
		}
		if len(more) > 0 {
			j.broken(Breach{Rule: RefreshStorm, Entry: first.entry, With: more, Said: fmt.Sprintf("%d refreshes of one token at once", len(more)+1)})
		}
	}
}

// atOnce tells whether the second refresh was made although the first was under
// way, or had just worked and changed nothing about what the second is made with.
func (j *judge) atOnce(first, second *renewal) bool {
	a, b := first.entry, second.entry
	if j.aborted(a) || j.aborted(b) {
		return false
	}
	if j.overlap(a, b) {
		return true
	}
	return first.worked && !j.rotates(first) && j.known(a, b) && j.gap(a, b) <= together
}

// rotates tells whether a refresh hands out another refresh token.
func (j *judge) rotates(r *renewal) bool {
	return r.Token != "" && r.granted.refresh != "" && r.granted.refresh != r.Token
}

// aborted tells a request that its page took back: it counts as never sent.
func (j *judge) aborted(entry int) bool {
	return diff.OutcomeOf(j.flow.Exchanges[entry]).Ending == diff.Aborted
}

// reused judges a refresh token that had been exchanged for another one: issuers
// take that for theft and end the session (RFC 9700 section 4.14.2).
func (j *judge) reused() {
	for n, later := range j.renewals {
		if later.Token == "" {
			continue
		}
		j.saw(RefreshReused)
		for _, before := range j.renewals[:n] {
			if before.secret != later.secret || !before.worked || !j.rotates(before) || !j.after(later.entry, before.entry) {
				continue
			}
			j.broken(Breach{Rule: RefreshReused, Entry: later.entry, With: []int{before.entry},
				Said: fmt.Sprintf("sent the refresh token that entry %d had exchanged for another", before.entry)})
			break
		}
	}
}
