package mask

import (
	"regexp"
	"strconv"
	"strings"
)

// The form of a mark: masked-KIND-NUMBER-KEY, with a padding or a flaw behind
// it. The number is that of the value under the key, KEY is "k" and the id of
// the key: numbers of two keys say nothing of each other.

// markPrefix begins every mark.
const markPrefix = "masked-"

// mark is what stands for a secret in a file. It is as long as the secret where
// that is longer than most: headers that are too long are a cause, too.
func (f *file) mark(s *secret) string {
	mark := markPrefix + s.kind + "-" + strconv.Itoa(s.n) + "-" + f.id
	if n := len(s.value) - len(mark) - 1; len(s.value) >= longSecret && n > 0 {
		mark += "-" + strings.Repeat("x", n)
	}
	return mark
}

// longSecret is the length in bytes from which that of a secret is kept.
const longSecret = 256

// Flaws of a secret that a server refuses it for, as they stand behind a mark.
const (
	flawCut    = "-cut"
	flawLine   = "\n."
	flawBlank  = " ."
	flawHidden = "\u200b."
)

// marks is what a mark looks like, with its padding and its flaw. One without
// the id of a key was made by an older version, or by hand.
var marks = regexp.MustCompile(`^masked-[a-z]+-[0-9]{1,9}(?:-(k[a-z2-7]{5}))?(?:-cut|-x+)?(?:\n\.| \.|\x{200b}\.)?`)

// IsMark tells whether a value is what a [Redactor] puts in the place of a
// secret: equal marks of one key stand for equal secrets.
func IsMark(core string) bool { return core != "" && markLength(core) == len(core) }

// markLength is the length of the mark that s begins with, 0 where it begins
// with none.
func markLength(s string) int {
	if !strings.HasPrefix(s, markPrefix) {
		return 0
	}
	return len(marks.FindString(s))
}

// MarkKey is the id of the key of the mark that s begins with; "" where it
// begins with none, or with one that does not tell.
func MarkKey(s string) string {
	if !strings.HasPrefix(s, markPrefix) {
		return ""
	}
	if found := marks.FindStringSubmatch(s); found != nil {
		return found[1]
	}
	return ""
}
