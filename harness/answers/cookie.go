package answers

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/tree"
)

// cookieNoise judges an edit of a Set-Cookie line. Another value is what a
// session is; that the cookie comes, and its attributes, are what a browser
// acts on.
func (p *pair) cookieNoise(c *diff.Change) diff.Noise {
	switch {
	case c.Sub == "expires" || c.Sub == "max-age":
		return p.lifetimeNoise(c)
	case c.Sub == "samesite" && c.Op == diff.Replace && strings.EqualFold(c.Old, c.New):
		return spelling
	case c.Op != diff.Replace || c.Sub != "value" && !strings.HasPrefix(c.Sub, "value."):
		return ""
	case c.Sub == "value":
		return p.cookieValueNoise(c.Old, c.New)
	}
	// Inside a JWT. Its lifetime is a claim, and so is what it allows.
	claim, ok := strings.CutPrefix(c.Sub, "value.claims.")
	switch {
	case c.Sub == "value.signature":
		return issuedAgain
	case !ok:
		return ""
	}
	return p.claimNoise(claim, c.Old, c.New)
}

// cookieValueNoise: a value that is a word says something ("yes", "dark"), an
// empty one takes the cookie away.
func (p *pair) cookieValueNoise(old, new string) diff.Noise {
	old, new = strings.Trim(old, `"`), strings.Trim(new, `"`)
	if says(old) && says(new) || (old == "") != (new == "") {
		return ""
	}
	return issuedAgain
}

// says tells a value that people chose: a word, a flag, or words and small
// numbers between dividers ("en-US", "chunks-2").
func says(s string) bool {
	if s == "0" || s == "1" {
		return true
	}
	words := 0
	for piece := range strings.FieldsFuncSeq(s, func(r rune) bool { return strings.ContainsRune("-_.:|", r) }) {
		switch {
		case isWord(piece):
			words++
		case !allDigits(piece) || len(piece) > 2:
			return false
		}
	}
	return words > 0 && len(s) <= 24
}

// isWord tells a short word from a value that a machine made.
func isWord(s string) bool {
	if s == "" || len(s) > 10 {
		return false
	}
	upper := 0
	for i := range len(s) {
		switch c := s[i]; {
		case 'A' <= c && c <= 'Z':
			upper++
		case 'a' <= c && c <= 'z':
		default:
			return false
		}
	}
	return upper == 0 || upper == len(s) || upper == 1 && s[0] <= 'Z'
}

// lifetimeNoise compares how long a cookie lives from its own answer on, by
// Max-Age or by Expires (RFC 6265 section 5.3, step 3: Max-Age wins).
func (p *pair) lifetimeNoise(c *diff.Change) diff.Noise {
	x, okOld := lifetimeOf(cookieLine(p.old, c.Name), p.began)
	y, okNew := lifetimeOf(cookieLine(p.new, c.Name), p.begins)
	switch {
	case !okOld || !okNew:
		if c.Op == diff.Replace && c.Sub == "expires" && p.clockNoise(c.Old, c.New, true) {
			return clock // a capture without a clock
		}
		return ""
	case x.ends != y.ends:
		return ""
	case !x.ends, x.rest <= 0 && y.rest <= 0, sameDistance(x.rest, y.rest):
		return lifetime
	}
	return ""
}

// A life is how long a cookie is kept.
type life struct {
	ends bool // false: until the browser is closed
	rest time.Duration
}

// lifetimeOf reads the attributes of a Set-Cookie line; false: it can't be
// told.
func lifetimeOf(line string, at time.Time) (life, bool) {
	var expires string
	for i, attribute := range strings.Split(line, ";") {
		name, value, _ := strings.Cut(attribute, "=")
		value = strings.TrimSpace(value)
		switch {
		case i == 0:
		case strings.EqualFold(strings.TrimSpace(name), "max-age"):
			if seconds, err := strconv.ParseInt(value, 10, 32); err == nil {
				return life{true, time.Duration(seconds) * time.Second}, true
			}
		case strings.EqualFold(strings.TrimSpace(name), "expires"):
			expires = value
		}
	}
	if expires == "" {
		return life{}, line != ""
	}
	when, form := parseTime(strings.ReplaceAll(expires, "UTC", "GMT"))
	if form == noTime {
		when, _ = http.ParseTime(expires)
	}
	switch {
	case when.IsZero():
		return life{}, true // a date that nobody can read is none (RFC 6265 section 5.2.1)
	case when.Unix() <= 0:
		return life{true, 0}, true // the usual way of taking a cookie away
	case at.IsZero():
		return life{}, false
	}
	return life{true, when.Sub(at)}, true
}

// cookieLine is the Set-Cookie line that an edit is named after: "sid", or
// "sid[1]" for the second of that name.
func cookieLine(r *traffic.Response, name string) string {
	if r == nil {
		return ""
	}
	seen := map[string]int{}
	for _, line := range r.Header.Values("set-cookie") {
		key := tree.SetCookieName(line)
		nth := seen[key]
		seen[key]++
		if nth > 0 {
			key += "[" + strconv.Itoa(nth) + "]"
		}
		if key == name {
			return line
		}
	}
	return ""
}
