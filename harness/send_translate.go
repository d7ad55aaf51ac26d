package harness

import (
	"net/url"
	"strings"
)

// A translation puts the target's addresses in place of the recorded ones in a
// text, in the spellings that answers have.
type translation [][2]string

// translation is that from recorded addresses to those of the target.
func (rs *routes) translation() translation {
	var t translation
	for _, r := range rs.list {
		t = t.add(r.from, r.origin()+r.prefix)
	}
	return t
}

// Translation makes of a text with a recorded origin ("https://api.example.com")
// the same with another one, in all forms in which answers and requests name
// it; of names that it is only a part of, nothing.
func Translation(from, to string) func(string) string {
	return translation{}.add(from, to).apply
}

func (t translation) add(from, to string) translation {
	if from == to {
		return t
	}
	_, fromHost, _ := strings.Cut(from, "://")
	_, toHost, _ := strings.Cut(to, "://")
	return append(t, [2]string{from, to},
		[2]string{strings.ReplaceAll(from, "/", `\/`), strings.ReplaceAll(to, "/", `\/`)},
		[2]string{url.QueryEscape(from), url.QueryEscape(to)},
		[2]string{"//" + fromHost, "//" + toHost},
		[2]string{fromHost, strings.SplitN(toHost, "/", 2)[0]})
}

func (t translation) apply(s string) string {
	for _, pair := range t {
		if !strings.Contains(pair[0], "/") && !strings.Contains(pair[0], "%") && s == hostOf(pair[0]) {
			return hostOf(pair[1]) // a Domain, a host in a list
		}
		s = replaceHost(s, pair[0], pair[1])
	}
	return s
}

// replaceHost replaces an address where it is not the beginning or the end of
// a longer name: not example.com in example.com.evil.test.
func replaceHost(s, from, to string) string {
	if !strings.Contains(s, from) {
		return s
	}
	var b strings.Builder
	for {
		i := strings.Index(s, from)
		if i < 0 {
			b.WriteString(s)
			return b.String()
		}
		end := i + len(from)
		if i > 0 && isHostByte(s[i-1]) && isHostByte(from[0]) || end < len(s) && (isHostByte(s[end]) || s[end] == ':') {
			b.WriteString(s[:end])
		} else {
			b.WriteString(s[:i])
			b.WriteString(to)
		}
		s = s[end:]
	}
}

func isHostByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '.' || c == '-' || c == '_'
}
