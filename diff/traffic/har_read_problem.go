package traffic

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// fail ends the reading, unless it has already ended.
func (r *harReader) fail(e *Error) {
	if r.err != nil {
		return
	}
	at := r.cut.place(r.dec.InputOffset())
	e.File = r.src.name
	e.Line, e.Column = position(r.src.file, at)
	r.err = r.inEntry(e)
}

// failAt ends the reading with an error of the decoder or of the file.
func (r *harReader) failAt(err error) {
	if r.err == nil {
		r.err = err
	}
}

// inEntry adds the entry that was being read.
func (r *harReader) inEntry(e *Error) *Error {
	e.Entry = r.entry
	if r.entry >= 0 && r.request != nil {
		e.What = what(r.request)
	}
	return e
}

// A literalError asks for a second pass over a file that holds NaN.
type literalError struct{ line int }

func (*literalError) Error() string { return "number that is not JSON" }

// explain turns what stopped the reading into an error that says where, and
// repeats nothing of the file.
func (r *harReader) explain(err error) error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	syntax, isSyntax := errors.AsType[*jsontext.SyntacticError](err)
	cutOff := errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF)
	if !isSyntax && !cutOff && !errors.Is(err, errBadString) {
		return r.inEntry(&Error{File: r.src.name, Text: "can't be read: " + reason(err), Err: err})
	}
	e := r.inEntry(&Error{File: r.src.name})
	var at int64
	switch {
	case cutOff:
		at = r.cut.end
		n := len(r.capture.Exchanges)
		e.Text = fmt.Sprintf("cut off: the file ends inside its JSON; readable entries: %d; --partial uses them", n)
		e.Err = ErrTruncated
	case errors.Is(err, errBadString):
		at = r.cut.bad
		e.Text = "not valid JSON: a control character or an unknown escape in a string"
	default:
		at = r.cut.place(syntax.ByteOffset)
		near := around(r.src.file, at)
		if near.literal() && !r.cut.literals {
			line, _ := position(r.src.file, at)
			return &literalError{line}
		}
		e.Text = "not valid JSON: " + near.mistake()
		if tooDeep(syntax) {
			e = limitError(r.src.name, "JSONDepth", int64(r.limits.JSONDepth), "levels of nesting")
			e.Entry = r.entry
		}
	}
	e.Line, e.Column = position(r.src.file, at)
	return e
}

// tooDeep tells the decoder's limit of depth from a mistake in the file; it
// has no error of its own for it.
func tooDeep(err *jsontext.SyntacticError) bool {
	return err.Err != nil && strings.Contains(err.Err.Error(), "depth")
}

// reason is the innermost error, which names no file's content.
func reason(err error) string {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err.Error()
		}
		err = inner
	}
}

// A spot is what stands around a mistake.
type spot struct{ before, after []byte }

func around(file io.ReaderAt, at int64) spot {
	const reach = 64
	from := max(at-reach, 0)
	text := make([]byte, 2*reach)
	n, _ := file.ReadAt(text, from)
	text = text[:n]
	here := min(int(at-from), n)
	return spot{bytes.TrimRight(text[:here], " \t\r\n"), text[here:]}
}

// literal tells whether it is a number that JavaScript knows and JSON does not.
func (s spot) literal() bool {
	for _, word := range []string{"NaN", "Infinity", "-Infinity"} {
		if bytes.HasPrefix(s.after, []byte(word)) {
			return true
		}
	}
	return false
}

// mistake names what is wrong, as far as punctuation tells.
func (s spot) mistake() string {
	var last, next byte
	if n := len(s.before); n > 0 {
		last = s.before[n-1]
	}
	if len(s.after) > 0 {
		next = s.after[0]
	}
	switch {
	case last == ',' && (next == '}' || next == ']'):
		return fmt.Sprintf("a comma before %q; remove it", next)
	case last == ',' && next == ',':
		return "two commas in a row"
	case next == ',' && bytes.HasPrefix(bytes.TrimLeft(s.after[1:], " \t\r\n"), []byte("}")),
		next == ',' && bytes.HasPrefix(bytes.TrimLeft(s.after[1:], " \t\r\n"), []byte("]")):
		return "a comma before a closing bracket; remove it"
	case next == '/':
		return "a comment, or a stray slash; JSON has no comments"
	case next == '\'':
		return "a single quote; JSON has double quotes only"
	case next == '\\':
		return "an unknown escape in a string"
	case next < 0x20:
		return "a control character in a string"
	case strings.IndexByte(`{}[]:,"`, next) >= 0:
		return fmt.Sprintf("%q where it can't stand; is a comma or a bracket missing before it?", next)
	}
	return "something that can't stand here; is a comma, a quote or a bracket missing before it?"
}

// position counts lines and the bytes of the last one, both from 1.
func position(file io.ReaderAt, at int64) (line, column int) {
	line = 1
	start := int64(0)
	buf := make([]byte, 64<<10)
	for pos := int64(0); pos < at; {
		n, err := file.ReadAt(buf[:min(int64(len(buf)), at-pos)], pos)
		part := buf[:n]
		line += bytes.Count(part, []byte("\n"))
		if i := bytes.LastIndexByte(part, '\n'); i >= 0 {
			start = pos + int64(i) + 1
		}
		pos += int64(n)
		if err != nil || n == 0 {
			break
		}
	}
	return line, int(at-start) + 1
}

// manyWarnings is how often one warning is repeated for single entries.
const manyWarnings = 10

// warn notes something odd in the entry, or in the file where none is read.
func (r *harReader) warn(text string) {
	if r.err != nil && r.entry >= 0 {
		return
	}
	if r.warned == nil {
		r.warned = make(map[string]int)
	}
	r.warned[text]++
	if r.warned[text] <= manyWarnings {
		r.capture.Warnings = append(r.capture.Warnings, Warning{r.entry, text})
	}
}

// warnHere is warn with the place of the value, without the numbers in it.
func (r *harReader) warnHere(what string) {
	parts := strings.Split(strings.TrimPrefix(string(r.path[r.from:]), "/"), "/")
	for i, part := range parts {
		if part != "" && strings.Trim(part, "0123456789-") == "" {
			parts[i] = "*"
		}
	}
	r.warn(strings.TrimSpace(strings.Join(parts, "/") + " " + what))
}

// summarize says how often the warnings came that were not repeated.
func (r *harReader) summarize() {
	for i := len(r.capture.Warnings) - 1; i >= 0; i-- {
		w := r.capture.Warnings[i]
		if n := r.warned[w.Text]; n > manyWarnings {
			r.warned[w.Text] = 0
			r.capture.Warnings = append(r.capture.Warnings,
				Warning{-1, fmt.Sprintf("%s (and %d times more)", w.Text, n-manyWarnings)})
		}
	}
}

// once drops all but the first of unknown fields at one place.
func (r *harReader) once(fields Fields) Fields {
	const few = 16
	var seen map[string]bool
	if len(fields) > few {
		seen = make(map[string]bool, len(fields))
	}
	kept := fields[:0]
	for _, f := range fields {
		if seen[f.Pointer] || seen == nil && kept.Get(f.Pointer) != nil {
			r.warn("an unknown field is there twice, the first one is used")
			continue
		}
		if seen != nil {
			seen[f.Pointer] = true
		}
		kept = append(kept, f)
	}
	return kept
}
