package correlate

import (
	"math"
	"strings"
)

// A worth says how much it means that two values are equal.
type worth uint8

const (
	common worth = iota // words, flags, dates, page numbers: nothing
	id                  // "1043", "a41c-7": something where names and places agree
	random              // equal by chance never
)

// randomBits is how random a value must be to be followed on its own: among a
// million values of a long capture no two are equal by chance.
const randomBits = 40

// worthOf judges a value by its looks.
func worthOf(v string) worth {
	if v == "" || !isGraphic(v) || isDate(v) || isNilUUID(v) {
		return common
	}
	digits, letters := count(v)
	switch {
	case letters == 0 && digits == len(v):
		return worthOfNumber(v)
	case letters == 0:
		return common // decimals, addresses, telephone numbers, versions
	case isAddress(v) || isHostPort(v):
		return common
	}
	switch b := bits(v); {
	case b >= randomBits:
		return random
	case isPhrase(v):
		return common // the slug of an article: a name, the same on every day
	case digits > 0 && b >= 6 || letters > 7 && b > 3*float64(letters):
		return id
	}
	return common
}

// isPhrase tells whether a value has several words in it.
func isPhrase(v string) bool {
	words := 0
	for piece := range strings.FieldsFuncSeq(v, func(r rune) bool { return r < 0x80 && !isAlnum(byte(r)) }) {
		if digits, _ := count(piece); digits == 0 && isWord(strings.ToLower(piece)) {
			words++
		}
	}
	return words > 1
}

func worthOfNumber(v string) worth {
	const longest = 16 // from here a number is no count, no time and no telephone
	switch {
	case len(v) >= longest && strings.Trim(v, v[:1]) != "":
		return random
	case len(v) > 1 && v[0] == '0' && strings.Trim(v, "0") == "":
		return common
	case (len(v) == 10 || len(v) == 13) && v[0] == '1' && v[1] >= '4':
		return common // seconds and milliseconds since 1970, of these years
	}
	return id
}

// isYear knows a number that is a year more often than an id.
func isYear(v string) bool {
	return len(v) == 4 && (v[:2] == "19" || v[:2] == "20") && isDigit(v[2]) && isDigit(v[3])
}

func isGraphic(v string) bool {
	for i := range len(v) {
		if v[i] <= ' ' || v[i] >= 0x7f {
			return false
		}
	}
	return true
}

func count(v string) (digits, letters int) {
	for i := range len(v) {
		if isDigit(v[i]) {
			digits++
		} else if isLetter(v[i]) {
			letters++
		}
	}
	return digits, letters
}

// isDate knows ISO 8601 in its usual forms, with and without dividers: they
// begin with a year and a month.
func isDate(v string) bool {
	if len(v) < 7 || len(v) > 40 || !isYear(v[:4]) {
		return false
	}
	rest := v[4:]
	if rest[0] == '-' || rest[0] == '/' || rest[0] == '.' {
		rest = rest[1:]
	} else if len(v) != 8 && !(len(v) > 8 && v[8] == 'T') {
		return false
	}
	if len(rest) < 2 || !isDigit(rest[0]) || !isDigit(rest[1]) || rest[:2] > "12" || rest[:2] == "00" {
		return false
	}
	return strings.Trim(rest, "0123456789-:.+TZW/") == ""
}

func isNilUUID(v string) bool { return len(v) == 36 && strings.Trim(v, "0-") == "" }

// isAddress knows e-mail addresses: people type them.
func isAddress(v string) bool {
	local, domain, ok := strings.Cut(v, "@")
	return ok && local != "" && strings.Contains(domain, ".") && !strings.ContainsAny(v, "/:?=")
}

