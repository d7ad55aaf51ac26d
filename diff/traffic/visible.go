package traffic

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Visible makes everything visible that a terminal or the log of a CI runner
// would obey or hide: control characters (ESC and with it OSC and CSI), C1, CR,
// bidi marks, zero-width and other blanks, what only chooses how another
// character is drawn, floods of combining marks, invalid UTF-8, workflow
// commands. LF, CR and TAB become ␊, ␍ and ⇥, all else an escape such as \x1b
// or \u202e. Other plain ASCII is returned as it is.
func Visible(s string) string { return visible(s, false) }

// VisibleLines is Visible for a text of several lines: LF and TAB stay.
func VisibleLines(s string) string { return visible(s, true) }

func visible(s string, keepLines bool) string {
	if plain(s, keepLines) && !hasRunnerCommand(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 16)
	var sight Sight
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		seen := sight.Sees(r)
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case keepLines && (r == '\n' || r == '\t'):
			b.WriteRune(r)
		case !seen || isRunnerCommand(s, i):
			writeVisible(&b, r)
		default:
			b.WriteString(s[i : i+size])
		}
		i += size
	}
	return b.String()
}

func plain(s string, keepLines bool) bool {
	for i := range len(s) {
		if c := s[i]; (c < 0x20 || c > 0x7e) && !(keepLines && (c == '\n' || c == '\t')) {
			return false
		}
	}
	return true
}

// A Sight reads a text and tells what of it is seen. The zero value is at the
// beginning of the text.
type Sight struct {
	letter bool // there is one that marks can stand on
	marks  int  // that stand on it
}

// maxMarks is how many combining marks may stand on one character: more than any
// language needs, and too few to cover the lines above and below.
const maxMarks = 6

// Sees tells whether the next rune is seen as itself: it draws something, is no
// mark that stands on what is before the text, nor one of too many.
func (s *Sight) Sees(r rune) bool {
	if r < 0x300 || !unicode.In(r, unicode.Mn, unicode.Me) {
		s.letter, s.marks = Drawn(r), 0
		return s.letter
	}
	s.marks++
	s.letter = s.letter && s.marks <= maxMarks && Drawn(r)
	return s.letter
}

// Drawn tells whether a rune draws something and does nothing else.
// unicode.IsPrint leaves out all controls, formats and blanks but U+0020, the
// two tables what is ignored where a font has no picture of it (Unicode
// Standard section 5.21): variation selectors, fillers.
func Drawn(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= ' ' && r != 0x7f
	}
	switch r {
	case 0x2800, 0x1d159: // symbols that draw nothing
		return false
	}
	return unicode.IsPrint(r) && !unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

func writeVisible(b *strings.Builder, r rune) {
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
