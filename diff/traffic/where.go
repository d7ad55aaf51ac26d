package traffic

import (
	"fmt"
	"math"
	"strings"
)

// Where names the exchange in messages: "ok.har: entry 12 (GET /orders)". The
// query is left out, and what looks like a secret in the path.
func (x *Exchange) Where(file string) string {
	return fmt.Sprintf("%s: entry %d (%s)", file, x.Index, what(&x.Request))
}

// what is the method and the path of a request, fit to be shown.
func what(r *Request) string {
	return strings.TrimSpace(safeMethod(r.Method) + " " + safePath(r.URL))
}

// safeMethod returns a method that is a token (RFC 9110 section 9.1) of
// ordinary length.
func safeMethod(method string) string {
	const longest = 20
	ok := len(method) <= longest && strings.Trim(strings.ToUpper(method), "ABCDEFGHIJKLMNOPQRSTUVWXYZ-_") == ""
	switch {
	case method == "":
		return ""
	case !ok:
		return "?"
	}
	return method
}

// safePath returns the path of a URL, which need not be a valid one.
func safePath(rawURL string) string {
	path := rawURL
	if i := strings.IndexAny(path, "?#"); i >= 0 {
		path = path[:i]
	}
	if scheme, rest, found := strings.Cut(path, "://"); found && !strings.Contains(scheme, "/") {
		i := strings.IndexByte(rest, '/')
		if i < 0 {
			return "/"
		}
		path = rest[i:]
	} else if scheme, _, found := strings.Cut(path, ":"); found && !strings.Contains(scheme, "/") {
		return safeSegment(scheme) + ":…" // data:, blob:, about:
	}
	segments := strings.Split(path, "/")
	for i, s := range segments {
		segments[i] = safeSegment(s)
	}
	path = strings.Join(segments, "/")
	const longest = 100
	if len(path) > longest {
		path = strings.ToValidUTF8(path[:longest], "") + "…"
	}
	return path
}

// safeSegment hides what looks like a secret.
func safeSegment(s string) string {
	s, parameters, found := strings.Cut(s, ";") // ;jsessionid=…
	if looksSecret(s) {
		s = "…"
	}
	if found && parameters != "" {
		s += ";…"
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == 0xFFFD {
			return '?'
		}
		return r
	}, s)
}

// looksSecret tells random text from names and numbers: a JWT, or a long run
// of characters with many different ones among them. A UUID is a name.
func looksSecret(s string) bool {
	const (
		long     = 20
		randomly = 3.5 // bits a character; words have about 3, random Base64 more than 4
	)
	if strings.HasPrefix(s, "eyJ") || strings.Contains(s, "@") {
		return true
	}
	if len(s) < long || isUUID(s) {
		return false
	}
	for word := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == '-' || r == '_' || r == '.' }) {
		digits := strings.ContainsAny(word, "0123456789")
		letters := strings.ContainsAny(strings.ToLower(word), "abcdefghijklmnopqrstuvwxyz")
		if len(word) >= long && digits && letters && entropy(word) > randomly {
			return true
		}
	}
	return len(s) >= 2*long && strings.ContainsAny(s, "0123456789") && entropy(s) > randomly+1
}

func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i, c := range []byte(s) {
		dash := i == 8 || i == 13 || i == 18 || i == 23
		if dash != (c == '-') || !dash && !strings.ContainsRune("0123456789abcdefABCDEF", rune(c)) {
			return false
		}
	}
	return true
}

// entropy is Shannon's, in bits a byte.
func entropy(s string) float64 {
	var count [256]int
	for _, c := range []byte(s) {
		count[c]++
	}
	var sum float64
	for _, n := range count {
		if n > 0 {
			p := float64(n) / float64(len(s))
			sum -= p * math.Log2(p)
		}
	}
	return sum
}
