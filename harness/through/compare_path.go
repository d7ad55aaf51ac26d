package through

import (
	"path"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/results"
)

// pathChange is a path that came otherwise.
func (x *passage) pathChange() alteration {
	old, new := pathOf(x.sent.Request.URL), pathOf(x.arrived.Request.URL)
	a := alteration{side: diff.Request, kind: results.PathRewritten, part: diff.Path, old: &old, new: &new}
	switch {
	case unreservedDecoded(old) == unreservedDecoded(new):
		a.kind, a.expected = results.Reencoded, "two spellings of the same path (RFC 3986 section 6.2.2)"
	case encodedSlashes(old) > encodedSlashes(new) && sameSegments(old, new):
		a.kind, a.fault = results.Reencoded, pathFault(slashDecoded)
	case decoded(old) == decoded(new):
		a.kind, a.fault = results.Reencoded, pathFault(pathDecoded)
	case strings.Contains(old, "//") && mergedSlashes(decoded(old)) == decoded(new):
		a.fault = pathFault(slashesMerged)
	case path.Clean(old) == path.Clean(new) && strings.Contains(old, "/."):
		a.expected = "dot segments are taken out (RFC 3986 section 5.2.4)"
	case prefixTold(x.arrived.Request.Header, old, new):
		a.expected = "X-Forwarded-Prefix tells the app of the prefix"
	default:
		a.fault = pathFault(pathReplaced)
	}
	return a
}

func pathOf(url string) string {
	p := strings.TrimPrefix(url, origin)
	p, _, _ = strings.Cut(p, "?")
	return p
}

// prefixTold tells whether the app can put the public path together again.
func prefixTold(h traffic.Header, old, new string) bool {
	for _, name := range []string{"X-Forwarded-Prefix", "X-Forwarded-Path", "X-Script-Name"} {
		if prefix := strings.TrimSuffix(h.Get(name), "/"); prefix != "" && prefix+new == old {
			return true
		}
	}
	return false
}

func encodedSlashes(p string) int { return strings.Count(strings.ToLower(p), "%2f") }

// sameSegments tells whether two paths are the same once all slashes are, but
// for doubled ones.
func sameSegments(a, b string) bool { return mergedSlashes(decoded(a)) == mergedSlashes(decoded(b)) }

func mergedSlashes(p string) string {
	for strings.Contains(p, "//") {
		p = strings.ReplaceAll(p, "//", "/")
	}
	return p
}

// decoded decodes every escape, and leaves what is none.
func decoded(p string) string { return unescape(p, func(byte) bool { return true }) }

// unreservedDecoded is a path in the normal form of RFC 3986 sections 6.2.2.1 and
// 6.2.2.2: escapes in upper case, those of unreserved characters decoded. The
// characters that a path may hold raw, but need not, count as the same too,
// except for those that mean something in it.
func unreservedDecoded(p string) string {
	return unescape(p, func(c byte) bool {
		return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~", c) >= 0
	})
}

func unescape(p string, decodes func(byte) bool) string {
	if !strings.Contains(p, "%") {
		return p
	}
	var b strings.Builder
	for i := 0; i < len(p); i++ {
		if p[i] != '%' || i+2 >= len(p) || !isHex(p[i+1]) || !isHex(p[i+2]) {
			b.WriteByte(p[i])
			continue
		}
		c := unhex(p[i+1])<<4 | unhex(p[i+2])
		if decodes(c) {
			b.WriteByte(c)
		} else {
			b.WriteString(strings.ToUpper(p[i : i+3]))
		}
		i += 2
	}
	return b.String()
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func unhex(c byte) byte {
	switch {
	case c <= '9':
		return c - '0'
	case c >= 'a':
		return c - 'a' + 10
	}
	return c - 'A' + 10
}
