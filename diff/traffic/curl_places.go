package traffic

import (
	"bytes"
	"slices"
)

// CurlPlaces are the offsets at which the lines of a file begin.
type curlPlaces []int

func newPlaces(data []byte) curlPlaces {
	places := curlPlaces{0}
	for i, c := range data {
		if c == '\n' {
			places = append(places, i+1)
		}
	}
	return places
}

// At is the line and the column of an offset, both from 1, in bytes.
func (p curlPlaces) at(offset int) (line, column int) {
	line, found := slices.BinarySearch(p, offset)
	if found {
		return line + 1, 1
	}
	return line, offset - p[line-1] + 1
}

// The shell parser recurses with the nesting of a script, at up to 10 kB a
// level, and a full stack ends the process. These bounds keep it below 1 GB.
const (
	maxShellBrackets = 20_000
	maxShellKeywords = 100_000
	maxShellOperands = 300_000
)

var shellKeywords = map[string]int{
	"if": 1, "while": 1, "until": 1, "for": 1, "case": 1, "select": 1, "time": 1, "coproc": 1,
	"fi": -1, "done": -1, "esac": -1,
}

// ShellDepth finds the place where a script may nest too deep. It does not
// look for quotes: a bracket in a body is closed there, as a rule.
func shellDepth(data []byte) (offset int, deep bool) {
	arithmetic := bytes.Contains(data, []byte("((")) || bytes.Contains(data, []byte("[[")) ||
		bytes.Contains(data, []byte("$[")) || bytes.Contains(data, []byte("let"))
	brackets, keywords, operands := 0, 0, 0
	for i, c := range data {
		switch c {
		case '(', '{', '[':
			brackets++
		case ')', '}', ']':
			brackets = max(0, brackets-1)
		case '!', '?', '=', '*':
			operands++
		case 'i', 'w', 'u', 'f', 'c', 's', 't', 'd', 'e':
			if i == 0 || !isLetter(data[i-1]) {
				keywords = max(0, keywords+shellKeywords[wordAt(data[i:])])
			}
		}
		if brackets > maxShellBrackets || keywords > maxShellKeywords || arithmetic && operands > maxShellOperands {
			return i, true
		}
	}
	return 0, false
}

// WordAt is the word that data begins with, cut where no keyword is as long.
func wordAt(data []byte) string {
	end := 0
	for end < len(data) && end < 8 && isLetter(data[end]) {
		end++
	}
	return string(data[:end])
}
