package traffic

import "fmt"

// Limits bound what a file may make the reader do. A zero field means that of
// [DefaultLimits].
type Limits struct {
	JSONDepth int   // nesting of JSON
	YAMLDepth int   // nesting of YAML
	Entries   int   // exchanges in one file
	Body      int64 // bytes of a decoded body
	Layers    int   // compression layers around a file or a body
	WholeFile int64 // bytes of a file that is read whole: a cassette, a curl script, an archive's index
	Unpacked  int64 // bytes that a compressed or piped file may come to
}

// DefaultLimits are used for fields that are zero.
func DefaultLimits() Limits {
	return Limits{
		JSONDepth: 512,
		YAMLDepth: 64,
		Entries:   100_000,
		Body:      16 << 20,
		Layers:    4,
		WholeFile: 256 << 20,
		Unpacked:  1 << 30,
	}
}

// orDefault fills in the fields that are zero.
func (l Limits) orDefault() Limits {
	d := DefaultLimits()
	return Limits{
		JSONDepth: or(l.JSONDepth, d.JSONDepth),
		YAMLDepth: or(l.YAMLDepth, d.YAMLDepth),
		Entries:   or(l.Entries, d.Entries),
		Body:      or(l.Body, d.Body),
		Layers:    or(l.Layers, d.Layers),
		WholeFile: or(l.WholeFile, d.WholeFile),
		Unpacked:  or(l.Unpacked, d.Unpacked),
	}
}

func or[N int | int64](n, fallback N) N {
	if n > 0 {
		return n
	}
	return fallback
}

// limitError says which field of Limits stopped the reader.
func limitError(file, field string, n int64, what string) *Error {
	return &Error{
		File:  file,
		Entry: -1,
		Text:  fmt.Sprintf("%s: more than %d; if the file can be trusted, raise Limits.%s", what, n, field),
		Err:   fmt.Errorf("%w: %s", ErrLimit, field),
	}
}
