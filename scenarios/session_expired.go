package scenarios

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/browser"
	"github.com/replaydiff/replay/scenarios/expect"
)

func sessionExpired() *Cause {
	return &Cause{
		ID:    "session-expired",
		Kind:  Mechanism,
		Group: Sessions,
		Means: "The cookie is sent and the session behind it is over, or the cookie's own lifetime is.",
		Looks: "A cookie value that was accepted before is refused now; the answer deletes or replaces it, speaks of a session that is over, " +
			"or sends to the login. Also after a logout, and after a restart of a server that keeps sessions in memory.",
		Unlike: []Unlike{
			{"stale-cookie", "there a fresh session exists and an old cookie stands in its way"},
			{"revoked-token", "there the credential is a token, not a session"},
			{"expired-token", "there the cookie holds a token with a lifetime of its own"},
			{"csrf-token-mismatch", "there reading works and only writing is refused"},
		},
		Advice: []Advice{
			{Client, "Log in again.", ""},
			{App, "Keep sessions where a restart does not lose them, and share their keys between all nodes.", ""},
			{App, "Tell people that the session is over, with a way back; extend it while they work.", "Location: /login?reason=expired&next=/the/page"},
			{HAProxy, "Where sessions live in one node's memory, keep each client on its node.", "cookie SRV insert indirect nocache"},
		},
		Refs:     []string{"RFC 6265bis sections 5.5 and 5.7", "OWASP Session Management Cheat Sheet"},
		Explains: []string{"session-cookie-missing", "missing-credentials", "auth-loop"},
		Detect:   detectSessionExpired,
		Inject:   injectSessionExpired,
		Parameters: []Parameter{
			{Name: "cookie", Type: TypeSecret, Doc: "the value of a session that is over"},
			{Name: "logout", Type: TypeRoute, Doc: "the request that ends the session, where the capture has none"},
		},
		Enforced: ByClient,
		Needs:    []Need{OtherCookie, LogoutInFlow},
		Live:     liveSessionExpired,
		Expect:   refuses(expect.Hole, noSession...),
	}
}

func detectSessionExpired(v *View) []Evidence {
	if v.Failed.Response == nil || diff.IsPreflight(v.Failed) {
		return nil
	}
	list := v.ruleEvidence("session-expired")
	name, value, ok := v.sentSession()
	if !ok || !asksWho(v.Failed) {
		return list
	}
	var own []Evidence
	if saysStranger(v.Failed) {
		own = v.spentSession(name, value)
	}
	if gone, found := v.endsSession(name); found {
		own = append(own, gone)
	}
	if hit, ok := v.Says("session-expired"); ok {
		own = append(own, v.observed(Decisive, hit.Source, hit.At, "the answer says that the session is over"))
	}
	if len(own) == 0 {
		return list
	}
	if x, ok := v.loggedOut(); ok {
		own = append(own, Evidence{Strength: Strong, Source: FromFlow, Side: Bad, Entry: x.Index, Note: "the client logged out before"})
	}
	return append(append(list, own...), v.notTheSession(name)...)
}

// saysStranger tells the answers of one who does not know who asks, and means
// it: 403 and 404 have other reasons.
func saysStranger(x *traffic.Exchange) bool {
	if _, known := secondFactor(x.Response.Header.Get("location")); known && x.Response.Status/100 == 3 {
		return false // one who is known, and asked for more
	}
	if diff.OutcomeOf(x).Ending == diff.LoginRedirect {
		return !samePath(x.Response.Header.Get("location"), x.Request.URL) // else it goes round in circles
	}
	return x.Response.Status == 401 || x.Response.Status == 440
}

// sentSession is the session cookie that the failing request carries, one with
// a telling name first.
func (v *View) sentSession() (name, value string, ok bool) {
	var pairs []traffic.Param
	for _, c := range v.Failed.Request.CookiePairs() {
		if c.Value != "" && isSessionCookie(c.Name, c.Value) && !v.isNoiseCookie(c.Name) {
			pairs = append(pairs, c)
		}
	}
	slices.SortStableFunc(pairs, func(a, b traffic.Param) int { return rankOfName(a.Name) - rankOfName(b.Name) })
	if len(pairs) == 0 {
		return "", "", false
	}
	return pairs[0].Name, pairs[0].Value, true
}

