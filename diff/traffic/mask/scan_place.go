package mask

import "strings"

// maxAuthority is how far the end of an authority is looked for.
const maxAuthority = 512

// userinfo masks user and password of a URL in a text, whatever its scheme
// (RFC 3986 section 3.2.1): postgres://app:…@db.test/. The colon of the scheme
// stands at i.
func (m *Masker) userinfo(s string, i int) (find, bool) {
	if !strings.HasPrefix(s[i:], "://") {
		return find{}, false
	}
	from := i + 3
	n := run(s[from:min(len(s), from+maxAuthority)], func(c byte) bool { return c > ' ' && strings.IndexByte("/?#\"'<>\\`", c) < 0 })
	at := strings.LastIndexByte(s[from:from+n], '@')
	if at <= 0 {
		return find{}, false
	}
	user, password, ok := strings.Cut(s[from:from+at], ":")
	if !ok && !random(user) {
		return find{}, false
	}
	if !ok { // a key in its place: https://KEY@errors.example.com/2
		return find{from, from + at, m.secret(kindKey, user)}, true
	}
	return find{from, from + at, m.secret(kindUser, user) + ":" + m.secret(kindPassword, password)}, true
}

// userOption masks what curl and wget are given: -u user:password.
func (m *Masker) userOption(s string, i int) (find, bool) {
	if i > 0 && !blank(s[i-1]) {
		return find{}, false
	}
	at := i
	for _, option := range []string{"-u ", "--user ", "--user=", "--proxy-user "} {
		if strings.HasPrefix(s[i:], option) {
			at = i + len(option)
		}
	}
	if at == i {
		return find{}, false
	}
	if at < len(s) && (s[at] == '"' || s[at] == '\'') {
		at++
	}
	to := at + run(s[at:], bareByte)
	user, password, ok := strings.Cut(s[at:to], ":")
	if !ok || password == "" {
		return find{}, false
	}
	return find{at, to, m.secret(kindUser, user) + ":" + m.secret(kindPassword, password)}, true
}

// How a secret is told from its neighbourhood.
const (
	minNeighbour = 24 // bytes of a value
	neighbours   = 24 // bytes before it in which a word may say what it is
)

// neighbour masks a long random word behind one that says that it is a secret:
// "the token 3f9… was refused".
func (m *Masker) neighbour(s string, i, done int) (find, bool) {
	if !alnum(s[i]) || i == 0 || !blank(s[i-1]) && s[i-1] != '"' && s[i-1] != '\'' {
		return find{}, false
	}
	n := run(s[i:], wordDash)
	if n < minNeighbour || n > maxLoose || !random(s[i:i+n]) || !mixedCase(s[i:i+n]) {
		return find{}, false
	}
	words := strings.Fields(strings.TrimRight(s[max(done, i-neighbours):i], " \t\"'"))
	for _, word := range words[max(0, len(words)-2):] {
		if c := m.classify(strings.Trim(word, ".,;:!?\"'()")); c.level == sure {
			return find{i, i + n, m.placeholder(c.kind, s[i:i+n], "")}, true
		}
	}
	return find{}, false
}

// mixedCase tells a token from a hash or a UUID, which have one case.
func mixedCase(s string) bool { return strings.ToLower(s) != s && strings.ToUpper(s) != s }
