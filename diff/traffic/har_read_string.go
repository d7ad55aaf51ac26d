package traffic

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
)

// A stop is why scanString came to an end.
type stop int

const (
	stopMore   stop = iota // the text ends first, maybe inside an escape or a rune
	stopClosed             // behind the closing quote
	stopBad                // before a byte that no string may hold (RFC 8259 section 7)
)

// scanString looks for the end of a JSON string from within it: n bytes were
// passed. It tells whether a surrogate stood alone among them.
func scanString(b []byte) (n int, why stop, odd bool) {
	for {
		n = skipPlain(b, n)
		if n == len(b) {
			return wholeRunes(b), stopMore, odd
		}
		switch b[n] {
		case '"':
			return n + 1, stopClosed, odd
		case '\\':
			size, lone := scanEscape(b[n:])
			if size <= 0 {
				if size < 0 {
					return n, stopBad, odd
				}
				return n, stopMore, odd
			}
			odd = odd || lone
			n += size
		default:
			return n, stopBad, odd
		}
	}
}

// skipPlain returns the place of the first quote, control character or
// backslash from i on; it passes over escapes of two bytes. It looks at eight
// bytes at a time.
func skipPlain(b []byte, i int) int {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	for i+8 <= len(b) {
		x := binary.LittleEndian.Uint64(b[i:])
		quote := x ^ ones*'"'
		slash := x ^ ones*'\\'
		// A byte less than n borrows into its own top bit. A borrow that runs
		// on can only set bits above the first one, which is all that counts.
		found := ((x-ones*0x20)&^x | (quote-ones)&^quote | (slash-ones)&^slash) & tops
		if found == 0 {
			i += 8
			continue
		}
		i += bits.TrailingZeros64(found) / 8
		if b[i] != '\\' || i+1 == len(b) || !shortEscape[b[i+1]] {
			return i
		}
		i += 2
	}
	for i < len(b) && b[i] != '"' && b[i] != '\\' && b[i] >= 0x20 {
		i++
	}
	return i
}

// shortEscape has the bytes that a backslash makes an escape of two with.
var shortEscape = [256]bool{'"': true, '\\': true, '/': true, 'b': true, 'f': true, 'n': true, 'r': true, 't': true}

// scanEscape returns the length of the escape at the start of b, 0 if it does
// not end in b, -1 if it is none.
func scanEscape(b []byte) (n int, lone bool) {
	if len(b) < 2 {
		return 0, false
	}
	if shortEscape[b[1]] {
		return 2, false
	}
	if b[1] != 'u' {
		return -1, false
	}
	high, ok := hex4(b[2:])
	if !ok {
		return -1, false
	}
	if len(b) < 6 {
		return 0, false
	}
	if !utf16.IsSurrogate(high) {
		return 6, false
	}
	if len(b) == 6 || len(b) == 7 && b[6] == '\\' {
		return 0, false
	}
	if b[6] != '\\' || b[7] != 'u' {
		return 6, true
	}
	low, ok := hex4(b[8:])
	if !ok {
		return 6, true
	}
	if len(b) < 12 {
		return 0, false
	}
	if utf16.DecodeRune(high, low) == utf8.RuneError {
		return 6, true
	}
	return 12, false
}

// hex4 reads up to four hexadecimal digits; it is not ok when something else
// stands among them.
func hex4(b []byte) (r rune, ok bool) {
	for _, c := range b[:min(4, len(b))] {
		switch {
		case '0' <= c && c <= '9':
			r = r<<4 | rune(c-'0')
		case 'a' <= c|0x20 && c|0x20 <= 'f':
			r = r<<4 | rune(c|0x20-'a'+10)
		default:
			return 0, false
		}
	}
	return r, true
}

// wholeRunes is the length of b without the beginning of a rune at its end.
func wholeRunes(b []byte) int {
	for k := 1; k <= min(utf8.UTFMax-1, len(b)); k++ {
		if tail := b[len(b)-k:]; utf8.RuneStart(tail[0]) {
			if utf8.FullRune(tail) {
				break
			}
			return len(b) - k
		}
	}
	return len(b)
}
