package scenarios

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/devtools"
)

// A Clock is how far a server's clock is ahead of the client's.
type Clock struct {
	Offset      time.Duration // server minus client
	Uncertainty time.Duration
	Samples     int
}

// tokenFacts are the clocks of both sides.
type tokenFacts struct {
	clocks map[Side]*clocks
}

// clocks are those of one capture.
type clocks struct {
	byHost map[string]Clock
	client Clock       // over all hosts: what is wrong with all of them is wrong with the client
	dates  []time.Time // by exchange: the last Date seen up to it
}

const (
	dateResolution = time.Second      // of Date (RFC 9110 section 5.6.7)
	fewSamples     = 2 * time.Second  // added where there are fewer than three
	unknownClock   = 2 * time.Minute  // of a recorder that nothing vouches for
	nearby         = 15 * time.Minute // of a time that only neighbours tell
)

// Clock returns the clock of a host as one side saw it: the median over its
// exchanges of Date minus the time of the recorder. A recorder without a clock
// (cassettes) has none.
func (v *View) Clock(side Side, host string) (Clock, bool) {
	host = (&url.URL{Host: strings.ToLower(host)}).Hostname() // the ports of a host share its clock
	c, ok := v.clocksOf(side).byHost[host]
	return c, ok
}

// ClientClock is the median over all hosts of one side. One that differs from
// the servers' is the client's own fault.
func (v *View) ClientClock(side Side) (Clock, bool) {
	c := v.clocksOf(side).client
	return c, c.Samples > 0
}

// ServerTime returns the server's time of an exchange: its Date, else the
// recorder's time corrected by the clock of the host, else the last Date that
// was seen before.
func (v *View) ServerTime(side Side, x *traffic.Exchange) (at time.Time, uncertainty time.Duration, ok bool) {
	if date, ok := dateOf(x); ok {
		return date.Add(dateResolution / 2), dateResolution, true
	}
	if local, half, ok := localTime(x); ok {
		if c, ok := v.Clock(side, hostnameOf(x)); ok {
			return local.Add(c.Offset), c.Uncertainty + half, true
		}
		if c, ok := v.ClientClock(side); ok {
			return local.Add(c.Offset), c.Uncertainty + half, true
		}
		return local, unknownClock, true
	}
	dates := v.clocksOf(side).dates
	if x.Index < len(dates) && !dates[x.Index].IsZero() {
		return dates[x.Index], nearby, true
	}
	return time.Time{}, 0, false
}

func (v *View) clocksOf(side Side) *clocks {
	if v.facts.token == nil {
		v.facts.token = &tokenFacts{clocks: map[Side]*clocks{}}
	}
	c := v.facts.token.clocks[side]
	if c == nil {
		c = readClocks(v.capture(side))
		v.facts.token.clocks[side] = c
	}
	return c
}

func readClocks(capture *traffic.Capture) *clocks {
	byHost := map[string][]Clock{}
	all := []Clock{}
	c := &clocks{byHost: map[string]Clock{}, dates: make([]time.Time, len(capture.Exchanges))}
	for i, x := range capture.Exchanges {
		if i > 0 {
			c.dates[i] = c.dates[i-1]
		}
		date, ok := dateOf(x)
		if !ok {
			continue
		}
		c.dates[i] = date
		if sample, ok := clockSample(x, date); ok {
			host := hostnameOf(x)
			byHost[host] = append(byHost[host], sample)
			all = append(all, sample)
		}
	}
	for host, samples := range byHost {
		c.byHost[host] = median(samples)
	}
	if len(all) > 0 {
		c.client = median(all)
	}
	return c
}

// clockSample compares the Date of an answer with when the recorder saw it
// made.
func clockSample(x *traffic.Exchange, date time.Time) (Clock, bool) {
	local, half, ok := localTime(x)
	if !ok {
		return Clock{}, false
	}
	// Date is cut to the second: on average half a second is missing.
	return Clock{Offset: date.Add(dateResolution / 2).Sub(local), Uncertainty: half + dateResolution, Samples: 1}, true
}

func median(samples []Clock) Clock {
	slices.SortFunc(samples, func(a, b Clock) int { return cmp.Compare(a.Offset, b.Offset) })
	m := samples[len(samples)/2]
	m.Samples = len(samples)
	if m.Samples < 3 {
		m.Uncertainty += fewSamples
	}
	return m
}

// localTime returns the recorder's time of the moment when the server made the
// answer, and half of the time that it may have taken.
func localTime(x *traffic.Exchange) (at time.Time, half time.Duration, ok bool) {
	if !x.Recorded.Started.Known() {
		return time.Time{}, 0, false
	}
	t := x.Recorded.Timings
	before, wait := 0.0, max(t.Wait, 0)
	for _, phase := range []float64{t.Blocked, t.DNS, t.Connect, t.Send} { // connect includes ssl (HAR 1.2)
		before += max(phase, 0)
	}
	if before+wait == 0 {
		wait = max(x.Recorded.Millis, 0)
	}
	const longest = 24 * 60 * 60 * 1000.0
	before, wait = min(before, longest), min(wait, longest)
	half = time.Duration(wait / 2 * float64(time.Millisecond))
	return x.Recorded.Started.Time.Add(time.Duration(before*float64(time.Millisecond)) + half), half, true
}

// dateOf returns the Date of an answer that was made when it was asked for. A
// cache keeps the Date of the original (RFC 9111 section 4.2.3).
func dateOf(x *traffic.Exchange) (time.Time, bool) {
	r := x.Response
	if r == nil || r.Status == 0 || r.Status == http.StatusNotModified || x.Unknown.Get("/_fromCache") != nil {
		return time.Time{}, false
	}
	if source, _, _ := devtools.SourceOf(x); source != "" {
		return time.Time{}, false
	}
	if age, err := strconv.Atoi(strings.TrimSpace(r.Header.Get("age"))); err == nil && age > 0 {
		return time.Time{}, false
	}
	date, err := http.ParseTime(r.Header.Get("date"))
	return date.UTC(), err == nil
}

func hostnameOf(x *traffic.Exchange) string {
	if u := x.Request.ParsedURL(); u != nil {
		return strings.ToLower(u.Hostname())
	}
	return ""
}
