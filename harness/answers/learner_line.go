package answers

import (
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff"
)

// Lines of texts have no names. What is learnt of them are patterns: the words
// that stay and, for those that don't, of which kind they were.

// maxLines bounds the patterns of one kind of request.
const maxLines = 256

// lineLessons are the lines of a kind of answer that differ from themselves.
type lineLessons struct {
	seen     int
	patterns map[string]linePattern
	wholes   map[string]bool // lines that come and go
}

// A linePattern is a line with its varying words left out.
type linePattern struct {
	tokens []string
	vary   []wordKind // stays: the word of tokens
}

type wordKind uint8

const (
	stays wordKind = iota
	number
	made
	anyWord
)

func isLine(c *diff.Change) bool { return c.Part == diff.Body && allDigits(c.Name) }

func (l *lineLessons) learn(old, new string) {
	l.seen++
	if l.patterns == nil {
		l.patterns, l.wholes = map[string]linePattern{}, map[string]bool{}
	}
	if len(l.patterns)+len(l.wholes) >= maxLines {
		return
	}
	if old == "" || new == "" {
		l.wholes[old+new] = true
		return
	}
	a, b := lex(old), lex(new)
	if len(a) != len(b) {
		return
	}
	p := linePattern{slices.Clone(a), make([]wordKind, len(a))}
	for i := range a {
		if a[i] != b[i] {
			p.tokens[i], p.vary[i] = "", kindOfWords(a[i], b[i])
		}
	}
	key := strings.Join(p.tokens, "\x00")
	if known, ok := l.patterns[key]; ok {
		for i := range p.vary {
			if p.vary[i] != known.vary[i] {
				p.vary[i] = anyWord
			}
		}
	}
	l.patterns[key] = p
}

func kindOfWords(a, b string) wordKind {
	switch {
	case isNumber(a) && isNumber(b):
		return number
	case machineMade(a) && machineMade(b):
		return made
	}
	return anyWord
}

// know tells whether two lines differ in words alone that vary.
func (l *lineLessons) know(old, new string) bool {
	if old == "" || new == "" {
		return l.wholes[old+new]
	}
	a, b := lex(old), lex(new)
	if len(a) != len(b) {
		return false
	}
	for _, p := range l.patterns {
		if p.fits(a, b) {
			return true
		}
	}
	return false
}

func (p linePattern) fits(a, b []string) bool {
	if len(p.tokens) != len(a) {
		return false
	}
	for i, kind := range p.vary {
		switch {
		case kind == stays && (a[i] != b[i] || p.tokens[i] != b[i]):
			return false
		case kind != stays && kind != anyWord && a[i] != b[i] && kindOfWords(a[i], b[i]) != kind:
			return false
		}
	}
	return true
}
