package diff

import (
	"strings"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
)

// FirstDivergence returns the index in a.Pairs of the first exchange of bad
// whose outcome differs from its partner's, or -1 where none does.
//
// First is by weight, then by time. What works in ok and fails in bad weighs
// most; then what only a redirect's end or a stand-in shows; then what fails
// in both, but otherwise; then images and fonts; then beacons, which fail by
// every ad blocker; then any other difference. Time is that of the recorder
// where it noted one for each exchange, else the order of the file; a
// preflight comes before the request that it announces. A challenge that was
// answered is no failure.
func FirstDivergence(ok, bad *traffic.Capture, a Alignment) int {
	if ok == nil || bad == nil {
		return -1
	}
	f := flows{ok: course{xs: ok.Exchanges}, bad: course{xs: bad.Exchanges}, away: [2]int{EndsAway(ok), EndsAway(bad)}}
	first, firstWeight := -1, same
	for n, p := range a.Pairs {
		w := f.weigh(p)
		if w == same || w > firstWeight {
			continue
		}
		if w < firstWeight || f.before(p.Bad, a.Pairs[first].Bad) {
			first, firstWeight = n, w
		}
	}
	return first
}

// A weight ranks a divergence; smaller is weightier.
type weight uint8

const (
	broken weight = iota
	brokenIndirectly
	brokenOtherwise
	brokenDecoration
	brokenBeacon
	changed
	same
)

// flows are both captures at the search for a divergence.
type flows struct {
	ok, bad course

	away   [2]int          // with which exchange ok and bad leave their captures, -1: they do not
	timed  *bool           // whether every exchange of bad has a time
	guards map[int32]int32 // preflights of bad, with their requests
}

// A course is one capture with what its redirects led to.
type course struct {
	xs   []*traffic.Exchange
	ends []int32 // nil until it is asked for
}

// failed tells whether an exchange failed in the end: redirects followed,
// retries seen.
func (c *course) failed(i int) bool {
	o := OutcomeOf(c.xs[i])
	if o.Ending == Answered && o.Status/100 == 3 && o.Status != 304 {
		if c.ends == nil {
			c.ends = chainEnds(c.xs)
		}
		i = int(c.ends[i])
		o = OutcomeOf(c.xs[i])
	}
	return o.Failed() && recovered(c.xs, i) < 0
}

func (f *flows) weigh(p Pair) weight {
	was, is := OutcomeOf(f.ok.xs[p.OK]), OutcomeOf(f.bad.xs[p.Bad])
	if was.Ending == NoneWasRecorded || is.Ending == NoneWasRecorded {
		return same
	}
	if was.Same(is) {
		return f.weighBeyond(p, was)
	}
	works, fails := !f.ok.failed(p.OK), f.bad.failed(p.Bad)
	switch {
	case !works && fails && was.Failed() && is.Failed():
		return f.demote(p, brokenOtherwise)
	case !works || was.Ending == Aborted || was.Ending == Unfinished:
		return changed
	case fails && p.How == StandIn:
		return f.demote(p, brokenIndirectly)
	case fails:
		return f.demote(p, broken)
	case is.Failed() && !answeredChallenge(f.bad.xs, p.Bad):
		return f.demote(p, brokenIndirectly) // made good later, nobody knows by what
	case is.Failed():
		return same
	}
	return changed
}

// weighBeyond looks at what followed on two equal outcomes: a redirect that
// ends badly, a challenge that was answered in ok alone.
func (f *flows) weighBeyond(p Pair, o Outcome) weight {
	if o.Status/100 != 3 && o.Status != 401 && o.Status != 407 {
		return same
	}
	if !f.ok.failed(p.OK) && f.bad.failed(p.Bad) {
		return f.demote(p, brokenIndirectly)
	}
	if p.Bad == f.away[1] && p.OK != f.away[0] {
		return changed // nobody knows how it goes on
	}
	return same
}

