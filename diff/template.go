package diff

import (
	"net/url"
	"strings"
)

// PathTemplate returns the template of a path: what names one thing of many or
// was made by a machine becomes "{}", versions and words stay as they are
// written ("/v1/account/{}/orders"). Path parameters (";jsessionid="), query and
// fragment are left out. The template of a template is itself.
func PathTemplate(path string) string {
	if i := strings.IndexAny(path, "?#"); i >= 0 {
		path = path[:i]
	}
	var b strings.Builder
	for i, segment := range strings.Split(path, "/") {
		if i > 0 {
			b.WriteByte('/')
		}
		segment, _, _ = strings.Cut(segment, ";")
		b.WriteString(settledSegment(segment))
	}
	return b.String()
}

// settledSegment levels a segment until nothing is left to level: a mark that
// was put in can make a random piece of what stands before it. It ends, as all
// that is longer than the mark gets shorter.
func settledSegment(segment string) string {
	for {
		levelled := templateSegment(segment)
		if levelled == segment || levelled == idMark {
			return levelled
		}
		segment = levelled
	}
}

func templateSegment(segment string) string {
	plain, err := url.PathUnescape(segment)
	if err != nil {
		plain = segment
	}
	file := classOf(segment) != classNone
	switch {
	case isVersion(plain):
		return segment
	case IsID(plain) && !(file && strings.Contains(plain, "@")): // "logo@2x.png" is no address
		return idMark
	}
	stem, extension := segment, ""
	if i := strings.LastIndexByte(segment, '.'); i > 0 && len(segment)-i <= 6 {
		stem, extension = segment[:i], segment[i:]
		if n := bundleHash(stem); n > 0 {
			return templatePieces(stem[:n]) + idMark + extension
		}
	}
	return templatePieces(stem) + extension
}

// templatePieces levels the random pieces of a name.
func templatePieces(s string) string {
	var b strings.Builder
	for s != "" {
		end := 0
		for end < len(s) && !isSeparator(s[end]) {
			end++
		}
		if isHashPiece(s[:end]) {
			b.WriteString(idMark)
		} else {
			b.WriteString(s[:end])
		}
		if end < len(s) {
			b.WriteByte(s[end])
			end++
		}
		s = s[end:]
	}
	return b.String()
}
