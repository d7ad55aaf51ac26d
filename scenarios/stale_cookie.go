package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/expect"
)

func staleCookie() *Cause {
	return &Cause{
		ID:    "stale-cookie",
		Kind:  Mechanism,
		Group: Sessions,
		Means: "A leftover cookie breaks the request: one of two with the same name, an old session, or one that pins to a server that does not know the session.",
		Looks: "The failing request sends a cookie twice, sends an older value than the last one that was set, or sends a cookie from before the " +
			"recording that the working request does not have. A private window works.",
		Unlike: []Unlike{
			{"session-expired", "there is one value and no fresh one"},
			{"cookie-too-large", "there the cookies are too many or too long, whichever they are"},
			{"csrf-token-mismatch", "there only the CSRF cookie is doubled"},
		},
		Advice: []Advice{
			{Client, "Delete the cookies of the site, and try a private window.", ""},
			{App, "Give a cookie a new name when its Domain, Path or format changes, and delete the old one with the Domain and Path that it was set with.",
				"Set-Cookie: session=; Domain=example.com; Path=/; Max-Age=0"},
			{App, "Treat a cookie that can't be read as none.", ""},
			{Nginx, "Clear the site's cookies on logout.", `add_header Clear-Site-Data '"cookies"' always;`},
			{HAProxy, "Let clients move off a server that is gone or drained, and share sessions between nodes.", "option redispatch"},
		},
		Refs:     []string{"RFC 6265bis sections 5.7 step 23 and 5.8.3", "Clear-Site-Data"},
		Explains: []string{"auth-loop"},
		Detect:   detectStaleCookie,
		Inject:   injectStaleCookie,
		Enforced: ByClient,
		Expect:   refuses(expect.Lenient, append(slices.Clone(noSession), 500)...),
	}
}

func detectStaleCookie(v *View) []Evidence {
	if v.Failed.Response == nil || diff.IsPreflight(v.Failed) || !refusesCookies(v.Failed) {
		return nil
	}
	list := v.doubledCookies()
	list = append(list, v.outdatedCookie()...)
	list = append(list, v.leftoverPin()...)
	if len(list) == 0 {
		list = v.extraSession()
	}
	if len(list) == 0 {
		return nil
	}
	if hit, ok := v.Says("stale-cookie"); ok {
		list = append(list, v.observed(Strong, hit.Source, hit.At, "the answer speaks of a cookie that it can't use"))
	}
	if len(v.lostCookies()) > 0 {
		list = append(list, v.against(Against, FromRequest, "the session cookie of the working request is not sent at all"))
	}
	return list
}

// refusesCookies tells answers that a wrong cookie can lead to.
func refusesCookies(x *traffic.Exchange) bool {
	return asksWho(x) || x.Response.Status == 400 || x.Response.Status == 422 || x.Response.Status == 500 || diff.OutcomeOf(x).Failed() && x.Response.Status/100 == 3
}

// doubledCookies are names that the failing request sends more than once. The
// server takes one of them, mostly the first: that of the longer path, then the
// older one.
func (v *View) doubledCookies() []Evidence {
	values := map[string][]string{}
	var order []string
	for _, c := range v.Failed.Request.CookiePairs() {
		if values[c.Name] == nil {
			order = append(order, c.Name)
		}
		values[c.Name] = append(values[c.Name], c.Value)
	}
	var list []Evidence
	for _, name := range order {
		if len(values[name]) < 2 || name == "" || isCSRFName(name) || len(list) == maxSuspects {
			continue
		}
		if v.Good != nil && len(v.cookieValues(&v.Good.Request, name)) >= len(values[name]) {
			continue
		}
		strength := Decisive
		if v.Good == nil || !isSessionCookie(name, values[name][0]) {
			strength = Strong
		}
		if allEqual(values[name]) {
			strength = Weak
		}
		list = append(list, v.observed(strength, FromRequest, v.cookieEdit(name, values[name][0]), "the request sends two cookies of this name, and the server can only take one"))
	}
	return list
}

func allEqual(list []string) bool {
	return !slices.ContainsFunc(list, func(s string) bool { return s != list[0] })
}