// spentSession tells whether the value was accepted before: by the same
// request, or by others that no stranger is shown.
func (v *View) spentSession(name, value string) []Evidence {
	at := seen(diff.Request, diff.Cookie, name, value)
	if v.Good != nil && slices.Contains(v.cookieValues(&v.Good.Request, name), value) {
		return []Evidence{{Strength: Decisive, Source: FromRequest, Side: OK, Entry: v.Good.Index, At: at,
			Note: "the same cookie was accepted for the same request before"}}
	}
	accepted, strength := v.sessionAccepted(name, value)
	if accepted == nil {
		return nil
	}
	note := "the same cookie was accepted by this host before"
	if strength == Decisive {
		note = "the same cookie was accepted for the same request before"
	}
	list := []Evidence{{Strength: strength, Source: FromFlow, Side: Bad, Entry: accepted.Index, At: at, Note: note}}
	if v.Good != nil && strength == Strong && v.sameButCookies() {
		list = append(list, v.observed(Strong, FromRequest, v.cookieEdit(name, value), "but for the values of its cookies the request is the working one"))
	}
	return list
}

// sessionAccepted is the last request before with this cookie that worked: for
// the same resource decisive, else for anything that is no public asset.
func (v *View) sessionAccepted(name, value string) (*traffic.Exchange, Strength) {
	var other *traffic.Exchange
	for i := v.Failed.Index - 1; i >= 0; i-- {
		x := v.Comparison.Bad.Exchanges[i]
		if !Works(x) || hostName(x.Request.URL) != hostName(v.Failed.Request.URL) || !slices.Contains(v.cookieValues(&x.Request, name), value) {
			continue
		}
		if samePath(x.Request.URL, v.Failed.Request.URL) && x.Request.Method == v.Failed.Request.Method {
			return x, Decisive
		}
		if other == nil && isPrivate(x) {
			other = x
		}
	}
	return other, Strong
}

// isPrivate tells answers that may not be kept by shared caches, or that are
// made for one request: no scripts, styles, images.
func isPrivate(x *traffic.Exchange) bool {
	if x.Response.Status/100 != 2 {
		return false
	}
	kind := strings.ToLower(x.Response.Header.Get("content-type"))
	return strings.Contains(kind, "json") || strings.Contains(kind, "html") || strings.Contains(kind, "xml") && !strings.Contains(kind, "svg")
}

// sameButCookies tells whether no other change of the request matters.
func (v *View) sameButCookies() bool {
	return !slices.ContainsFunc(v.Matter(), func(c diff.Change) bool {
		return c.Part != diff.Cookie && !(c.Part == diff.Header && c.Name == "cookie")
	})
}

// endsSession tells whether the failing answer takes the cookie away, or gives
// a new one as to a stranger.
func (v *View) endsSession(name string) (Evidence, bool) {
	for _, line := range setCookieLines(v.Failed.Response) {
		s := browser.ParseSetCookie(line)
		if s.Name != name {
			continue
		}
		c, _ := browser.Store(plainLine(s), browser.CookieContext{URL: v.Failed.Request.URL, Time: v.cookieFlow(Bad).last.Time}, browser.Chromium)
		at := seen(diff.Response, diff.SetCookie, name, line)
		if s.Value == "" || c.Expired(v.cookieFlow(Bad).last.Time) {
			return v.observed(Decisive, FromStatus, at, "the answer deletes the session cookie that was sent"), true
		}
		return v.observed(Strong, FromStatus, at, "the answer replaces the session cookie that was sent"), true
	}
	if to := v.field("location"); to != "" && hasWord(to, "expired", "timeout", "timedout", "sessionexpired") {
		return v.observed(Strong, FromStatus, seen(diff.Response, diff.Header, "location", to), "the server sends to the login because of a session that is over"), true
	}
	return Evidence{}, false
}

// loggedOut finds a logout before the failing request.
func (v *View) loggedOut() (*traffic.Exchange, bool) {
	for i := v.Failed.Index - 1; i >= 0; i-- {
		x := v.Comparison.Bad.Exchanges[i]
		u := x.Request.ParsedURL()
		if u != nil && Works(x) && hasWord(u.Path, "logout", "signout", "logoff") && hostName(x.Request.URL) == hostName(v.Failed.Request.URL) {
			return x, true
		}
	}
	return nil, false
}

