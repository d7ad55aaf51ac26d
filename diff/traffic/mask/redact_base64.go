package mask

import (
	"encoding/base64"
	"strings"
	"unicode/utf8"
)

// minBase64 is the length in bytes from which a text is tried as Base64.
const minBase64 = 12

// maxMessage is how many bytes of what is no text may be a message with texts in
// it, and no picture.
const maxMessage = 4 << 10

// insideBase64 masks what a Base64 run holds and encodes it again: a frame of a
// WebSocket, a document in a string, compressed or not. Runs that hold no text
// stay, for images do not hold secrets that a name tells.
func (m *Masker) insideBase64(core string) (string, bool) {
	if m.nesting >= maxNesting || len(core) < minBase64 {
		return "", false
	}
	enc := base64Of(core)
	raw, err := enc.DecodeString(core)
	if err != nil || len(raw) < MinLearnt {
		return "", false
	}
	text := string(raw)
	m.nesting++
	defer func() { m.nesting-- }()
	masked := text
	if utf8.ValidString(text) {
		masked = m.filed(m.sniffed(text))
	} else if c, inner, err := unpack(text, nil); err == nil && c != nil {
		if found := m.filed(m.sniffed(inner)); found != inner {
			if masked, err = c.pack(found); err != nil {
				return "", false
			}
		}
	} else if len(text) <= maxMessage {
		masked = m.filed(m.scan(text))
	}
	if masked == text {
		return "", false
	}
	return enc.EncodeToString([]byte(masked)), true
}

// base64Of is the alphabet of a run, and whether it is padded (RFC 4648
// sections 4 and 5).
func base64Of(core string) *base64.Encoding {
	enc := base64.StdEncoding
	if strings.ContainsAny(core, "-_") {
		enc = base64.URLEncoding
	}
	if len(core)%4 != 0 {
		enc = enc.WithPadding(base64.NoPadding)
	}
	return enc
}
