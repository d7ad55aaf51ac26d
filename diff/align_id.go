package diff

import "strings"

// IsID tells whether a whole path segment names one thing of many: a number,
// a date, a UUID, a ULID, a hash, a token, an address.
func IsID(s string) bool {
	switch {
	case s == "":
		return false
	case isDigit(s[0]) && strings.Trim(s, "0123456789-_.,:+") == "":
		return true
	case isUUID(s) || isULID(s):
		return true
	case isHex(s) && (len(s) >= 16 || len(s) >= 8 && hasDigit(s)):
		return true
	case strings.IndexByte(s, '@') > 0:
		return true
	}
	return isToken(s)
}

// isToken tells a random segment, be it cut by the "-" and "_" of Base64url,
// from a name that holds a random piece: "cus_9s6XKzkNRiz8i3", "img-20.f221f4b5".
func isToken(s string) bool {
	if len(s) < 16 || strings.IndexByte(s, '.') >= 0 || !IsRandom(s) {
		return false
	}
	for piece := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == '-' || r == '_' }) {
		if len(piece) >= 3 && strings.Trim(piece, "abcdefghijklmnopqrstuvwxyz") == "" {
			return false
		}
	}
	return true
}

// isHashPiece tells whether a piece of a name was made by a machine. It is
// stricter than IsID as pieces are short: "route5" is none, "3f2a1b" is one.
func isHashPiece(s string) bool {
	switch {
	case len(s) < 5:
		return false
	case allDigits(s):
		return true
	case isHex(s) && len(s) >= 6 && hasDigit(s), isHex(s) && len(s) >= 16:
		return true
	}
	return len(s) >= 8 && IsRandom(s)
}

// IsRandom tells a random text from words by how often its characters change
// between lower case, upper case and digits: six times in ten in Base62, four
// in Base36, at most every third time in "getOrderByID".
func IsRandom(s string) bool {
	changes, digits := 0, 0
	before := 0
	for i := range len(s) {
		c := s[i]
		var now int
		switch {
		case isLower(c):
			now = 1
		case isUpper(c):
			now = 2
		case isDigit(c):
			now = 3
			digits++
		case isSeparator(c) || c == '=' || c == '+':
			continue
		default:
			return false
		}
		if before != 0 && now != before {
			changes++
		}
		before = now
	}
	if digits >= 2 {
		return changes >= 3 && changes*10 >= len(s)*3
	}
	// Without digits only long texts tell, and the eight letters of a bundle.
	return len(s) >= 16 && changes*100 >= len(s)*45 || len(s) == 8 && changes >= 4-digits ||
		len(s) >= 10 && digits == 1 && changes*2 >= len(s)
}

// isUUID tells the textual form of RFC 9562 section 4.
func isUUID(s string) bool {
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return false
	}
	for i := range len(s) {
		if i != 8 && i != 13 && i != 18 && i != 23 && !isHexDigit(s[i]) {
			return false
		}
	}
	return true
}

// isULID tells 26 characters of Crockford's Base32, the first of which is at
// most 7 (128 bits).
func isULID(s string) bool {
	if len(s) != 26 || s[0] < '0' || s[0] > '7' {
		return false
	}
	for i := range len(s) {
		c := lower(s[i])
		if !isDigit(c) && (!isLower(c) || c == 'i' || c == 'l' || c == 'o' || c == 'u') {
			return false
		}
	}
	return true
}

func isHexDigit(c byte) bool {
	c = lower(c)
	return isDigit(c) || 'a' <= c && c <= 'f'
}

func isHex(s string) bool {
	for i := range len(s) {
		if !isHexDigit(s[i]) {
			return false
		}
	}
	return s != ""
}

func hasDigit(s string) bool { return strings.ContainsAny(s, "0123456789") }
