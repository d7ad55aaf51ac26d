package traffic

import (
	"bytes"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// A Field is a part of a file that the model has no place for.
type Field struct {
	Pointer string // JSON Pointer (RFC 6901) below the object it was found in
	Value   jsontext.Value
}

// Fields are unknown parts in the order of the file. They are written back
// where they were.
type Fields []Field

// Get returns the value at the pointer, or nil.
func (f Fields) Get(pointer string) jsontext.Value {
	for _, field := range f {
		if field.Pointer == pointer {
			return field.Value
		}
	}
	return nil
}

// Equal tells whether both hold the same values at the same places. Their
// order does not count, for the members of an object have none (RFC 8259
// section 4).
func (f Fields) Equal(g Fields) bool {
	same := func(x, y Field) bool { return x.Pointer == y.Pointer && bytes.Equal(x.Value, y.Value) }
	if len(f) != len(g) {
		return false
	}
	return slices.EqualFunc(f, g, same) || slices.EqualFunc(f.sorted(), g.sorted(), same)
}

func (f Fields) sorted() Fields {
	f = slices.Clone(f)
	slices.SortStableFunc(f, func(x, y Field) int { return strings.Compare(x.Pointer, y.Pointer) })
	return f
}
