package mask

import (
	"strings"
)

// A find is a stretch of a text and what it is replaced by.
type find struct {
	from, to int
	mask     string
}

// scan masks the secrets in free text: what was learnt, what has the shape of
// a secret, and what stands beside a secret name. It reads each byte a bounded
// number of times.
func (m *Masker) scan(s string) string {
	if m.learning && m.file == nil {
		return s // shapes need no learning
	}
	var b strings.Builder
	done := 0
	for i := 0; i < len(s); {
		f, ok := m.at(s, i, done)
		if !ok {
			i++
			continue
		}
		b.WriteString(s[done:f.from])
		b.WriteString(f.mask)
		done = f.to
		i = max(f.to, i+1)
	}
	if done == 0 {
		return s
	}
	b.WriteString(s[done:])
	return b.String()
}

// at tells what to mask at i, or from a little after it. Nothing before done
// may be looked at again.
func (m *Masker) at(s string, i, done int) (find, bool) {
	if m.file != nil && s[i] == markPrefix[0] {
		if n := markLength(s[i:]); n > 0 {
			return find{i, i + n, m.file.written(s[i : i+n])}, true
		}
	}
	if m.file != nil && m.file.personal {
		if kind, from, to := personal(s, i, done); to > from {
			return find{from, to, m.placeholder(kind, s[from:to], "")}, true
		}
	}
	if h, n := m.learnt.longest(s[i:]); n > 0 {
		if m.learning {
			return find{i, i + n, s[i : i+n]}, true
		}
		if h.changed {
			return find{i, i + n, m.placeholder(h.kind, s[i:i+n], "")}, true
		}
		return find{i, i + n, m.render(h.secret, h.note)}, true
	}
	switch c := s[i]; c {
	case opening[0]:
		if n := placeholderAt(s[i:]); n > 0 {
			return find{i, i + n, s[i : i+n]}, true
		}
	case '=', ':':
		if f, ok := m.userinfo(s, i); ok {
			return f, true
		}
		if f, ok := m.beside(s, i, done); ok || c == '=' {
			return f, ok
		}
	case ',':
		if f, ok := m.called(s, i, done); ok {
			return f, true
		}
	case '-':
		if f, ok := m.pem(s, i); ok {
			return f, true
		}
		if f, ok := m.userOption(s, i); ok {
			return f, true
		}
	case 'B', 'b':
		if f, ok := m.schemeAt(s, i); ok {
			return f, true
		}
	}
	if kind, from, to := shapeAt(s, i); to > 0 {
		return find{from, to, m.placeholder(kind, s[from:to], "")}, true
	}
	if f, ok := m.neighbour(s, i, done); ok {
		return f, true
	}
	return m.inBase64(s, i)
}

// pem masks what stands between the lines of a private key (RFC 7468, RFC 4880
// section 6.2).
func (m *Masker) pem(s string, i int) (find, bool) {
	const begin, end, dashes = "-----BEGIN ", "-----END ", "-----"
	if !strings.HasPrefix(s[i:], begin) {
		return find{}, false
	}
	label := s[i+len(begin) : min(len(s), i+len(begin)+64)]
	n := strings.Index(label, dashes)
	if n < 0 || !strings.Contains(label[:n], "PRIVATE KEY") { // PGP adds BLOCK
		return find{}, false
	}
	from := i + len(begin) + n + len(dashes)
	to := len(s)
	if n := strings.Index(s[from:], end); n >= 0 {
		to = from + n
	}
	return find{from, to, m.secret(kindKey, s[from:to])}, true
}

// schemeAt masks `Bearer …` and `Basic …` in a text, where what follows is
// no word.
func (m *Masker) schemeAt(s string, i int) (find, bool) {
	const length = len("Bearer ")
	if i+length > len(s) || !boundary(s, i) {
		return find{}, false
	}
	bearer := strings.EqualFold(s[i:i+length], "bearer ")
	from := i + length
	if !bearer {
		if from--; !strings.EqualFold(s[i:from], "basic ") {
			return find{}, false
		}
	}
	to := from + run(s[from:], credentialByte)
	core := s[from:to]
	if bearer && looksSecret(core) && len(core) >= MinLearnt {
		return find{from, to, m.secret(kindToken, core)}, true
	}
	if plain, ok := decodeBasic(core); !bearer && len(core) >= 4 && ok && strings.Contains(plain, ":") {
		return find{from, to, m.basic(core)}, true
	}
	return find{}, false
}

func credentialByte(c byte) bool { return base64Byte(c) || strings.IndexByte(".~%", c) >= 0 }

// maxName bounds how far a name is looked for before `=` and `:`.
const maxName = 64

