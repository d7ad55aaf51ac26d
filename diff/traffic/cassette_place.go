package traffic

import (
	"bytes"
	"cmp"
	"io"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// fail notes a mistake at the node; reading goes on, to find the others.
func (d *cassetteReader) fail(n *yaml.Node, text string) {
	if d.mistakes.full() {
		d.mistakes.more++ // without looking for its place
		return
	}
	d.add(d.error(n, text))
}

func (d *cassetteReader) add(err error) { d.mistakes.add(err) }

// error returns a mistake at the node; nil is the file as a whole.
func (d *cassetteReader) error(n *yaml.Node, text string) *Error {
	err := &Error{File: d.file, Entry: d.entry, What: d.what, Text: text}
	if n != nil {
		err.Line, err.Column = n.Line, d.byteColumn(n.Line, n.Column)
	}
	return err
}

func (d *cassetteReader) warn(text string) {
	d.capture.warn(d.entry, text)
}

// byteColumn turns a column in characters, which the YAML parser counts, into
// one in bytes.
func (d *cassetteReader) byteColumn(line, column int) int {
	rest := d.data
	for ; line > 1; line-- {
		i := bytes.IndexByte(rest, '\n')
		if i < 0 {
			return column
		}
		rest = rest[i+1:]
	}
	characters := 1
	for i := range string(rest[:min(len(rest), 4*column)]) {
		if characters == column {
			return i + 1
		}
		characters++
	}
	return column
}

// syntaxError says where the file stops being YAML, after m was read up to the
// error. atEnd tells that it is the end that is missing.
func (d *cassetteReader) syntaxError(err error, m *meter) (_ *Error, atEnd bool) {
	out := d.error(nil, "not valid YAML: "+yamlProblem(err))
	if strings.Contains(err.Error(), "exceeded max depth") {
		out.Err = ErrLimit
		out.Text = "nested too deeply (Limits.YAMLDepth)"
	}
	before := d.data
	atEnd = m.ended && out.Err == nil && yamlProblem(err) != unknownAnchor && waits(d.data)
	if !atEnd {
		before = d.beforeError(err, m.at)
	}
	out.Line = bytes.Count(before, []byte("\n")) + 1
	out.Column = len(before) - (bytes.LastIndexByte(before, '\n') + 1) + 1
	return out, atEnd
}

// beforeError returns what stands before the mistake. The parser's own line is
// that of the construct around, often the start of the file; so the file is
// read again, byte by byte in the end, and what was consumed tells the place.
func (d *cassetteReader) beforeError(err error, at int) []byte {
	at, _, _ = consumed(d.data, at-64<<10)
	before := d.data[:max(0, at-1)]

	// The parser looks ahead into the next line for the colon of a key. In
	// block style the lines before it fail alike when they are to blame.
	line := bytes.LastIndexByte(before, '\n')
	if line > 0 && !strings.Contains(err.Error(), "',' or") {
		_, _, e := consumed(before[:line+1], line+1)
		if e != nil && yamlProblem(e) == yamlProblem(err) && !waits(before[:line+1]) {
			return before[:line]
		}
	}
	return before
}

// waits tells whether a broken file fails for want of its end: a quote or a
// bracket is open, or the last line breaks off.
func waits(data []byte) bool {
	if !bytes.HasSuffix(data, []byte("\n")) || bytes.HasPrefix(bytes.TrimLeft(data, "- \r\n"), []byte("{")) {
		return true
	}
	// An open quote swallows any lines that follow.
	padded := slices.Concat(data, bytes.Repeat([]byte("x: y\n"), 200))
	_, ended, _ := consumed(padded, len(padded))
	return ended
}

// consumed tells how many bytes the parser took until it failed, exactly from
// the offset on and by its buffer before, and whether it wanted more than
// there are.
func consumed(data []byte, exactly int) (at int, ended bool, err error) {
	m := &meter{data: data, exactly: exactly}
	decoder := yaml.NewDecoder(m)
	for err == nil {
		var n yaml.Node
		err = decoder.Decode(&n)
	}
	if err == io.EOF {
		err = nil
	}
	return m.at, m.ended, err
}

// yamlProblem keeps the parser's words, which are constant but for the name of
// an alias: that may be a piece of a value that lost its quotes.
func yamlProblem(err error) string {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	if strings.HasPrefix(text, "line ") {
		_, text, _ = strings.Cut(text, ": ")
	}
	if strings.HasPrefix(text, "unknown anchor") {
		return unknownAnchor
	}
	return text
}

const unknownAnchor = "a value begins with * but names no anchor; put it in quotes"

// A meter hands out bytes, from some offset one by one, and knows how many
// were taken.
type meter struct {
	data    []byte
	exactly int
	at      int
	ended   bool
}

func (m *meter) Read(p []byte) (int, error) {
	if m.at == len(m.data) {
		m.ended = true
		return 0, io.EOF
	}
	n := copy(p, m.data[m.at:max(m.at+1, min(m.exactly, len(m.data)))])
	m.at += n
	return n, nil
}

// requestName is "GET /orders" for messages, fit to be shown.
func requestName(method, address string) string {
	return what(&Request{Method: cmp.Or(method, "GET"), URL: address}) // net/http, Request.Method
}
