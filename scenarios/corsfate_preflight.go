package scenarios

import (
	"regexp"
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/browser"
)

// preflightReach is how far from a request its preflight is looked for.
// Browsers list it right after the request, proxies right before.
const preflightReach = 128

// preflightOf returns the preflight of a request, the nearest that asks for
// it; nil where none was recorded.
func preflightOf(c *traffic.Capture, x *traffic.Exchange) *traffic.Exchange {
	return nearest(c, x, func(p *traffic.Exchange) bool { return asksFor(p, x) })
}

// announcedBy returns the request that a preflight asked leave for, nil where
// there is none.
func announcedBy(c *traffic.Capture, p *traffic.Exchange) *traffic.Exchange {
	return nearest(c, p, func(x *traffic.Exchange) bool { return x.Response != nil && asksFor(p, x) })
}

func nearest(c *traffic.Capture, x *traffic.Exchange, is func(*traffic.Exchange) bool) *traffic.Exchange {
	at := x.Index
	if at >= len(c.Exchanges) || c.Exchanges[at] != x {
		at = slices.Index(c.Exchanges, x)
	}
	for d := 1; d <= preflightReach; d++ {
		for _, i := range []int{at + d, at - d} {
			if i >= 0 && i < len(c.Exchanges) && is(c.Exchanges[i]) {
				return c.Exchanges[i]
			}
		}
	}
	return nil
}

func asksFor(p, x *traffic.Exchange) bool {
	if !diff.IsPreflight(p) || diff.IsPreflight(x) || p.Response == nil || p.Request.URL != withoutFragment(x.Request.URL) {
		return false
	}
	if p.Request.Header.Get("Access-Control-Request-Method") != x.Request.Method {
		return false
	}
	sent := x.Request.Header.Get("Origin")
	return sent == "" || sent == p.Request.Header.Get("Origin")
}

func withoutFragment(url string) string {
	url, _, _ = strings.Cut(url, "#")
	return url
}

func corsStatus(x *traffic.Exchange) int { return max(0, x.Response.Status) }

func (r *corsRead) request(credentials browser.FetchCredentials) browser.CORSRequest {
	return browser.CORSRequest{
		Origin: r.origin, Method: r.method, URL: r.url, Credentials: credentials, Header: r.author,
		Redirect: browser.RedirectManual, // every hop is an exchange of its own
	}
}

func (r *corsRead) needsPreflight() bool {
	return browser.NeedsPreflight(r.request(browser.CredentialsSameOrigin), r.profile).Needed
}

// play decides with the answers of the capture. A preflight that nobody
// recorded did well if the request itself went out: it was remembered, or the
// recorder leaves it out.
func (r *corsRead) play(x *traffic.Exchange, credentials browser.FetchCredentials) browser.CORSVerdict {
	request := r.request(credentials)
	var hop browser.CORSHop
	switch {
	case diff.IsPreflight(x):
		hop.Preflight = answerOf(x)
		hop.Answer = r.permission(request)
	case r.asked != nil && corsStatus(r.asked) != 0:
		hop.Preflight = answerOf(r.asked)
	case corsStatus(x) > 0:
		leave := r.permission(request)
		hop.Preflight = &leave
	}
	hops := []browser.CORSHop{hop}
	if !diff.IsPreflight(x) {
		hops[0].Answer = *answerOf(x)
	}
	v := browser.Decide(request, hops, r.profile)
	if !v.Allowed && v.Stage == browser.StageAnswer && corsStatus(x) == 0 && !diff.IsPreflight(x) {
		return browser.CORSVerdict{Rule: browser.RuleAnswerUnknown}
	}
	return v
}

func answerOf(x *traffic.Exchange) *browser.CORSAnswer {
	a := &browser.CORSAnswer{Status: corsStatus(x)}
	for _, f := range x.Response.Header {
		a.Header = append(a.Header, browser.Field{Name: f.Name, Value: f.Value})
	}
	return a
}

// permission is an answer that lets everything through.
func (r *corsRead) permission(request browser.CORSRequest) browser.CORSAnswer {
	need := browser.NeedsPreflight(request, r.profile)
	return browser.CORSAnswer{Status: 204, Header: browser.Fields{
		{Name: "Access-Control-Allow-Origin", Value: r.origin.String()},
		{Name: "Access-Control-Allow-Credentials", Value: "true"},
		{Name: "Access-Control-Allow-Methods", Value: need.Method},
		{Name: "Access-Control-Allow-Headers", Value: strings.Join(need.Headers, ",")},
	}}
}

// originWords are what CORS middleware says of an origin that it refuses.
var originWords = regexp.MustCompile(`(?i)\binvalid cors request\b|\bnot allowed by cors\b|\bcors\b[^<>\n]{0,60}\b(?:origin|policy)\b[^<>\n]{0,80}\b(?:not allowed|denied|rejected|forbidden|disallowed|does not allow|blocked)\b` +
	`|\b(?:disallowed|untrusted|forbidden) (?:cors )?origin\b|\borigin\b[^<>\n]{0,100}\b(?:is not allowed|not allowed|not permitted|is not permitted|denied|disallowed)\b`)

const maxOriginWords = 64 << 10

// speaksOfOrigin tells whether a refusal says that it is about the origin.
func speaksOfOrigin(x *traffic.Exchange) bool {
	if x == nil || x.Response == nil || x.Response.Status < 400 {
		return false
	}
	body, err := x.Response.Body.Bytes(maxOriginWords)
	return err == nil && originWords.Match(body)
}
