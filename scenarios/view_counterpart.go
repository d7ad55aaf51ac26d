package scenarios

import (
	"net/url"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
)

// viewAlone is the view of an exchange that was paired with nothing. A request
// that went to a wrong address may have moved too far to be paired: the one
// that is missing at its place in the working capture is its counterpart.
func viewAlone(c *diff.Comparison, entry int) *View {
	if entry < 0 {
		return nil
	}
	v := &View{Comparison: c, Decisive: -1, Failed: c.Bad.Exchanges[entry]}
	if good := missingAt(c, entry); good != nil {
		v.Good, v.Changes = good, diff.Judge(good, v.Failed, diff.Between(good, v.Failed))
	}
	return v
}

// missingAt returns the working exchange that an unpaired one of the failing
// capture stands for: the only one of its method that is missing between the
// same neighbours and asked for something like it. Nil: there is none, or
// there are several.
func missingAt(c *diff.Comparison, entry int) *traffic.Exchange {
	after, before := neighbours(c, entry)
	bad := c.Bad.Exchanges[entry]
	var found *traffic.Exchange
	for _, i := range c.OnlyOK {
		x := c.OK.Exchanges[i]
		if i <= after || i >= before || !Works(x) || !sameMethod(x, bad) || !alike(&x.Request, bad) {
			continue
		}
		if found != nil {
			return nil
		}
		found = x
	}
	return found
}

// sameMethod tells requests of one method, or of one URL where the server says
// that the method is the mistake.
func sameMethod(good, bad *traffic.Exchange) bool {
	return good.Request.Method == bad.Request.Method ||
		bad.Response != nil && bad.Response.Status == 405 && good.Request.URL == bad.Request.URL
}

// neighbours are the places in the working capture that the paired exchanges
// around an entry of the failing one have.
func neighbours(c *diff.Comparison, entry int) (after, before int) {
	after, before = -1, len(c.OK.Exchanges)
	last, next := -1, len(c.Bad.Exchanges)
	for _, p := range c.Pairs {
		switch {
		case p.Bad < entry && p.Bad > last:
			last, after = p.Bad, p.OK
		case p.Bad > entry && p.Bad < next:
			next, before = p.Bad, p.OK
		}
	}
	return after, before
}

// alike tells requests that may be one with a mistake in its address: the same
// path elsewhere; another path there that has half of the segments in common
// or that is as long and that nobody serves.
func alike(good *traffic.Request, bad *traffic.Exchange) bool {
	x, y := good.ParsedURL(), bad.Request.ParsedURL()
	if x == nil || y == nil {
		return false
	}
	if x.Path == y.Path {
		return true
	}
	shared, most := sharedSegments(x, y)
	unknown := bad.Response != nil && (bad.Response.Status == 404 || bad.Response.Status == 410)
	return strings.EqualFold(x.Host, y.Host) && (2*shared >= most || unknown && most == 1)
}

// sharedSegments counts the segments of two paths that are alike, case aside,
// from the start and from the end, and those of the longer one.
func sharedSegments(x, y *url.URL) (shared, most int) {
	a, b := segmentsOf(x), segmentsOf(y)
	most = max(len(a), len(b))
	for len(a) > 0 && len(b) > 0 && strings.EqualFold(a[0], b[0]) {
		a, b, shared = a[1:], b[1:], shared+1
	}
	for len(a) > 0 && len(b) > 0 && strings.EqualFold(a[len(a)-1], b[len(b)-1]) {
		a, b, shared = a[:len(a)-1], b[:len(b)-1], shared+1
	}
	return shared, most
}

func segmentsOf(u *url.URL) []string {
	return strings.FieldsFunc(u.Path, func(r rune) bool { return r == '/' })
}
