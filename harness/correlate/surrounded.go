package correlate

import (
	"strconv"
	"strings"
)

// surrounded visits long random words of a text that has no syntax that is
// known, or that hides them from its syntax. They are told by what is in front
// of them: the last resort.
func (w *walker) surrounded(s *spot, text string) {
	for from := 0; from < len(text); {
		to := from
		for to < len(text) && isTokenByte(text[to]) {
			to++
		}
		if to-from >= minSurrounded {
			w.surroundedWord(s, text, from, to)
		}
		from = to + 1
	}
}

// surroundedWord visits a word, and its parts where it may be a URL.
func (w *walker) surroundedWord(s *spot, text string, from, to int) {
	w.visitSurrounded(s, text, from, to)
	if !strings.ContainsAny(text[from:to], "/.=") {
		return
	}
	for from < to {
		end := from
		for end < to && isAlnum(text[end]) || end < to && (text[end] == '-' || text[end] == '_') {
			end++
		}
		w.visitSurrounded(s, text, from, end)
		from = end + 1
	}
}

func (w *walker) visitSurrounded(s *spot, text string, from, to int) {
	word := text[from:to]
	if len(word) < minSurrounded || len(word) > maxAnswerText || !strings.ContainsAny(word, "0123456789") {
		return
	}
	front := before(text[:from])
	p := s.child(".text", lastWord(text[:from]))
	p.text, p.piece = true, true
	p.key, p.loose = fnv(p.key, front), fnv(p.loose, front)
	p.key = fnv(p.key, strconv.Itoa(w.count(p.key)))
	w.visit(p, word)
}

const (
	minSurrounded = 16 // bytes of a word
	surroundings  = 24 // bytes in front of it
)

// before is the end of the text in front of a word, without the digits that
// are another thing's.
func before(text string) string {
	text = text[max(0, len(text)-surroundings):]
	if i := strings.LastIndexAny(text, "0123456789\n\r"); i >= 0 {
		text = text[i+1:]
	}
	return strings.ToValidUTF8(text, "")
}

// lastWord is the name that stands in front of a value.
func lastWord(text string) string {
	text = text[max(0, len(text)-surroundings):]
	end := len(text)
	for end > 0 && !isAlnum(text[end-1]) {
		end--
	}
	from := end
	for from > 0 && (isAlnum(text[from-1]) || text[from-1] == '_' || text[from-1] == '-') {
		from--
	}
	return text[from:end]
}

func isTokenByte(c byte) bool {
	return isAlnum(c) || c == '-' || c == '_' || c == '.' || c == '+' || c == '/' || c == '='
}
