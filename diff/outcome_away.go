package diff

import (
	"net/url"
	"slices"

	"github.com/replaydiff/replay/diff/traffic"
)

// EndsAway returns the exchange with which a flow leaves its capture: the last
// one, if it redirects to an origin of which the capture has nothing from then
// on. -1 where there is none. A proxy in front of one server records this of a
// login elsewhere; what happened there is not known.
func EndsAway(c *traffic.Capture) int {
	last := lastOf(c)
	if last < 0 {
		return -1
	}
	x := c.Exchanges[last]
	here, err := url.Parse(x.Request.URL)
	if x.Response == nil || x.Response.Status/100 != 3 || x.Response.Status == 304 || location(x) == "" || err != nil || here.Host == "" {
		return -1
	}
	to, err := here.Parse(location(x))
	if err != nil || to.Host == "" || originOf(to.Scheme, to.Host) == originOf(here.Scheme, here.Host) {
		return -1
	}
	return last
}

// lastOf is the exchange that began last, of those that somebody waits for; -1
// where there is none. Without the time of each it goes by the order of the
// file.
func lastOf(c *traffic.Capture) int {
	timed := !slices.ContainsFunc(c.Exchanges, func(x *traffic.Exchange) bool { return !x.Recorded.Started.Known() })
	last := -1
	for i, x := range c.Exchanges {
		if StandingOf(x) != Awaited {
			continue
		}
		if last < 0 || !timed || !x.Recorded.Started.Time.Before(c.Exchanges[last].Recorded.Started.Time) {
			last = i
		}
	}
	return last
}
