package correlate

import "strings"

// What divides a text into words, and what may divide a word.
const (
	hardDividers = " \t\r\n,;\"'<>(){}[]|&\\`"
)

var softDividers = [...]string{":?#@!$*", "=", "/", "."}

// dividers has a bit for what a byte divides: 1 a text into words, 2 and above
// a word into the parts of a class.
var dividers = func() (table [256]uint8) {
	for i := range len(hardDividers) {
		table[hardDividers[i]] |= 1
	}
	for class, all := range softDividers {
		for i := range len(all) {
			table[all[i]] |= 2 << class
		}
	}
	return table
}()

// divided tells which dividers a text has.
func divided(s string) uint8 {
	var all uint8
	for i := range len(s) {
		all |= dividers[s[i]]
	}
	return all
}

// until is where the first divider of that class is, from on; the end of the
// text where there is none.
func until(s string, from int, class uint8) int {
	for from < len(s) && dividers[s[from]]&class == 0 {
		from++
	}
	return from
}

// words walks the words of a text: `Bearer X`, `W/"x"`, `a=b; c=d`, `urn:x:y`.
func (w *walker) words(s *spot, text string) []edit {
	if len(text) > maxSplit || w.answer && len(text) > maxAnswerText {
		return nil
	}
	if divided(text) == 0 {
		return nil
	}
	var edits []edit
	for from, n := 0, 0; from < len(text); n++ {
		to := until(text, from, 1)
		if mayLink(text[from:to]) {
			edits = append(edits, shifted(w.word(s, text[from:to], n, to-from == len(text)), from)...)
		}
		from = to + 1
	}
	return edits
}

// word walks a word, which is the whole text where alone is set.
func (w *walker) word(s *spot, word string, n int, alone bool) []edit {
	if !alone {
		p := w.pieceOf(s, n, "")
		if by, ok := w.visit(p, word); ok {
			return whole(word, by)
		}
		if isJWT(word) {
			return nil
		}
		if isURL(word) && len(word) > 1 {
			return w.url(p, word)
		}
		if hasEscape(word) {
			return w.through(percent{}, p, word)
		}
		if isLikeBase64(word) {
			if edits, ok := w.base64(p, word, minBase64); ok {
				return edits
			}
		}
	}
	if name, value, ok := strings.Cut(word, "="); ok && isFieldName(name) && strings.Trim(value, "=") != "" {
		p := w.pieceOf(s, n, name)
		return shifted(w.text(p, value), len(name)+1)
	}
	return w.softWords(s, word, n, 0)
}

// isFieldName tells a name in front of = from the Base64 of something.
func isFieldName(s string) bool {
	for i := range len(s) {
		if !isAlnum(s[i]) && s[i] != '-' && s[i] != '_' {
			return false
		}
	}
	return s != ""
}

// softWords visits the parts of a word, divided by one class of dividers after
// the other: a value may have those of a later class in it.
func (w *walker) softWords(s *spot, word string, n, class int) []edit {
	has := divided(word)
	for class < len(softDividers) && has&(2<<class) == 0 {
		class++
	}
	if class == len(softDividers) {
		return nil
	}
	var edits []edit
	for from := 0; from < len(word); n++ {
		to := until(word, from, 2<<class)
		if part := word[from:to]; mayLink(part) && (s.segment || len(part) >= minPart) {
			p := w.pieceOf(s, n, "")
			if by, ok := w.visit(p, part); ok {
				edits = append(edits, shifted(whole(part, by), from)...)
			} else {
				edits = append(edits, shifted(w.softWords(p, part, 0, class+1), from)...)
			}
		}
		from = to + 1
	}
	return edits
}

// pieceOf is the spot of a word. In an answer it is told by its number or its
// name; in a request by its value, for it has to be the recorded one.
func (w *walker) pieceOf(s *spot, n int, name string) *spot {
	var p *spot
	switch {
	case !w.answer:
		p = s.child("", name)
	case name != "":
		p = s.child("."+name, name)
	default:
		p = s.child("#", "").nth(n + 1)
	}
	p.piece = true
	if s.segment && name == "" {
		p.segment, p.name = true, s.name // of "orders(7)", 7 is the id
	}
	return p
}