// notTheSession collects what speaks for a neighbour: other requests with the
// session still work, or the cookie was not even looked at.
func (v *View) notTheSession(name string) []Evidence {
	var list []Evidence
	if v.status() == 403 && !isSafe(v.Failed.Request.Method) {
		list = append(list, v.against(Against, FromStatus, "writing is forbidden, which a CSRF check would do too"))
	}
	if x := v.acceptedAfter(name); x != nil {
		list = append(list, Evidence{Strength: Against, Source: FromFlow, Side: Bad, Entry: x.Index, Note: "the same cookie is accepted again later"})
	}
	if _, says := v.Says("session-expired"); !says && v.speaksOfElse("session-expired") {
		list = append(list, v.against(Against, FromText, "the answer speaks of something else"))
	}
	if who := v.answerer(); who.Made && who.Layer != "" && who.Layer != "app" {
		list = append(list, v.against(Against, FromStatus, "the answer was not made by the app, which keeps the sessions"))
	}
	if e, ok := v.innerURL(v.Failed); ok {
		list = append(list, v.against(Against, e.Source, "the redirect leads to an inner address, as of an app that does not know its own"))
	}
	list = append(list, v.saysAnother("session-expired")...)
	if v.Failed.Request.Header.Has("authorization") {
		list = append(list, v.against(Against, FromRequest, "the request carries an Authorization, which is more likely what is judged"))
	}
	return list
}

// speaksOfElse tells whether the answer names another cause.
func (v *View) speaksOfElse(id string) bool {
	return slices.ContainsFunc(v.voiceFacts().hits, func(h Hit) bool {
		return h.Cause != id && !strings.HasSuffix(h.Cause, "-voice")
	})
}

func (v *View) acceptedAfter(name string) *traffic.Exchange {
	values := v.cookieValues(&v.Failed.Request, name)
	for _, x := range v.Comparison.Bad.Exchanges[v.Failed.Index+1:] {
		if Works(x) && isPrivate(x) && hostName(x.Request.URL) == hostName(v.Failed.Request.URL) && slices.Equal(v.cookieValues(&x.Request, name), values) {
			return x
		}
	}
	return nil
}

// isSafe is RFC 9110 section 9.2.1.
func isSafe(method string) bool {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace:
		return true
	}
	return false
}

func samePath(a, b string) bool {
	x, errX := url.Parse(a)
	y, errY := url.Parse(b)
	return errX == nil && errY == nil && x.EscapedPath() == y.EscapedPath()
}

// injectSessionExpired lets the server forget the session of the cookie.
func injectSessionExpired(in *Injection) error {
	pairs := in.Request().CookiePairs()
	i := slices.IndexFunc(pairs, func(c traffic.Param) bool { return isSessionCookie(c.Name, c.Value) })
	if i < 0 {
		return fmt.Errorf("%w: the request carries no session cookie", ErrCannotInject)
	}
	used := slices.ContainsFunc(in.Flow.Exchanges[:in.Target], func(x *traffic.Exchange) bool {
		return Works(x) && isPrivate(x) && slices.Contains(cookieValues(&x.Request, pairs[i].Name), pairs[i].Value)
	})
	if !used {
		return fmt.Errorf("%w: no request before shows that the session was good", ErrCannotInject)
	}
	in.Refuse(Refusal{Status: http.StatusUnauthorized, Code: "session_expired", Description: "Your session has expired. Please sign in again."})
	if in.Server != Mute {
		h := &in.Exchange().Response.Header
		*h = append(*h, traffic.HeaderField{Name: "Set-Cookie", Value: pairs[i].Name + "=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT"})
	}
	in.endHere()
	return nil
}

// liveSessionExpired ends the session and goes on with its cookie. A made-up
// value would be a session that never was.
func liveSessionExpired(in *Injection) error {
	if given, err := in.givenCookie(); given || err != nil {
		return err
	}
	if _, _, ok := in.sessionCookie(); !ok {
		return cannot("the request carries no session cookie")
	}
	if !in.logout() {
		return needs("the session has to be over", OtherCookie, LogoutInFlow)
	}
	return nil
}
