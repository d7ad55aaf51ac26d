package browser

import "strings"

// setPath fills path, query and fragment from the part behind the host. dir
// is the folder of the base, for relative references.
func (u *webURL) setPath(s, dir string) {
	s, fragment := cutFrom(s, '#')
	s, query := cutFrom(s, '?')
	u.fragment = encodeURL(fragment, "\"<>`")
	u.query = encodeURL(query, "\"<>'")
	if strings.IndexByte(s, '\\') >= 0 {
		s = strings.ReplaceAll(s, `\`, "/")
	}
	s = dir + s
	if !strings.HasPrefix(s, "/") {
		s = "/" + s
	}
	if strings.Contains(s, "/.") || strings.Contains(s, "/%2") {
		s = removeDots(s)
	}
	u.path = encodeURL(s, "\"<>`{}^")
}

// removeDots resolves "." and ".." also in the spelling %2e, which RFC 3986
// section 5.2.4 keeps.
func removeDots(path string) string {
	segments := strings.Split(path[1:], "/")
	kept := segments[:0]
	for i, segment := range segments {
		last := i == len(segments)-1
		switch strings.ReplaceAll(strings.ReplaceAll(segment, "%2e", "."), "%2E", ".") {
		case ".":
			if last {
				kept = append(kept, "")
			}
		case "..":
			if len(kept) > 0 {
				kept = kept[:len(kept)-1]
			}
			if last {
				kept = append(kept, "")
			}
		default:
			kept = append(kept, segment)
		}
	}
	return "/" + strings.Join(kept, "/")
}

// cutFrom splits s before the first c, which stays with the second part.
func cutFrom(s string, c byte) (before, from string) {
	if i := strings.IndexByte(s, c); i >= 0 {
		return s[:i], s[i:]
	}
	return s, ""
}

// encodeURL percent-encodes controls, space, bytes above 0x7E and those in set.
func encodeURL(s, set string) string {
	unsafe := func(c byte) bool {
		if 'a' <= c && c <= 'z' || '/' <= c && c <= '9' {
			return false
		}
		return c <= ' ' || c > '~' || strings.IndexByte(set, c) >= 0
	}
	first := 0
	for first < len(s) && !unsafe(s[first]) {
		first++
	}
	if first == len(s) {
		return s
	}
	const hex = "0123456789ABCDEF"
	b := []byte(s[:first])
	for _, c := range []byte(s[first:]) {
		if unsafe(c) {
			b = append(b, '%', hex[c>>4], hex[c&15])
			continue
		}
		b = append(b, c)
	}
	return string(b)
}
