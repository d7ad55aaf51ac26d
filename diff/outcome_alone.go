package diff

import (
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
)

// A Standing is how much somebody waits for an answer.
type Standing uint8

// The standings.
const (
	Awaited    Standing = iota // what the page or the program is there for
	Decoration                 // images, fonts, media
	Beacon                     // sent and forgotten: telemetry, reports, what an ad blocker stops
)

// StandingOf goes by the kind of the request, its path and its body's type.
func StandingOf(x *traffic.Exchange) Standing {
	switch {
	case isBeacon(x):
		return Beacon
	case isDecoration(x):
		return Decoration
	}
	return Awaited
}

// FirstFailure returns the exchange among those of one capture that most
// likely made someone look into it, or -1 where none failed. Nil stands for
// all exchanges.
//
// First is by weight, then by time, as in [FirstDivergence]: refused
// credentials, logins asked for and answers that never came weigh most, then
// other errors, then those of images and fonts. Beacons do not count, nor does
// what was made good by a retry or an answered challenge.
func FirstFailure(c *traffic.Capture, among []int) int {
	f := flows{bad: course{xs: c.Exchanges}}
	first, firstWeight := -1, same
	consider := func(i int) {
		w := f.weighAlone(i)
		if w < firstWeight || w == firstWeight && w != same && f.before(i, first) {
			first, firstWeight = i, w
		}
	}
	if among == nil {
		for i := range c.Exchanges {
			consider(i)
		}
	}
	for _, i := range among {
		consider(i)
	}
	return first
}

func (f *flows) weighAlone(i int) weight {
	x := f.bad.xs[i]
	o := OutcomeOf(x)
	if !o.Failed() || recovered(f.bad.xs, i) >= 0 || passedChallenge(f.bad.xs, i) || o.Ending == LoginRedirect && loggedIn(f.bad.xs, i) {
		return same
	}
	switch StandingOf(x) {
	case Beacon:
		return same
	case Decoration:
		return brokenDecoration
	}
	if o.Ending != Answered {
		return broken
	}
	switch o.Status {
	case 400, 401, 403, 407, 419, 422, 426, 429, 431, 440, 494, 498:
		return broken
	}
	return brokenOtherwise
}

// loggedIn tells whether a redirect to a login page was the begin of a login
// that went well: the same host gave a page or data later, not the login page,
// to a request with other credentials.
func loggedIn(xs []*traffic.Exchange, i int) bool {
	asked := splitURL(xs[i].Request.URL, false)
	host := originOf(asked.scheme, asked.authority).host
	for j := i + 1; j < len(xs) && j <= i+retryWindow; j++ {
		r := &xs[j].Request
		there := splitURL(r.URL, false)
		if originOf(there.scheme, there.authority).host != host || isLogin("", there.path, host) || !OutcomeOf(xs[j]).succeeded() {
			continue
		}
		media := strings.ToLower(xs[j].Response.Header.Get("Content-Type"))
		if (strings.Contains(media, "html") || strings.Contains(media, "json")) && sentCredentials(r) != "" && sentCredentials(r) != sentCredentials(&xs[i].Request) {
			return true
		}
	}
	return false
}

func sentCredentials(r *traffic.Request) string {
	return strings.Join(slices.Concat(r.Header.Values("Authorization"), r.Header.Values("Proxy-Authorization"), r.Header.Values("Cookie")), "\n")
}
