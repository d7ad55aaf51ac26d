package tree

import (
	"net/url"
	"strings"
)

// URL takes an absolute URL with an authority apart (RFC 3986 section 3):
// scheme, userinfo, host, port, path, query, fragment. Relative references
// and data: URLs stay whole.
type URL struct{}

// Split implements Codec.
func (URL) Split(text string) (Parts, bool) {
	scheme, rest, ok := strings.Cut(text, "://")
	if !ok || !isScheme(scheme) {
		return Parts{}, false
	}
	kids := []Kid{{Key: "scheme", Text: scheme}}
	rest, fragment, hasFragment := strings.Cut(rest, "#")
	rest, query, hasQuery := strings.Cut(rest, "?")
	authority, path := rest, ""
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		authority, path = rest[:i], rest[i:]
	}
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		kids = append(kids, Kid{Key: "userinfo", Text: authority[:i]})
		authority = authority[i+1:]
	}
	host, port, hasPort := cutPort(authority)
	kids = append(kids, Kid{Key: "host", Text: host})
	if hasPort {
		kids = append(kids, Kid{Key: "port", Text: port})
	}
	kids = append(kids, Kid{Key: "path", Text: path, Codec: Path{}})
	if hasQuery {
		kids = append(kids, Kid{Key: "query", Text: query, Codec: Form{}})
	}
	if hasFragment {
		kids = append(kids, Kid{Key: "fragment", Text: fragment})
	}
	return Parts{Mode: Record, Kids: kids}, true
}

// Join implements Codec.
func (URL) Join(p Parts) string {
	var b strings.Builder
	for _, part := range []struct{ key, before, after string }{
		{"scheme", "", "://"}, {"userinfo", "", "@"}, {"host", "", ""}, {"port", ":", ""},
		{"path", "", ""}, {"query", "?", ""}, {"fragment", "#", ""},
	} {
		for _, kid := range p.Kids {
			if kid.Key == part.key {
				b.WriteString(part.before + kid.Text + part.after)
			}
		}
	}
	return b.String()
}

// cutPort splits at the colon before the port, not at one inside an IPv6
// literal (RFC 3986 section 3.2.2).
func cutPort(authority string) (host, port string, ok bool) {
	i := strings.LastIndexByte(authority, ':')
	if i < 0 || strings.HasSuffix(authority, "]") {
		return authority, "", false
	}
	return authority[:i], authority[i+1:], true
}

func isScheme(s string) bool {
	for i, c := range []byte(s) {
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		if !letter && (i == 0 || !strings.ContainsRune("0123456789+-.", rune(c))) {
			return false
		}
	}
	return s != ""
}

// Path takes a path apart at its slashes; each kid is the text behind one.
type Path struct{}

// Split implements Codec.
func (Path) Split(text string) (Parts, bool) {
	if text == "" {
		return Parts{Mode: Sequence}, true
	}
	if text[0] != '/' {
		return Parts{}, false
	}
	var kids []Kid
	for segment := range strings.SplitSeq(text[1:], "/") {
		kids = append(kids, Kid{Text: segment})
	}
	return Parts{Mode: Sequence, Kids: kids}, true
}

// Join implements Codec.
func (Path) Join(p Parts) string {
	var b strings.Builder
	for _, kid := range p.Kids {
		b.WriteString("/" + kid.Text)
	}
	return b.String()
}

// Form takes a query or an application/x-www-form-urlencoded body apart. Keys
// are decoded, labels and texts are as they stand.
type Form struct{}

// Split implements Codec.
func (Form) Split(text string) (Parts, bool) {
	var kids []Kid
	if text == "" {
		return Parts{Mode: Keyed}, true
	}
	for pair := range strings.SplitSeq(text, "&") {
		label, value := pair, ""
		if i := strings.IndexByte(pair, '='); i >= 0 {
			label, value = pair[:i+1], pair[i+1:]
		}
		key := strings.TrimSuffix(label, "=")
		if decoded, err := url.QueryUnescape(key); err == nil {
			key = decoded
		}
		kids = append(kids, Kid{Key: key, Label: label, Text: value})
	}
	return Parts{Mode: Keyed, Kids: kids}, true
}

// Join implements Codec.
func (Form) Join(p Parts) string { return joinKids(p.Kids, "&") }

func joinKids(kids []Kid, separator string) string {
	var b strings.Builder
	for i, kid := range kids {
		if i > 0 {
			b.WriteString(separator)
		}
		b.WriteString(kid.Label + kid.Text)
	}
	return b.String()
}
