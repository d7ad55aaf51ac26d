package traffic

import (
	"bytes"
	"hash/maphash"
	"math"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// text reads a string. A number or a boolean is read as its text, null as "".
func (r *harReader) text() string {
	v := r.value()
	switch v.Kind() {
	case '"':
		return r.texts.of(r.said(v))
	case '0', 't', 'f':
		return r.texts.of(v)
	case '{', '[':
		r.oddValue("is no string", v)
	}
	return ""
}

// said returns what a JSON string says, valid as long as it is.
func (r *harReader) said(raw []byte) []byte {
	if len(raw) < 2 {
		return nil
	}
	for _, c := range raw {
		if c == '\\' || c >= 0x80 {
			return r.unquote(raw)
		}
	}
	return raw[1 : len(raw)-1]
}

const oddText = "holds invalid UTF-8 or half a surrogate pair, read as U+FFFD"

func (r *harReader) unquote(raw []byte) []byte {
	text, err := jsontext.AppendUnquote(r.plain[:0], raw)
	if err != nil {
		r.warnHere(oddText)
	}
	r.plain = text
	return text
}

// number reads a number; -1 stands for null and for what is none. A number in
// quotes counts.
func (r *harReader) number() float64 {
	v := r.value()
	switch v.Kind() {
	case '0', '"':
	case 'n', jsontext.KindInvalid:
		return -1
	default:
		r.oddValue("is no number", v)
		return -1
	}
	text := bytes.TrimSpace(bytes.Trim(v, `"`))
	if n, ok := smallInt(text); ok {
		return float64(n)
	}
	f, err := strconv.ParseFloat(string(text), 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		r.oddValue("is no number", v)
		return -1
	}
	return f
}

// integer reads a whole number like number.
func (r *harReader) integer() int64 {
	const exact = 1 << 53
	n := len(*r.unknown)
	f := r.number()
	if f == math.Trunc(f) && math.Abs(f) <= exact {
		return int64(f)
	}
	if n == len(*r.unknown) {
		r.oddValue("is no whole number", jsontext.AppendFloat(nil, f, 64))
	}
	return -1
}

// smallInt parses what most numbers of a HAR are, without allocation.
func smallInt(b []byte) (n int64, ok bool) {
	digits, negative := bytes.CutPrefix(b, []byte("-"))
	if len(digits) == 0 || len(digits) > 15 {
		return 0, false
	}
	for _, c := range digits {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	if negative {
		n = -n
	}
	return n, true
}

// boolean reads true and false, and those words in quotes.
func (r *harReader) boolean() bool {
	v := r.value()
	switch v.Kind() {
	case 't':
		return true
	case '"':
		return strings.EqualFold(string(v), `"true"`)
	case '0', '{', '[':
		r.oddValue("is neither true nor false", v)
	}
	return false
}

// time reads a timestamp in any of the layouts that exporters use.
func (r *harReader) time() Timestamp {
	text := r.text()
	t, zoned, ok := parseTime(text)
	switch {
	case text == "":
	case !ok:
		r.warnHere("can't be read as a time")
	case !zoned:
		r.warnHere("has no time zone, read as UTC")
	}
	if ok && t.IsZero() {
		// What Go programs write where they know no time, this one included.
		return Timestamp{}
	}
	return Timestamp{t, text}
}

// An interner makes strings of bytes with few allocations: those that were
// seen lately are shared, the others lie side by side.
type interner struct {
	recent [2048]string
	chunk  strings.Builder
}

func (in *interner) of(b []byte) string {
	const shared = 128
	if len(b) == 0 {
		return ""
	}
	if len(b) > shared {
		return in.add(b)
	}
	slot := &in.recent[maphash.Bytes(rawSeed, b)%uint64(len(in.recent))]
	if *slot != string(b) {
		*slot = in.add(b)
	}
	return *slot
}

func (in *interner) add(b []byte) string {
	const chunk = 32 << 10
	if len(b) > chunk/8 {
		return string(b)
	}
	if in.chunk.Cap()-in.chunk.Len() < len(b) {
		in.chunk.Reset()
		in.chunk.Grow(chunk)
	}
	n := in.chunk.Len()
	in.chunk.Write(b)
	return in.chunk.String()[n:]
}

// A slab hands out small pieces of allocations of chunk values.
type slab[T any] struct {
	chunk int
	free  []T
}

// take returns n zero values that can't grow into each other.
func (s *slab[T]) take(n int) []T {
	if n > s.chunk/4 {
		return make([]T, n)
	}
	if len(s.free) < n {
		s.free = make([]T, s.chunk)
	}
	piece := s.free[:n:n]
	s.free = s.free[n:]
	return piece
}

func (s *slab[T]) copy(v []T) []T {
	piece := s.take(len(v))
	copy(piece, v)
	return piece
}
