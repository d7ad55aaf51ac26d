package traffic

import (
	"iter"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// A HeaderField is one line of a header section, spelled as recorded.
type HeaderField struct {
	Name, Value string
}

// A Header is a header section: ordered, with case and repetition as
// recorded. Names are compared without case (RFC 9110 section 5.1).
type Header []HeaderField

// Get returns the first value of the named field, or "".
func (h Header) Get(name string) string {
	for _, f := range h {
		if strings.EqualFold(f.Name, name) {
			return f.Value
		}
	}
	return ""
}

// Has tells whether the named field is there, be it empty.
func (h Header) Has(name string) bool {
	for range h.All(name) {
		return true
	}
	return false
}

// Values returns the values of all fields of that name, in order.
func (h Header) Values(name string) []string {
	var values []string
	for _, f := range h.All(name) {
		values = append(values, f.Value)
	}
	return values
}

// All yields the fields of that name with their place in the section.
func (h Header) All(name string) iter.Seq2[int, HeaderField] {
	return func(yield func(int, HeaderField) bool) {
		for i, f := range h {
			if strings.EqualFold(f.Name, name) && !yield(i, f) {
				return
			}
		}
	}
}

// HTTP returns the section as net/http has it: without pseudo-headers, names
// in canonical case, order between different names lost.
func (h Header) HTTP() http.Header {
	out := make(http.Header, len(h))
	for _, f := range h {
		if strings.HasPrefix(f.Name, ":") {
			continue
		}
		out.Add(f.Name, f.Value)
	}
	return out
}

// HeaderOf is a section of net/http, which keeps no order between names: they
// are sorted, and the values of one name stay in theirs.
func HeaderOf(h http.Header) Header {
	var out Header
	for _, name := range slices.Sorted(maps.Keys(h)) {
		for _, value := range h[name] {
			out = append(out, HeaderField{name, value})
		}
	}
	return out
}
