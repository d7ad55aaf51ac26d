package report

import (
	"strings"
	"time"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/harness/shown"
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

func viewTokens(changes []diff.Change, values shown.Door) *tokenView {
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
			v.inLife[token] = v.inLife[token] && reached(c.Old, values.OK) == no && reached(c.New, values.Bad) == no
		case "nbf":
			v.inLife[token] = v.inLife[token] && reached(c.Old, values.OK) == yes && reached(c.New, values.Bad) == yes
		}
	}
	for _, c := range changes {
		if token, _, ok := tokenEdit(c.Edit); ok && !v.quiet(c.Edit) {
			v.loud[token] = true
		}
	}
	return v
}

// An answer can be unknown: a request need not have a time.
type answer uint8

const (
	unknown answer = iota
	yes
	no
)

// reached tells whether a NumericDate had come when the request was made.
func reached(claim string, request time.Time) answer {
	when, ok := shown.NumericDate(claim)
	switch {
	case !ok || request.IsZero():
		return unknown
	case when.After(request):
		return no
	}
	return yes
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

// dropped tells whether an edit is quiet beside loud ones of its token.
func (v *tokenView) dropped(e diff.Edit) bool {
	token, _, _ := tokenEdit(e)
	return v.loud[token] && v.quiet(e)
}

// tell returns the line for a token of which only quiet things changed, once.
func (v *tokenView) tell(e diff.Edit) string {
	token, _, _ := tokenEdit(e)
	if v.told[token] {
		return ""
	}
	v.told[token] = true
	return "a newer token, the same but for " + strings.Join(v.claims[token], ", ")
}
