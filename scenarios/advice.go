package scenarios

import (
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
)

// maxAdvice is how many places are advised at once.
const maxAdvice = 3

// servers are the places that a product in the way of an answer makes worth
// advising.
var servers = map[Place]string{Nginx: "nginx", Apache: "apache", HAProxy: "haproxy", Caddy: "caddy", Envoy: "envoy"}

// Places are the servers that the failing exchange shows to be there.
func (d Diagnosis) Places(c *diff.Comparison) []Place {
	if d.Entry < 0 {
		return nil
	}
	products := strings.ToLower(d.Answerer.Product + " " + strings.Join(d.Answerer.Front, " ") + " " + serverNames(c, d))
	var places []Place
	for _, p := range []Place{Nginx, Apache, HAProxy, Caddy, Envoy} {
		if strings.Contains(products, servers[p]) || p == Nginx && strings.Contains(products, "openresty") {
			places = append(places, p)
		}
	}
	return places
}

// serverNames are the Server fields of both sides: a blocked answer has none.
func serverNames(c *diff.Comparison, d Diagnosis) string {
	name := func(x *traffic.Exchange) string {
		if x.Response == nil {
			return ""
		}
		return x.Response.Header.Get("server") + " " + x.Response.Header.Get("via") + " "
	}
	names := name(c.Bad.Exchanges[d.Entry])
	if d.Pair >= 0 {
		names += name(c.Pairs[d.Pair].OKExchange)
	}
	return names
}

// AdviceFor returns what to do at the places that apply, at most three: the
// client first, then the app, then the servers that are there. Of the others
// the first stands in where there is room.
func (c *Cause) AdviceFor(there []Place) []Advice {
	var list []Advice
	take := func(fits func(Place) bool) {
		for _, a := range c.Advice {
			if len(list) < maxAdvice && fits(a.Where) && !slices.Contains(list, a) {
				list = append(list, a)
			}
		}
	}
	take(func(p Place) bool { return p == Client })
	take(func(p Place) bool { return p == App })
	take(func(p Place) bool { return slices.Contains(there, p) })
	take(func(p Place) bool { return p == Gateway && len(there) == 0 })
	return list
}
