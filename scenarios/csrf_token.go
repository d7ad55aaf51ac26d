package scenarios

import (
	"crypto/sha1"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
)

// csrfTokens are the tokens by which a request proves that it comes from the
// app's own page: in a header, a field or the query.
func csrfTokens(r *traffic.Request) []Credential {
	return csrfValues(r, func(c Credential) bool { return c.Part != diff.Cookie })
}

// csrfCookies are what the tokens are compared with, where the server keeps no
// session for it.
func csrfCookies(r *traffic.Request) []Credential {
	return csrfValues(r, func(c Credential) bool { return c.Part == diff.Cookie })
}

func csrfValues(r *traffic.Request, keep func(Credential) bool) []Credential {
	return slices.DeleteFunc(CredentialsOf(r), func(c Credential) bool { return c.Kind != CSRFToken || !keep(c) })
}

// checksForgery tells requests that are checked at all: those that change
// something, refused in a way that such a check refuses.
func checksForgery(x *traffic.Exchange) bool {
	if x.Response == nil || isSafe(x.Request.Method) {
		return false
	}
	switch x.Response.Status {
	case 400, 401, 403, 405, 419, 422, 500:
		return true
	case 200: // a form that is shown again
		return true
	}
	return diff.OutcomeOf(x).Ending == diff.LoginRedirect || x.Response.Status/100 == 3
}

// credentialEdit is the place of a credential in the failing request: the
// change that took or altered it, else what is there.
func (v *View) credentialEdit(c Credential) diff.Edit {
	if c.Part == diff.Cookie {
		return v.cookieEdit(c.Name, c.Value)
	}
	for _, change := range v.Changes {
		if change.Side != diff.Request || change.Part != c.Part {
			continue
		}
		if strings.EqualFold(change.Name, c.Name) || c.Part == diff.Body && (change.WholeBody() || strings.HasSuffix(change.Name, "/"+c.Name)) {
			return change.Edit
		}
	}
	return seen(diff.Request, c.Part, c.Name, c.Value)
}

// named finds a credential of the same place and name.
func named(list []Credential, c Credential) (Credential, bool) {
	i := slices.IndexFunc(list, func(d Credential) bool { return d.Part == c.Part && strings.EqualFold(d.Name, c.Name) })
	if i < 0 {
		return Credential{}, false
	}
	return list[i], true
}

// matchesAny tells whether a token belongs to one of the cookies by one of the
// rules that frameworks use.
func matchesAny(token string, cookies []Credential) bool {
	return slices.ContainsFunc(cookies, func(c Credential) bool { return belongs(token, c.Value) })
}

func belongs(token, cookie string) bool {
	token, cookie = decoded(token), decoded(cookie)
	if token == "" || cookie == "" {
		return false
	}
	head, _, signed := strings.Cut(cookie, "|") // value|signature
	return token == cookie || signed && head == token || sameSecret(token, cookie) || saltedHash(token, cookie)
}

func decoded(s string) string {
	if u, err := url.PathUnescape(s); err == nil {
		return u
	}
	return s
}

const (
	maskedLength = 64 // of Django's masked tokens
	secretLength = 32
	maskAlphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
)

// sameSecret compares as Django does, which masks its secret anew for each page
// (django.middleware.csrf, _unmask_cipher_token).
func sameSecret(a, b string) bool {
	x, okX := unmask(a)
	y, okY := unmask(b)
	return okX && okY && x == y
}

func unmask(token string) (string, bool) {
	if len(token) == secretLength {
		return token, strings.Trim(token, maskAlphabet) == ""
	}
	if len(token) != maskedLength {
		return "", false
	}
	var secret strings.Builder
	for i := range secretLength {
		mask, cipher := strings.IndexByte(maskAlphabet, token[i]), strings.IndexByte(maskAlphabet, token[secretLength+i])
		if mask < 0 || cipher < 0 {
			return "", false
		}
		secret.WriteByte(maskAlphabet[(cipher-mask+len(maskAlphabet))%len(maskAlphabet)])
	}
	return secret.String(), true
}

// saltedHash is the rule of the csrf package for Node, on which csurf rests:
// the cookie is the secret, the token a salt and a hash over both.
func saltedHash(token, secret string) bool {
	salt, hash, ok := strings.Cut(token, "-")
	if !ok || salt == "" {
		return false
	}
	sum := sha1.Sum([]byte(salt + "-" + secret))
	return base64.RawURLEncoding.EncodeToString(sum[:]) == hash
}

// readsWork finds a request of the same session and host that only reads, and
// works: the session is fine, then.
func (v *View) readsWork() (*traffic.Exchange, bool) {
	for i := len(v.Comparison.Bad.Exchanges) - 1; i >= 0; i-- {
		x := v.Comparison.Bad.Exchanges[i]
		if x.Request.Method == http.MethodGet && Works(x) && isPrivate(x) && hostName(x.Request.URL) == hostName(v.Failed.Request.URL) && v.sharesSession(x) {
			return x, true
		}
	}
	return nil, false
}

func (v *View) sharesSession(x *traffic.Exchange) bool {
	name, value, ok := v.sentSession()
	if !ok {
		return false
	}
	return slices.Contains(v.cookieValues(&x.Request, name), value)
}

// readsFail tells whether reading with the session fails too.
func (v *View) readsFail() (*traffic.Exchange, bool) {
	for _, x := range v.Comparison.Bad.Exchanges {
		if x.Request.Method == http.MethodGet && !Works(x) && x.Response != nil && (x.Response.Status == 401 || diff.OutcomeOf(x).Ending == diff.LoginRedirect) &&
			hostName(x.Request.URL) == hostName(v.Failed.Request.URL) {
			return x, true
		}
	}
	return nil, false
}

// forgeryContext is the evidence that both CSRF causes share.
func (v *View) forgeryContext() []Evidence {
	var list []Evidence
	if v.status() == 419 {
		list = append(list, v.observed(Strong, FromStatus, seen(diff.Response, diff.Status, "", "419"), "419 is what some frameworks answer to a failed CSRF check"))
	}
	if x, ok := v.readsWork(); ok {
		list = append(list, Evidence{Strength: Weak, Source: FromFlow, Side: Bad, Entry: x.Index, Note: "reading works with the same session"})
	}
	if x, ok := v.readsFail(); ok {
		list = append(list, Evidence{Strength: Against, Source: FromFlow, Side: Bad, Entry: x.Index, Note: "reading fails too: the session itself may be gone"})
	}
	if len(v.lostCookies()) > 0 {
		list = append(list, v.against(Against, FromRequest, "the session cookie is missing as well"))
	}
	return list
}
