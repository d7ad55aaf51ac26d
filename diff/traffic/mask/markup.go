package mask

import (
	"html"
	"strings"
)

// markup masks XML and HTML: attributes, contents of elements, and the value
// of `<input name="csrf_token" value="…">`, all by name. It needs no well-
// formed document.
func (m *Masker) markup(s string) string {
	var b strings.Builder
	rest := s
	name, label := "", ""
	for rest != "" {
		i := strings.IndexByte(rest, '<')
		if i < 0 {
			i = len(rest)
		}
		b.WriteString(m.content(named(name, &label, rest[:i]), rest[:i]))
		rest = rest[i:]
		n := tagLength(rest)
		tag := rest[:n]
		b.WriteString(m.tag(tag))
		if !strings.HasPrefix(tag, "<![") {
			name = m.elementName(tag)
		}
		rest = rest[n:]
	}
	return m.scan(b.String())
}

// named is the name that the text of an element is judged by: that of a key
// before it (`<key>password</key><string>…`, `<name>password</name><value>…`),
// else its own. The next text uses the key up.
func named(element string, label *string, text string) string {
	if strings.TrimSpace(text) == "" {
		return element
	}
	key := *label
	*label = ""
	if labels[strings.ToLower(element)] && len(text) < maxName {
		*label = strings.TrimSpace(text)
		return ""
	}
	if key != "" {
		return key
	}
	return element
}

// content masks the text of an element.
func (m *Masker) content(name, text string) string {
	if name == "" || m.classify(name).level == plain {
		return text // scanned with the whole
	}
	data, end := strings.CutSuffix(text, "]]>")
	if !end {
		return m.field(name, text)
	}
	return m.field(name, data) + "]]>"
}

// elementName is what the text of an element is judged by: <entry key="password">,
// <textarea name="secret">, or its own name.
func (m *Masker) elementName(tag string) string {
	own := elementName(tag)
	if own == "" || m.classify(own).level != plain {
		return own
	}
	eachAttribute(tag, func(name, value string) string {
		if (name == "name" || name == "key") && m.classify(value).level != plain {
			own = value
		}
		return value
	})
	return own
}

// elementName is the local name of a start tag, "" of all else.
func elementName(tag string) string {
	if len(tag) < 2 || !letter(tag[1]) || strings.HasSuffix(tag, "/>") {
		return ""
	}
	name := tag[1 : 1+run(tag[1:], func(c byte) bool { return wordDot(c) || c == ':' })]
	return name[strings.LastIndexByte(name, ':')+1:]
}

// tagLength is the length of the tag, comment or CDATA opening that s begins
// with. A `>` in a quoted value does not end it.
func tagLength(s string) int {
	if strings.HasPrefix(s, "<![CDATA[") {
		return len("<![CDATA[")
	}
	if s == "" || len(s) > 1 && !letter(s[1]) && strings.IndexByte("/!?", s[1]) < 0 {
		return min(len(s), 1)
	}
	quote := byte(0)
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			if s[i-1] == '=' {
				quote = c
			}
		case c == '>':
			return i + 1
		}
	}
	return len(s)
}

// labels are attributes that name what the attributes of values hold.
var (
	labels = words("name id property key http-equiv")
	values = words("value content")
)

func (m *Masker) tag(tag string) string {
	label := ""
	eachAttribute(tag, func(name, value string) string {
		if labels[name] && (label == "" || name == "name" || name == "key") {
			label = value
		}
		return value
	})
	return eachAttribute(tag, func(name, value string) string {
		if values[name] && m.classify(label).level != plain {
			return m.field(label, value)
		}
		plain := html.UnescapeString(value)
		masked := m.field(name, plain)
		if plain == strings.ReplaceAll(value, "&amp;", "&") {
			return masked // an address, most often
		}
		if masked == plain {
			return value
		}
		return html.EscapeString(masked)
	})
}

// eachAttribute rewrites the quoted and bare values of a tag's attributes.
func eachAttribute(tag string, value func(name, value string) string) string {
	var b strings.Builder
	done := 0
	for i := 0; i < len(tag); i++ {
		if tag[i] != '=' {
			continue
		}
		name, _ := nameBefore(tag[max(done, i-maxName):i])
		from, to := attributeValue(tag, i+1+run(tag[i+1:], blank))
		if name == "" || from == to {
			continue
		}
		old := tag[from:to]
		if changed := value(strings.ToLower(name), old); changed != old && changed != strings.ReplaceAll(old, "&amp;", "&") {
			b.WriteString(tag[done:from])
			b.WriteString(changed)
			done = to
		}
		i = to - 1
	}
	b.WriteString(tag[done:])
	return b.String()
}

func attributeValue(tag string, i int) (from, to int) {
	if i < len(tag) && (tag[i] == '"' || tag[i] == '\'') {
		if n := strings.IndexByte(tag[i+1:], tag[i]); n >= 0 {
			return i + 1, i + 1 + n
		}
		return i + 1, len(tag)
	}
	return i, i + run(tag[min(i, len(tag)):], func(c byte) bool { return c > ' ' && c != '>' })
}
