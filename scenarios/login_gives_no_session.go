package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/browser"
	"github.com/replaydiff/replay/scenarios/expect"
)

func loginGivesNoSession() *Cause {
	return &Cause{
		ID:    "login-gives-no-session",
		Kind:  Mechanism,
		Group: Sessions,
		Means: "The login answers as if it had worked and hands out neither a session cookie nor a token.",
		Looks: "The answer to the login of the working capture has a Set-Cookie or a token, the one of the failing capture has none; every request behind it is anonymous.",
		Unlike: []Unlike{
			{"wrong-credentials", "there the login itself is refused"},
			{"cookie-domain-mismatch", "there, and with the other rules of browsers, the Set-Cookie arrives and is not kept"},
			{"cookie-stripped-by-proxy", "there the app sets the cookie and a proxy takes it out: ask the app directly to tell them apart"},
			{"tls-termination", "there the app sets no Secure cookie as it believes that the client came by http"},
			{"step-up-required", "there the login asks for a second factor first"},
		},
		Advice: []Advice{
			{Client, "See what the login sets, through the proxy and past it.", "curl -si -d 'user=…' https://…/login | grep -i set-cookie"},
			{App, "express-session sets no Secure cookie on a connection that it takes for http; and save before you redirect.",
				"app.set('trust proxy', 1)\nreq.session.save(() => res.redirect('/'))"},
			{App, "Keep the login out of every cache: caches drop Set-Cookie.", "Cache-Control: no-store"},
			{Nginx, "Make sure that nothing hides the header.", "# remove: proxy_hide_header Set-Cookie; proxy_ignore_headers Set-Cookie;"},
		},
		Refs:     []string{"RFC 9111 section 7.3", "RFC 6749 section 5.1"},
		Explains: []string{"session-cookie-missing", "missing-credentials", "auth-loop"},
		Detect:   detectLoginGivesNoSession,
		Inject:   injectLoginGivesNoSession,
		Enforced: ByProxy,
		Live:     liveLoginGivesNoSession,
		Expect:   refuses(expect.Hole, noSession...),
	}
}

func detectLoginGivesNoSession(v *View) []Evidence {
	if v.Failed.Response == nil || diff.IsPreflight(v.Failed) || !asksWho(v.Failed) || v.cookiesRemoved() || v.Good != nil && isLogin(v.Failed) {
		return nil
	}
	if v.Good == nil {
		return v.emptyLogin()
	}
	var list []Evidence
	for _, c := range v.lostCookies() {
		list = append(list, v.loginWithout(c.Name, v.cookieIssue(c), v.observed(Strong, FromRequest, v.cookieEdit(c.Name, c.Value),
			"the working request sends the cookie that its login had set, the failing one does not"))...)
	}
	for _, c := range v.unrenewedCookies() {
		list = append(list, v.loginWithout(c.Name, v.cookieIssue(c), v.observed(Strong, FromRequest, v.cookieEdit(c.Name, c.Value),
			"the request sends the cookie from before the login"))...)
	}
	for _, c := range v.lostTokens() {
		issue, ok := v.IssuedBy(OK, v.Good.Index, c.Value)
		if !ok {
			continue
		}
		list = append(list, v.loginWithout("", &issue, v.observed(Strong, FromRequest, v.credentialEdit(c),
			"the working request sends the token that its login had handed out, the failing one does not"))...)
	}
	return list
}

// unrenewedCookies are session cookies that the login of the working capture
// replaced, and that the failing request sends as they were when its login was
// sent.
func (v *View) unrenewedCookies() []traffic.Param {
	var list []traffic.Param
	for _, c := range v.Good.Request.CookiePairs() {
		if len(list) == maxSuspects {
			break
		}
		issue := v.cookieIssue(c)
		now := v.cookieValues(&v.Failed.Request, c.Name)
		if issue == nil || len(now) == 0 || !isSessionCookie(c.Name, c.Value) || v.isNoiseCookie(c.Name) {
			continue
		}
		login, ok := v.Counterpart(OK, issue.Entry)
		renewed := !slices.Contains(v.cookieValues(&v.Comparison.OK.Exchanges[issue.Entry].Request, c.Name), c.Value)
		if ok && renewed && slices.Equal(v.cookieValues(&login.Request, c.Name), now) {
			list = append(list, c)
		}
	}
	return list
}

