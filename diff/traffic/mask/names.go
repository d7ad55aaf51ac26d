package mask

import "strings"

// A class is what a name says about its value.
type class struct {
	level  level
	kind   string
	rule   rule   // how it is read as the name of a header
	cookie string // the kind as the name of a cookie
}

type level int

const (
	plain  level = iota // nothing secret
	likely              // secret if the value looks like one
	sure                // secret, unless the value is plain harmless
)

// maxNames bounds the memory of names seen.
const maxNames = 4096

// classify tells what a name of a header, a parameter, a field or a member
// says about its value.
func (m *Masker) classify(name string) class {
	if c, ok := m.names[name]; ok {
		return c
	}
	if len(name) > 128 {
		name = name[len(name)-128:]
	}
	c := classify(name)
	c.rule = headerRule(name)
	c.cookie = cookieKind(name, c)
	if len(m.names) < maxNames {
		if m.names == nil {
			m.names = map[string]class{}
		}
		m.names[strings.Clone(name)] = c
	}
	return c
}

func classify(name string) class {
	if plainNames[strings.ToLower(name)] {
		return class{}
	}
	parts := segments(name)
	for len(parts) > 1 && neutral[parts[len(parts)-1]] {
		if c := headClass(parts); c.level == sure {
			return c
		}
		parts = parts[:len(parts)-1]
	}
	if c := headClass(parts); c.level != plain {
		return c
	}
	if len(parts) == 0 || descriptors[parts[len(parts)-1]] {
		return class{}
	}
	return insideClass(parts)
}

// headClass judges by the last word, and the one before it.
func headClass(parts []string) class {
	n := len(parts)
	if n == 0 {
		return class{}
	}
	last := parts[n-1]
	if n > 1 {
		if kind, ok := phrases[[2]string{parts[n-2], last}]; ok && kind == "" {
			return class{}
		} else if ok {
			return class{level: sure, kind: kind}
		}
	}
	if kind, ok := heads[last]; ok {
		return class{level: sure, kind: kind}
	}
	if kind, ok := maybe[last]; ok {
		return class{level: likely, kind: kind}
	}
	return class{}
}

// insideClass is for names whose secret word stands before a last word that
// is not known (`X-Auth-Acme`, `token_billing`).
func insideClass(parts []string) class {
	for _, part := range parts {
		if kind, ok := heads[part]; ok {
			return class{level: likely, kind: kind}
		}
		if part == "auth" {
			return class{level: likely, kind: kindToken}
		}
	}
	return class{}
}

// segments cuts a name into lower-case words: at everything that is no
// letter, and where camel case begins a word. Digits end a word and are
// dropped (`password1`), unless they stand in it (`oauth2`, `x5t`).
func segments(name string) []string {
	var parts []string
	start := -1
	flush := func(end int) {
		if start >= 0 {
			parts = append(parts, strings.TrimRight(strings.ToLower(name[start:end]), "0123456789"))
		}
		start = -1
	}
	for i := range len(name) {
		c := name[i]
		switch {
		case !letter(c) && !(digit(c) && start >= 0):
			flush(i)
			continue
		case start >= 0 && upper(c) && wordBegins(name, i):
			flush(i)
		}
		if start < 0 {
			start = i
		}
	}
	flush(len(name))
	return parts
}

// wordBegins tells whether the capital at i begins a word: accessToken,
// APIKey, but not API.
func wordBegins(name string, i int) bool {
	if !upper(name[i-1]) {
		return true
	}
	return i+1 < len(name) && lower(name[i+1])
}

func lower(c byte) bool  { return c >= 'a' && c <= 'z' }
func upper(c byte) bool  { return c >= 'A' && c <= 'Z' }
func letter(c byte) bool { return lower(c) || upper(c) || c >= 0x80 }
func digit(c byte) bool  { return c >= '0' && c <= '9' }
func alnum(c byte) bool  { return lower(c) || upper(c) || digit(c) }
