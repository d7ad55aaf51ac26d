package scenarios

import (
	"fmt"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/scenarios/expect"
)

func csrfTokenMismatch() *Cause {
	return &Cause{
		ID:    "csrf-token-mismatch",
		Kind:  Mechanism,
		Group: Sessions,
		Means: "The CSRF token is sent and does not belong to this session or cookie.",
		Looks: "Token and cookie fit together in the working request and not in the failing one; or the session or its CSRF cookie was renewed " +
			"after the page with the token was loaded (a login, another tab, the back button, a cached page).",
		Unlike: []Unlike{
			{"csrf-token-missing", "there no token is sent"},
			{"session-expired", "there the session itself is over, so that reading fails too"},
			{"stale-cookie", "there another cookie than the CSRF cookie is the old one"},
			{"forwarded-headers-missing", "there the app compares Origin with a host or scheme that a proxy has changed"},
		},
		Advice: []Advice{
			{Client, "Fetch the token anew after the login, and once after a 403 or 419.", ""},
			{App, "Keep pages with forms out of every cache.", "Cache-Control: no-store"},
			{App, "Django behind a proxy: name the origins to be trusted, and the header that tells of https.",
				"CSRF_TRUSTED_ORIGINS = [\"https://app.example\"]\nSECURE_PROXY_SSL_HEADER = (\"HTTP_X_FORWARDED_PROTO\", \"https\")"},
			{Nginx, "Tell the app the scheme that the client used.", "proxy_set_header X-Forwarded-Proto $scheme;"},
		},
		Refs:     []string{"OWASP Cross-Site Request Forgery Prevention Cheat Sheet", "Fetch Metadata"},
		Detect:   detectCSRFTokenMismatch,
		Inject:   injectCSRFTokenMismatch,
		Enforced: ByClient,
		Expect:   refuses(expect.Hole, 403, 419, 422, 400, 401),
	}
}

func detectCSRFTokenMismatch(v *View) []Evidence {
	if !checksForgery(v.Failed) {
		return nil
	}
	tokens := csrfTokens(&v.Failed.Request)
	if len(tokens) == 0 {
		return nil
	}
	var list []Evidence
	for _, c := range tokens[:min(len(tokens), maxSuspects)] {
		list = append(list, v.misfits(c)...)
	}
	if hit, ok := v.Says("csrf-token-mismatch"); ok {
		strength := Strong
		if len(list) > 0 {
			strength = Decisive
		}
		list = append(list, v.observed(strength, hit.Source, hit.At, "the answer speaks of a CSRF check that failed"))
	}
	if len(list) == 0 {
		return nil
	}
	if len(v.lostCSRF()) > 0 {
		list = append(list, v.against(Against, FromRequest, "something that the check needs is missing altogether"))
	}
	return append(list, v.forgeryContext()...)
}

// misfits judges one token: against the cookies, against the token that worked
// and against the page that it came from.
func (v *View) misfits(c Credential) []Evidence {
	cookies := csrfCookies(&v.Failed.Request)
	at := v.credentialEdit(c)
	if matchesAny(c.Value, cookies) {
		return nil
	}
	if v.Good != nil {
		good, found := named(csrfTokens(&v.Good.Request), c)
		switch {
		case !found:
		case matchesAny(good.Value, csrfCookies(&v.Good.Request)) && len(cookies) > 0:
			return append([]Evidence{v.observed(Decisive, FromRequest, at, "it does not fit the CSRF cookie, as that of the working request does")}, v.renewed(c)...)
		case good.Value == c.Value && v.otherSession():
			return []Evidence{v.observed(Decisive, FromRequest, at, "it is the token of the working request, and the session is another")}
		}
		if list := v.renewed(c); len(list) > 0 {
			return append(list, v.observed(Weak, FromRequest, at, "the token that was sent"))
		}
		if found && good.Value != c.Value && v.unknownToken(good, c) {
			return []Evidence{v.observed(Strong, FromRequest, at, "no page handed this token out, as one did in the working capture")}
		}
		return nil
	}
	return v.renewed(c)
}

// otherSession tells whether the session or CSRF cookies differ from those of
// the working request.
func (v *View) otherSession() bool {
	for _, c := range v.Failed.Request.CookiePairs() {
		was := v.cookieValues(&v.Good.Request, c.Name)
		if len(was) > 0 && was[0] != c.Value && (isCSRFName(c.Name) || isSessionName(c.Name)) {
			return true
		}
	}
	return false
}

// renewed tells whether the session or the CSRF cookie was set anew after the
// token was handed out.
func (v *View) renewed(c Credential) []Evidence {
	issue, ok := v.IssuedBy(Bad, v.Failed.Index, c.Value)
	if !ok {
		return nil
	}
	flow := v.cookieFlow(Bad)
	for _, p := range v.Failed.Request.CookiePairs() {
		if !isCSRFName(p.Name) && !isSessionName(p.Name) || v.isNoiseCookie(p.Name) {
			continue
		}
		if s, ok := flow.changedAfter(p.Name, issue.Entry); ok && s.value == p.Value {
			return []Evidence{
				{Strength: Strong, Source: FromFlow, Side: Bad, Entry: s.entry, At: seen(diff.Response, diff.SetCookie, p.Name, s.line),
					Note: "the cookie was renewed after the page with the token had been loaded"},
				{Strength: Weak, Source: FromTime, Side: Bad, Entry: issue.Entry, At: issue.At, Note: "the token comes from here"},
			}
		}
	}
	return nil
}

// changedAfter returns the last line that gave a cookie another value after an
// entry.
func (f *cookieFlow) changedAfter(name string, entry int) (cookieLine, bool) {
	sets := f.sets[name]
	if len(sets) == 0 {
		return cookieLine{}, false
	}
	last := sets[len(sets)-1]
	if last.entry <= entry || !last.verdict.Allowed {
		return cookieLine{}, false
	}
	for i := len(sets) - 2; i >= 0; i-- {
		if sets[i].entry <= entry {
			return last, sets[i].value != last.value
		}
	}
	return last, true
}

// unknownToken tells whether the working token is seen to come from a page and
// the failing one from nowhere. A page whose body was not recorded may have
// handed it out: browsers throw bodies away when the page goes on.
func (v *View) unknownToken(good, bad Credential) bool {
	from, issued := v.IssuedBy(OK, v.Good.Index, good.Value)
	if !issued {
		return false
	}
	if page, ok := v.Counterpart(OK, from.Entry); ok && page.Response != nil && !page.Response.Body.Present() {
		return false
	}
	_, issued = v.IssuedBy(Bad, v.Failed.Index, bad.Value)
	return !issued
}

// injectCSRFTokenMismatch sends the token of another session.
func injectCSRFTokenMismatch(in *Injection) error {
	tokens := csrfTokens(in.Request())
	if len(tokens) == 0 || isSafe(in.Request().Method) {
		return fmt.Errorf("%w: the request carries no CSRF token", ErrCannotInject)
	}
	for _, c := range tokens {
		if err := in.setToken(c, in.shuffled(c.Value), true); err != nil {
			return err
		}
	}
	in.Refuse(Refusal{Status: 403, Code: "csrf", Description: "CSRF token mismatch."})
	return nil
}

// shuffled is a value of the same letters in another order.
func (in *Injection) shuffled(value string) string {
	b := []byte(value)
	for range 8 {
		in.Rand.Shuffle(len(b), func(i, j int) { b[i], b[j] = b[j], b[i] })
		if string(b) != value {
			break
		}
	}
	return strings.TrimSpace(string(b))
}
