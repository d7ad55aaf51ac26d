package diff

import "strings"

// urlParts are the parts of a recorded URL, each a piece of the original
// text. url.Parse refuses what captures hold (spaces, stray percent signs)
// and is too slow for hundreds of thousands.
type urlParts struct {
	scheme    string
	authority string // without user information
	path      string
	query     string
	opaque    bool // no hierarchy: data:, blob:, about:, or nothing at all
}

// splitURL takes a URL apart as RFC 3986 appendix B does. With authority form
// it reads "host:port", the target of CONNECT (RFC 9112 section 3.2.3).
func splitURL(raw string, authorityForm bool) urlParts {
	var u urlParts
	rest, _, _ := strings.Cut(raw, "#")
	if i := schemeEnd(rest); i > 0 {
		u.scheme, rest = rest[:i], rest[i+1:]
	}
	switch {
	case strings.HasPrefix(rest, "//"):
		rest = rest[2:]
	case u.scheme != "" && startsWithPort(rest):
		// "localhost:8080/orders", as typed for curl.
		rest, u.scheme = raw[:len(u.scheme)+1+len(rest)], ""
	case u.scheme != "" || rest == "":
		return urlParts{scheme: u.scheme, path: rest, opaque: true}
	case rest[0] == '/' && !authorityForm:
		u.path, u.query, _ = strings.Cut(rest, "?")
		return u
	}
	end := strings.IndexAny(rest, "/?\\")
	if end < 0 {
		end = len(rest)
	}
	u.authority, rest = rest[:end], rest[end:]
	if at := strings.LastIndexByte(u.authority, '@'); at >= 0 {
		u.authority = u.authority[at+1:]
	}
	u.path, u.query, _ = strings.Cut(rest, "?")
	return u
}

// schemeEnd returns the place of the colon after a scheme, or -1.
func schemeEnd(s string) int {
	for i := range len(s) {
		c := s[i]
		switch {
		case c == ':':
			return i
		case isLetter(c), i > 0 && (isDigit(c) || c == '+' || c == '-' || c == '.'):
		default:
			return -1
		}
	}
	return -1
}

func startsWithPort(s string) bool {
	end := strings.IndexAny(s, "/?")
	if end < 0 {
		end = len(s)
	}
	return end > 0 && end <= 5 && allDigits(s[:end])
}

func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
func isUpper(c byte) bool  { return 'A' <= c && c <= 'Z' }
func isLower(c byte) bool  { return 'a' <= c && c <= 'z' }
func isLetter(c byte) bool { return isUpper(c) || isLower(c) }
func lower(c byte) byte {
	if isUpper(c) {
		return c + 'a' - 'A'
	}
	return c
}

func allDigits(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return s != ""
}