// outdatedCookie tells whether the request sends an older value of the session
// cookie than the last one that was set and kept.
func (v *View) outdatedCookie() []Evidence {
	flow := v.cookieFlow(Bad)
	for _, c := range v.Failed.Request.CookiePairs() {
		sets := flow.sets[c.Name]
		if len(sets) == 0 || !isSessionCookie(c.Name, c.Value) || v.isNoiseCookie(c.Name) {
			continue
		}
		last := sets[len(sets)-1]
		sent := v.cookieValues(&v.Failed.Request, c.Name)
		if !last.verdict.Allowed || last.deletes() || slices.Contains(sent, last.value) || v.inFlight(last.entry) || last.value == "" {
			continue
		}
		if !flow.judgeSend(last.cookie).Allowed {
			continue // it is meant for elsewhere
		}
		return []Evidence{
			{Strength: Strong, Source: FromFlow, Side: Bad, Entry: last.entry, At: seen(diff.Response, diff.SetCookie, c.Name, last.line),
				Note: "a newer value was set, and not sent"},
			v.observed(Strong, FromRequest, v.cookieEdit(c.Name, c.Value), "the request sends an older value of the cookie"),
		}
	}
	return nil
}

// inFlight tells whether an answer may have come after the failing request was
// sent. One of which no end is known (HAR 1.2: time -1) may have.
func (v *View) inFlight(entry int) bool {
	x := v.Comparison.Bad.Exchanges[entry].Recorded
	y := v.Failed.Recorded.Started
	if !x.Started.Known() || !y.Known() {
		return false
	}
	return x.Millis < 0 || y.Time.Sub(x.Started.Time).Milliseconds() < int64(x.Millis)
}

// leftoverPin finds a cookie of a load balancer that was there before the
// recording began, where the working capture got a fresh one or goes to
// another node.
func (v *View) leftoverPin() []Evidence {
	if v.Good == nil || !v.sameButCookies() || len(v.lostCookies()) > 0 {
		return nil
	}
	for _, c := range v.Changes {
		if c.Side != diff.Request || c.Part != diff.Cookie || c.Noise != "node drift" || c.Op != diff.Replace && c.Op != diff.Add || len(v.cookieFlow(Bad).sets[c.Name]) > 0 {
			continue
		}
		list := []Evidence{v.observed(Strong, FromRequest, c.Edit, "a load balancer's cookie from before the recording leads to another server")}
		if sets := v.cookieFlow(OK).sets[c.Name]; len(sets) > 0 {
			s := sets[len(sets)-1]
			list = append(list, Evidence{Strength: Strong, Source: FromFlow, Side: OK, Entry: s.entry, At: seen(diff.Response, diff.SetCookie, c.Name, s.line),
				Note: "in the working capture it was handed out afresh"})
		}
		if name, value, ok := v.sentSession(); ok {
			list = append(list, v.observed(Weak, FromRequest, v.cookieEdit(name, value), "a session cookie is sent, and that server does not know it"))
		}
		return list
	}
	return nil
}

// extraSession finds a session cookie that only the failing request has, where
// nothing else about it differs.
func (v *View) extraSession() []Evidence {
	if v.Good == nil || !v.sameButCookies() {
		return nil
	}
	var list []Evidence
	for _, c := range v.Changes {
		if c.Side != diff.Request || c.Part != diff.Cookie || c.Noise != "" || c.Sub != "" {
			continue
		}
		if c.Op != diff.Add || isCSRFName(c.Name) || !isSessionCookie(c.Name, c.New) {
			return nil
		}
		if len(v.cookieFlow(Bad).sets[c.Name]) == 0 {
			list = append(list, v.observed(Strong, FromRequest, c.Edit, "this cookie is from before the recording, and the working request has none such"))
		}
	}
	return list
}

// injectStaleCookie puts an old session in front of the good one.
func injectStaleCookie(in *Injection) error {
	pairs := in.Request().CookiePairs()
	i := slices.IndexFunc(pairs, func(c traffic.Param) bool { return isSessionCookie(c.Name, c.Value) })
	if i < 0 {
		return fmt.Errorf("%w: the request carries no session cookie", ErrCannotInject)
	}
	var cookies []string
	for k, c := range pairs {
		if k == i {
			cookies = append(cookies, c.Name+"="+in.letters(max(len(c.Value)-4, 8))+"0417")
		}
		cookies = append(cookies, c.Name+"="+c.Value)
	}
	in.Request().Cookies = nil
	SetHeader(&in.Request().Header, "Cookie", strings.Join(cookies, "; "))
	in.Refuse(Refusal{Status: 401, Code: "not_authenticated", Description: "You need to sign in to continue."})
	return nil
}
