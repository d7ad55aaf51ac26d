package mask

import (
	"net/url"
	"strings"
)

// maxNesting bounds documents in documents: URLs in URLs, JSON in strings.
const maxNesting = 4

// url masks a URL reference. It cuts by hand, for a broken URL may be what is
// to be seen (RFC 3986 appendix B).
func (m *Masker) url(s string) string {
	// A URL in the query of one in the query of one: each level reads all of
	// the rest again.
	if strings.HasPrefix(s, "data:") || m.urls >= maxNesting {
		return m.scan(s)
	}
	m.urls++
	defer func() { m.urls-- }()
	rest, fragment, hasFragment := strings.Cut(s, "#")
	path, query, hasQuery := strings.Cut(rest, "?")
	var b strings.Builder
	n := authorityEnd(path)
	b.WriteString(m.authority(path[:n]))
	b.WriteString(m.path(path[n:]))
	if hasQuery {
		b.WriteString("?")
		b.WriteString(m.query(query))
	}
	if hasFragment {
		b.WriteString("#")
		b.WriteString(m.fragment(fragment))
	}
	// What was learnt may stand across the parts, or in the host.
	return m.scan(b.String())
}

// authorityEnd is where scheme and authority end and the path begins.
func authorityEnd(s string) int {
	start := 0
	if i := strings.Index(s, "//"); i == 0 || i > 0 && s[i-1] == ':' {
		start = i + 2
	} else {
		return 0
	}
	// An unescaped slash in a password ends the authority, but not the
	// secret: it goes to the last `@` where that stands before a blank.
	end := start + unit(s[start:], "/\\")
	if at := strings.IndexByte(s[end:], '@'); at >= 0 && strings.Contains(s[start:end], ":") && !port(s[start:end]) {
		return end + at + 1 + unit(s[end+at+1:], "/\\")
	}
	return end
}

// port tells whether an authority ends in a port, so that it is whole.
func port(authority string) bool {
	if strings.Contains(authority, "@") {
		return true
	}
	i := strings.LastIndexByte(authority, ':')
	return strings.Trim(authority[i+1:], "0123456789") == "" && len(authority)-i <= 6
}

// authority masks the userinfo (RFC 3986 section 3.2.1).
func (m *Masker) authority(s string) string {
	at := strings.LastIndexByte(s, '@')
	if at < 0 {
		return s
	}
	start := 0
	if i := strings.Index(s, "//"); i >= 0 {
		start = i + 2
	}
	if at < start {
		return s
	}
	user, password, ok := strings.Cut(s[start:at], ":")
	b := s[:start] + m.secret(kindUser, user)
	if ok {
		b += ":" + m.secret(kindPassword, password)
	}
	return b + s[at:]
}

// leadsToken are path segments that a secret follows: /reset/TOKEN.
var leadsToken = words("reset token tokens invite invites invitation invitations confirm confirmation verify verification magic " +
	"unlock activate activation unsubscribe password reset-password password-reset webhook webhooks hook hooks secret session sessions " +
	"magic-link accept auth login share")

// path masks segments that are tokens, and parameters of segments
// (/orders;jsessionid=…).
func (m *Masker) path(s string) string {
	var b strings.Builder
	before := ""
	for piece := range strings.SplitAfterSeq(s, "/") {
		segment, slash := strings.CutSuffix(piece, "/")
		name, params, ok := strings.Cut(segment, ";")
		if tokenSegment(before, name) {
			b.WriteString(m.secret(kindToken, name))
		} else {
			b.WriteString(name)
		}
		if ok {
			b.WriteString(";")
			b.WriteString(m.query(params))
		}
		if slash {
			b.WriteString("/")
		}
		before = strings.ToLower(name)
	}
	return b.String()
}

// tokenSegment tells whether a path segment is a secret: by the segment
// before it, or since it is long and looks generated. Ids stay: numbers,
// UUIDs, hashes, file names.
func tokenSegment(before, s string) bool {
	if beginsJWT(s) {
		return true
	}
	if leadsToken[before] && len(s) >= MinLearnt {
		return looksSecret(s)
	}
	return len(s) >= 32 && len(s) <= 1024 && random(s) && run(s, wordDash) == len(s) && mixed(s)
}

// mixed tells whether letters of both cases and digits stand in no order of
// words: hex and UUIDs have one case.
func mixed(s string) bool {
	turns := 0
	for i := 1; i < len(s); i++ {
		a, b := s[i-1], s[i]
		if lower(a) && (upper(b) || digit(b)) || digit(a) && upper(b) || upper(a) && digit(b) {
			turns++
		}
	}
	return turns >= len(s)/6 && strings.ToLower(s) != s && strings.ToUpper(s) != s
}

// query masks the secret parameters of a query; `;` divides them too, as it
// once did (HTML 4.01 appendix B.2.2).
func (m *Masker) query(s string) string {
	var b strings.Builder
	for s != "" {
		n := unit(s, "&;")
		b.WriteString(m.queryPair(s[:n]))
		if n < len(s) {
			b.WriteByte(s[n])
			n++
		}
		s = s[n:]
	}
	return b.String()
}

func (m *Masker) queryPair(pair string) string {
	name, value, ok := strings.Cut(pair, "=")
	if !ok {
		return m.scan(pair)
	}
	key := name
	if decoded, err := url.QueryUnescape(name); err == nil {
		key = decoded
	}
	if keyLike(value) && !objectID(value) {
		return name + "=" + m.secret(kindToken, value)
	}
	if masked := m.field(key, value); masked != value {
		return name + "=" + masked
	}
	return name + "=" + m.nested(value)
}

// objectID tells an id of 24 hex digits, as a database makes them, from a key.
func objectID(value string) bool { return len(value) == 24 && run(value, hexByte) == len(value) }

// nested masks the secrets of a URL, a form or a document that stands encoded
// in a value, and encodes it again.
func (m *Masker) nested(value string) string {
	if m.nesting >= maxNesting || strings.IndexByte(value, '%') < 0 {
		return value
	}
	m.nesting++
	defer func() { m.nesting-- }()
	decoded, err := url.QueryUnescape(value)
	if err != nil || decoded == value {
		return value
	}
	var masked string
	switch {
	case urlLike(decoded):
		masked = m.url(decoded)
	case decoded[0] == '{' || decoded[0] == '[':
		masked = m.json(decoded)
	case strings.Contains(decoded, "="):
		masked = m.query(decoded)
	default:
		masked = m.scan(decoded)
	}
	if masked == decoded {
		masked = m.nested(decoded) // it may be encoded twice
	}
	if masked == decoded {
		return value
	}
	return escapeAround(masked)
}

// escapeAround encodes what stands around placeholders.
func escapeAround(s string) string {
	var b strings.Builder
	for s != "" {
		from, to := nextPlaceholder(s)
		b.WriteString(url.QueryEscape(s[:from]))
		b.WriteString(s[from:to])
		s = s[to:]
	}
	return b.String()
}

// fragment masks parameters in a fragment: the implicit flow of OAuth, and
// the routes of single-page applications (#/callback?token=…).
func (m *Masker) fragment(s string) string {
	route, query, ok := strings.Cut(s, "?")
	if ok {
		return m.path(route) + "?" + m.query(query)
	}
	if strings.Contains(s, "=") {
		return m.query(s)
	}
	return m.path(s)
}
