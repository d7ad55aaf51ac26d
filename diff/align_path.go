package diff

import (
	"hash/maphash"
	"net/url"
	"strings"
)

// readPath hashes the path at its levels of liberty.
func (a *aligner) readPath(u urlParts, e *entry) {
	if u.opaque {
		// What a data: URL carries is its content, and a blob's name is random.
		kind, _, _ := strings.Cut(u.path, ",")
		e.shape = a.hash(u.scheme)
		if u.scheme == "data" {
			e.shape = mix(e.shape, a.hash(kind))
		}
		e.loose = e.shape
		return
	}
	e.class = classOf(u.path)
	buf, second, last := a.buffer[:0], 0, 0
	n := 0
	for rest := u.path; rest != ""; {
		var segment string
		segment, rest, _ = strings.Cut(rest, "/")
		if segment == "" || segment == "." {
			continue
		}
		n++
		last = len(buf)
		if n == 2 {
			second = len(buf)
		}
		buf = append(buf, '/')
		buf = appendShape(buf, segment)
	}
	e.segments = uint16(min(n, 1<<16-1))
	e.shape = maphash.Bytes(a.seed, buf)
	if n > 1 {
		e.tail = maphash.Bytes(a.seed, buf[second:])
		e.parent = maphash.Bytes(a.seed, buf[:last])
	}
	e.loose = maphash.Bytes(a.seed, levelDigits(buf))
	a.buffer = buf
}

// levelDigits writes each run of digits as one zero, in place.
func levelDigits(buf []byte) []byte {
	out := buf[:0]
	for i, c := range buf {
		if !isDigit(c) {
			out = append(out, c)
		} else if i == 0 || !isDigit(buf[i-1]) {
			out = append(out, '0')
		}
	}
	return out
}

// Placeholders of a shape. Neither can be part of a path segment as recorded.
const (
	idMark      = "{}"
	versionMark = "{v}"
)

// appendShape appends a path segment with its variable parts levelled: case,
// path parameters (";jsessionid="), a version, an id, a content hash.
func appendShape(buf []byte, segment string) []byte {
	if i := strings.IndexByte(segment, ';'); i >= 0 {
		segment = segment[:i]
	}
	if strings.IndexByte(segment, '%') >= 0 {
		if s, err := url.PathUnescape(segment); err == nil {
			segment = s
		}
	}
	switch {
	case isVersion(segment):
		return append(buf, versionMark...)
	case IsID(segment):
		return append(buf, idMark...)
	}
	stem, extension := segment, ""
	if i := strings.LastIndexByte(segment, '.'); i > 0 && len(segment)-i <= 6 {
		stem, extension = segment[:i], segment[i:]
		if n := bundleHash(stem); n > 0 {
			buf = append(appendPieces(buf, stem[:n]), idMark...)
			return appendLower(buf, extension)
		}
	}
	return appendLower(appendPieces(buf, stem), extension)
}

// bundleHash returns where the hash begins that a bundler ended a file's name
// in, eight characters of Base64 (Vite, Rollup), or 0.
func bundleHash(stem string) int {
	if n := len(stem); n > 9 && (stem[n-9] == '-' || stem[n-9] == '.') && IsRandom(stem[n-8:]) {
		return n - 8
	}
	return 0
}

// appendPieces levels the random pieces of a name: "app.3f2a1b", "cus_9s6XKzkN".
func appendPieces(buf []byte, s string) []byte {
	for s != "" {
		end := 0
		for end < len(s) && !isSeparator(s[end]) {
			end++
		}
		if isHashPiece(s[:end]) {
			buf = append(buf, idMark...)
		} else {
			buf = appendLower(buf, s[:end])
		}
		if end < len(s) {
			buf = append(buf, s[end])
			end++
		}
		s = s[end:]
	}
	return buf
}

func isSeparator(c byte) bool { return c == '-' || c == '_' || c == '.' || c == '~' }

func appendLower(buf []byte, s string) []byte {
	for i := range len(s) {
		buf = append(buf, lower(s[i]))
	}
	return buf
}

// isVersion tells "v1", "V2.0", "2.0", "v1beta1" from ids.
func isVersion(s string) bool {
	if s == "" || len(s) > 12 {
		return false
	}
	prefixed := lower(s[0]) == 'v'
	if prefixed {
		s = s[1:]
	}
	digits, dots, i := 0, 0, 0
	for ; i < len(s) && (isDigit(s[i]) || s[i] == '.'); i++ {
		if s[i] == '.' {
			dots++
		} else {
			digits++
		}
	}
	if digits == 0 || digits > 6 || s[0] == '.' || s[i-1] == '.' {
		return false
	}
	if i == len(s) {
		return prefixed || dots > 0 && dots < 4
	}
	return prefixed && (hasFold(s[i:], "alpha") || hasFold(s[i:], "beta") || hasFold(s[i:], "preview"))
}

// A class is the kind of file that a path names. Things of different class
// are not similar.
type class uint8

const (
	classNone class = iota
	classScript
	classStyle
	classImage
	classFont
	classMedia
	classMap
)

func classOf(path string) class {
	i := strings.LastIndexByte(path, '.')
	if i < 0 || len(path)-i > 12 {
		return classNone
	}
	switch strings.ToLower(path[i+1:]) {
	case "js", "mjs", "cjs":
		return classScript
	case "css":
		return classStyle
	case "png", "jpg", "jpeg", "gif", "svg", "webp", "avif", "ico", "bmp":
		return classImage
	case "woff", "woff2", "ttf", "otf", "eot":
		return classFont
	case "mp4", "webm", "mp3", "m4a", "ogg", "m3u8", "ts":
		return classMedia
	case "map", "webmanifest":
		return classMap
	}
	return classNone
}
