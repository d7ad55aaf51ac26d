package mask

import (
	"fmt"
	"html"
	"net/url"
	"strings"
	"unicode/utf8"
)

// An encoding is one of the spellings that a value has in URLs and forms.
type encoding struct {
	note   string
	encode func(string) string
}

var encodings = []encoding{
	{"percent-encoded", escapeComponent},
	{"form-encoded", url.QueryEscape},
	{"percent-encoded in lower case", func(s string) string { return lowerHex(escapeComponent(s)) }},
	{"form-encoded in lower case", func(s string) string { return lowerHex(url.QueryEscape(s)) }},
	{"percent-encoded twice", func(s string) string { return escapeComponent(escapeComponent(s)) }},
	{"escaped for HTML", html.EscapeString},
	{"escaped in HTML by Go", func(s string) string { return strings.ReplaceAll(html.EscapeString(s), "+", "&#43;") }},
	{"escaped in HTML by ASP.NET", func(s string) string { return strings.ReplaceAll(html.EscapeString(s), "+", "&#x2B;") }},
	{"escaped by Go", func(s string) string { return unicodeEscaped(s, "<>&", `\u%04x`) }},
	{"escaped by Gson", func(s string) string { return unicodeEscaped(s, "<>&='", `\u%04x`) }},
	{"escaped in lower case", func(s string) string { return unicodeEscaped(s, "\"<>&'+`", `\u%04x`) }},
	{"escaped by .NET", func(s string) string { return unicodeEscaped(s, "\"<>&'+`", `\u%04X`) }},
	{"escaped", func(s string) string { return strings.ReplaceAll(s, "/", `\/`) }},
}

// canonical decodes a value that is one of the encodings of another and says
// which. A double-submit cookie holds the header's value encoded.
func canonical(core string) (value, note string) {
	var decoded string
	var err error
	switch {
	case strings.IndexByte(core, '%') >= 0:
		decoded, err = url.QueryUnescape(core)
	case strings.Contains(core, `\/`):
		decoded = strings.ReplaceAll(core, `\/`, "/")
	default:
		return core, ""
	}
	if err != nil {
		return core, ""
	}
	for _, e := range encodings {
		if e.encode(decoded) == core {
			return decoded, e.note
		}
	}
	return core, ""
}

// escapeComponent is what JavaScript's encodeURIComponent does.
func escapeComponent(s string) string {
	const upperHex = "0123456789ABCDEF"
	plain := func(c byte) bool { return alnum(c) || strings.IndexByte("-_.!~*'()", c) >= 0 }
	i := 0
	for i < len(s) && plain(s[i]) {
		i++
	}
	if i == len(s) {
		return s
	}
	b := append(make([]byte, 0, len(s)+8), s[:i]...)
	for ; i < len(s); i++ {
		if c := s[i]; plain(c) {
			b = append(b, c)
		} else {
			b = append(b, '%', upperHex[c>>4], upperHex[c&15])
		}
	}
	return string(b)
}

// unicodeEscaped writes some characters, and all that are not ASCII, as JSON may
// (RFC 8259 section 7): servers do so with those that mean something in HTML.
func unicodeEscaped(s, which, format string) string {
	plain := func(r rune) bool { return r > 0xffff || r < utf8.RuneSelf && !strings.ContainsRune(which, r) }
	if strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if plain(r) {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, format, r)
		}
	}
	return b.String()
}

func lowerHex(s string) string {
	if strings.IndexByte(s, '%') < 0 {
		return s
	}
	b := []byte(s)
	for i := 0; i+2 < len(b); i++ {
		if b[i] == '%' {
			copy(b[i+1:], strings.ToLower(string(b[i+1:i+3])))
		}
	}
	return string(b)
}
