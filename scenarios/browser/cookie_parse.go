package browser

import "strings"

// SetCookie is one Set-Cookie line, taken apart and not yet judged: every line
// has a reading, [Store] says whether a browser keeps it.
type SetCookie struct {
	Name, Value string // trimmed; a line without "=" is a value without a name
	Attributes  []Attribute
}

// Attribute is one "name=value" after the first semicolon, as it was written
// but for the white space around it. Value is "" with or without "=".
type Attribute struct{ Name, Value string }

// ParseSetCookie is the syntactic part of RFC 6265bis §5.6. Empty attributes
// ("a=1;;") are dropped, unknown ones kept.
func ParseSetCookie(line string) SetCookie {
	pair, rest, more := strings.Cut(line, ";")
	var s SetCookie
	if name, value, ok := strings.Cut(pair, "="); ok {
		s.Name, s.Value = trim(name), trim(value)
	} else {
		s.Value = trim(pair)
	}
	for more {
		pair, rest, more = strings.Cut(rest, ";")
		name, value, _ := strings.Cut(pair, "=")
		if a := (Attribute{trim(name), trim(value)}); a != (Attribute{}) {
			s.Attributes = append(s.Attributes, a)
		}
	}
	return s
}

// String writes the line. ParseSetCookie reads it back unchanged.
func (s SetCookie) String() string {
	var b strings.Builder
	writePair(&b, Pair{s.Name, s.Value})
	for _, a := range s.Attributes {
		b.WriteString("; ")
		b.WriteString(a.Name)
		if a.Value != "" || a.Name == "" {
			b.WriteByte('=')
			b.WriteString(a.Value)
		}
	}
	return b.String()
}

// attr is the last attribute of that name that a browser looks at: values of
// more than 1024 octets are ignored as a whole (§5.6), an earlier one then
// counts.
func (s *SetCookie) attr(name string) (value string, ok bool) {
	for i := len(s.Attributes) - 1; i >= 0; i-- {
		a := &s.Attributes[i]
		if len(a.Value) <= maxAttributeSize && strings.EqualFold(a.Name, name) {
			return a.Value, true
		}
	}
	return "", false
}

const (
	maxPairSize      = 4096 // octets of name and value, RFC 6265bis §5.7 step 4
	maxAttributeSize = 1024 // octets of an attribute value, §5.6
)

// Pair is one cookie in a Cookie header. A cookie without a name is its value
// alone.
type Pair struct{ Name, Value string }

// ParseCookie reads the value of a Cookie header. Names repeat; the order
// counts (longer paths first).
func ParseCookie(header string) []Pair {
	var pairs []Pair
	for part := range strings.SplitSeq(header, ";") {
		var p Pair
		if name, value, ok := strings.Cut(part, "="); ok {
			p = Pair{trim(name), trim(value)}
		} else {
			p.Value = trim(part)
		}
		if p != (Pair{}) {
			pairs = append(pairs, p)
		}
	}
	return pairs
}

// WriteCookie is the value of a Cookie header, which ParseCookie reads back
// unchanged.
func WriteCookie(pairs []Pair) string {
	var b strings.Builder
	for i, p := range pairs {
		if i > 0 {
			b.WriteString("; ")
		}
		writePair(&b, p)
	}
	return b.String()
}

// writePair leaves "=" out for a cookie without a name, as browsers do, unless
// that would turn the first part of its value into a name (which is what
// [Jar.Header] has to do).
func writePair(b *strings.Builder, p Pair) {
	if p.Name != "" || strings.Contains(p.Value, "=") {
		b.WriteString(p.Name)
		b.WriteByte('=')
	}
	b.WriteString(p.Value)
}

func trim(s string) string { return strings.Trim(s, " \t") }

// hasControl finds %x00-08, %x0A-1F and %x7F.
func hasControl(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < 0x20 && c != '\t' || c == 0x7f {
			return true
		}
	}
	return false
}

// hasTab finds a tab that trimming left, in any part of the line.
func (s *SetCookie) hasTab() bool {
	for _, a := range s.Attributes {
		if strings.Contains(a.Name, "\t") || strings.Contains(a.Value, "\t") {
			return true
		}
	}
	return strings.Contains(s.Name, "\t") || strings.Contains(s.Value, "\t")
}
