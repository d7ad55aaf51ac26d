package answers

import (
	"html"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/replaydiff/replay/diff"
)

// textNoise compares two lines of text, or two values that are read as text,
// word by word: they are the same where every word that differs is one that a
// machine or a clock put there. The last such reason is returned.
func (p *pair) textNoise(old, new string) diff.Noise {
	if old == "" || new == "" {
		return ""
	}
	old, new = strings.TrimPrefix(old, byteOrderMark), strings.TrimPrefix(new, byteOrderMark)
	if old == new {
		return spelling
	}
	if old = p.translated(old); old == new {
		return carriedOn
	}
	a, b := lex(plainWords(old)), lex(plainWords(new))
	if len(a) != len(b) {
		return ""
	}
	noise := diff.Noise("")
	for i := range a {
		if a[i] == b[i] {
			continue
		}
		if noise = p.wordNoise(a, b, i); noise == "" {
			return ""
		}
	}
	return noise
}

// plainWords writes the bytes of words that HTML has as character references:
// templates put "&#43;" for the "+" of Base64. Markup stays escaped.
func plainWords(s string) string {
	if !strings.Contains(s, "&#") {
		return s
	}
	return reference.ReplaceAllStringFunc(s, func(ref string) string {
		if c := html.UnescapeString(ref); len(c) == 1 && (wordByte(c[0]) || c == "=") {
			return c
		}
		return ref
	})
}

var reference = regexp.MustCompile(`&#[xX]?[0-9a-fA-F]+;`)

// byteOrderMark is what recorders leave out of texts.
const byteOrderMark = "\ufeff"

// lex cuts a text into words and what stands between them, in turn: the even
// ones are words, maybe empty. A word keeps the bytes of URLs' paths, Base64
// and times; "=" is a part of it only where Base64 ends.
func lex(s string) []string {
	var tokens []string
	for i := 0; i < len(s); {
		start := i
		for i < len(s) && wordByte(s[i]) {
			i++
		}
		if i > start && i-start >= 8 {
			for pads := 0; pads < 2 && i < len(s) && s[i] == '=' && (i+1 == len(s) || !wordByte(s[i+1])); pads++ {
				i++
			}
		}
		word := strings.TrimRight(s[start:i], ".:")
		i = start + len(word)
		between := i
		for i < len(s) && (!wordByte(s[i]) || i == between && len(word) > 0) {
			i++
		}
		if i == start { // a word of "." and ":" alone
			for i < len(s) && wordByte(s[i]) {
				i++
			}
		}
		tokens = append(tokens, word, s[between:i])
	}
	return tokens
}

// wordByte tells the bytes of words; those above ASCII are letters.
func wordByte(c byte) bool {
	switch c {
	case '-', '_', '.', '~', '+', '/', '%', ':':
		return true
	}
	return isDigit(c) || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c >= 0x80
}

// wordNoise explains a word that differs, by itself and its neighbours.
func (p *pair) wordNoise(a, b []string, i int) diff.Noise {
	old, new := a[i], b[i]
	switch {
	case i%2 == 1 || old == "" || new == "":
		return "" // what stands between words
	case ofNonce(a, i) && len(old) >= 6 && len(new) >= 6:
		return oneTime
	case p.clockNoise(old, new, false):
		return clock
	}
	if n := p.calendarNoise(a, b, i); n != "" {
		return n
	}
	if n := p.issuedNoise(old, new); n != "" {
		return oneTime
	}
	if strings.Contains(old, "/") && strings.Contains(new, "/") {
		return p.pathNoise(old, new)
	}
	if sameFile(old, new) {
		return buildHash
	}
	if p.creating && strings.HasSuffix(a[i-min(i, 1)], "#") && sameKindOfID(old, new) {
		return created
	}
	return ""
}

// ofNonce tells a word that stands as a nonce: nonce="…", 'nonce-…'.
func ofNonce(tokens []string, i int) bool {
	if i < 2 {
		return strings.HasPrefix(tokens[i], "nonce-")
	}
	return strings.HasPrefix(tokens[i], "nonce-") && strings.HasSuffix(tokens[i-1], "'") ||
		strings.EqualFold(tokens[i-2], "nonce") && strings.ContainsAny(tokens[i-1], "=:")
}

// pathNoise compares the paths of two URLs segment by segment.
func (p *pair) pathNoise(old, new string) diff.Noise {
	a, b := strings.Split(old, "/"), strings.Split(new, "/")
	if len(a) != len(b) {
		return ""
	}
	noise := diff.Noise("")
	for i := range a {
		switch {
		case a[i] == b[i]:
		case sameFile(a[i], b[i]):
			noise = buildHash
		case sameForm(a[i], b[i]):
			noise = volatile
		case p.creating && sameKindOfID(a[i], b[i]):
			noise = created
		default:
			return ""
		}
	}
	return noise
}