// beside masks the value after `name=`, `name:`, `"name":`, `name\":`, and
// the rest of the line after the header names that hold credentials.
func (m *Masker) beside(s string, i, done int) (find, bool) {
	name, quoted := nameBefore(s[max(done, i-maxName):i])
	if name == "" {
		return find{}, false
	}
	c := m.classify(name)
	header := c.rule
	if c.level == plain && header == asField {
		return find{}, false
	}
	sign := i + 1
	if arrow := strings.HasPrefix(s[i:], "=>"); arrow { // Ruby, PHP, Perl
		sign, quoted = i+2, true
	}
	at := sign + min(run(s[sign:], blank), 16)
	if s[i] == ':' && !quoted && header != asField && header != asURL && header != asChallenge {
		to := at + lineEnd(s[at:])
		return find{at, to, m.header(name, s[at:to])}, to > at
	}
	tight := s[i] == '=' && at == i+1 || quoted || at < len(s) && strings.IndexByte(`"'\\`, s[at]) >= 0
	ahead := maxLoose
	if tight {
		ahead = maxCalled + 1
	}
	if bare := s[at : at+run(s[at:min(len(s), at+ahead)], bareByte)]; !tight && !generated(c, bare) && !lineOf(c, bare, s, i, at) || code(bare, s[at+len(bare):]) {
		return find{}, false
	}
	if c.level == likely && header == asField {
		from, to := valueAt(s[:min(len(s), at+maxLoose)], at)
		if _, core, _ := edges(s[from:to]); !looksSecret(core) && !strings.Contains(core, opening) {
			return find{}, false
		}
	}
	from, to := valueAt(s, at)
	value := s[from:to]
	if value == "" || strings.HasPrefix(value, opening) || m.file != nil && markLength(value) > 0 {
		return find{}, false
	}
	// What the name does not decide, the scan itself comes to.
	if masked, ok := m.named(name, value); ok && masked != value {
		return find{from, to, masked}, true
	}
	return find{}, false
}

// maxLoose is how much of a value is looked at to tell whether it is one.
const maxLoose = 512

func blank(c byte) bool { return c == ' ' || c == '\t' }

// lineEnd is the length of what a header dump holds on one line, be the dump
// itself inside a string.
func lineEnd(s string) int {
	if n := strings.IndexAny(s, "\r\n\\\"'<"); n >= 0 {
		return n
	}
	return len(s)
}

// nameBefore returns the identifier that s ends with, and whether it was in
// quotes.
func nameBefore(s string) (name string, quoted bool) {
	end := len(s)
	for end > 0 && blank(s[end-1]) {
		end--
	}
	bare := end
	for end > 0 && (s[end-1] == '"' || s[end-1] == '\'' || s[end-1] == '\\' || s[end-1] == ']') {
		end--
	}
	start := end
	for start > 0 && nameByte(s[start-1]) {
		start--
	}
	return s[start:end], bare > end
}

func nameByte(c byte) bool { return wordDot(c) || c == '[' }

// valueAt returns where the value stands that begins at i: to the closing
// quote, or to where a bare word ends.
func valueAt(s string, i int) (from, to int) {
	from = i
	for from < len(s) && s[from] == '\\' && from < i+4 {
		from++
	}
	escaped := from > i
	if from == len(s) || s[from] != '"' && s[from] != '\'' {
		return i, i + run(s[i:], bareByte)
	}
	quote := s[from]
	from++
	for to = from; to < len(s) && s[to] != quote && s[to] != '\n'; to++ {
		if s[to] != '\\' {
			continue
		}
		if escaped {
			break
		}
		to++
	}
	return from, min(to, len(s))
}

func bareByte(c byte) bool {
	return c > ' ' && strings.IndexByte("&;,\"'<>(){}[]\\`", c) < 0
}

// inBase64 masks a Base64 run that holds a learnt secret: user:password, a
// JSON document. It looks at the beginning of runs alone.
func (m *Masker) inBase64(s string, i int) (find, bool) {
	if len(m.learnt.roots) == 0 && m.file == nil || !alnum(s[i]) || i > 0 && base64Byte(s[i-1]) && s[i-1] != '=' {
		return find{}, false
	}
	n := base64Run(s[i:])
	if m.file != nil {
		if masked, ok := m.insideBase64(s[i : i+n]); ok {
			return find{i, i + n, masked}, true
		}
	}
	if n < minBase64 {
		return find{}, false
	}
	core := s[i : i+n]
	text, ok := decodeBasic(core)
	if !ok {
		return find{}, false
	}
	if c, inner, err := unpack(text, nil); err == nil && c != nil {
		text = inner
	}
	h, ok := m.learnt.in(text)
	if !ok {
		return find{}, false
	}
	kind := h.kind
	if strings.Contains(text, ":") && len(text) < 512 {
		kind = kindBasic
	}
	return find{i, i + n, m.placeholder(kind, core, "")}, true
}

// base64Run is the length of the Base64 that s begins with. Its padding ends it
// (RFC 4648 section 3.2), so that no byte is in two runs.
func base64Run(s string) int {
	n := run(s, func(c byte) bool { return base64Byte(c) && c != '=' })
	for pad := 0; pad < 2 && n < len(s) && s[n] == '='; pad++ {
		n++
	}
	return n
}
