package policy

import (
	"fmt"
	"net/http"
	"time"

	"github.com/replaydiff/replay/scenarios"
)

// refreshes judges when each token was exchanged for a new one.
func (j *judge) refreshes() {
	for _, t := range j.byUse {
		if t.renewed == nil {
			continue
		}
		r := Refresh{Entry: t.renewed.entry, Lifetime: t.lifetime}
		refused := j.refusedBefore(t)
		r.Refused = len(refused) > 0
		share, slack, ok := j.share(t)
		if ok {
			r.Share = share
		}
		j.Refreshes = append(j.Refreshes, r)
		if !ok {
			continue
		}
		j.early(t, share, slack, r.Refused)
		j.late(t, share, slack, refused)
	}
}

// share is how much of a token's life was over when it was renewed, and how far
// that may be off.
func (j *judge) share(t *token) (share, slack float64, ok bool) {
	at := j.start[t.renewed.entry]
	if t.lifetime <= 0 || t.from.IsZero() || at.IsZero() {
		return 0, 0, false
	}
	life := t.lifetime.Seconds()
	return at.Sub(t.from).Seconds() / life, t.slack.Seconds() / life, true
}

// refusedBefore are the requests that were refused with a token before it was
// renewed, or without any where a browser lets go of a cookie that is over.
func (j *judge) refusedBefore(t *token) []int {
	var refused []int
	for _, i := range j.order {
		x := j.flow.Exchanges[i]
		if i == t.renewed.entry {
			break
		}
		if x.Response == nil || x.Response.Status != http.StatusUnauthorized || !j.after(t.renewed.entry, i) {
			continue
		}
		if j.sent[i] == t || j.sent[i] == nil && j.gone(t, i) {
			refused = append(refused, i)
		}
	}
	return refused
}

// gone tells whether a token's life was over when an entry began.
func (j *judge) gone(t *token, entry int) bool {
	return t.lifetime > 0 && !t.from.IsZero() && j.known(entry) && j.start[entry].After(t.from.Add(t.lifetime-t.slack))
}

// early judges a refresh that nothing called for. A page that is loaded anew has
// lost its token, one that was refused is worth nothing, and a client may hold a
// token for each API.
func (j *judge) early(t *token, share, slack float64, refused bool) {
	if refused || j.pageLoaded(t) || t.renewed.For != j.isFor(t) || j.told(RefreshStorm, t.renewed.entry) {
		return
	}
	j.saw(RefreshEarly)
	if w := j.rules.window(); share+slack < w.From {
		j.broken(Breach{Rule: RefreshEarly, Entry: t.renewed.entry, With: issuedAtEntry(t),
			Said: fmt.Sprintf("refreshed after %s %% of %s", percent(max(share, 0)), spoken(t.lifetime))})
	}
}

// isFor is the scope and the audience for which a token was refreshed; "" of one
// that a login handed out.
func (j *judge) isFor(t *token) string {
	if t.issued < 0 {
		return ""
	}
	before, _ := scenarios.RefreshOf(j.flow.Exchanges[t.issued])
	return before.For
}

// pageLoaded tells whether a page was loaded between the issue of a token and
// its renewal.
func (j *judge) pageLoaded(t *token) bool {
	began := t.issued < 0 // nothing is known of what was before
	for _, i := range j.order {
		switch {
		case i == t.issued:
			began = true
		case i == t.renewed.entry:
			return false
		case began && scenarios.IsNavigation(j.flow.Exchanges[i]):
			return true
		}
	}
	return false
}

// late judges a refresh close to the end, or past it where the old token was
// sent before: a client that slept until its token was over and then renewed it
// first did nothing wrong.
func (j *judge) late(t *token, share, slack float64, refused []int) {
	over := j.sentOver(t)
	if share > 1 && len(refused)+len(over) == 0 {
		return
	}
	if share <= 1 && len(refused) > 0 {
		return // revoked: renewed because it had to be
	}
	j.saw(RefreshLate)
	if share-slack <= j.rules.window().To {
		return
	}
	b := Breach{Rule: RefreshLate, Entry: t.renewed.entry, With: issuedAtEntry(t)}
	switch {
	case len(refused) > 0:
		b.With = append(b.With, refused...)
		b.Said = fmt.Sprintf("refreshed only when it was refused, %s after the end of %s", spoken(j.past(t)), spoken(t.lifetime))
	case share > 1:
		b.With = append(b.With, over...)
		b.Said = fmt.Sprintf("refreshed %s after the end of %s, and was sent until then", spoken(j.past(t)), spoken(t.lifetime))
	default:
		b.Said = fmt.Sprintf("refreshed after %s %% of %s, %s before its end", percent(share), spoken(t.lifetime), spoken(-j.past(t)))
	}
	j.broken(b)
}

// past is how long a token was over when it was renewed.
func (j *judge) past(t *token) time.Duration {
	return j.start[t.renewed.entry].Sub(t.from.Add(t.lifetime))
}

func issuedAtEntry(t *token) []int {
	if t.issued < 0 {
		return nil
	}
	return []int{t.issued}
}

// leeway is what servers grant to clocks: a token that is over for less is sent
// in good faith.
const leeway = time.Minute

// sentOver are the requests before the renewal that carried a token that was
// over, by the server's clock where the token names its end. A cookie is over
// for those that refuse it.
func (j *judge) sentOver(t *token) []int {
	var over []int
	for _, i := range t.uses {
		if t.renewed != nil && !j.after(t.renewed.entry, i) {
			continue
		}
		past, slack, ok := j.over(t, i)
		if !ok || past <= slack {
			continue
		}
		if t.chosen && past > leeway+slack || isRefused(j.flow.Exchanges[i].Response) {
			over = append(over, i)
		}
	}
	return over
}

// over is how long a token was over at an entry.
func (j *judge) over(t *token, entry int) (past, slack time.Duration, ok bool) {
	if !t.exp.IsZero() {
		at, slack, ok := j.view.ServerTime(scenarios.Bad, j.flow.Exchanges[entry])
		return at.Sub(t.exp), slack, ok
	}
	if t.lifetime > 0 && j.known(entry) {
		return j.start[entry].Sub(t.from.Add(t.lifetime)), t.slack, true
	}
	return 0, 0, false
}

// expired judges tokens that were sent when they were over and never renewed.
func (j *judge) expired() {
	for _, t := range j.byUse {
		if len(t.uses) == 0 || t.exp.IsZero() && t.lifetime == 0 {
			continue
		}
		j.saw(ExpiredSent)
		over := j.sentOver(t)
		if t.renewed != nil || len(over) == 0 {
			continue
		}
		past, _, _ := j.over(t, over[0])
		said := fmt.Sprintf("sent a token that was over for %s, and did not refresh it", spoken(past))
		if len(over) > 1 {
			said = fmt.Sprintf("sent a token in %d requests that was over, for %s at the first, and did not refresh it", len(over), spoken(past))
		}
		j.broken(Breach{Rule: ExpiredSent, Entry: over[0], With: over[1:], Said: said})
	}
}
