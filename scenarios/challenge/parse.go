package challenge

import (
	"slices"
	"strings"
)

// Parse reads the field lines of one response, in order. Lines may be merged
// with commas, as RFC 9110 section 5.3 allows, or with newlines, as HAR files
// have them.
func Parse(lines ...string) []Challenge {
	var p parser
	for _, line := range lines {
		for part := range strings.SplitSeq(line, "\n") {
			p.s, p.i = part, 0
			p.line()
		}
	}
	return p.found
}

type parser struct {
	s     string
	i     int
	found []Challenge
}

// line reads elements until the end. A parameter belongs to the challenge
// before it, also where that began on an earlier line.
func (p *parser) line() {
	comma := true // a comma, or the start, is before the element
	for {
		p.space()
		if p.end() {
			return
		}
		if p.s[p.i] == ',' {
			p.i++
			comma = true
			continue
		}
		start := p.i
		name := p.token()
		switch {
		case name == "":
			p.stray()
		case p.equals():
			p.param(name, comma)
		case start+len(name) < len(p.s) && !strings.ContainsRune(" \t\r,", rune(p.s[start+len(name)])):
			p.i = start + len(name)
			p.scheme(name, comma)
			p.stray()
		default:
			p.i = start + len(name)
			p.scheme(name, comma)
		}
		comma = false
	}
}

// scheme opens a challenge, with its token68 if one follows.
func (p *parser) scheme(name string, comma bool) {
	p.found = append(p.found, Challenge{Scheme: name})
	if !comma {
		p.flaw(MissingComma)
	}
	start := p.i
	p.space()
	if p.i == start {
		return
	}
	begin := p.i
	for !p.end() && isToken68Byte(p.s[p.i]) {
		p.i++
	}
	bare := p.s[begin:p.i]
	for !p.end() && p.s[p.i] == '=' {
		p.i++
	}
	blob := p.s[begin:p.i]
	p.space()
	if bare == "" || !p.end() && p.s[p.i] != ',' || blob == bare+"=" && knownParam(bare) {
		p.i = begin // it was the first parameter
		return
	}
	p.last().Token68 = blob
}

// equals tells whether "=" follows, and takes it.
func (p *parser) equals() bool {
	start := p.i
	p.space()
	if p.end() || p.s[p.i] != '=' {
		p.i = start
		return false
	}
	p.i++
	p.space()
	return true
}

func (p *parser) param(name string, comma bool) {
	if len(p.found) == 0 {
		p.found = append(p.found, Challenge{Flaws: []Flaw{NoScheme}})
	}
	// The first parameter follows its scheme without a comma.
	c := p.last()
	if first := len(c.Params) == 0 && c.Token68 == ""; !comma && !first {
		p.flaw(MissingComma)
	}
	if _, present := c.Get(name); present {
		p.flaw(Duplicate)
	}
	value, quoted := p.value()
	// A quote is a token character, yet before a value it reads as quotation.
	plain := isToken(value) && !strings.HasPrefix(value, "'")
	c.Params = append(c.Params, Param{name, value, quoted || !plain})
}

func (p *parser) value() (value string, quoted bool) {
	switch {
	case p.end() || p.s[p.i] == ',':
		p.flaw(EmptyValue)
		return "", true
	case p.s[p.i] == '"':
		return p.quoted(), true
	case p.s[p.i] == '\'':
		if closing := strings.IndexByte(p.s[p.i+1:], '\''); closing >= 0 {
			p.flaw(SingleQuotes)
			value = p.s[p.i+1 : p.i+1+closing]
			p.i += closing + 2
			return value, true
		}
	}
	return p.bare(), false
}

// quoted reads a quoted-string (RFC 9110 section 5.6.4).
func (p *parser) quoted() string {
	var b strings.Builder
	for p.i++; !p.end(); p.i++ {
		switch c := p.s[p.i]; {
		case c == '"':
			p.i++
			return b.String()
		case c == '\\' && p.i+1 < len(p.s):
			p.i++
			b.WriteByte(p.s[p.i])
		default:
			b.WriteByte(c)
		}
	}
	p.flaw(Unterminated)
	return b.String()
}

// bare reads a value without quotes: up to the comma, so that an unquoted
// realm with spaces stays whole, but not into a next name=.
func (p *parser) bare() string {
	start := p.i
	p.word()
	stop := p.i
	for {
		p.space()
		word := p.i
		if name := p.token(); p.end() || p.s[p.i] == ',' && name == "" || name != "" && p.equals() {
			p.i = word
			break
		}
		p.i = word
		p.word()
		if p.i == word {
			break
		}
		stop = p.i
	}
	value := p.s[start:stop]
	p.i = stop
	if !isToken(value) {
		p.flaw(Unquoted)
	}
	return value
}

func (p *parser) word() {
	for !p.end() && !strings.ContainsRune(" \t\r,", rune(p.s[p.i])) {
		p.i++
	}
}

// stray leaves out text up to the next comma outside quotes.
func (p *parser) stray() {
	p.flaw(Stray)
	for !p.end() && p.s[p.i] != ',' {
		if p.s[p.i] == '"' {
			p.skipQuoted()
			continue
		}
		p.i++
	}
}

func (p *parser) skipQuoted() {
	for p.i++; !p.end(); p.i++ {
		switch p.s[p.i] {
		case '"':
			p.i++
			return
		case '\\':
			p.i = min(p.i+1, len(p.s)-1)
		}
	}
}

func (p *parser) token() string {
	start := p.i
	for !p.end() && isTokenByte(p.s[p.i]) {
		p.i++
	}
	return p.s[start:p.i]
}

func (p *parser) space() {
	for !p.end() && strings.IndexByte(" \t\r", p.s[p.i]) >= 0 {
		p.i++
	}
}

func (p *parser) end() bool { return p.i >= len(p.s) }

func (p *parser) last() *Challenge { return &p.found[len(p.found)-1] }

// flaw marks the open challenge; text before any challenge has none to mark.
func (p *parser) flaw(f Flaw) {
	if len(p.found) > 0 && !slices.Contains(p.last().Flaws, f) {
		p.last().Flaws = append(p.last().Flaws, f)
	}
}

// knownParam tells "realm=" from a base64 blob that ends in "=".
func knownParam(name string) bool {
	switch strings.ToLower(name) {
	case "realm", "charset", "domain", "nonce", "opaque", "stale", "algorithm", "qop", "userhash",
		"scope", "error", "error_description", "error_uri", "acr_values", "max_age",
		"resource_metadata", "claims", "authorization_uri", "algs", "title", "type":
		return true
	}
	return false
}

func isToken(s string) bool {
	for i := range len(s) {
		if !isTokenByte(s[i]) {
			return false
		}
	}
	return s != ""
}

func isTokenByte(c byte) bool {
	return isAlnum(c) || strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0
}

func isToken68Byte(c byte) bool { return isAlnum(c) || strings.IndexByte("-._~+/", c) >= 0 }

func isAlnum(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}
