package traffic

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// An Error says where a file is broken. Its text never repeats what the file
// holds, but for a method and a path.
type Error struct {
	File   string
	Line   int    // from 1; 0 where a place in the text means nothing
	Column int    // from 1, in bytes
	Entry  int    // index of the exchange, -1 where it is none's
	What   string // "GET /orders" where the entry's request is known

	Text string // what was seen, and what to do next
	Err  error  // the sentinel or the error below, may be nil
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", e.Line, e.Column)
	}
	if e.Entry >= 0 {
		fmt.Fprintf(&b, ": entry %d", e.Entry)
		if e.What != "" {
			fmt.Fprintf(&b, " (%s)", e.What)
		}
	}
	b.WriteString(": ")
	b.WriteString(e.Text)
	return b.String()
}

func (e *Error) Unwrap() error { return e.Err }

// Mistakes are what is wrong with a file, as far as anybody reads on.
type mistakes struct {
	errs []error
	more int // beyond maxMistakes
}

const maxMistakes = 20

// full tells that a further mistake is counted and not kept.
func (m *mistakes) full() bool { return len(m.errs) == maxMistakes }

func (m *mistakes) add(err error) {
	if m.full() {
		m.more++
		return
	}
	m.errs = append(m.errs, err)
}

// joined is all of them, nil where there are none.
func (m *mistakes) joined(file string) error {
	errs := m.errs
	if m.more > 0 {
		errs = append(slices.Clip(errs), fmt.Errorf("%s: and %d more mistakes", file, m.more))
	}
	return errors.Join(errs...)
}

// Sentinels that callers may test for with errors.Is.
var (
	ErrLimit     = errors.New("limit reached")   // a bound of Limits; the text names it
	ErrTruncated = errors.New("file is cut off") // Options.Partial reads what is there
	ErrFormat    = errors.New("unknown format")
)
