package scenarios

import (
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
)

// blockedByBrowser tells whether the browser kept an answer from its script.
// Told is false where the recorder does not note it: proxies do not know, and
// Firefox does not say.
func blockedByBrowser(c *traffic.Capture, x *traffic.Exchange) (blocked, told bool) {
	if failed, ok := corsTold(c, x); ok {
		return failed != nil, true
	}
	if diff.IsPreflight(x) {
		main := announcedBy(c, x)
		if main == nil || main.Response.Unfinished() {
			return false, false
		}
		return corsStatus(main) == 0, corsStatus(main) > 0 || refusedByBrowser(main.Response.Error)
	}
	switch {
	case refusedByBrowser(x.Response.Error):
		return true, true
	case corsStatus(x) == 0:
		return x.Response.Error == "" && !marksBlocked(c, x), false
	case x.Response.Error != "":
		return false, true // the network's own reason
	}
	return false, marksBlocked(c, x)
}

// marksBlocked knows the recorders that mark what the browser blocked, as long
// as nobody took their own fields away.
func marksBlocked(c *traffic.Capture, x *traffic.Exchange) bool {
	if _, ok := toldOf(x); ok {
		return true
	}
	switch strings.ToLower(c.Creator.Name) {
	case "webinspector", "playwright":
	default:
		return false
	}
	for _, f := range x.Unknown {
		if strings.HasPrefix(f.Pointer, "/_") {
			return true
		}
	}
	return false
}

// refusedByBrowser knows the reasons that recorders give for a failed CORS
// check: Chromium's general failure, and what Firefox, Safari and DevTools
// say in words.
func refusedByBrowser(reason string) bool {
	lower := strings.ToLower(reason)
	switch lower {
	case "net::err_failed", "ns_error_dom_bad_uri", "ns_error_dom_bad_cross_origin_data":
		return true
	}
	return strings.Contains(lower, "cors") || strings.Contains(lower, "access-control-allow-origin") || strings.Contains(lower, "access control checks")
}

// failedOtherwise tells a request that was never answered for a reason of its
// own: no connection, a certificate, an ad blocker, the user went away.
func failedOtherwise(x *traffic.Exchange) bool {
	if n, ok := toldOf(x); ok && corsStatus(x) == 0 && x.Response.Error != "" {
		return n.CORS == nil
	}
	return corsStatus(x) == 0 && x.Response.Error != "" && !refusedByBrowser(x.Response.Error)
}

// perhapsCORS tells whether a request without an answer can have failed for
// CORS.
func perhapsCORS(c *traffic.Capture, x *traffic.Exchange) bool {
	if corsStatus(x) != 0 {
		return false
	}
	if n, ok := toldOf(x); ok {
		return n.CORS != nil
	}
	if x.Response.Error != "" {
		return refusedByBrowser(x.Response.Error)
	}
	return strings.EqualFold(c.Creator.Name, "Firefox")
}
