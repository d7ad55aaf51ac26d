package credential

import (
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios"
)

// Placing is how [Credential.Place] decides. The zero value places nothing.
type Placing struct {
	// Mapped tells that the request goes to a target that the user named, and
	// that the credential belongs to ([Credential.Recorded]). To another no
	// credential ever goes.
	Mapped bool

	// All places it on requests that were recorded without a credential too:
	// for captures that lost theirs, or asked for.
	All bool
}

// Place returns a copy of a recorded request with the credential where the
// recorded one stood, and the paths of what was replaced or added, as
// [diff.Edit.Path] spells them. A request that it has no place in is returned
// as it is, with no paths:
//
//   - one that goes elsewhere than to a mapped origin;
//   - one that was recorded without a credential of any kind, unless All is set,
//     so that public requests stay public;
//   - a preflight, for browsers send none with it (Fetch, section 4.8);
//   - a login: it says who asks in its own way.
//
// A field, cookie or parameter goes to its own name. A Bearer token goes where
// the recorded request had a token instead: another field, a cookie or a
// parameter whose name says so, with the name's case, the place in the list and
// the other values kept. The old token is replaced wherever else in these places
// it stood. SetCookies are for a cookie jar, not for Place.
func (c Credential) Place(r *traffic.Request, p Placing) (*traffic.Request, []string) {
	if !p.Mapped || isPreflight(r) {
		return r, nil
	}
	recorded := credentialsOf(r)
	if !p.All && !slices.ContainsFunc(recorded, provesWho) {
		return r, nil
	}
	w := &writer{request: copied(r), login: isLogin(r, recorded)}
	for _, f := range c.Fields {
		w.field(f, recorded)
	}
	if c.Token != "" {
		w.token(c.Token, "", recorded)
	}
	for _, cookie := range c.Cookies {
		w.cookie(cookie)
	}
	for _, parameter := range c.Query {
		w.parameter(parameter)
	}
	if len(w.paths) == 0 {
		return r, nil
	}
	return w.request, w.paths
}

// copied is a copy whose lists may be changed.
func copied(r *traffic.Request) *traffic.Request {
	request := *r
	request.Header = slices.Clone(r.Header)
	request.Cookies = slices.Clone(r.Cookies)
	request.Query = slices.Clone(r.Query)
	return &request
}

func isPreflight(r *traffic.Request) bool {
	return strings.EqualFold(r.Method, "OPTIONS") && r.Header.Has("access-control-request-method")
}

// provesWho tells credentials that prove who asks from those that only guard
// against forgery or are a proxy's.
func provesWho(c scenarios.Credential) bool {
	switch c.Kind {
	case scenarios.CSRFToken, scenarios.ProxyAuthorization, scenarios.LoginForm:
		return false
	}
	return true
}

// isLogin tells requests that prove who asks by their body: a login form, or a
// grant at a token endpoint (RFC 6749 section 4).
func isLogin(r *traffic.Request, recorded []scenarios.Credential) bool {
	if slices.ContainsFunc(recorded, func(c scenarios.Credential) bool { return c.Kind == scenarios.LoginForm }) {
		return true
	}
	for _, f := range bodyFields(r) {
		if strings.TrimPrefix(f.Name, "/") == "grant_type" {
			return true
		}
	}
	return false
}

// A writer puts credentials into a request and notes where.
type writer struct {
	request *traffic.Request
	login   bool
	paths   []string
}

func (w *writer) note(part diff.Part, name string) {
	path := diff.Edit{Side: diff.Request, Part: part, Name: name}.Path()
	if !slices.Contains(w.paths, path) {
		w.paths = append(w.paths, path)
	}
}

