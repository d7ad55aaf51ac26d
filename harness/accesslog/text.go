package accesslog

import (
	"net/netip"
	"strconv"
	"strings"
	"unicode/utf8"
)

// token is the text up to a space, behind leading ones.
func token(s string) (tok, rest string) {
	s = strings.TrimLeft(s, " ")
	if i := strings.IndexByte(s, ' '); i >= 0 {
		return s[:i], s[i:]
	}
	return s, ""
}

func untilAny(s, stops string) (string, string) {
	if i := strings.IndexAny(s, stops); i >= 0 {
		return s[:i], s[i:]
	}
	return s, ""
}

// quoted reads a text in quotes, as it is escaped. A quote inside that nobody
// escaped (nginx' escape=none) does not end it: what ends it is followed by a
// space or nothing.
func quoted(s string) (inside, rest string, ok bool) {
	if s == "" || s[0] != '"' {
		return "", s, false
	}
	last := -1
	for i := 1; i < len(s); {
		n := strings.IndexByte(s[i:], '"')
		if n < 0 {
			break
		}
		i += n + 1
		if escapedAt(s, i-1) {
			continue
		}
		if i == len(s) || s[i] == ' ' || s[i] == ',' {
			return s[1 : i-1], s[i:], true
		}
		last = i
	}
	if last > 0 {
		return s[1 : last-1], s[last:], true
	}
	return "", s, false
}

// escapedAt tells whether an odd number of backslashes stands before i.
func escapedAt(s string, i int) bool {
	n := 0
	for i-1-n >= 0 && s[i-1-n] == '\\' {
		n++
	}
	return n%2 == 1
}

// unescape reads the escapes of nginx (\xHH) and Apache (also \" \\ \n).
func unescape(s string) string {
	i := strings.IndexByte(s, '\\')
	if i < 0 {
		return s
	}
	b := append(make([]byte, 0, len(s)), s[:i]...)
	for i < len(s) {
		c := s[i]
		i++
		if c != '\\' || i == len(s) {
			b = append(b, c)
			continue
		}
		c = s[i]
		i++
		switch c {
		case 'x', 'X':
			if i+2 <= len(s) && isHex(s[i:i+2]) {
				n, _ := strconv.ParseUint(s[i:i+2], 16, 8)
				b = append(b, byte(n))
				i += 2
				continue
			}
			b = append(b, '\\', c)
		case 'n':
			b = append(b, '\n')
		case 't':
			b = append(b, '\t')
		case 'r':
			b = append(b, '\r')
		case 'b':
			b = append(b, '\b')
		case 'f':
			b = append(b, '\f')
		case 'v':
			b = append(b, '\v')
		case '"', '\\', '/', '\'':
			b = append(b, c)
		case 'u':
			r, n := hexRune(s[i:])
			if n == 0 {
				b = append(b, '\\', c)
				continue
			}
			b = utf8.AppendRune(b, r)
			i += n
		default:
			b = append(b, '\\', c)
		}
	}
	return string(b)
}

// hexRune reads what follows \u: four digits, and the other half of a pair of
// surrogates (RFC 8259 section 7). A half alone is the replacement character.
func hexRune(s string) (r rune, length int) {
	half := func(s string) (rune, bool) {
		if len(s) < 4 || !isHex(s[:4]) {
			return 0, false
		}
		n, _ := strconv.ParseUint(s[:4], 16, 16)
		return rune(n), true
	}
	r, ok := half(s)
	if !ok {
		return 0, 0
	}
	if 0xd800 <= r && r < 0xdc00 && len(s) >= 10 && s[4] == '\\' && s[5] == 'u' {
		if low, ok := half(s[6:]); ok && 0xdc00 <= low && low < 0xe000 {
			return (r-0xd800)<<10 | (low - 0xdc00) + 0x10000, 10
		}
	}
	if 0xd800 <= r && r < 0xe000 {
		return utf8.RuneError, 4
	}
	return r, 4
}

// given is a value, or "" where the log says that there is none.
func given(s string) string {
	if s == "-" {
		return ""
	}
	return s
}

// statusOf is a status code, 0 where it is none.
func statusOf(s string) int {
	if len(s) != 3 || s[0] < '1' || s[0] > '9' {
		return 0
	}
	n, _ := digits(s)
	return n
}

// isAddress tells an address, with or without a port.
func isAddress(s string) bool {
	if s == "" || s[0] != '[' && s[0] != ':' && !isHex(s[:1]) {
		return false
	}
	_, err := netip.ParseAddr(withoutPort(s))
	return err == nil
}

// isAddressList tells what X-Forwarded-For holds by its first address.
func isAddressList(s string) bool {
	first, _, _ := strings.Cut(s, ",")
	return isAddress(strings.TrimSpace(first))
}

// withoutPort takes the port from an address, and the brackets of IPv6.
func withoutPort(s string) string {
	if s != "" && s[0] == '[' {
		inside, _, _ := strings.Cut(s[1:], "]")
		return inside
	}
	if i := strings.IndexByte(s, ':'); i >= 0 && strings.IndexByte(s[i+1:], ':') < 0 {
		return s[:i]
	}
	return s
}
