package scenarios

import (
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
)

// goesRound tells a redirect to the very URL that was asked for. One that sets
// a cookie tries whether it comes back.
func goesRound(x *traffic.Exchange) bool {
	return x.Response != nil && x.Response.Status/100 == 3 && !setsCookies(x.Response) && x.Response.Status != 304 &&
		strings.TrimSpace(locationOf(x)) != "" && isHop(x, x)
}

// endOfRedirects is the view of a failure that a redirect of the pair leads to:
// beside its own counterpart where that worked, else beside what the redirect
// was. Nil where it leads to no failure.
func (v *View) endOfRedirects() *View {
	end := v.Failed
	list := v.Comparison.Bad.Exchanges
	for range maxHops {
		if end.Index+1 >= len(list) || !isHop(end, list[end.Index+1]) {
			break
		}
		end = list[end.Index+1]
	}
	if end == v.Failed || end.Response == nil || Works(end) {
		return nil
	}
	for i, p := range v.Comparison.Pairs {
		if p.Bad == end.Index && Works(p.OKExchange) {
			return viewOfPair(v.Comparison, i)
		}
	}
	return viewAlone(v.Comparison, end.Index)
}
