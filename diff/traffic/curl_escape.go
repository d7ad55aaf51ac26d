package traffic

import (
	"strings"
	"unicode/utf8"
)

// AnsiC decodes the backslash escapes of $'…' in bash, and with format those
// of printf's first argument. The results differ in NUL only: it ends a word.
func ansiC(s string, format bool) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		n := writeEscape(&b, s[i:])
		i += n - 1
		if !format && strings.HasSuffix(b.String(), "\x00") {
			return b.String()[:b.Len()-1]
		}
	}
	return b.String()
}

var simpleEscapes = map[byte]byte{
	'a': 7, 'b': 8, 'e': 27, 'E': 27, 'f': 12, 'n': 10, 'r': 13, 't': 9, 'v': 11,
	'\\': '\\', '\'': '\'', '"': '"', '?': '?',
}

// WriteEscape decodes what stands behind a backslash and tells its length.
func writeEscape(b *strings.Builder, s string) int {
	if c, ok := simpleEscapes[s[0]]; ok {
		b.WriteByte(c)
		return 1
	}
	switch c := s[0]; {
	case c >= '0' && c <= '7':
		value, n := digits(s, 8, 3)
		b.WriteByte(byte(value))
		return n
	case c == 'c' && len(s) > 1:
		b.WriteByte(s[1] & 0x1f)
		return 2
	case c == 'x' || c == 'u' || c == 'U':
		value, n := digits(s[1:], 16, map[byte]int{'x': 2, 'u': 4, 'U': 8}[c])
		if n == 0 {
			break
		}
		if c == 'x' {
			b.WriteByte(byte(value))
		} else {
			b.WriteString(string(validRune(value)))
		}
		return n + 1
	}
	b.WriteByte('\\')
	b.WriteByte(s[0])
	return 1
}

func validRune(value uint32) rune {
	if value > utf8.MaxRune {
		return utf8.RuneError
	}
	return rune(value)
}

// Digits reads up to n digits of a base.
func digits(s string, base uint32, n int) (value uint32, length int) {
	for length < n && length < len(s) {
		d := strings.IndexByte("0123456789abcdef", lower(s[length]))
		if d < 0 || uint32(d) >= base {
			break
		}
		value = value*base + uint32(d)
		length++
	}
	return value, length
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}
