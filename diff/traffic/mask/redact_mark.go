package mask

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"strings"
)

// A file is what a masker keeps whose text goes to files.
type file struct {
	key      []byte
	id       string             // of the key, as it stands in marks
	personal bool               // e-mail addresses and phone numbers are masked, too
	shown    map[string]*secret // by what stands in the guillemets, without notes
	instead  map[string]string  // what is written for a mark or a value: see Redactor.Replace
	busy     bool               // a token is being taken apart
}

func newFile(key []byte, personal bool) *file {
	if key == nil {
		key = make([]byte, 32)
		_, _ = rand.Read(key) // it never fails
	}
	f := &file{key: key, personal: personal, shown: map[string]*secret{}, instead: map[string]string{}}
	f.id = "k" + strings.ToLower(base32.StdEncoding.EncodeToString(f.sum("id of the key of marks")))[:5]
	return f
}

func (f *file) sum(text string) []byte {
	mac := hmac.New(sha256.New, f.key)
	mac.Write([]byte(text))
	return mac.Sum(nil)
}

// number is that of a secret under the key: nine digits, so that two secrets of
// a thousand have the same by a chance of one to two thousand.
func (f *file) number(value string) int {
	return 1 + int(binary.BigEndian.Uint64(f.sum(value))%999_999_999)
}

// filed puts marks in the place of placeholders.
func (m *Masker) filed(text string) string {
	if !strings.Contains(text, opening) {
		return text
	}
	var b strings.Builder
	for text != "" {
		from, to := nextPlaceholder(text)
		b.WriteString(text[:from])
		if from < to {
			b.WriteString(m.filedAs(text[from:to]))
		}
		text = text[to:]
	}
	return b.String()
}

// filedAs is what stands for one placeholder. What its note says of a flaw is
// put into the mark, for the flaw is what a server refuses.
func (m *Masker) filedAs(placeholder string) string {
	inner := strings.TrimSuffix(strings.TrimPrefix(placeholder, opening), closing)
	id, note, _ := strings.Cut(inner, ", ")
	s := m.file.shown[id]
	if s == nil {
		return placeholder // it stood in the text as it was captured
	}
	mark := m.file.mark(s)
	if other, ok := m.file.instead[s.value]; ok {
		mark = other
	}
	if s.kind == kindJWT && !strings.HasPrefix(note, "first ") {
		mark = m.readableJWT(s)
	}
	switch {
	case strings.HasPrefix(note, "first "):
		return mark + flawCut
	case note == "line break inside":
		return mark + flawLine
	case note == "blank inside":
		return mark + flawBlank
	case note == "hidden character inside":
		return mark + flawHidden
	}
	return mark
}

// readableJWT is a token with its claims and without its signature. What can't
// be taken apart becomes a mark as a whole.
func (m *Masker) readableJWT(s *secret) string {
	parts := strings.Split(s.value, ".")
	header, ok := decodeSegment(parts[0])
	if !ok || m.file.busy {
		return m.file.mark(s)
	}
	m.file.busy = true
	defer func() { m.file.busy = false }()
	parts[0] = encodeSegment(parts[0], header, m.filed(m.scan(header)))
	if len(parts) == 5 && IsMark(parts[4]) {
		parts[4] = m.file.written(parts[4])
		return strings.Join(parts, ".")
	}
	if len(parts) == 5 { // a JWE (RFC 7516 section 7.1): nothing behind the header can be read
		return parts[0] + "." + markPrefix + "key." + markPrefix + "iv." + markPrefix + "text." + m.file.mark(s)
	}
	if len(parts) > 1 {
		claims, ok := decodeSegment(parts[1])
		if !ok {
			return m.file.mark(s)
		}
		parts[1] = encodeSegment(parts[1], claims, m.filed(m.claims(claims)))
	}
	for i := 2; i < len(parts); i++ {
		if parts[i] != "" { // alg none has an empty one
			parts[i] = m.filed(m.placeholder(kindSignature, parts[i], ""))
		}
	}
	return strings.Join(parts, ".")
}

// claims masks the strings of a claims set but for those that are shown.
func (m *Masker) claims(text string) string {
	var b strings.Builder
	done := 0
	eachScalar(text, func(v scalar) {
		if v.raw[0] != '"' {
			return // times, numbers and literals
		}
		name, value := v.name, unquote(v.raw)
		if shownClaims[v.parent] {
			name = v.parent
		}
		if masked := m.claim(name, value); masked != value {
			b.WriteString(text[done:v.from])
			b.WriteString(quote(masked))
			done = v.from + len(v.raw)
		}
	})
	b.WriteString(text[done:])
	return b.String()
}

func decodeSegment(s string) (string, bool) {
	raw, err := base64.RawURLEncoding.DecodeString(s)
	return string(raw), err == nil && len(raw) > 1 && raw[0] == '{'
}

// encodeSegment keeps the segment as it was spelled where nothing was masked.
func encodeSegment(was, text, masked string) string {
	if masked == text {
		return was
	}
	return base64.RawURLEncoding.EncodeToString([]byte(masked))
}

// basicMark is user-pass in Base64 again (RFC 7617 section 2), of marks.
func (m *Masker) basicMark(user, password string, colon bool) string {
	text := m.filed(m.secret(kindUser, user))
	if colon {
		text += ":" + m.filed(m.secret(kindPassword, password))
	}
	return base64.StdEncoding.EncodeToString([]byte(text))
}
