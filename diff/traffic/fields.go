package traffic

import (
	"bytes"

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

// Equal tells whether both hold the same values at the same places. White
// space inside a value does not count.
func (f Fields) Equal(g Fields) bool {
	if len(f) != len(g) {
		return false
	}
	for i := range f {
		if f[i].Pointer != g[i].Pointer || !bytes.Equal(f[i].Value, g[i].Value) {
			return false
		}
	}
	return true
}
