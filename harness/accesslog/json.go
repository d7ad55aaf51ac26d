package accesslog

import "strings"

const (
	maxPrefix = 512 // bytes before the object: syslog, the runtimes of containers
	maxDepth  = 8   // of objects that are looked into
)

// json reads an object a line. What a line holds beside known keys is passed
// over without being understood, so a broken value behind them does no harm.
func (p *Parser) json(line string, r *Record) bool {
	start := strings.IndexByte(line, '{')
	if start < 0 || start > maxPrefix {
		return false
	}
	if start > 0 && (line[start-1] != ' ' || start+1 == len(line) || line[start+1] != '"' || line[len(line)-1] != '}') {
		return false // {} of HAProxy, a brace in a query
	}
	s := scanner{text: line, at: start, parser: p, record: r}
	s.object(0, inMembers)
	if p.seen.inner != "" && r.Status == 0 && r.Message == "" {
		return p.unwrap(r)
	}
	return r.Status != 0 || r.Message != "" || r.Level != "" || !r.Time.IsZero() && s.known > 1
}

// unwrap reads the line that Docker wrapped in {"log":…,"stream":…,"time":…}.
func (p *Parser) unwrap(r *Record) bool {
	inner, outer := p.seen.inner, *r
	p.seen = findings{}
	*r = Record{Line: outer.Line, Format: JSON}
	inner = strings.TrimRight(inner, "\r\n")
	for _, f := range order {
		if f == JSON && strings.HasPrefix(inner, `{"log":`) {
			continue // one wrap is enough
		}
		if p.try(f, inner, r) {
			if r.Time.IsZero() {
				r.Time, r.Zoneless = outer.Time, outer.Zoneless
			}
			return true
		}
	}
	*r = outer
	r.Message = inner
	return true
}

// A place is what kind of object the scanner is in.
type place uint8

const (
	inMembers place = iota
	inHeaders
	inResponseHeaders
)

// A scanner goes over one object.
type scanner struct {
	text   string
	at     int
	parser *Parser
	record *Record
	known  int // keys that mean something
	depth  int

	path [maxKey]byte // the keys so far, levelled
	base int          // of path, where the name of a header begins
}

// object reads the members of the object at s.at; n bytes of path lead to it.
// It returns false where the text ends or is no JSON.
func (s *scanner) object(n int, in place) bool {
	s.at++
	for {
		s.space()
		if s.next() == '}' {
			s.at++
			return true
		}
		if s.next() == ',' {
			s.at++
			s.space()
		}
		key, escaped, ok := s.string()
		if !ok {
			return false
		}
		s.space()
		if s.next() != ':' {
			return false
		}
		s.at++
		s.space()
		if escaped {
			key = unescape(key)
		}
		path, fits := appendKey(s.path[:n], key)
		if !s.value(path, fits, in) {
			return false
		}
	}
}

// value reads one value below path.
func (s *scanner) value(path []byte, fits bool, in place) bool {
	switch s.next() {
	case '{':
		below, headed := placeBelow(path, in)
		if !fits || s.depth == maxDepth {
			return s.skip()
		}
		base := s.base
		if headed {
			s.base = len(path)
		}
		s.depth++
		ok := s.object(len(path), below)
		s.depth--
		s.base = base
		return ok
	case '[':
		// A header's values, of which the first counts.
		s.at++
		s.space()
		if c := s.next(); c == '"' && fits {
			if !s.text1(path, in) {
				return false
			}
		}
		return s.leave()
	case '"':
		if !fits {
			_, _, ok := s.string()
			return ok
		}
		return s.text1(path, in)
	}
	start := s.at
	for s.at < len(s.text) && strings.IndexByte(",}] \t", s.text[s.at]) < 0 {
		s.at++
	}
	if word := s.text[start:s.at]; fits && word != "null" && word != "true" && word != "false" {
		s.found(path, word, in)
	}
	return s.at > start
}

func placeBelow(path []byte, in place) (below place, headed bool) {
	if in != inMembers {
		return in, false
	}
	p := string(path)
	switch {
	case strings.HasSuffix(p, "respheaders"), strings.HasSuffix(p, "responseheaders"), strings.HasSuffix(p, "resheaders"):
		return inResponseHeaders, true
	case strings.HasSuffix(p, "headers"):
		return inHeaders, true
	}
	return in, false
}

// text1 reads a string as the value of path.
func (s *scanner) text1(path []byte, in place) bool {
	value, escaped, ok := s.string()
	if !ok {
		return false
	}
	m := s.lookUp(path, in)
	if m.is == nothing {
		return true
	}
	if escaped {
		value = unescape(value)
	}
	s.known++
	s.parser.take(m, value, s.record)
	return true
}

func (s *scanner) found(path []byte, value string, in place) {
	if m := s.lookUp(path, in); m.is != nothing {
		s.known++
		s.parser.take(m, value, s.record)
	}
}

func (s *scanner) lookUp(path []byte, in place) keyMeaning {
	switch in {
	case inHeaders:
		return headers[string(path[s.base:])]
	case inResponseHeaders:
		return responseHeaders[string(path[s.base:])]
	}
	return meaningOf(path)
}

// string reads the string at s.at as it is escaped.
func (s *scanner) string() (inside string, escaped, ok bool) {
	if s.next() != '"' {
		return "", false, false
	}
	start := s.at + 1
	for i := start; ; {
		n := strings.IndexByte(s.text[i:], '"')
		if n < 0 {
			s.at = len(s.text)
			return "", false, false
		}
		i += n + 1
		if !escapedAt(s.text[start:], i-1-start) {
			s.at = i
			inside = s.text[start : i-1]
			return inside, strings.IndexByte(inside, '\\') >= 0, true
		}
	}
}

// skip passes over an object or an array, whatever is in it.
func (s *scanner) skip() bool {
	s.at++
	return s.leave()
}

// leave passes over what is left of an object or an array that was entered.
// Brackets are counted, not matched: what is broken does no harm.
func (s *scanner) leave() bool {
	for open := 1; open > 0; {
		n := strings.IndexAny(s.text[s.at:], `"{}[]`)
		if n < 0 {
			s.at = len(s.text)
			return false
		}
		s.at += n
		switch s.text[s.at] {
		case '"':
			if _, _, ok := s.string(); !ok {
				return false
			}
			continue
		case '{', '[':
			open++
		default:
			open--
		}
		s.at++
	}
	return true
}

func (s *scanner) space() {
	for s.at < len(s.text) && (s.text[s.at] == ' ' || s.text[s.at] == '\t') {
		s.at++
	}
}

// next is the byte at s.at, 0 at the end.
func (s *scanner) next() byte {
	if s.at < len(s.text) {
		return s.text[s.at]
	}
	return 0
}
