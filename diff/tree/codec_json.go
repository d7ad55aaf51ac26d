package tree

import (
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// JSON takes a JSON document apart. Its style is its formatting, so that a
// pretty-printed document and the same one on a line differ in one layout
// edit. What is not formatted in a way that is known is taken as it stands.
type JSON struct {
	Checked bool // the caller knows that the text is valid JSON
}

const verbatim = "verbatim"

// Split implements Codec.
func (c JSON) Split(text string) (Parts, bool) {
	if !c.Checked && !ValidJSON(text) {
		return Parts{}, false
	}
	style, bare := detectFormat(text)
	p, ok := Value{}.Split(bare)
	if !ok {
		return Parts{}, false // a lone scalar
	}
	p.Style = style + "\x00" + p.Style
	return p, true
}

func (JSON) exact() {}

// Join implements Codec.
func (JSON) Join(p Parts) string {
	style, inner, _ := strings.Cut(p.Style, "\x00")
	p.Style = inner
	text := Value{}.Join(p)
	if style == verbatim {
		return text
	}
	return reformat(text, style)
}

// Value takes one level of a valid JSON value apart: members by name, elements
// in order. Its style is the white space at the six places where an object or
// an array can have it; a value in which they vary stays whole.
type Value struct{}

// Split implements Codec. The text must be valid JSON without white space
// around it.
func (Value) Split(text string) (Parts, bool) {
	if text == "" || (text[0] != '{' && text[0] != '[') {
		return Parts{}, false
	}
	s := levelScanner{text: text, object: text[0] == '{', pos: 1}
	p := Parts{Mode: Sequence}
	if s.object {
		p.Mode = Keyed
	}
	if !s.scan(&p) {
		return Parts{}, false
	}
	return p, true
}

func (Value) exact() {}

// Join implements Codec.
func (Value) Join(p Parts) string {
	open, closing := "[", "]"
	if p.Mode == Keyed {
		open, closing = "{", "}"
	}
	gaps := strings.Split(p.Style, "|")
	for len(gaps) < 4 {
		gaps = append(gaps, "")
	}
	if len(p.Kids) == 0 {
		return open + gaps[3] + closing
	}
	var b strings.Builder
	b.WriteString(open + gaps[0])
	for i, kid := range p.Kids {
		if i > 0 {
			b.WriteString(gaps[1] + "," + gaps[2])
		}
		b.WriteString(kid.Label + kid.Text)
	}
	b.WriteString(gaps[3] + closing)
	return b.String()
}

// levelScanner walks one level of a container of valid JSON.
type levelScanner struct {
	text   string
	object bool
	pos    int
}

// scan fills kids and style: the gaps after the bracket, before a comma,
// after a comma, and before the closing bracket. The gaps around a colon
// belong to the label.
func (s *levelScanner) scan(p *Parts) bool {
	first := s.gap()
	if s.text[s.pos] == ']' || s.text[s.pos] == '}' {
		p.Style = "|||" + first
		return s.pos == len(s.text)-1
	}
	var before, after string
	for {
		kid, ok := s.kid()
		if !ok {
			return false
		}
		p.Kids = append(p.Kids, kid)
		gap := s.gap()
		if s.pos >= len(s.text) {
			return false
		}
		if s.text[s.pos] != ',' {
			p.Style = first + "|" + before + "|" + after + "|" + gap
			return s.pos == len(s.text)-1
		}
		s.pos++
		next := s.gap()
		if len(p.Kids) > 1 && (gap != before || next != after) {
			return false
		}
		before, after = gap, next
	}
}

func (s *levelScanner) kid() (Kid, bool) {
	var kid Kid
	kid.Codec = Value{}
	if s.object {
		start := s.pos
		s.skipValue()
		name := s.text[start:s.pos]
		s.gap()
		if s.pos >= len(s.text) || s.text[s.pos] != ':' {
			return kid, false
		}
		s.pos++
		s.gap()
		kid.Label = s.text[start:s.pos]
		key, err := jsontext.AppendUnquote(nil, []byte(name))
		if err != nil {
			return kid, false
		}
		kid.Key = string(key)
	}
	start := s.pos
	s.skipValue()
	kid.Text = s.text[start:s.pos]
	return kid, s.pos > start
}

func (s *levelScanner) gap() string {
	start := s.pos
	for s.pos < len(s.text) && isJSONSpace(s.text[s.pos]) {
		s.pos++
	}
	return s.text[start:s.pos]
}

// skipValue moves behind the value at pos.
func (s *levelScanner) skipValue() {
	depth := 0
	for s.pos < len(s.text) {
		switch c := s.text[s.pos]; c {
		case '"':
			s.pos = endOfString(s.text, s.pos)
		case '{', '[':
			depth++
			s.pos++
		case '}', ']':
			if depth == 0 {
				return
			}
			depth--
			s.pos++
		case ',', ':':
			if depth == 0 {
				return
			}
			s.pos++
		default:
			if isJSONSpace(c) && depth == 0 {
				return
			}
			s.pos++
			continue
		}
		if depth == 0 {
			return
		}
	}
}

func endOfString(text string, start int) int {
	for i := start + 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}

func isJSONSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

// ValidJSON tells whether a text is one JSON value. Names may repeat.
func ValidJSON(text string) bool {
	return jsontext.Value(text).IsValid(jsontext.AllowDuplicateNames(true))
}