// cookieIssue is the answer of the working capture that set a cookie.
func (v *View) cookieIssue(c traffic.Param) *Issue {
	sets := v.cookieFlow(OK).sets[c.Name]
	for i := len(sets) - 1; i >= 0; i-- {
		if s := sets[i]; s.value == c.Value {
			return &Issue{Side: OK, Entry: s.entry, At: seen(diff.Response, diff.SetCookie, s.name, s.line)}
		}
	}
	return nil
}

// lostTokens are the tokens of the working request that the failing one lacks
// or has as something that is none.
func (v *View) lostTokens() []Credential {
	var lost []Credential
	have := CredentialsOf(&v.Failed.Request)
	for _, c := range CredentialsOf(&v.Good.Request) {
		if c.Kind != Authorization && c.Kind != APIKey {
			continue
		}
		if bad, found := named(have, c); found && len(bad.Value) >= minTraced && !strings.EqualFold(bad.Value, "undefined") {
			continue
		}
		lost = append(lost, c)
	}
	return lost
}

// loginWithout compares the answer that handed something out with its
// counterpart in the failing capture.
func (v *View) loginWithout(cookie string, issue *Issue, missed Evidence) []Evidence {
	if issue == nil {
		return nil
	}
	x, ok := v.Counterpart(OK, issue.Entry)
	if !ok || x.Response == nil || !v.precedes(x) || v.handsOut(x, cookie, issue.At) {
		return nil
	}
	list := []Evidence{
		{Strength: Decisive, Source: FromFlow, Side: Bad, Entry: x.Index, At: v.removedIn(x, issue.At), Note: "the same answer of the working capture handed it out, this one does not"},
		missed,
	}
	was := v.Comparison.OK.Exchanges[issue.Entry].Response.Status
	switch is := x.Response.Status; {
	case is >= 400:
		list = append(list, Evidence{Strength: RulesOut, Source: FromStatus, Side: Bad, Entry: x.Index, Note: "the login itself was refused"})
	case was/100 != is/100 || is == 204 && was != 204:
		list = append(list, Evidence{Strength: Strong, Source: FromStatus, Side: Bad, Entry: x.Index,
			At: seen(diff.Response, diff.Status, "", fmt.Sprint(is)), Note: "the login ends with another status than in the working capture"})
	}
	if why := fromCache(x.Response); why != "" {
		list = append(list, Evidence{Strength: Strong, Source: FromTime, Side: Bad, Entry: x.Index,
			At: seen(diff.Response, diff.Header, why, x.Response.Header.Get(why)), Note: "the answer came from a cache, which drops cookies"})
	}
	return list
}

// handsOut tells whether an answer sets the cookie, sets another session, or
// has something at the place of the token.
func (v *View) handsOut(x *traffic.Exchange, cookie string, at diff.Edit) bool {
	for _, line := range setCookieLines(x.Response) {
		s := browser.ParseSetCookie(line)
		if s.Name == cookie || s.Value != "" && isSessionCookie(s.Name, s.Value) {
			return true
		}
	}
	if cookie != "" {
		return false
	}
	content, err := x.Response.Body.Bytes(maxSearchedBody)
	if err != nil {
		return true // it can't be told
	}
	name := at.Name[strings.LastIndexByte(at.Name, '/')+1:]
	return name == "" || strings.Contains(string(content), name) || strings.Contains(x.Response.Header.Get("location"), name)
}

