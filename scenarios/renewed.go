package scenarios

import (
	"strings"

	"github.com/replaydiff/replay/diff"
)

// isMadeAnew tells a change that schemes bring which make up a credential for
// each request: a signature and its time, the proof of a challenge, a step of
// a handshake. Whose key or password it is must be the same.
func (v *View) isMadeAnew(c diff.Change) bool {
	if c.Op != diff.Replace {
		return false
	}
	if c.Part == diff.Query {
		return isSignedAnew(c)
	}
	if c.Part != diff.Header {
		return false
	}
	scheme := strings.ToLower(v.scheme())
	if good, _ := authorizationOf(v.Good); !strings.EqualFold(good.Scheme, scheme) || scheme == "" {
		return false
	}
	part := c.Sub[strings.LastIndexByte(c.Sub, '.')+1:]
	switch {
	case isIntegrated(scheme):
		return c.Name == "authorization" && c.Sub == "credentials"
	case scheme == "digest":
		switch part {
		case "nonce", "cnonce", "nc", "response", "opaque":
			return c.Name == "authorization"
		}
	case strings.HasPrefix(scheme, "aws4-hmac"), strings.HasPrefix(scheme, "goog4-"):
		switch {
		case c.Name == "authorization" && strings.EqualFold(part, "credential"):
			return withoutDay(c.Old) == withoutDay(c.New)
		case c.Name == "authorization":
			return strings.EqualFold(part, "signature")
		}
		return c.Name == "x-amz-date" || c.Name == "x-goog-date" || c.Name == "date"
	}
	return false
}

// isSignedAnew tells what differs in two links to one object, signed at two
// times by one key. For how long they are good does not.
func isSignedAnew(c diff.Change) bool {
	switch strings.ToLower(c.Name) {
	case "x-amz-date", "x-amz-signature", "x-goog-date", "x-goog-signature":
		return true
	case "x-amz-credential", "x-goog-credential":
		return withoutDay(unescape(c.Old)) == withoutDay(unescape(c.New))
	}
	return false
}

// withoutDay is the scope of a SigV4 credential (key/day/region/service/…)
// without its day.
func withoutDay(scope string) string {
	parts := strings.Split(scope, "/")
	if len(parts) < 3 || len(parts[1]) != len("20060102") {
		return scope
	}
	parts[1] = ""
	return strings.Join(parts, "/")
}
