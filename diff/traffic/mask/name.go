package mask

import (
	"strings"
	"unicode"
)

// longestName is the longest name that a message repeats, in bytes.
const longestName = 60

// Name is a name that stands in a file or on the command line, fit for a
// message: a key, a pattern, a path. What is too long for one, holds what no
// name does, or looks generated becomes "…": a lost quote is enough to make a
// key of a secret.
func Name(s string) string {
	if len(s) > longestName || strings.ContainsFunc(s, unnamely) || beginsJWT(s) || random(s) {
		return "…"
	}
	return s
}

func unnamely(r rune) bool {
	return r == unicode.ReplacementChar || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(" _-./*~{}[]:,", r)
}