// removedIn is the change by which the failing answer lost something.
func (v *View) removedIn(x *traffic.Exchange, at diff.Edit) diff.Edit {
	for _, p := range v.Pairs {
		if p.Bad != x.Index {
			continue
		}
		for _, c := range p.Changes() {
			if c.Side == diff.Response && c.Op == diff.Remove && c.Part == at.Part && strings.EqualFold(c.Name, at.Name) {
				return c.Edit
			}
			if c.Side == diff.Response && c.Op == diff.Remove && at.Part == diff.SetCookie && c.Part == diff.Header && c.Name == "set-cookie" {
				return c.Edit
			}
		}
	}
	removed := diff.Edit{Side: diff.Response, Part: at.Part, Name: at.Name}
	removed.Op, removed.Old = diff.Remove, at.New
	return removed
}

// fromCache names the header that tells that an answer was stored.
func fromCache(r *traffic.Response) string {
	if age := r.Header.Get("age"); age != "" && age != "0" {
		return "age"
	}
	for _, name := range []string{"x-cache", "cf-cache-status", "x-cache-status", "x-proxy-cache"} {
		if strings.Contains(strings.ToLower(r.Header.Get(name)), "hit") {
			return name
		}
	}
	return ""
}

// emptyLogin finds, in a capture alone, a login that works and hands out
// nothing, before a request that brings nothing.
func (v *View) emptyLogin() []Evidence {
	carries := slices.ContainsFunc(CredentialsOf(&v.Failed.Request), func(c Credential) bool {
		return c.Kind != CSRFToken && c.Kind != ProxyAuthorization
	})
	if carries || v.headersUnknown() {
		return nil
	}
	for i := v.Failed.Index - 1; i >= 0; i-- {
		x := v.Comparison.Bad.Exchanges[i]
		if !isLogin(x) || !ofOneSite(x.Request.URL, v.Failed.Request.URL) {
			continue
		}
		content, err := x.Response.Body.Bytes(maxSearchedBody)
		if !Works(x) || setsCookies(x.Response) || err != nil || speaksOfToken(string(content)) {
			return nil
		}
		return []Evidence{
			{Strength: Strong, Source: FromFlow, Side: Bad, Entry: x.Index, Note: "the login is accepted and sets no cookie, and its answer holds no token"},
			v.observed(Weak, FromStatus, seen(diff.Response, diff.Status, "", fmt.Sprint(v.status())), "the next request brings nothing and is refused"),
		}
	}
	return nil
}

// isLogin knows requests that send a password.
func isLogin(x *traffic.Exchange) bool {
	return x.Response != nil && !isSafe(x.Request.Method) && slices.ContainsFunc(CredentialsOf(&x.Request), func(c Credential) bool { return c.Kind == LoginForm })
}

// speaksOfToken tells bodies that may hand something out.
func speaksOfToken(body string) bool {
	return hasWord(body[:min(len(body), maxSearchedBody)], "token", "jwt", "session", "sessionid", "mfa", "otp", "challenge")
}

// injectLoginGivesNoSession takes the Set-Cookie out of the login.
func injectLoginGivesNoSession(in *Injection) error {
	c, err := in.loginCookie()
	if err != nil {
		return err
	}
	login := in.Flow.Exchanges[c.entry]
	if !isLogin(login) {
		return fmt.Errorf("%w: the cookie is set by something else than a login", ErrCannotInject)
	}
	r := login.Response
	r.Header, r.Cookies = slices.Delete(r.Header, c.field, c.field+1), nil
	DeleteHeader(&r.Header, "location") // the form again, as for one who has not logged in
	r.Status, r.StatusText = 200, ""
	in.goWithout(c)
	return nil
}

func liveLoginGivesNoSession(in *Injection) error {
	c, err := in.sessionSetter()
	if err != nil {
		return err
	}
	if !isLogin(in.Flow.Exchanges[c.entry]) {
		return cannot("the cookie is set by something else than a login")
	}
	return in.damage(Damage{Entry: c.entry, Do: DropResponseField, Name: "set-cookie"})
}
