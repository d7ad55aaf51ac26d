package traffic

import (
	"bytes"
	"os"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// A harReader walks over the file. Its error sticks: after one, every method
// does nothing and returns zero values.
type harReader struct {
	src     source
	limits  Limits
	cut     *cutter
	dec     *jsontext.Decoder
	err     error
	capture *Capture

	entry   int      // index of the exchange being read, or -1
	request *Request // its request, for messages

	path    []byte  // JSON Pointer of the value being read
	from    int     // where the part of path begins that unknown fields are filed under
	unknown *Fields // where they go

	folder   *os.Root // of the HAR, once a body was looked for there
	attached uint64   // bytes of the bodies that are members of an archive

	warned map[string]int
	texts  interner

	values   slab[byte]
	fields   slab[HeaderField]
	unknowns slab[Field]
	records  slab[Exchange]
	answers  slab[Response]

	scratch  []byte // a value with its long strings put back
	plain    []byte // a string without its escapes
	tight    []byte // a value without its white space
	list     Header // the header being read
	cookies  []Cookie
	query    []Param
	body     harContent
	response harResponse
	found    Fields // the unknown fields of the entry being read
}

// A harField is a member of an object that the model has a place for.
type harField[T any] struct {
	name string
	read func(*harReader, *T)
}

// readObject reads an object into v. Members that are not among the fields
// are kept as unknown; of two with one name the first wins.
func readObject[T any](r *harReader, v *T, fields []harField[T]) {
	if !r.begin('{') {
		return
	}
	base := len(r.path)
	var seen uint64
	likely := 0 // exporters write members in the same order each time
	for r.more('}') {
		r.path = r.path[:base] // what is odd about a name is not told of the one before it
		key := r.key()
		r.path = appendPointer(r.path, key)
		i := likely
		if i >= len(fields) || fields[i].name != string(key) {
			i = slices.IndexFunc(fields, func(f harField[T]) bool { return f.name == string(key) })
		}
		switch {
		case i < 0:
			r.keep()
			continue
		case seen&(1<<i) != 0:
			r.skip("there twice, the first one is used")
			continue
		}
		seen |= 1 << i
		likely = i + 1
		fields[i].read(r, v)
	}
	r.path = r.path[:base]
	r.end()
}

// appendPointer appends a reference token (RFC 6901 section 3).
func appendPointer(path, key []byte) []byte {
	path = append(path, '/')
	if bytes.IndexByte(key, '~') < 0 && bytes.IndexByte(key, '/') < 0 {
		return append(path, key...)
	}
	return append(path, pointerEscapes.Replace(string(key))...)
}

var pointerEscapes = strings.NewReplacer("~", "~0", "/", "~1")

// begin enters an object or an array. Null counts as an absent one, anything
// else is kept as unknown.
func (r *harReader) begin(kind jsontext.Kind) bool {
	switch r.kind() {
	case kind:
		if _, err := r.dec.ReadToken(); err != nil {
			r.failAt(err)
			return false
		}
		return true
	case 'n':
		r.value()
	default:
		r.odd("has an unexpected form")
	}
	return false
}

func (r *harReader) more(end jsontext.Kind) bool {
	return r.err == nil && r.kind() != end
}

func (r *harReader) end() {
	if r.err != nil {
		return
	}
	if _, err := r.dec.ReadToken(); err != nil {
		r.failAt(err)
	}
}

// array calls read for each element. The path is the array's at each call.
func (r *harReader) array(read func(i int)) {
	if !r.begin('[') {
		return
	}
	base := len(r.path)
	for i := 0; r.more(']'); i++ {
		read(i)
		r.path = r.path[:base]
	}
	r.end()
}

// index appends the number of an element to the path.
func (r *harReader) index(i int) {
	r.path = strconv.AppendInt(append(r.path, '/'), int64(i), 10)
}

func (r *harReader) kind() jsontext.Kind {
	if r.err != nil {
		return jsontext.KindInvalid
	}
	return r.dec.PeekKind()
}

// key reads the name of a member, valid until the next read.
func (r *harReader) key() []byte {
	return r.said(r.value())
}

// value reads the next value as it stands in the file, valid until the next
// read. It is nil after an error.
func (r *harReader) value() jsontext.Value {
	if r.err != nil {
		return nil
	}
	v, err := r.dec.ReadValue()
	if err != nil {
		r.failAt(err)
		return nil
	}
	if v[0] == '{' || v[0] == '[' {
		if r.dec.StackDepth()+depth(v) > r.limits.JSONDepth {
			r.fail(limitError(r.src.name, "JSONDepth", int64(r.limits.JSONDepth), "levels of nesting"))
			return nil
		}
	}
	end := r.dec.InputOffset()
	if len(r.cut.cuts) > 0 && r.cut.cuts[0].at < end {
		return r.restore(v, end)
	}
	return v
}

// depth counts the levels of nesting in a value.
func depth(v []byte) (deepest int) {
	level, inString := 0, false
	for i := 0; i < len(v); i++ {
		switch c := v[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '{' || c == '[':
			level++
			deepest = max(deepest, level)
		case c == '}' || c == ']':
			level--
		}
	}
	return deepest
}

// restore puts long strings back into a value.
func (r *harReader) restore(v []byte, end int64) jsontext.Value {
	out := r.scratch[:0]
	at := end - int64(len(v))
	for {
		c, ok := r.cut.take(end)
		if !ok {
			break
		}
		out = append(out, v[:c.at-at]...)
		v, at = v[c.at+2-at:], c.at+2
		n := len(out)
		out = slices.Grow(out, int(c.n))[:n+int(c.n)]
		if _, err := r.src.file.ReadAt(out[n:], c.file); err != nil {
			r.failAt(err)
			return nil
		}
	}
	r.scratch = append(out, v...)
	return r.scratch
}

// keep files the value under the unknown fields.
func (r *harReader) keep() { r.keepAs(r.texts.of(r.path[r.from:]), r.value()) }

func (r *harReader) keepAs(pointer string, v jsontext.Value) {
	if r.err != nil {
		return
	}
	*r.unknown = append(*r.unknown, Field{pointer, r.compact(v)})
}

// compact copies a value without the white space in it.
func (r *harReader) compact(v jsontext.Value) jsontext.Value {
	if len(v) > 1 && (v[0] == '{' || v[0] == '[') {
		out, err := jsontext.AppendFormat(r.tight[:0], v, jsontext.PreserveRawStrings(true),
			jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
		if err == nil {
			v, r.tight = out, out
		}
	}
	if !utf8.Valid(v) {
		r.warn("an unknown field " + oddText)
		v = appendValid(nil, v)
	}
	return r.values.copy(v)
}

// odd keeps a value that the model has a place for, but of another kind.
func (r *harReader) odd(what string) { r.oddValue(what, r.value()) }

func (r *harReader) oddValue(what string, v jsontext.Value) {
	if r.err == nil {
		r.warnHere(what + ", kept as it is")
		r.keepAs(r.texts.of(r.path[r.from:]), v)
	}
}

// skip passes over a value that can't be kept.
func (r *harReader) skip(what string) {
	r.warnHere(what)
	if r.err == nil {
		if err := r.dec.SkipValue(); err != nil {
			r.failAt(err)
		}
		end := r.dec.InputOffset()
		for ok := true; ok; {
			_, ok = r.cut.take(end)
		}
	}
}

// loose keeps each member of an object that the model has no place for, but
// that HAR demands; so that an empty one leaves no trace.
func (r *harReader) loose() { readObject(r, &struct{}{}, nil) }
