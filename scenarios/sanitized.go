package scenarios

import (
	"strconv"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
)

// Sanitized tells whether an export removed credentials from a capture, so
// that their absence proves nothing, and by what it is known.
func Sanitized(c *traffic.Capture) (bool, string) {
	return sanitized(c, exportedByDevTools(c) && chromiumOf(c) >= firstSanitizing)
}

// firstSanitizing is the version of Chromium whose DevTools export without
// Cookie, Set-Cookie and Authorization unless told otherwise.
const firstSanitizing = 130

// minForAbsence is the number of exchanges from which the absence of all
// three fields is no coincidence.
const minForAbsence = 5

func sanitized(c *traffic.Capture, byDefault bool) (bool, string) {
	if why := blackened(c); why != "" {
		return true, why
	}
	if !exportedByDevTools(c) || carriesRemovable(c) {
		return false, ""
	}
	switch missing, known := missingBytes(c); {
	case missing:
		return true, "the recorded length of headers is more than what is listed: fields were taken out on export"
	case known:
		return false, "" // each listed section has its full length
	case byDefault && len(c.Exchanges) >= minForAbsence:
		return true, "no exchange has Cookie, Set-Cookie or Authorization, which the browser's export leaves out by default"
	}
	return false, ""
}

// exportedByDevTools knows the captures of Chromium's network panel.
func exportedByDevTools(c *traffic.Capture) bool {
	return c.Format == traffic.HAR && strings.EqualFold(c.Creator.Name, "WebInspector")
}

// chromiumOf returns the major version of the browser that was recorded, by
// User-Agent or client hint, for the creator's version is that of WebKit; 0:
// unknown.
func chromiumOf(c *traffic.Capture) int {
	for _, x := range c.Exchanges {
		ua := x.Request.Header.Get("user-agent")
		for _, mark := range []string{"Chrome/", "Chromium/", "Edg/"} {
			if _, rest, ok := strings.Cut(ua, mark); ok {
				digits, _, _ := strings.Cut(rest, ".")
				if version, err := strconv.Atoi(digits); err == nil {
					return version
				}
			}
		}
	}
	return 0
}

// carriesRemovable tells whether any exchange has a field that the export
// would have removed.
func carriesRemovable(c *traffic.Capture) bool {
	for _, x := range c.Exchanges {
		r := x.Request
		if r.Header.Has("cookie") || r.Header.Has("authorization") || len(r.Cookies) > 0 {
			return true
		}
		if x.Response != nil && (x.Response.Header.Has("set-cookie") || len(x.Response.Cookies) > 0) {
			return true
		}
	}
	return false
}

// How many bytes a header section has to lack. Recorded lengths are off by a
// little in both directions, that of a navigation by more; so few bytes count
// only where most requests lack them, as they do a cookie.
const (
	minMissing  = 20
	sureMissing = 64
)

// missingBytes compares the recorded length of HTTP/1.1 request headers,
// which is that of the original text, with what is listed.
func missingBytes(c *traffic.Capture) (missing, known bool) {
	measured, short := 0, 0
	for _, x := range c.Exchanges {
		r := x.Request
		if r.Sizes.Header <= 0 || !strings.EqualFold(r.Proto, "http/1.1") || !r.Header.Has("host") {
			continue
		}
		measured++
		lack := r.Sizes.Header - int64(headerLength(&r))
		if lack >= sureMissing {
			return true, true
		}
		if lack >= minMissing {
			short++
		}
	}
	return measured > 0 && 2*short >= measured, measured > 0
}

// headerLength is the length in bytes of a request's header section with its
// request line (RFC 9112 sections 3 and 5).
func headerLength(r *traffic.Request) int {
	target := r.URL
	if u := r.ParsedURL(); u != nil {
		target = u.RequestURI()
	}
	n := len(r.Method) + 1 + len(target) + len(" HTTP/1.1\r\n") + len("\r\n")
	for _, f := range r.Header {
		if !strings.HasPrefix(f.Name, ":") {
			n += len(f.Name) + len(": ") + len(f.Value) + len("\r\n")
		}
	}
	return n
}

// blackened tells captures whose credentials were painted over, all alike.
func blackened(c *traffic.Capture) string {
	readable, painted := 0, 0
	count := func(value string) {
		switch {
		case value == "":
		case isBlackened(value):
			painted++
		default:
			readable++
		}
	}
	for _, x := range c.Exchanges {
		for _, f := range x.Request.Header.All("authorization") {
			_, credentials := cutScheme(f.Value)
			count(credentials)
		}
		for _, f := range x.Request.Header.All("cookie") {
			_, value, _ := strings.Cut(f.Value, "=")
			if isBlackened(f.Value) {
				value = f.Value
			}
			count(value)
		}
	}
	if painted > 0 && painted >= readable {
		return "credentials were painted over: their values can't be compared"
	}
	return ""
}
