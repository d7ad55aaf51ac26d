package wire

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"

	"golang.org/x/net/http/httpguts"

	"github.com/replaydiff/replay/diff/traffic"
)

// A Head is a start line and a header section as they were received.
type Head struct {
	Start  string // without its line end
	Fields traffic.Header
	Size   int64 // bytes on the wire, the empty line included
}

// ReadHead reads the head of a message of HTTP/1: a request's or an answer's.
// Lines may end in a lone LF (RFC 9112 section 2.2); folded lines are joined by
// a space (section 5.2). One of more than limit bytes is [ErrTooLarge], one
// that is no head [ErrFraming]; of a stream that ends in it the error is
// io.ErrUnexpectedEOF, or io.EOF where not one byte was read.
//
// All strings of a head share one allocation.
func ReadHead(r *bufio.Reader, limit int64) (Head, error) {
	text, err := readSection(r, limit)
	if err != nil {
		return Head{}, err
	}
	start, rest := cutLine(text)
	if strings.ContainsAny(start, "\r\x00") {
		return Head{}, fmt.Errorf("%w: a control character in the first line", ErrFraming)
	}
	fields, err := parseFields(rest, 2)
	return Head{start, fields, int64(len(text))}, err
}

// readTrailer reads the trailer section behind a chunked body.
func readTrailer(r *bufio.Reader, limit int64) (traffic.Header, int64, error) {
	text, err := readSection(r, limit)
	if err != nil {
		return nil, 0, err
	}
	fields, err := parseFields(text, 1)
	return fields, int64(len(text)), err
}

// readSection reads up to the first empty line and that line. What is in the
// reader's buffer already, as most heads are, is copied once.
func readSection(r *bufio.Reader, limit int64) (string, error) {
	for line := 0; ; {
		have, _ := r.Peek(r.Buffered())
		end, next := sectionEnd(have, line)
		line = next
		switch {
		case end > 0 && int64(end) <= limit:
			text := string(have[:end])
			r.Discard(end)
			return text, nil
		case end > 0 || int64(len(have)) > limit:
			return "", tooLarge("header section", limit)
		case len(have) == r.Size():
			return readLongSection(r, limit)
		}
		if _, err := r.Peek(len(have) + 1); err != nil {
			return "", cutOff(err, len(have))
		}
	}
}

// sectionEnd returns where the section ends, or 0 and the start of the first
// line whose end was not seen.
func sectionEnd(b []byte, line int) (end, next int) {
	for {
		n := bytes.IndexByte(b[line:], '\n')
		if n < 0 {
			return 0, line
		}
		if n == 0 || n == 1 && b[line] == '\r' {
			return line + n + 1, 0
		}
		line += n + 1
	}
}

// readLongSection reads a section that is longer than the reader's buffer.
func readLongSection(r *bufio.Reader, limit int64) (string, error) {
	var text []byte
	for line := 0; ; {
		part, err := r.ReadSlice('\n')
		text = append(text, part...)
		switch {
		case int64(len(text)) > limit:
			return "", tooLarge("header section", limit)
		case err == bufio.ErrBufferFull:
			continue
		case err != nil:
			return "", cutOff(err, len(text))
		}
		if last := string(text[line:]); last == "\n" || last == "\r\n" {
			return string(text), nil
		}
		line = len(text)
	}
}

func cutOff(err error, had int) error {
	if err == io.EOF && had > 0 {
		return io.ErrUnexpectedEOF
	}
	return err
}

func tooLarge(what string, limit int64) error {
	return fmt.Errorf("%w: a %s of more than %d bytes", ErrTooLarge, what, limit)
}

// parseFields parses field lines up to the empty one (RFC 9112 section 5).
// number is that of the first line, for messages.
func parseFields(text string, number int) (traffic.Header, error) {
	lines := strings.Count(text, "\n") - 1
	if lines <= 0 {
		return nil, nil
	}
	fields := make(traffic.Header, 0, lines)
	for text != "" {
		line, rest := cutLine(text)
		if line == "" {
			break
		}
		folded := number
		if rest != "" && isSpace(rest[0]) {
			line, rest, folded = unfold(line, rest, number)
		}
		field, err := parseField(line, number)
		if err != nil {
			return nil, err
		}
		fields = append(fields, field)
		text, number = rest, folded+1
	}
	return fields, nil
}

func parseField(line string, number int) (traffic.HeaderField, error) {
	// A lone CR ends a line for some readers and not for others (RFC 9112
	// section 2.2), a NUL ends a string.
	if strings.ContainsAny(line, "\r\x00") {
		return traffic.HeaderField{}, fmt.Errorf("%w: a control character in line %d", ErrFraming, number)
	}
	name, value, found := strings.Cut(line, ":")
	if !found {
		return traffic.HeaderField{}, fmt.Errorf("%w: line %d has no colon", ErrFraming, number)
	}
	// Space before the colon is invalid, and taken off by browsers and proxies
	// (RFC 9112 section 5.1).
	name = strings.TrimRight(name, " \t")
	if !httpguts.ValidHeaderFieldName(name) {
		return traffic.HeaderField{}, fmt.Errorf("%w: line %d has no valid field name", ErrFraming, number)
	}
	return traffic.HeaderField{Name: name, Value: trimSpace(value)}, nil
}

// unfold joins a line with those that go on with it. number becomes that of
// the last.
func unfold(line, rest string, number int) (string, string, int) {
	var b strings.Builder
	b.WriteString(strings.TrimRight(line, " \t"))
	for rest != "" && isSpace(rest[0]) {
		line, rest = cutLine(rest)
		b.WriteByte(' ')
		b.WriteString(trimSpace(line))
		number++
	}
	return b.String(), rest, number
}

func cutLine(text string) (line, rest string) {
	line, rest, _ = strings.Cut(text, "\n")
	return strings.TrimSuffix(line, "\r"), rest
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' }

// trimSpace takes off optional whitespace (RFC 9110 section 5.6.3) and nothing
// else that Unicode calls a space.
func trimSpace(s string) string { return strings.Trim(s, " \t") }
