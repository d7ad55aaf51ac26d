package scenarios

import "strings"

// plain puts a text into words: lower case, one space before, between and
// behind them, names split at punctuation and changes of case ("JWTExpired"
// and JWT_EXPIRED are "jwt expired"), apostrophes gone, "." where a sentence
// ends. Phrases are found in it without a look at spelling.
func plain(text string) string {
	var b strings.Builder
	b.Grow(len(text) + 16)
	b.WriteByte(' ')
	inWord := false
	end := func() {
		if inWord {
			b.WriteByte(' ')
			inWord = false
		}
	}
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '\'' || isCurlyApostrophe(text, i):
			// don't is one word.
			if c != '\'' {
				i += 2
			}
			if !inWord || i+1 >= len(text) || !isWordByte(text[i+1]) {
				end()
			}
		case isWordByte(c):
			if inWord && startsWord(text, i) {
				end()
			}
			b.WriteByte(lower(c))
			inWord = true
		case endsSentence(text, i):
			end()
			b.WriteString(". ")
		default:
			end()
		}
	}
	end()
	return b.String()
}

// isWordByte counts bytes of other scripts in, so that a phrase is not found
// inside a foreign word.
func isWordByte(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || c >= 0x80
}

func lower(c byte) byte {
	if isUpper(c) {
		return c | 0x20
	}
	return c
}

// startsWord tells where a new word begins inside a name: tokenExpired,
// JWTExpired, but not JWTs.
func startsWord(text string, i int) bool {
	if !isUpper(text[i]) {
		return false
	}
	before := text[i-1]
	if 'a' <= before && before <= 'z' {
		return true
	}
	return isUpper(before) && i+2 < len(text) && isLower(text[i+1]) && isLower(text[i+2])
}

func isLower(c byte) bool { return 'a' <= c && c <= 'z' }

func isCurlyApostrophe(text string, i int) bool { return strings.HasPrefix(text[i:], "\u2019") }

// endsSentence tells a full stop from a dot inside a name; two line ends or a
// bar part sentences, too.
func endsSentence(text string, i int) bool {
	switch text[i] {
	case '!', '?', ';', '|':
		return true
	case '.', ',':
		return text[i] == '.' && (i+1 == len(text) || strings.IndexByte(" \t\r\n<\"'", text[i+1]) >= 0)
	}
	return false
}
