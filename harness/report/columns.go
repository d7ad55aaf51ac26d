package report

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// wide are the characters that take two columns (Unicode Standard Annex 11, W
// and F), by whole blocks: one too many makes a line shorter, not longer.
var wide = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x1100, 0x115f, 1}, {0x231a, 0x231b, 1}, {0x2329, 0x232a, 1}, {0x23e9, 0x23f3, 1}, {0x25fd, 0x25fe, 1},
		{0x2600, 0x27bf, 1}, {0x2b1b, 0x2b1c, 1}, {0x2b50, 0x2b55, 1}, {0x2e80, 0x303e, 1}, {0x3041, 0xa4cf, 1},
		{0xa960, 0xa97c, 1}, {0xac00, 0xd7a3, 1}, {0xf900, 0xfaff, 1}, {0xfe10, 0xfe19, 1}, {0xfe30, 0xfe6f, 1},
		{0xff00, 0xff60, 1}, {0xffe0, 0xffe6, 1},
	},
	R32: []unicode.Range32{
		{0x16fe0, 0x18df2, 1}, {0x1aff0, 0x1b2fb, 1}, {0x1d300, 0x1d376, 1}, {0x1f000, 0x1faff, 1}, {0x20000, 0x3fffd, 1},
	},
}

// runeColumns is the room that a character takes on a terminal.
func runeColumns(r rune) int {
	switch {
	case r < 0x300:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me):
		return 0
	case unicode.Is(wide, r):
		return 2
	}
	return 1
}

func columns(text string) int {
	n := 0
	for _, r := range text {
		n += runeColumns(r)
	}
	return n
}

// cut shortens a text to n columns, with a mark at its end.
func cut(text string, n int) string {
	if columns(text) <= n {
		return text
	}
	if n < 1 {
		return ""
	}
	return head(text, n-1) + "…"
}

// cutMiddle shortens a text to n columns in its middle: of a URL, both the
// host and the end of the path tell.
func cutMiddle(text string, n int) string {
	if columns(text) <= n {
		return text
	}
	if n < 8 {
		return cut(text, n)
	}
	start := head(text, n/2)
	return start + "…" + tail(text, n-1-columns(start))
}

// head is the longest beginning of a text that fits n columns.
func head(text string, n int) string {
	for i, r := range text {
		if n -= runeColumns(r); n < 0 {
			return text[:i]
		}
	}
	return text
}

// tail is the longest end of a text that fits n columns.
func tail(text string, n int) string {
	i := len(text)
	for i > 0 {
		r, size := utf8.DecodeLastRuneInString(text[:i])
		if n -= runeColumns(r); n < 0 {
			break
		}
		i -= size
	}
	return text[i:]
}

// pad fills a text with spaces to n columns.
func pad(text string, n int) string {
	return text + strings.Repeat(" ", max(0, n-columns(text)))
}
