package samples

import (
	"net/http"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
)

// isBrowserNoise tells fields that browsers and libraries add by themselves and
// that no server needs to answer such a request; "" in front of a colon is a
// pseudo-header.
func isBrowserNoise(name string) bool {
	switch name {
	case "accept-encoding", "accept-language", "user-agent", "cache-control", "pragma", "upgrade-insecure-requests", "dnt", "te",
		"priority", "connection", "keep-alive", "proxy-connection", "if-none-match", "if-modified-since", "if-range", "range",
		"save-data", "device-memory", "downlink", "ect", "rtt", "viewport-width", "width", "dpr", "purpose", "x-client-data":
		return true
	}
	return strings.HasPrefix(name, "sec-")
}

// isCurls tells fields that curl writes itself.
func isCurls(name string) bool {
	switch name {
	case "host", "content-length", "cookie", "transfer-encoding", "expect":
		return true
	}
	return name == "" || strings.HasPrefix(name, ":")
}

// minimal are the fields that a request keeps. Origin and Referer are looked at
// by the CSRF checks of methods that change things, and by nobody else.
func (b *builder) minimal(r *traffic.Request) traffic.Header {
	safe := r.Method == http.MethodGet || r.Method == http.MethodHead || r.Method == http.MethodOptions
	var kept traffic.Header
	for _, f := range r.Header {
		name := strings.ToLower(strings.TrimSpace(f.Name))
		switch {
		case isCurls(name):
			continue
		case isBrowserNoise(name), safe && (name == "origin" || name == "referer"), name == "accept" && strings.TrimSpace(f.Value) == "*/*":
			b.left[name] = true
			continue
		case safe && name == "content-type" && !r.Body.Present():
			continue
		}
		kept = append(kept, f)
	}
	return kept
}
