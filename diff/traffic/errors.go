package traffic

import (
	"errors"
	"fmt"
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

// Sentinels that callers may test for with errors.Is.
var (
	ErrLimit     = errors.New("limit reached")   // a bound of Limits; the text names it
	ErrTruncated = errors.New("file is cut off") // Options.Partial reads what is there
	ErrFormat    = errors.New("unknown format")
)