// demote moves failures that nobody waits for behind the others.
func (f *flows) demote(p Pair, w weight) weight {
	x := f.bad.xs[p.Bad]
	switch {
	case isBeacon(x) || isBeacon(f.ok.xs[p.OK]):
		return brokenBeacon
	case isDecoration(x):
		return brokenDecoration
	}
	return w
}

// before orders exchanges of bad.
func (f *flows) before(i, j int) bool {
	gi, gj := f.guarded(i), f.guarded(j)
	if gi == gj {
		return i != gi && j == gj // of a preflight and its request, the preflight
	}
	if ti, tj := f.started(gi), f.started(gj); !ti.Equal(tj) {
		return ti.Before(tj)
	}
	return gi < gj
}

// guarded is the request that a preflight announces, else the exchange itself.
func (f *flows) guarded(i int) int {
	if !IsPreflight(f.bad.xs[i]) {
		return i
	}
	if f.guards == nil {
		f.guards = preflightsOf(f.bad.xs)
	}
	if main, known := f.guards[int32(i)]; known {
		return int(main)
	}
	return i
}

func preflightsOf(xs []*traffic.Exchange) map[int32]int32 {
	a := newAligner(nil, &traffic.Capture{Exchanges: xs})
	guards := make(map[int32]int32)
	for i, e := range a.bad.entries {
		if e.main >= 0 {
			guards[int32(i)] = e.main
		}
	}
	return guards
}

func (f *flows) started(i int) time.Time {
	if f.timed == nil {
		timed := true
		for _, x := range f.bad.xs {
			timed = timed && x.Recorded.Started.Known()
		}
		f.timed = &timed
	}
	if !*f.timed {
		return time.Time{}
	}
	return f.bad.xs[i].Recorded.Started.Time
}

// isBeacon tells requests that are sent and forgotten: sendBeacon, reports,
// what an ad blocker stops.
func isBeacon(x *traffic.Exchange) bool {
	switch strings.ToLower(resourceType(x)) {
	case "ping", "beacon", "cspviolationreport", "csp-violation-report", "csp_report":
		return true
	}
	if x.Response != nil && strings.Contains(x.Response.Error, "ERR_BLOCKED_BY_CLIENT") {
		return true
	}
	switch strings.ToLower(x.Request.Header.Get("Sec-Fetch-Dest")) {
	case "report":
		return true
	case "", "empty", "image":
	default:
		return false
	}
	media := x.Request.Body.MediaType
	if hasFold(media, "application/csp-report") || hasFold(media, "application/reports+json") {
		return true
	}
	path := splitURL(x.Request.URL, false).path
	if hasFold(media, "application/x-sentry-envelope") || strings.HasSuffix(strings.TrimSuffix(path, "/"), "/envelope") && hasFold(media, "text/plain") {
		return true // error reports of Sentry's protocol, which browsers send as plain text
	}
	for segment := range strings.SplitSeq(strings.ToLower(path), "/") {
		switch segment {
		case "beacon", "beacons", "analytics", "telemetry", "pixel", "pixel.gif", "rum":
			return true
		case "collect":
			// sendBeacon of a string; an API that collects sends JSON or a form.
			return hasFold(media, "text/plain") || media == ""
		}
	}
	return false
}

// isDecoration tells what a page can do without: images, fonts, media.
func isDecoration(x *traffic.Exchange) bool {
	kind := strings.ToLower(resourceType(x))
	if kind == "" {
		kind = strings.ToLower(x.Request.Header.Get("Sec-Fetch-Dest"))
	}
	switch kind {
	case "image", "font", "media", "audio", "video", "track", "manifest", "texttrack":
		return true
	case "document", "fetch", "xhr", "script", "iframe", "stylesheet", "style", "empty":
		return false
	}
	switch classOf(splitURL(x.Request.URL, false).path) {
	case classImage, classFont, classMedia, classMap:
		return true
	}
	return false
}
