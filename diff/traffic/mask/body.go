package mask

import (
	"mime"
	"strings"
)

// body masks a body by its media type.
func (m *Masker) body(mediaType, s string) string {
	if m.nesting >= maxNesting {
		return m.scan(s)
	}
	m.nesting++
	defer func() { m.nesting-- }()
	if text, wide, ok := narrow(s); ok {
		if text = m.body(mediaType, text); m.file != nil {
			text = m.filed(text)
		}
		return wide.widen(text)
	}
	base, params, err := mime.ParseMediaType(mediaType)
	if err != nil {
		base, _, _ = strings.Cut(mediaType, ";")
		base = strings.ToLower(strings.TrimSpace(base))
	}
	switch {
	case strings.HasPrefix(base, "multipart/"):
		if b := params["boundary"]; b != "" {
			return m.multipart(s, b)
		}
	case base == "application/x-www-form-urlencoded":
		return m.form(s)
	case strings.HasSuffix(base, "json"):
		return m.json(s)
	case strings.HasSuffix(base, "xml") || base == "text/html":
		return m.markup(s)
	case base == "text/csv" || base == "text/tab-separated-values":
		return m.table(s)
	case strings.HasSuffix(base, "javascript") && formLike(strings.TrimSpace(s)):
		return m.scan(s) // minified: a=b&&c==d
	}
	return m.sniffed(s)
}

// sniffed masks a body whose media type says nothing, or lies.
func (m *Masker) sniffed(s string) string {
	start := strings.TrimLeft(s, " \t\r\n\ufeff")
	switch {
	case start == "":
		return s
	case start[0] == '{' || start[0] == '[':
		return m.json(s)
	case start[0] == '<':
		return m.markup(s)
	case strings.HasPrefix(start, "--"):
		if line, _, ok := strings.Cut(start[2:], "\n"); ok && len(line) <= 72 && strings.Contains(s, "Content-Disposition") {
			return m.multipart(s, strings.TrimRight(line, "\r"))
		}
	case formLike(start):
		return m.form(s)
	}
	return m.scan(s)
}

// formLike tells whether a text is a form: a name, `=`, and no white space
// before the first `&`.
func formLike(s string) bool {
	n := run(s, func(c byte) bool { return nameByte(c) || c == ']' || c == '%' || c == '+' })
	return n > 0 && n < len(s) && s[n] == '=' && !strings.ContainsAny(strings.TrimRight(s[:min(len(s), 4096)], "\r\n"), " \t\r\n{<\"")
}

// form masks application/x-www-form-urlencoded.
func (m *Masker) form(s string) string {
	body := strings.TrimRight(s, "\r\n")
	return m.scan(m.query(body)) + s[len(body):]
}

// multipart masks the parts of a multipart body by their names (RFC 7578).
func (m *Masker) multipart(s, boundary string) string {
	var b strings.Builder
	delimiter := "--" + boundary
	for piece := range strings.SplitAfterSeq(s, delimiter) {
		content, ok := strings.CutSuffix(piece, delimiter)
		b.WriteString(m.part(content))
		if ok {
			b.WriteString(delimiter)
		}
	}
	return b.String()
}

func (m *Masker) part(s string) string {
	gap := "\r\n\r\n"
	head, content, ok := strings.Cut(s, gap)
	if !ok {
		gap = "\n\n"
		if head, content, ok = strings.Cut(s, gap); !ok {
			return m.scan(s)
		}
	}
	var name, mediaType string
	for line := range strings.Lines(head) {
		field, value, _ := strings.Cut(strings.TrimRight(line, "\r\n"), ":")
		switch strings.ToLower(strings.TrimSpace(field)) {
		case "content-disposition":
			if _, params, err := mime.ParseMediaType(value); err == nil {
				name = params["name"]
			}
		case "content-type":
			mediaType = strings.TrimSpace(value)
		}
	}
	body := strings.TrimRight(content, "\r\n")
	masked := m.field(name, body)
	if masked == body {
		masked = m.body(mediaType, body)
	}
	return m.scan(head) + gap + masked + content[len(body):]
}
