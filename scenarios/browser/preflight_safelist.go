package browser

import (
	"iter"
	"math"
	"strconv"
	"strings"
)

// safelistedValueMax is the longest value of a safelisted header, and
// safelistedTotalMax of all of them together, in bytes (Fetch sections
// "CORS-safelisted request-header" and "CORS-unsafe request-header names").
const (
	safelistedValueMax = 128
	safelistedTotalMax = 1024
)

// safelisted tells whether a header of that name, in lower case, with that
// value may cross origins without a preflight.
func safelisted(name, value string, p Profile) bool {
	if len(value) > safelistedValueMax {
		return false
	}
	switch name {
	case "accept":
		return !hasUnsafeByte(value)
	case "accept-language", "content-language":
		return languageBytes(value)
	case "content-type":
		return !hasUnsafeByte(value) && safelistedType(value)
	case "range":
		return simpleRange(value, p)
	}
	return p == Chromium && clientHint(name, value)
}

func hasUnsafeByte(s string) bool {
	for i := range len(s) {
		c := s[i]
		if c < ' ' && c != '\t' || c == 0x7F || strings.IndexByte("\"():<>?@[\\]{}", c) >= 0 {
			return true
		}
	}
	return false
}

func languageBytes(s string) bool {
	for i := range len(s) {
		c := s[i]
		if !('0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' || strings.IndexByte(" *,-.;=", c) >= 0) {
			return false
		}
	}
	return true
}

// safelistedType looks at the essence only, so that parameters may follow, but
// a list ("text/plain, application/json") is no MIME type at all.
func safelistedType(value string) bool {
	switch mimeEssence(value) {
	case "application/x-www-form-urlencoded", "multipart/form-data", "text/plain":
		return true
	}
	return false
}

// mimeEssence parses type and subtype (MIME Sniffing section 4.4), "" if that
// fails.
func mimeEssence(s string) string {
	s = trimHTTP(s)
	if i := strings.IndexByte(s, ';'); i >= 0 {
		s = strings.TrimRight(s[:i], " \t\r\n")
	}
	kind, subtype, ok := strings.Cut(s, "/")
	if !ok || !isToken(kind) || !isToken(subtype) {
		return ""
	}
	return strings.ToLower(s)
}

// simpleRange accepts bytes=a-b and bytes=a- (Fetch section "simple range
// header value"). A suffix range is not safelisted.
func simpleRange(value string, p Profile) bool {
	rest, ok := strings.CutPrefix(value, "bytes=")
	first, last, dash := strings.Cut(rest, "-")
	if !ok || !dash || !allDigits(first) || last != "" && !allDigits(last) {
		return false
	}
	if p == Chromium && !(belowMaxInt64(first) && (last == "" || belowMaxInt64(last))) {
		return false // deviation: numbers from 2^63-1 on are not read
	}
	if last == "" {
		return true
	}
	first, last = strings.TrimLeft(first, "0"), strings.TrimLeft(last, "0")
	return len(first) < len(last) || len(first) == len(last) && first <= last
}

func belowMaxInt64(s string) bool {
	n, err := strconv.ParseInt(s, 10, 64)
	return err == nil && n < math.MaxInt64 // seen live: the largest one is refused, too
}

// clientHint is Chromium's own addition: hints that it once sent itself.
func clientHint(name, value string) bool {
	switch name {
	case "device-memory", "dpr", "downlink":
		whole, fraction, dot := strings.Cut(value, ".")
		return allDigits(whole) && (!dot || allDigits(fraction))
	case "width", "viewport-width", "rtt":
		return allDigits(value)
	case "ect":
		return value == "slow-2g" || value == "2g" || value == "3g" || value == "4g"
	case "save-data":
		return strings.EqualFold(value, "on")
	case "intervention":
		return true
	}
	return false
}

// forbiddenRequestHeader tells whether the browser drops the header when a
// script sets it (Fetch section "forbidden request-header"), so that it can
// neither reach the server nor cause a preflight.
func forbiddenRequestHeader(name, value string) bool {
	switch name {
	case "accept-charset", "accept-encoding", "access-control-request-headers",
		"access-control-request-method", "connection", "content-length", "cookie", "cookie2",
		"date", "dnt", "expect", "host", "keep-alive", "origin", "referer", "set-cookie", "te",
		"trailer", "transfer-encoding", "upgrade", "via":
		return true
	case "x-http-method", "x-http-method-override", "x-method-override":
		for method := range splitUnquoted(value) {
			if forbiddenMethod(method) {
				return true
			}
		}
	}
	return strings.HasPrefix(name, "proxy-") || strings.HasPrefix(name, "sec-")
}

// splitUnquoted yields the members of a list (Fetch "get, decode, and split"):
// a comma inside quotes does not part, and quotes stay.
func splitUnquoted(s string) iter.Seq[string] {
	return func(yield func(string) bool) {
		start, quoted := 0, false
		for i := 0; i < len(s); i++ {
			switch {
			case s[i] == '"':
				quoted = !quoted
			case s[i] == '\\' && quoted:
				i++
			case s[i] == ',' && !quoted:
				if !yield(strings.Trim(s[start:i], " \t")) {
					return
				}
				start = i + 1
			}
		}
		yield(strings.Trim(s[start:], " \t"))
	}
}
