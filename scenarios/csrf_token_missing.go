package scenarios

import (
	"fmt"
	"slices"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/scenarios/expect"
)

func csrfTokenMissing() *Cause {
	return &Cause{
		ID:    "csrf-token-missing",
		Kind:  Mechanism,
		Group: Sessions,
		Means: "A request that changes something lacks the CSRF token, or the cookie or Origin that it is checked against.",
		Looks: "The working request has a CSRF header, field or cookie and the failing one does not; 403, 419, 422 or 400, " +
			"while reading with the same session works.",
		Unlike: []Unlike{
			{"csrf-token-mismatch", "there the token is sent and belongs to something else"},
			{"session-cookie-missing", "there the session is gone, so that reading fails too"},
			{"cors-preflight-failed", "there the browser never sends the request"},
		},
		Advice: []Advice{
			{Client, "Read the token from the cookie or the page, and send it with every request that changes something.", `headers["X-CSRF-Token"] = token`},
			{Client, "axios since 1.6.2 sends it to another origin only when told to.", "axios.defaults.withXSRFToken = true"},
			{App, "Exempt routes that only take bearer tokens: no browser sends those by itself.", ""},
			{Nginx, "Let Origin and Referer through, and name the header with hyphens: fields with underscores are dropped.", "proxy_set_header Origin $http_origin;"},
		},
		Refs:     []string{"OWASP Cross-Site Request Forgery Prevention Cheat Sheet", "Fetch Metadata"},
		Detect:   detectCSRFTokenMissing,
		Inject:   injectCSRFTokenMissing,
		Enforced: ByClient,
		Expect:   refuses(expect.Hole, 403, 419, 422, 400, 401),
	}
}

func detectCSRFTokenMissing(v *View) []Evidence {
	if !checksForgery(v.Failed) {
		return nil
	}
	list := v.lostCSRF()
	hit, says := v.Says("csrf-token-missing")
	if says {
		switch has := len(csrfTokens(&v.Failed.Request)) > 0; {
		case !has:
			list = append(list, v.observed(Strong, hit.Source, hit.At, "the answer speaks of a CSRF check"))
		case len(list) == 0 && !hit.Faint && v.carriesCSRF():
			list = append(list, v.observed(Strong, hit.Source, hit.At, "the answer speaks as if no CSRF token had arrived, and the request carries one as the working request does: something on the way may drop it"))
		case len(list) > 0:
			list = append(list, v.observed(Weak, hit.Source, hit.At, "the answer speaks of a CSRF check"))
		}
		list = append(list, v.lostOrigin()...)
	}
	if v.Good == nil && says && len(csrfTokens(&v.Failed.Request)) == 0 {
		list = append(list, v.tokenLeftBehind()...)
	}
	if !slices.ContainsFunc(list, func(e Evidence) bool { return e.Strength == Decisive || e.Strength == Strong }) {
		return nil
	}
	return append(list, v.forgeryContext()...)
}

// carriesCSRF tells whether the request has each token of the working one, by
// place and name.
func (v *View) carriesCSRF() bool {
	if v.Good == nil {
		return false
	}
	have := csrfTokens(&v.Failed.Request)
	return !slices.ContainsFunc(csrfTokens(&v.Good.Request), func(c Credential) bool {
		_, found := named(have, c)
		return !found
	})
}

// lostCSRF are the tokens and cookies of the check that the working request has
// and the failing one lacks. A token that moved to another field is no loss.
func (v *View) lostCSRF() []Evidence {
	if v.Good == nil || v.headersUnknown() {
		return nil
	}
	var list []Evidence
	have := csrfTokens(&v.Failed.Request)
	for _, c := range csrfTokens(&v.Good.Request) {
		if _, found := named(have, c); !found {
			list = append(list, v.observed(Decisive, FromRequest, v.credentialEdit(c), "the working request sends this CSRF token, the failing one does not"))
		}
	}
	cookies := csrfCookies(&v.Failed.Request)
	for _, c := range csrfCookies(&v.Good.Request) {
		if _, found := named(cookies, c); found {
			continue
		}
		if entry, lost := v.neverSet(c.Name); lost {
			list = append(list, Evidence{Strength: Against, Source: FromFlow, Side: Bad, Entry: entry, Note: "the answer that sets the CSRF cookie did not set it here"},
				v.observed(Weak, FromRequest, v.credentialEdit(c), "the cookie that the CSRF token is checked against is not sent"))
		} else {
			list = append(list, v.observed(Strong, FromRequest, v.credentialEdit(c), "the cookie that the CSRF token is checked against is not sent"))
		}
	}
	return list
}

// neverSet tells whether the answer that sets a cookie in the working capture
// is there in the failing one, and does not set it.
func (v *View) neverSet(name string) (entry int, lost bool) {
	sets := v.cookieFlow(OK).sets[name]
	if len(sets) == 0 || len(v.cookieFlow(Bad).sets[name]) > 0 {
		return 0, false
	}
	x, ok := v.Counterpart(OK, sets[len(sets)-1].entry)
	if !ok || !v.precedes(x) {
		return 0, false
	}
	return x.Index, true
}

// lostOrigin is Origin or Referer, by which some frameworks check.
func (v *View) lostOrigin() []Evidence {
	if v.Good == nil {
		return nil
	}
	var list []Evidence
	for _, name := range []string{"origin", "referer"} {
		was, is := v.Good.Request.Header.Get(name), v.Failed.Request.Header.Get(name)
		if c, ok := v.Change(diff.Request, diff.Header, name); ok && was != "" && (is == "" || is == "null") {
			list = append(list, v.changed(Strong, c, "the request does not say which page it comes from"))
		}
	}
	return list
}

// tokenLeftBehind tells, without a working request, that the app hands out a
// token by cookie and no header or field repeats it.
func (v *View) tokenLeftBehind() []Evidence {
	for _, c := range csrfCookies(&v.Failed.Request) {
		return []Evidence{v.observed(Strong, FromRequest, seen(diff.Request, diff.Cookie, c.Name, c.Value), "a CSRF cookie is sent, and no header or field repeats it")}
	}
	return nil
}

// injectCSRFTokenMissing deletes the token and keeps the cookies.
func injectCSRFTokenMissing(in *Injection) error {
	tokens := csrfTokens(in.Request())
	if len(tokens) == 0 || isSafe(in.Request().Method) {
		return fmt.Errorf("%w: the request carries no CSRF token", ErrCannotInject)
	}
	for _, c := range tokens {
		if err := in.setToken(c, "", false); err != nil {
			return err
		}
	}
	in.Refuse(Refusal{Status: 403, Code: "csrf", Description: "CSRF verification failed: the CSRF token is missing."})
	return nil
}