// sameFile tells two builds of a file that have a hash in their names.
func sameFile(old, new string) bool {
	i := strings.LastIndexByte(old, '.')
	if i <= 0 || !strings.HasSuffix(new, old[i:]) {
		return false
	}
	switch old[i+1:] {
	case "js", "mjs", "css", "map", "wasm", "png", "jpg", "jpeg", "gif", "svg", "webp", "avif", "ico", "woff", "woff2", "ttf":
		template := diff.PathTemplate(old)
		return strings.Contains(template, "{}") && template == diff.PathTemplate(new)
	}
	return false
}

// calendarNoise knows the pieces of dates and times in texts. A piece has to be
// what the calendar made of it since: the day of the month of both answers, the
// same time later.
func (p *pair) calendarNoise(a, b []string, i int) diff.Noise {
	old, new := a[i], b[i]
	if p.began.IsZero() || p.begins.IsZero() {
		return ""
	}
	if ago(a, i) && ago(b, i) {
		return clock
	}
	if x, ok := timeOfDay(old); ok {
		y, ok := timeOfDay(new)
		if ok && toTheSecond(old) && toTheSecond(new) {
			return clock // a replay is faster than the recording was
		}
		elapsed := p.begins.Sub(p.began)
		turn := (y - x - elapsed) % (12 * time.Hour)
		if turn < 0 {
			turn += 12 * time.Hour
		}
		if ok && (turn <= clockDrift || turn >= 12*time.Hour-clockDrift) {
			return clock
		}
		return ""
	}
	if halfOfDay(old) && halfOfDay(new) && i >= 2 {
		if _, ok := timeOfDay(a[i-2]); ok {
			return clock
		}
	}
	if wrote(old, p.began, a, i) && wrote(new, p.begins, b, i) {
		return clock
	}
	return ""
}

// clockDrift is how much later or earlier, in proportion, a page of a replay may
// come than that of the recording did.
const clockDrift = 10 * time.Minute

// toTheSecond tells a time that a clock wrote; people open at 10:15:00.
func toTheSecond(s string) bool {
	return strings.Count(s, ":") == 2 && !strings.HasSuffix(s, ":00")
}

// timeOfDay reads "10:15" and "10:15:33".
func timeOfDay(s string) (time.Duration, bool) {
	if len(s) < len("3:04") || len(s) > len("15:04:05") || !isDigit(s[0]) || strings.IndexByte(s, ':') < 0 {
		return 0, false
	}
	for _, layout := range []string{"15:04:05", "15:04"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.Sub(time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC)), true
		}
	}
	return 0, false
}

func halfOfDay(s string) bool { return strings.EqualFold(s, "am") || strings.EqualFold(s, "pm") }

// wrote tells whether a word is a piece of the date of an answer, in any time
// zone: its weekday, its month, the day beside a month, the year.
func wrote(word string, at time.Time, tokens []string, i int) bool {
	if len(word) > len("02-Jan-2006") {
		return false
	}
	for _, zone := range []time.Duration{0, -12 * time.Hour, 12 * time.Hour} {
		t := at.UTC().Add(zone)
		switch {
		case !isDigit(word[0]):
			if names(word, t.Weekday().String()) || names(word, t.Month().String()) {
				return true
			}
		case len(word) >= len("1/2/2006"):
			for _, layout := range []string{"02.01.2006", "01/02/2006", "02/01/2006", "1/2/2006", "2/1/2006", "2.1.2006", "02.01.06", "02-Jan-2006"} {
				if word == t.Format(layout) {
					return true
				}
			}
		case word == strconv.Itoa(t.Year()):
			return true
		case strings.TrimLeft(strings.TrimRight(word, "stndrh"), "0") == strconv.Itoa(t.Day()) && (isMonth(near(tokens, i, -2)) || isMonth(near(tokens, i, 2))):
			return true
		}
	}
	return false
}

func near(tokens []string, i, step int) string {
	if i += step; 0 <= i && i < len(tokens) {
		return tokens[i]
	}
	return ""
}

// names tells a name or its first three letters.
func names(word, name string) bool {
	return strings.EqualFold(word, name) || strings.EqualFold(word, name[:3])
}

func isMonth(word string) bool {
	for m := time.January; m <= time.December; m++ {
		if names(word, m.String()) {
			return true
		}
	}
	return false
}

// ago tells a word of "3 minutes ago".
func ago(tokens []string, i int) bool {
	for k := i; k <= i+4 && k < len(tokens); k += 2 {
		if strings.EqualFold(tokens[k], "ago") {
			return allDigits(tokens[i]) || k == i+2 && i >= 2
		}
	}
	return false
}