// isHostPort knows the names of hosts by their last label, which has no digits
// (RFC 3696 section 2), and their words.
func isHostPort(v string) bool {
	host, port, hasPort := strings.Cut(v, ":")
	if hasPort && (port == "" || strings.Trim(port, "0123456789") != "") {
		return false
	}
	labels := strings.Split(strings.ToLower(host), ".")
	last := labels[len(labels)-1]
	if len(labels) < 2 || len(last) < 2 || len(last) > 6 || strings.Trim(last, "abcdefghijklmnopqrstuvwxyz") != "" {
		return false
	}
	return bits(host) < randomBits
}

// bits estimates how much chance is in a value: words have next to none.
func bits(v string) float64 {
	var sum float64
	for piece := range strings.FieldsFuncSeq(v, func(r rune) bool { return r < 0x80 && !isAlnum(byte(r)) }) {
		sum += bitsOfPiece(piece)
	}
	return sum
}

const bitsOfWord = 2

// bitsOfPiece judges letters and digits without a divider in them.
func bitsOfPiece(p string) float64 {
	digits, letters := count(p)
	switch {
	case letters == 0 && isYear(p):
		return 4
	case letters == 0:
		return math.Log2(10) * float64(distinct(p, digits))
	case digits == 0:
		return bitsOfLetters(p)
	}
	if runs(p) == 2 && digits <= 4 { // "part2", "256gb", "sha256", "utf8"
		word := strings.Trim(p, "0123456789")
		return bitsOfLetters(word) + math.Log2(10)*float64(digits)
	}
	return math.Log2(alphabet(p)) * float64(distinct(p, len(p)))
}

// distinct bounds a length by the bytes that differ: "00000000" says little.
func distinct(p string, n int) int {
	var seen [256]bool
	different := 0
	for i := range len(p) {
		if !seen[p[i]] {
			seen[p[i]] = true
			different++
		}
	}
	return min(n, 4*different)
}

// alphabet is the number of characters that a piece seems to be made from.
func alphabet(p string) float64 {
	n, hex := 10.0, true
	var lower, upper bool
	for i := range len(p) {
		lower = lower || 'a' <= p[i] && p[i] <= 'z'
		upper = upper || 'A' <= p[i] && p[i] <= 'Z'
		hex = hex && isHex(p[i])
	}
	if hex && !(lower && upper) {
		return 16
	}
	if lower {
		n += 26
	}
	if upper {
		n += 26
	}
	return n
}

// runs counts how often letters and digits take turns.
func runs(p string) int {
	n := 1
	for i := 1; i < len(p); i++ {
		if isDigit(p[i]) != isDigit(p[i-1]) {
			n++
		}
	}
	return n
}

// bitsOfLetters judges letters: words in lower, upper, Title and camelCase are
// words, the rest is chance.
func bitsOfLetters(p string) float64 {
	var sum float64
	from := 0
	if n := capitals(p); len(p) >= 12 && n >= 3 && len(p) < 4*n {
		return 4.7 * float64(distinct(p, len(p))) // too many capitals for camelCase
	}
	for i := 1; i <= len(p); i++ {
		if i < len(p) && !(isUpper(p[i]) && !isUpper(p[i-1])) {
			continue
		}
		word := p[from:i]
		switch {
		case len(word) <= 5 && from == 0 && i == len(p), isWord(strings.ToLower(word)):
			sum += bitsOfWord
		default:
			sum += 4.7 * float64(distinct(word, len(word)))
		}
		from = i
	}
	return sum
}

// capitals counts where a capital follows a small letter.
func capitals(p string) int {
	n := 0
	for i := 1; i < len(p); i++ {
		if isUpper(p[i]) && !isUpper(p[i-1]) {
			n++
		}
	}
	return n
}

func isUpper(c byte) bool { return 'A' <= c && c <= 'Z' }

// isWord tells whether letters can be spoken: vowels and consonants take turns.
func isWord(w string) bool {
	if len(w) < 3 {
		return false
	}
	vowels, run, longest := 0, 0, 0
	for i := range len(w) {
		if strings.IndexByte("aeiouy", w[i]) >= 0 {
			vowels++
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest <= 4 && vowels*6 >= len(w)
}
