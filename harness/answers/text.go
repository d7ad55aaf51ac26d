package answers

import (
	"html"
	"regexp"
	"slices"
	"strings"

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
		for i < len(s) && wordByte(s[i]) && (i > start || s[i] != ':') {
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
		for i < len(s) && (!wordByte(s[i]) || s[i] == ':' || i == between && len(word) > 0) {
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
	if took(a, i) && took(b, i) {
		return duration
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

// took tells the number of "rendered in 12 ms" and of "in 0.34 seconds". Whole
// seconds may be for how long somebody has to wait.
func took(tokens []string, i int) bool {
	if strings.Trim(tokens[i], "0123456789.") != "" || !slices.Contains([]string{"in", "took"}, strings.ToLower(near(tokens, i, -2))) {
		return false
	}
	switch strings.ToLower(near(tokens, i, 2)) {
	case "ms", "msec", "milliseconds", "µs", "us":
		return true
	case "s", "sec", "seconds":
		return strings.Contains(tokens[i], ".")
	}
	return false
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
		case i == 2 && strings.HasSuffix(a[0], ":") && a[1] == "":
			return "" // the host
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
