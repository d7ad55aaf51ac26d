package report

import (
	"strings"
	"unicode/utf8"
)

// A Terminal says how a text is laid out. The zero value is plain text, 80
// columns wide.
type Terminal struct {
	Color bool
	Width int // columns; 0: 80
}

// The colours by meaning (ECMA-48, select graphic rendition).
const (
	bold   = "1"
	dim    = "2"
	red    = "31"
	green  = "32"
	yellow = "33"
	cyan   = "36"
)

func (t Terminal) paint(code, text string) string {
	if !t.Color || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (t Terminal) width() int {
	if t.Width <= 0 {
		return 80
	}
	return max(t.Width, 40)
}

// cut shortens a text to n columns, with a mark.
func cut(text string, n int) string {
	if utf8.RuneCountInString(text) <= n {
		return text
	}
	runes := []rune(text)
	return string(runes[:max(n-1, 0)]) + "…"
}

// fold breaks a text into lines of n columns, at spaces where there are any.
func fold(text string, n int) []string {
	n = max(n, 8)
	var lines []string
	runes := []rune(text)
	for len(runes) > n {
		at := n
		for i := n; i > n/2; i-- {
			if runes[i] == ' ' {
				at = i
				break
			}
		}
		lines = append(lines, string(runes[:at]))
		runes = runes[at:]
		for len(runes) > 0 && runes[0] == ' ' {
			runes = runes[1:]
		}
	}
	return append(lines, string(runes))
}

// pad fills a text with spaces to n columns.
func pad(text string, n int) string {
	return text + strings.Repeat(" ", max(0, n-utf8.RuneCountInString(text)))
}
