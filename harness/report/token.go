package report

import (
	"strconv"
	"strings"
	"time"

	"github.com/replaydiff/replay/diff"
)

// A JWT that was issued again differs in a handful of claims that say nothing,
// and in its signature. A person is told so in a line; what is left for the
// table is what can be a cause: another audience, a lifetime that is over.

// volatileClaims change with every token (RFC 7519 section 4.1, OpenID Connect
// Core section 2).
var volatileClaims = map[string]bool{
	"iat": true, "exp": true, "nbf": true, "jti": true, "auth_time": true, "sid": true,
	"nonce": true, "at_hash": true, "c_hash": true,
}

// A tokenEdit is an edit inside a JWT: of which token, and of which part.
func tokenEdit(e diff.Edit) (token, part string, ok bool) {
	place := string(e.Part) + " " + e.Name
	for _, mark := range []string{"claims.", "signature"} {
		i := strings.Index(e.Sub, mark)
		if i < 0 || i > 0 && e.Sub[i-1] != '.' {
			continue
		}
		return place + " " + e.Sub[:i], strings.TrimPrefix(e.Sub[i:], "claims."), true
	}
	return "", "", false
}

// tokenView is what a person sees of the tokens of one pair.
type tokenView struct {
	inLife map[string]bool     // the lifetime covers the request on both sides
	claims map[string][]string // the claims that changed
	loud   map[string]bool     // something changed that may matter
	told   map[string]bool
}

func viewTokens(changes []diff.Change, values door) *tokenView {
	v := &tokenView{map[string]bool{}, map[string][]string{}, map[string]bool{}, map[string]bool{}}
	for _, c := range changes {
		token, part, ok := tokenEdit(c.Edit)
		if !ok || part == "signature" {
			continue
		}
		if len(v.claims[token]) == 0 {
			v.inLife[token] = true
		}
		v.claims[token] = append(v.claims[token], part)
		switch part {
		case "exp":
			v.inLife[token] = v.inLife[token] && !overAt(c.Old, values.ok) && !overAt(c.New, values.bad)
		case "nbf":
			v.inLife[token] = v.inLife[token] && overAt(c.Old, values.ok) && overAt(c.New, values.bad)
		}
	}
	for _, c := range changes {
		if token, _, ok := tokenEdit(c.Edit); ok && !v.quiet(c.Edit) {
			v.loud[token] = true
		}
	}
	return v
}

// overAt tells whether a NumericDate (RFC 7519 section 2) lies before the
// request; of a request without a time it can't be told.
func overAt(claim string, request time.Time) bool {
	seconds, err := strconv.ParseFloat(claim, 64)
	return err == nil && !request.IsZero() && time.Unix(int64(seconds), 0).Before(request)
}

// quiet tells whether an edit is one that every newer token has: its times
// while they are fine, and beside changed claims its id and signature.
func (v *tokenView) quiet(e diff.Edit) bool {
	token, part, ok := tokenEdit(e)
	switch {
	case !ok || e.Op != diff.Replace:
		return false
	case part == "signature" || part == "jti":
		return len(v.claims[token]) > 0
	case part == "iat":
		return true // the age of a token is no reason to refuse it, its end is
	}
	return volatileClaims[part] && v.inLife[token]
}

// tell returns the line for a token of which only quiet things changed, once.
func (v *tokenView) tell(e diff.Edit) string {
	token, _, _ := tokenEdit(e)
	if v.loud[token] || v.told[token] {
		return ""
	}
	v.told[token] = true
	return "a newer token, the same but for " + strings.Join(v.claims[token], ", ")
}