// field puts a field where it goes.
func (w *writer) field(f traffic.HeaderField, recorded []scenarios.Credential) {
	name := strings.ToLower(f.Name)
	if name != "authorization" {
		if !w.login || w.request.Header.Has(name) {
			w.setField(f.Name, f.Value)
		}
		return
	}
	scheme, value, ok := strings.Cut(f.Value, " ")
	if old, has := authorizationIn(recorded); w.login && (!has || !strings.EqualFold(old.Scheme, scheme)) {
		return
	}
	if ok && strings.EqualFold(scheme, "bearer") {
		w.token(value, scheme, recorded)
		return
	}
	w.setField(f.Name, f.Value)
}

// token puts a token where the recorded one stood, else into Authorization. An
// empty scheme is that of the recorded one, else Bearer.
func (w *writer) token(value, scheme string, recorded []scenarios.Credential) {
	old, found := tokenIn(recorded)
	if w.login && (!found || old.Kind != scenarios.Authorization || strings.EqualFold(old.Scheme, "basic")) {
		return
	}
	if !found || old.Kind == scenarios.Authorization {
		if scheme == "" {
			scheme = schemeFor(old)
		}
		w.setField("Authorization", strings.TrimPrefix(scheme+" "+value, " "))
	} else {
		w.put(old, value)
	}
	if len(old.Value) < minToken {
		return
	}
	for _, other := range recorded {
		if other.Value == old.Value && (other.Part != old.Part || other.Name != old.Name) {
			w.put(other, value)
		}
	}
}

// minToken is the length in bytes from which two equal values are one token.
const minToken = 8

// schemeFor is the scheme of a bare token: that of the recorded one where it
// is one for tokens.
func schemeFor(old scenarios.Credential) string {
	switch strings.ToLower(old.Scheme) {
	case "":
		if old.Value != "" {
			return "" // the recorded one was bare, too
		}
	case "basic", "digest", "negotiate", "ntlm", "hawk", "dpop", "signature":
	default:
		if !strings.HasPrefix(strings.ToLower(old.Scheme), "aws4-") && !strings.Contains(old.Value, "=\"") {
			return old.Scheme
		}
	}
	return "Bearer"
}

// put replaces one recorded credential, with its scheme kept.
func (w *writer) put(old scenarios.Credential, value string) {
	switch old.Part {
	case diff.Header:
		if old.Scheme != "" {
			value = old.Scheme + " " + value
		}
		w.setField(old.Name, value)
	case diff.Cookie:
		w.cookie(traffic.Param{Name: old.Name, Value: value})
	case diff.Query:
		w.parameter(traffic.Param{Name: old.Name, Value: value})
	}
}

func authorizationIn(recorded []scenarios.Credential) (scenarios.Credential, bool) {
	for _, c := range recorded {
		if c.Kind == scenarios.Authorization {
			return c, true
		}
	}
	return scenarios.Credential{}, false
}

// tokenIn finds where a request carries its token: Authorization, else another
// field, a parameter or a cookie that is named as one. A key is not taken for a
// token: requests have an application's key beside the token of a user.
func tokenIn(recorded []scenarios.Credential) (scenarios.Credential, bool) {
	if c, ok := authorizationIn(recorded); ok {
		return c, true
	}
	for _, part := range []diff.Part{diff.Header, diff.Query, diff.Cookie} {
		for _, c := range recorded {
			if c.Part == part && provesWho(c) && c.Kind != scenarios.RequestSignature && c.Kind != scenarios.Proof && namesToken(c) {
				return c, true
			}
		}
	}
	return scenarios.Credential{}, false
}

// namesToken knows names of access tokens (RFC 6750 section 2.3 has
// access_token). A refresh token is none, and a session cookie that is no JWT
// belongs to the jar.
func namesToken(c scenarios.Credential) bool {
	name := strings.ToLower(c.Name)
	if strings.Contains(name, "refresh") {
		return false
	}
	_, jwt := scenarios.ParseJWT(c.Value)
	if c.Part == diff.Cookie {
		return jwt
	}
	return jwt || strings.Contains(name, "token") || strings.HasSuffix(name, "authorization") || name == "x-auth"
}
