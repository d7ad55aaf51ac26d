package suite

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A Mistake is one thing in a file that is not as it should be.
type Mistake struct {
	Line, Column int    // from 1; 0 where there is no place
	Text         string // what was seen, and what to do next
}

// Mistakes are all mistakes of a file, in its order.
type Mistakes struct {
	File string // as named by the caller
	List []Mistake
}

// maxMistakes is how many are told. A file with more is no suite.
const maxMistakes = 50

func (m *Mistakes) Error() string {
	var b strings.Builder
	for i, one := range m.List {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(m.File + ":")
		if one.Line > 0 {
			fmt.Fprintf(&b, "%d:%d:", one.Line, one.Column)
		}
		b.WriteString(" " + one.Text)
	}
	return b.String()
}

func (m *Mistakes) add(line, column int, text string) {
	m.List = append(m.List, Mistake{line, column, text})
}

// err is nil where there are none.
func (m *Mistakes) err() error {
	if len(m.List) == 0 {
		return nil
	}
	slices.SortStableFunc(m.List, func(a, b Mistake) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	if n := len(m.List) - maxMistakes; n > 0 {
		m.List = append(m.List[:maxMistakes:maxMistakes], Mistake{Text: fmt.Sprintf("and %d more", n)})
	}
	return m
}
