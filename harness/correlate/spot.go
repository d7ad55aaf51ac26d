package correlate

import (
	"strconv"
	"strings"
)

// A spot is a text on the way down from a message to a value: a header, a JSON
// member, a query parameter of a URL in it.
type spot struct {
	up    *spot
	lead  string // what it adds to the path: a divider,
	part  string // and a name
	name  string // of the field; "" where it has that of up
	code  string // the encoding that it was decoded from
	depth int

	key   uint64 // hash of the path
	loose uint64 // the same with list indices and ordinals levelled
	alt   uint64 // hash of a second, less exact name of the place; 0: none

	segment bool // a segment of a URL's path; name is that of the one before it
	piece   bool // a part of a text that has no place of its own
	array   bool // below an element of a list
	text    bool // told by its surroundings alone
	quiet   bool // repeats what the request carries elsewhere, or what the one before it did
}

func root(part string) *spot {
	h := fnv(fnvOffset, part)
	return &spot{part: part, key: h, loose: h}
}

// child is a spot below s that part leads to.
func (s *spot) child(part, name string) *spot {
	c := new(spot)
	c.below(s, "", part, name)
	return c
}

// below makes a child of a spot that is there already.
func (s *spot) below(up *spot, lead, part, name string) {
	*s = spot{up: up, lead: lead, part: part, name: name, depth: up.depth + 1, array: up.array, text: up.text, quiet: up.quiet,
		key: fnv(fnv(up.key, lead), part), loose: fnv(fnv(up.loose, lead), part)}
}

// element is the i-th of a list.
func (s *spot) element(i int) *spot {
	c := new(spot)
	c.belowList(s, i)
	return c
}

func (s *spot) belowList(up *spot, i int) {
	s.below(up, "/", strconv.Itoa(i), "")
	s.array, s.loose = true, fnv(up.loose, "/*")
}

// nth is the n-th, from 1, of places that would share a path.
func (s *spot) nth(n int) *spot {
	if n <= 1 {
		s.loose = fnv(s.loose, "[*]")
		return s
	}
	part := "[" + strconv.Itoa(n) + "]"
	s.part += part
	s.key, s.loose = fnv(s.key, part), fnv(s.loose, "[*]")
	return s
}

// decoded is the same place, read in an encoding.
func (s *spot) decoded(code string) *spot {
	d := *s
	d.up, d.lead, d.part, d.code, d.depth = s, "~", code, code, s.depth+1
	d.key, d.loose = fnv(fnv(s.key, "~"), code), fnv(fnv(s.loose, "~"), code)
	return &d
}

// path is the place in the notation of diff.Edit.Path.
func (s *spot) path() string {
	switch {
	case s.up == nil:
		return s.part
	case s.code != "":
		return s.up.path()
	}
	return s.up.path() + s.lead + s.part
}

// exact is the path with the encodings in it: what key is the hash of.
func (s *spot) exact() string {
	if s.up == nil {
		return s.part
	}
	return s.up.exact() + s.lead + s.part
}

// encoding lists the encodings from the outside in.
func (s *spot) encoding() string {
	var all []string
	for ; s != nil; s = s.up {
		if s.code != "" {
			all = append([]string{s.code}, all...)
		}
	}
	return strings.Join(all, " ")
}

// field is the nearest name.
func (s *spot) field() string {
	for ; s != nil; s = s.up {
		if s.name != "" {
			return s.name
		}
	}
	return ""
}

// FNV-1a: the hash of a path is that of its parts, one after the other.
const (
	fnvOffset = 14695981039346656037
	fnvPrime  = 1099511628211
)

func fnv(h uint64, s string) uint64 {
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * fnvPrime
	}
	return h
}
