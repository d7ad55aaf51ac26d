package correlate

import (
	"encoding/base64"
	"html"
	"strings"
	"unicode/utf8"
)

// A coding is a way to write a value inside another text.
type coding interface {
	name() string

	// decode returns the plain text, and for each byte of it, and for its
	// end, where in raw it stands; at is nil where nothing was encoded.
	decode(raw string) (plain string, at []int)

	// encode writes a value as the text like was written.
	encode(plain, like string) string
}

// through walks a text below an encoding. Only what is replaced is encoded
// anew; a text without anything encoded is walked all the same.
func (w *walker) through(c coding, s *spot, raw string) []edit {
	plain, at := c.decode(raw)
	if at != nil {
		s = s.decoded(c.name())
	}
	edits := w.text(s, plain)
	for i, e := range edits {
		from, to := e.from, e.to
		if at != nil {
			from, to = at[e.from], at[e.to]
		}
		like := raw[from:to]
		if from > 0 || to < len(raw) {
			like = raw
		}
		edits[i] = edit{from, to, c.encode(e.text, like)}
	}
	return edits
}

// offsets collects a plain text and where its bytes come from.
type offsets struct {
	plain []byte
	at    []int
}

// begin takes the first n bytes of raw as they are.
func begin(raw string, n int) offsets {
	o := offsets{plain: make([]byte, 0, len(raw)), at: make([]int, 0, len(raw)+1)}
	for i := range n {
		o.add(raw[i], i)
	}
	return o
}

func (o *offsets) add(c byte, at int) { o.plain, o.at = append(o.plain, c), append(o.at, at) }

func (o *offsets) addString(s string, at int) {
	for i := range len(s) {
		o.add(s[i], at)
	}
}

func (o *offsets) done(end int) (string, []int) { return string(o.plain), append(o.at, end) }

// percent is percent-encoding (RFC 3986 section 2.1), in forms with + for a
// space.
type percent struct {
	form bool
	like string // more text of the same writer
}

func (p percent) name() string {
	if p.form {
		return "form"
	}
	return "url"
}

func (p percent) decode(raw string) (string, []int) {
	first := strings.IndexByte(raw, '%')
	if p.form {
		first = strings.IndexAny(raw, "%+")
	}
	if first < 0 {
		return raw, nil
	}
	o := begin(raw, first)
	for i := first; i < len(raw); i++ {
		switch {
		case raw[i] == '%' && i+2 < len(raw) && isHex(raw[i+1]) && isHex(raw[i+2]):
			o.add(unhex(raw[i+1])<<4|unhex(raw[i+2]), i)
			i += 2
		case raw[i] == '+' && p.form:
			o.add(' ', i)
		default:
			o.add(raw[i], i)
		}
	}
	return o.done(len(raw))
}

func (p percent) encode(plain, like string) string {
	var writer percentWriter
	const enough = 4 << 10
	writer.learn(p.like[:min(len(p.like), enough)])
	writer.literal['&'], writer.literal['='] = false, false // there they divide
	writer.learn(like)
	digits := "0123456789ABCDEF"
	if writer.lower {
		digits = strings.ToLower(digits)
	}
	var b strings.Builder
	for i := range len(plain) {
		c := plain[i]
		switch {
		case c == ' ' && p.form && !writer.escaped[' ']:
			b.WriteByte('+')
		case !mustEscape(c, p.form) && !writer.escaped[c] && (writer.literal[c] || isUnreserved(c)):
			b.WriteByte(c)
		default:
			b.Write([]byte{'%', digits[c>>4], digits[c&15]})
		}
	}
	return b.String()
}

// percentWriter is what a text shows of who escaped it: writers differ in
// what they leave as it is (RFC 3986 section 2.2), and in the case of digits.
type percentWriter struct {
	literal, escaped [256]bool
	lower            bool
}

func (p *percentWriter) learn(raw string) {
	for i := 0; i < len(raw); i++ {
		if raw[i] == '%' && i+2 < len(raw) && isHex(raw[i+1]) && isHex(raw[i+2]) {
			p.escaped[unhex(raw[i+1])<<4|unhex(raw[i+2])] = true
			p.lower = p.lower || raw[i+1] >= 'a' || raw[i+2] >= 'a'
			i += 2
		} else {
			p.literal[raw[i]] = true
		}
	}
}

// mustEscape tells the bytes that would end the value or stand for another.
func mustEscape(c byte, form bool) bool {
	return c <= ' ' || c >= 0x7f || c == '%' || c == '#' || c == '&' || form && c == '+' || c == '?' && !form
}

// isUnreserved is that of RFC 3986 section 2.3.
func isUnreserved(c byte) bool {
	return isAlnum(c) || c == '-' || c == '.' || c == '_' || c == '~'
}

func isAlnum(c byte) bool { return isDigit(c) || isLetter(c) }
func isDigit(c byte) bool { return '0' <= c && c <= '9' }
func isLetter(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z'
}

func isHex(c byte) bool { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }

func unhex(c byte) byte {
	if isDigit(c) {
		return c - '0'
	}
	return c | 0x20 - 'a' + 10
}

// entities is the escaping of HTML and XML.
type entities struct{}

func (entities) name() string { return "html" }

func (entities) decode(raw string) (string, []int) {
	first := strings.IndexByte(raw, '&')
	if first < 0 {
		return raw, nil
	}
	o := begin(raw, first)
	changed := false
	for i := first; i < len(raw); {
		const longest = 12
		end := strings.IndexByte(raw[i:min(len(raw), i+longest)], ';')
		if raw[i] != '&' || end < 0 {
			o.add(raw[i], i)
			i++
			continue
		}
		entity := raw[i : i+end+1]
		plain := html.UnescapeString(entity)
		changed = changed || plain != entity
		o.addString(plain, i)
		i += end + 1
	}
	if !changed {
		return raw, nil
	}
	return o.done(len(raw))
}

func (entities) encode(plain, like string) string {
	apostrophe, quote := "&#39;", "&quot;"
	for _, spelled := range []string{"&#x27;", "&#039;", "&apos;"} {
		if strings.Contains(like, spelled) {
			apostrophe = spelled
		}
	}
	if strings.Contains(like, "&#34;") {
		quote = "&#34;"
	}
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, quote, "'", apostrophe).Replace(plain)
}

// base64Of finds the alphabet in which a text is Base64 of something that can
// be read, and decodes it.
func base64Of(raw string) (*base64.Encoding, string) {
	enc := base64.StdEncoding
	if strings.ContainsAny(raw, "-_") {
		enc = base64.URLEncoding
	}
	if !strings.HasSuffix(raw, "=") && len(raw)%4 != 0 {
		enc = enc.WithPadding(base64.NoPadding)
	}
	enc = enc.Strict()
	plain, err := enc.DecodeString(raw)
	if err != nil || !isReadable(plain) || enc.EncodeToString(plain) != raw {
		return nil, ""
	}
	return enc, string(plain)
}

// unpadded knows that Base64 of a length that needs no padding may still be of
// a writer who leaves it out: JWT, base64url of RFC 7515.
func unpadded(enc *base64.Encoding, raw string) *base64.Encoding {
	if strings.HasSuffix(raw, "=") {
		return enc
	}
	if len(raw)%4 == 0 && !strings.ContainsAny(raw, "-_") {
		return enc
	}
	return enc.WithPadding(base64.NoPadding)
}

func isReadable(b []byte) bool {
	if !utf8.Valid(b) {
		return false
	}
	for _, c := range b {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}
