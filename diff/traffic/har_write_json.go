package traffic

import (
	"bufio"
	"encoding/base64"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// A harWriter writes JSON with the objects that people look for on lines of
// their own. Its error sticks.
type harWriter struct {
	w   *bufio.Writer
	buf []byte
	err error

	scope
	names  []string // the members written so far, of all open objects
	first  bool     // nothing stands behind the last bracket
	inline bool     // the object is written on one line
	depth  int
}

// A scope is a part of the file with its own unknown fields.
type scope struct {
	path     []byte             // of the object being written, in the sense of Field.Pointer
	children map[string][]Field // the unknown fields by the pointer of their object
}

func newScope(fields Fields) scope {
	var s scope
	for _, f := range fields {
		if s.children == nil {
			s.children = make(map[string][]Field)
		}
		parent := f.Pointer[:max(strings.LastIndexByte(f.Pointer, '/'), 0)]
		s.children[parent] = append(s.children[parent], f)
	}
	return s
}

// at is the pointer of a member.
func (w *harWriter) at(name string) string { return string(w.path) + "/" + name }

func lastToken(pointer string) string { return pointer[strings.LastIndexByte(pointer, '/')+1:] }

// object writes an object, as a member where it has a name.
func (w *harWriter) object(name string, members func()) {
	base := len(w.path)
	if name != "" {
		w.key(name)
		w.path = append(append(w.path, '/'), name...)
	}
	names := len(w.names)
	w.open('{')
	members()
	if unknown := w.children[string(w.path)]; unknown != nil {
		w.unknown(unknown, w.names[names:])
	}
	w.close('}')
	w.path, w.names = w.path[:base], w.names[:names]
}

// unknown writes the fields that the model does not know, each name once.
func (w *harWriter) unknown(fields []Field, known []string) {
	there := make(map[string]bool, len(known)+len(fields))
	for _, name := range known {
		there[name] = true
	}
	for _, f := range fields {
		token := pointerUnescapes.Replace(lastToken(f.Pointer))
		if there[token] {
			continue
		}
		there[token] = true
		w.key(token)
		w.buf = append(w.buf, f.Value...)
	}
}

// loose writes an object that HAR demands and the model has no place for.
func (w *harWriter) loose(name string) {
	if !w.overridden(name) {
		w.object(name, func() {})
	}
}

// overridden tells whether an unknown field stands in for a known one.
func (w *harWriter) overridden(name string) bool {
	return slices.ContainsFunc(w.children[string(w.path)], func(f Field) bool { return lastToken(f.Pointer) == name })
}

var pointerUnescapes = strings.NewReplacer("~1", "/", "~0", "~")

// array writes n elements; the path has their numbers.
func (w *harWriter) array(n int, element func(i int)) {
	base := len(w.path)
	name := w.names[len(w.names)-1]
	w.open('[')
	for i := range n {
		w.path = append(append(append(w.path[:base], '/'), name...), '/')
		w.path = strconv.AppendInt(w.path, int64(i), 10)
		w.comma()
		element(i)
	}
	w.path = w.path[:base]
	w.close(']')
}

func (w *harWriter) open(bracket byte) {
	w.buf = append(w.buf, bracket)
	w.first = true
	w.depth++
}

func (w *harWriter) close(bracket byte) {
	w.depth--
	if !w.first && !w.inline {
		w.newline()
	}
	w.buf = append(w.buf, bracket)
	w.first = false
}

// comma goes between values, and to the next line.
func (w *harWriter) comma() {
	if !w.first {
		w.buf = append(w.buf, ',')
		if w.inline {
			w.buf = append(w.buf, ' ')
		}
	}
	if !w.inline {
		w.newline()
	}
	w.first = false
	w.spill()
}

func (w *harWriter) newline() {
	w.buf = append(w.buf, '\n')
	for range w.depth {
		w.buf = append(w.buf, ' ')
	}
}

func (w *harWriter) key(name string) {
	w.comma()
	w.names = append(w.names, name)
	w.quote(name)
	w.buf = append(w.buf, ':', ' ')
}

func (w *harWriter) text(s string) { w.buf = append(w.buf, s...) }

func (w *harWriter) quote(s string) {
	// What is no UTF-8 can't stand in JSON, and becomes U+FFFD.
	w.buf, _ = jsontext.AppendQuote(w.buf, s)
}

// string writes a member that HAR demands.
func (w *harWriter) string(name, value string) {
	if value != "" || !w.overridden(name) {
		w.key(name)
		w.quote(value)
	}
}

// optional writes a member only where it says something.
func (w *harWriter) optional(name, value string) {
	if value != "" {
		w.string(name, value)
	}
}

func (w *harWriter) flag(name string, value bool) {
	if value {
		w.key(name)
		w.text("true")
	}
}

func (w *harWriter) number(name string, n float64) {
	if n == -1 && w.overridden(name) {
		return
	}
	w.key(name)
	w.buf = appendNumber(w.buf, n)
}

func appendNumber(b []byte, n float64) []byte {
	if math.IsNaN(n) || math.IsInf(n, 0) {
		n = -1 // JSON has no word for it
	}
	return jsontext.AppendFloat(b, n, 64)
}

// spill hands on what was written when it has become long.
func (w *harWriter) spill() {
	const long = 32 << 10
	if len(w.buf) >= long {
		w.flush()
	}
}

func (w *harWriter) flush() {
	if w.err == nil {
		_, w.err = w.w.Write(w.buf)
	}
	w.buf = w.buf[:0]
}

// body writes the text of a body and how it is encoded.
func (w *harWriter) body(b Body) {
	if !b.present {
		return
	}
	inBase64 := b.base64 && b.file != nil
	w.key("text")
	switch {
	case b.lazyString():
		w.flush()
		w.copy(io.NewSectionReader(b.file, b.at, b.n))
	default:
		content, err := b.Bytes(math.MaxInt64 / 8)
		if err != nil && w.err == nil {
			w.err = err
		}
		if inBase64 = !isText(content); inBase64 {
			w.buf = append(w.buf, '"')
			w.buf = base64.StdEncoding.AppendEncode(w.buf, content)
			w.buf = append(w.buf, '"')
		} else {
			w.quote(string(content))
		}
	}
	if inBase64 {
		w.key("encoding")
		w.quote("base64")
	}
}

// copy copies a JSON string as it stands, but for bytes that are no UTF-8.
func (w *harWriter) copy(r io.Reader) {
	buf := make([]byte, 32<<10)
	held := 0
	for w.err == nil {
		n, err := r.Read(buf[held:])
		n += held
		whole := n
		if err == nil {
			whole = wholeRunes(buf[:n])
		}
		w.buf = appendValid(w.buf, buf[:whole])
		w.flush()
		held = copy(buf, buf[whole:n])
		if err == io.EOF {
			return
		}
		if err != nil {
			w.err = err
		}
	}
}

// appendValid replaces each byte that is no UTF-8 by U+FFFD, like the reader.
func appendValid(dst, b []byte) []byte {
	if utf8.Valid(b) {
		return append(dst, b...)
	}
	for _, r := range string(b) {
		dst = utf8.AppendRune(dst, r)
	}
	return dst
}
