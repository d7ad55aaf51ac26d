package scenarios

import (
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/browser"
	"github.com/replaydiff/replay/scenarios/devtools"
)

// originFrom tells where the origin of a page was read.
type originFrom uint8

const (
	originUnknown originFrom = iota
	originSent               // the Origin header
	originReferer            // the document that asked
	originPage               // the page that the recorder names
)

// pageOriginOf returns the origin of the page that asked: what it sent, else the
// document that it names.
func pageOriginOf(c *traffic.Capture, x *traffic.Exchange) (browser.Origin, originFrom) {
	h := x.Request.Header
	if h.Has("Origin") {
		if o, ok := parseOrigin(h.Get("Origin")); ok {
			return o, originSent
		}
		return browser.Origin{}, originUnknown
	}
	// A font's Referer is the style sheet that wants it.
	if referer := h.Get("Referer"); referer != "" && resourceKind(x) != "font" && h.Get("Sec-Fetch-Dest") != "font" {
		if o, err := browser.OriginOf(referer); err == nil && !o.Opaque() {
			return o, originReferer
		}
	}
	if n, ok := devtools.Of(x); ok && n.Document != "" {
		if o, err := browser.OriginOf(n.Document); err == nil && !o.Opaque() {
			return o, originPage
		}
	}
	if x.Recorded.Page == "" {
		return browser.Origin{}, originUnknown
	}
	for _, p := range c.Pages {
		if p.ID != x.Recorded.Page || !strings.Contains(p.Title, "://") {
			continue
		}
		// Chromium and Firefox name a page by its URL.
		if o, err := browser.OriginOf(p.Title); err == nil && !o.Opaque() {
			return o, originPage
		}
	}
	return browser.Origin{}, originUnknown
}

// parseOrigin reads an Origin header. Schemes of apps (capacitor://localhost)
// have an origin that is sent and compared like any other.
func parseOrigin(value string) (browser.Origin, bool) {
	value = strings.TrimSpace(value)
	if value == "null" {
		return browser.Origin{}, true
	}
	if o, err := browser.ParseOrigin(value); err == nil && !o.Opaque() {
		return o, true
	}
	scheme, host, ok := strings.Cut(value, "://")
	if !ok || scheme == "" || strings.ContainsAny(host, "/?#@ ") || strings.HasPrefix(scheme, "http") {
		return browser.Origin{}, false
	}
	return browser.Origin{Scheme: scheme, Host: host}, true
}
