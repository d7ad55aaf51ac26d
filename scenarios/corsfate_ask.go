package scenarios

import (
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/browser"
	"github.com/replaydiff/replay/scenarios/devtools"
)

// A corsAsk is what a script asked for, as far as a capture shows it.
type corsAsk struct {
	cross   bool
	origin  browser.Origin // of the page, opaque after a redirect between foreign origins
	seen    bool           // the Origin header was recorded
	profile browser.Profile
	method  string
	url     string
	author  browser.Fields // the headers that the script added
}

// askOf reads the request of a script. It is false where no browser made it,
// or nothing tells which page did.
func askOf(c *traffic.Capture, x *traffic.Exchange) (corsAsk, bool) {
	if !madeByBrowser(c, x) {
		return corsAsk{}, false
	}
	r := &x.Request
	a := corsAsk{method: r.Method, url: r.URL, profile: profileOf(c, x)}
	if !scriptMode(x) {
		return a, true // a navigation, an image: the check does not apply
	}
	origin, from := pageOriginOf(c, x)
	if from == originUnknown {
		return a, false
	}
	if strings.HasSuffix(origin.Scheme, "-extension") {
		return a, false // its permissions decide, not the server
	}
	target, err := browser.OriginOf(r.URL)
	if err != nil {
		return a, false
	}
	a.origin, a.seen = origin, from == originSent
	// After a detour over another origin a request is foreign at home too, and
	// has Origin on a GET, which else it never has.
	a.cross = !origin.SameOrigin(target) && r.Header.Get("Sec-Fetch-Site") != "same-origin"
	if from == originSent && origin.SameOrigin(target) {
		a.cross = foreignBefore(r.Header.Get("Sec-Fetch-Site"))
	}
	if diff.IsPreflight(x) {
		a.method = r.Header.Get("Access-Control-Request-Method")
		a.author = announcedFields(x)
		return a, true
	}
	a.author = authorFields(r.Header)
	return a, true
}

func foreignBefore(site string) bool { return site == "cross-site" || site == "same-site" }

// announcedFields are the headers that a preflight asks leave for.
func announcedFields(p *traffic.Exchange) browser.Fields {
	var fields browser.Fields
	for name := range strings.SplitSeq(p.Request.Header.Get("Access-Control-Request-Headers"), ",") {
		if name = strings.TrimSpace(name); name != "" {
			fields = append(fields, browser.Field{Name: name, Value: unsafeValue(name)})
		}
	}
	return fields
}

// unsafeValue is a value that makes a header need a preflight: one that asked
// for leave did need it.
func unsafeValue(name string) string {
	switch strings.ToLower(name) {
	case "content-type":
		return "application/json"
	case "accept", "accept-language", "content-language", "range":
		return `"`
	}
	return "x"
}

// madeByBrowser tells a browser from the programs that know no CORS. Those
// that send Sec-Fetch-Mode all the same (Node) have names of their own.
func madeByBrowser(c *traffic.Capture, x *traffic.Exchange) bool {
	switch c.Format {
	case traffic.CassetteV1, traffic.CassetteV2, traffic.Curl:
		return false
	}
	h := x.Request.Header
	if _, ok := devtools.Of(x); ok {
		return true
	}
	if agent := h.Get("User-Agent"); agent != "" {
		return strings.HasPrefix(agent, "Mozilla/") && (h.Has("Origin") || h.Has("Referer") || h.Has("Sec-Fetch-Mode"))
	}
	return h.Has("Sec-Fetch-Mode") || h.Has("Origin") || recordedInBrowser(c)
}

// recordedInBrowser knows the recorders that are part of a browser or drive
// one.
func recordedInBrowser(c *traffic.Capture) bool {
	switch strings.ToLower(c.Creator.Name) {
	case "webinspector", "firefox", "webkit web inspector", "playwright":
		return true
	}
	return c.Browser.Name != ""
}

func profileOf(c *traffic.Capture, x *traffic.Exchange) browser.Profile {
	if strings.Contains(x.Request.Header.Get("User-Agent"), "Firefox/") || strings.EqualFold(c.Creator.Name, "Firefox") {
		return browser.Firefox
	}
	return browser.Chromium
}

// scriptMode tells requests in mode cors from navigations and images. Where
// the browser does not say (a page below plain http, headers that were never
// sent), what no other mode can do tells.
func scriptMode(x *traffic.Exchange) bool {
	h := x.Request.Header
	if mode := h.Get("Sec-Fetch-Mode"); mode != "" {
		return mode == "cors"
	}
	if diff.IsPreflight(x) {
		return true
	}
	switch resourceKind(x) {
	case "fetch", "xhr", "preflight", "eventsource", "font":
		return true
	case "":
	default:
		return false
	}
	if h.Has("Upgrade-Insecure-Requests") || strings.HasPrefix(h.Get("Accept"), "text/html") {
		return false
	}
	switch method := x.Request.Method; {
	case method != "GET" && method != "HEAD" && method != "POST":
		return true
	case method != "POST":
		// Forms and beacons send Origin too, but never with GET.
		return h.Has("Origin") || len(browserUnsafe(x)) > 0
	}
	return len(browserUnsafe(x)) > 0
}

// browserUnsafe are the names of headers that only scripts can set.
func browserUnsafe(x *traffic.Exchange) []string {
	return browser.NeedsPreflight(browser.CORSRequest{
		Origin: browser.Origin{}, Method: "GET", URL: x.Request.URL, Header: authorFields(x.Request.Header),
	}, browser.Chromium).Headers
}

// resourceKind is what Chromium and Playwright note of a request.
func resourceKind(x *traffic.Exchange) string {
	return strings.Trim(string(x.Unknown.Get("/_resourceType")), `"`)
}

// authorFields leaves out what browsers and proxies add of their own.
func authorFields(h traffic.Header) browser.Fields {
	var fields browser.Fields
	for _, f := range h {
		if !addedByBrowser(strings.ToLower(f.Name)) {
			fields = append(fields, browser.Field{Name: f.Name, Value: f.Value})
		}
	}
	return fields
}

func addedByBrowser(name string) bool {
	switch name {
	case "accept-encoding", "accept-language", "cache-control", "connection", "content-length", "cookie", "date", "dnt", "host", "if-match", "if-modified-since", "if-none-match",
		"if-range", "if-unmodified-since", "keep-alive", "origin", "pragma", "priority", "referer", "save-data", "te", "transfer-encoding", "upgrade-insecure-requests", "user-agent",
		"via", "x-client-data", "forwarded", "x-real-ip", "purpose", "x-browser-channel", "x-browser-copyright", "x-browser-validation", "x-browser-year":
		return true
	}
	for _, prefix := range []string{":", "sec-", "proxy-", "x-forwarded-", "access-control-"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}
