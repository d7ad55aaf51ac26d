package mask

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Visible makes everything visible that a terminal would obey or hide:
// control characters (ESC and with it OSC and CSI), C1, CR, bidi marks, zero-
// width and other blanks, invalid UTF-8. LF, CR and TAB become ␊, ␍ and ⇥, all
// else an escape such as \x1b or \u202e. Plain ASCII is returned as it is.
func Visible(s string) string { return visible(s, false) }

func visible(s string, keepLines bool) string {
	i := plainPrefix(s, keepLines)
	if i == len(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 16)
	b.WriteString(s[:i])
	for i < len(s) {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case keepLines && (r == '\n' || r == '\t'), shown(r):
			b.WriteString(s[i : i+size])
		default:
			writeEscape(&b, r)
		}
		i += size
	}
	return b.String()
}

func plainPrefix(s string, keepLines bool) int {
	for i := range len(s) {
		if c := s[i]; (c < 0x20 || c > 0x7e) && !(keepLines && (c == '\n' || c == '\t')) {
			return i
		}
	}
	return len(s)
}

// shown tells whether a rune draws something and does nothing else.
// unicode.IsPrint leaves out all controls, formats and blanks but U+0020.
func shown(r rune) bool {
	switch r {
	case 0x115f, 0x1160, 0x3164, 0xffa0, 0x2800: // letters and a symbol that draw nothing
		return false
	}
	return unicode.IsPrint(r)
}

func writeEscape(b *strings.Builder, r rune) {
	switch {
	case r == '\n':
		b.WriteString("␊")
	case r == '\r':
		b.WriteString("␍")
	case r == '\t':
		b.WriteString("⇥")
	case r < 0x80:
		fmt.Fprintf(b, `\x%02x`, r)
	case r < 0x10000:
		fmt.Fprintf(b, `\u%04x`, r)
	default:
		fmt.Fprintf(b, `\U%08x`, r)
	}
}
