package mask

import (
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// json masks the strings and numbers of a JSON document by the names of their
// members, and leaves all other bytes as they are. From where it is broken on
// it is read as text.
func (m *Masker) json(s string) string {
	if m.nesting >= maxNesting {
		return m.scan(s)
	}
	m.nesting++
	defer func() { m.nesting-- }()
	var b strings.Builder
	done := 0
	jwk := strings.Contains(s, `"kty"`)
	eachScalar(s, func(v scalar) {
		v.private = jwk && privateMembers[v.name]
		if masked := m.scalar(v); masked != v.raw {
			b.WriteString(s[done:v.from])
			b.WriteString(masked)
			done = v.from + len(v.raw)
		}
	})
	if done == 0 {
		return m.scan(s)
	}
	b.WriteString(s[done:])
	// What was learnt may stand in names and across the parts.
	return m.scan(b.String())
}

func (m *Masker) scalar(v scalar) string {
	value := v.raw
	quoted := v.raw[0] == '"'
	if quoted {
		value = unquote(v.raw)
	}
	masked := value
	if v.private && len(value) >= minPrivate && run(value, wordDash) == len(value) {
		masked = m.secret(kindKey, value)
	} else {
		masked = m.field(m.memberName(v), value)
	}
	if masked == value {
		return v.raw
	}
	if !quoted && harmless(value) {
		return v.raw
	}
	if m.file != nil {
		masked = m.filed(masked) // a mark may have to be quoted
	}
	return quote(masked) // a placeholder for a number is no JSON but in a string
}

// privateMembers are those of a JSON Web Key that make it a private or a shared
// one (RFC 7518 sections 6.2.2, 6.3.2 and 6.4.1).
var privateMembers = words("d p q dp dq qi k")

// minPrivate is the length in bytes from which a value under one of these short
// names is a key's.
const minPrivate = 16

// memberName is the name that a scalar is judged by: of its own member, of
// the member above where its own says nothing (`"password": {"value": …}`),
// or the neighbour's word (`"name": "X-Api-Key", "value": …`, `["X-Api-Key", …]`).
func (m *Masker) memberName(v scalar) string {
	if v.label != "" && (v.pair && looksSecret(unquote(v.raw)) || !v.pair && neutral[v.name]) && (m.classify(v.label).level != plain || m.classify(v.label).rule != asField) {
		return v.label
	}
	if v.parent == "" || m.classify(v.name).level != plain || m.classify(v.parent).level == plain {
		return v.name
	}
	return v.parent + "_" + v.name
}

func quote(s string) string {
	out, err := jsontext.AppendQuote(nil, s)
	if err != nil {
		// Invalid UTF-8 is replaced, which AppendQuote reports too.
		return strings.ToValidUTF8(string(out), "\ufffd")
	}
	return string(out)
}
