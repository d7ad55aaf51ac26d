package scenarios

import (
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
)

// worked returns the counterpart that worked, nil where there is none.
func (v *View) worked() *traffic.Exchange {
	if v.Good != nil && (Works(v.Good) || v.requestsAlone()) {
		return v.Good
	}
	return nil
}

// sentWith returns the credentials of an exchange; nil has none.
func sentWith(x *traffic.Exchange) []Credential {
	if x == nil {
		return nil
	}
	return CredentialsOf(&x.Request)
}

// authorizationOf returns the Authorization of an exchange.
func authorizationOf(x *traffic.Exchange) (Credential, bool) {
	if x == nil {
		return Credential{}, false
	}
	for _, f := range x.Request.Header.All("authorization") {
		c := Credential{Kind: Authorization, Part: diff.Header, Name: "authorization"}
		c.Scheme, c.Value = cutScheme(f.Value)
		return c, true
	}
	return Credential{}, false
}

// opensDoors tells credentials that prove who asks from those that only
// guard against forgery or belong to a proxy.
func (c Credential) opensDoors() bool {
	switch c.Kind {
	case CSRFToken, ProxyAuthorization, Proof:
		return false
	}
	return c.Value != ""
}

// withoutDoorless keeps the credentials that prove who asks.
func withoutDoorless(list []Credential) []Credential {
	return slices.DeleteFunc(slices.Clone(list), func(c Credential) bool { return !c.opensDoors() })
}

// sent is the place and value of a credential in the failing request, as the
// change that made it where it changed.
func (v *View) sent(c Credential) diff.Edit {
	if change, ok := v.credentialChange(c); ok {
		return change.Edit
	}
	value := c.Value
	if c.Scheme != "" {
		value = c.Scheme + " " + c.Value
	}
	return seen(diff.Request, c.Part, c.Name, value)
}

func (v *View) credentialChange(c Credential) (diff.Change, bool) {
	if c.Part == diff.Body {
		return v.bodyChange(c.Name)
	}
	if c.Part == diff.Cookie {
		if change, ok := v.Change(diff.Request, diff.Cookie, c.Name); ok {
			return change, true
		}
		return v.Change(diff.Request, diff.Header, "cookie")
	}
	return v.Change(diff.Request, c.Part, c.Name)
}

// bodyChange returns the change of a form field or of a JSON member.
func (v *View) bodyChange(name string) (diff.Change, bool) {
	for _, c := range v.Changes {
		if c.Side == diff.Request && c.Part == diff.Body && (c.WholeBody() || c.Name[strings.LastIndexByte(c.Name, '/')+1:] == name) {
			return c, true
		}
	}
	return diff.Change{}, false
}

// refused tells answers that speak about who asks, or hide that they do:
// 401 and 403 and their kin, a 404 used as a mask, a login page.
func refused(x *traffic.Exchange) bool {
	if x.Response == nil {
		return false
	}
	switch x.Response.Status {
	case 400, 401, 403, 404, 407, 419, 422, 440:
		return true
	}
	return diff.OutcomeOf(x).Ending == diff.LoginRedirect
}

// says makes evidence of what the failing answer says of a cause.
func (v *View) says(s Strength, id, note string) []Evidence {
	hit, ok := v.Says(id)
	if !ok {
		return nil
	}
	return []Evidence{v.observed(s, hit.Source, hit.At, note)}
}

// soundsMissing makes evidence of an answer that saw no credential.
func (v *View) soundsMissing(s Strength, note string) []Evidence {
	if v.Voice() != Missing {
		return nil
	}
	e := v.observed(s, FromText, diff.Edit{}, note)
	if hit, ok := v.Says("missing-voice"); ok {
		e.Source, e.At = hit.Source, hit.At
	}
	return []Evidence{e}
}

// isMasked tells values that were masked in a way that keeps them apart
// (package mask): they can be compared and not read.
func isMasked(value string) bool {
	return strings.Contains(value, "‹") && strings.Contains(value, "›")
}

// isBlackened tells values that were painted over, so that neither their form
// nor their equality says anything.
func isBlackened(value string) bool {
	v := strings.ToLower(strings.Trim(value, " \t[]<>(){}\"'"))
	switch v {
	case "redacted", "hidden", "sanitized", "removed", "filtered", "masked", "scrubbed", "secret removed", "value redacted":
		return true
	}
	return len(v) >= 3 && strings.Trim(v, "*") == "" || len(v) >= 6 && strings.Trim(v, "x") == "" || strings.HasPrefix(v, "redacted") || strings.HasSuffix(v, "redacted")
}

// isBare tells a value that is a token and nothing else.
func isBare(value string) bool {
	if isMasked(value) {
		return true
	}
	return isToken68(value) && (looksLikeJWT(value) || isKnownToken(value) || looksRandom(value))
}

// isToken68 knows the characters of a bare credential (RFC 9110 section 11.2).
func isToken68(value string) bool {
	body := strings.TrimRight(value, "=")
	for i := range len(body) {
		c := body[i]
		if !('a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || strings.IndexByte("-._~+/", c) >= 0) {
			return false
		}
	}
	return body != ""
}

// looksLikeJWT knows the three parts of a token by its first two: base64url of
// an object.
func looksLikeJWT(value string) bool {
	return strings.HasPrefix(value, "eyJ") && strings.Count(value, ".") == 2
}

// isKnownToken knows the prefixes that vendors give their tokens so that
// leaks are found.
func isKnownToken(value string) bool {
	for _, prefix := range []string{"ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "xoxb-", "xoxp-", "xoxa-", "sk_live_", "sk_test_",
		"rk_live_", "rk_test_", "ya29.", "sk-", "SG.", "npm_", "pypi-", "hf_", "shpat_", "dop_v1_"} {
		if strings.HasPrefix(value, prefix) && len(value) >= len(prefix)+10 {
			return true
		}
	}
	return false
}
