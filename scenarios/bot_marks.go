package scenarios

import (
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
)

// botMark returns the name of the field by which a challenge for robots is
// known; "" none. Challenges come with any status, 429 and 200 included.
func botMark(r *traffic.Response) string {
	if r == nil {
		return ""
	}
	for _, m := range []headerMark{
		{name: "cf-mitigated", value: "challenge"},
		{name: "x-amzn-waf-action", value: "challenge"},
		{name: "x-amzn-waf-action", value: "captcha"},
		{name: "x-vercel-mitigated", value: "challenge"},
		{name: "x-vercel-challenge-token"},
		{name: "x-kpsdk-ct"},
		{name: "x-datadome", value: "protected"},
		{name: "x-dd-b"},
		{name: "x-px-block"},
	} {
		if m.fits(r.Header) && (r.Status >= 400 || r.Status == 202) {
			return m.name
		}
	}
	return ""
}

// botPage tells whether a page is a challenge of a known product.
func botPage(r *traffic.Response) bool {
	text := bodyPrefix(r)
	for _, words := range []string{"/cdn-cgi/challenge-platform/", "captcha-delivery.com", "px-captcha", "_sec/cp_challenge", "ips.js?", "awswaf.com", "vercel security checkpoint", "__cf_chl_", "/.within.website/x/cmd/anubis"} {
		if strings.Contains(text, words) {
			return true
		}
	}
	return false
}
