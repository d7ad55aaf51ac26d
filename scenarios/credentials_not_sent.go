package scenarios

import (
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/browser"
	"github.com/replaydiff/replay/scenarios/expect"
)

func credentialsNotSent() *Cause {
	return &Cause{
		ID:    "credentials-not-sent",
		Kind:  Mechanism,
		Group: CORS,
		Means: "The script did not ask the browser to send cookies to another origin, so the server sees nobody.",
		Looks: "A request of a script to another origin carries no cookie at all, although the browser has one for that host and sends it with " +
			"other requests; the server answers 401 and the script can read that.",
		Unlike: []Unlike{
			{"cookie-samesite-blocked", "there the script asked for cookies and the browser withheld them; across sites Chromium then sends Sec-Fetch-Storage-Access"},
			{"cors-credentials-not-allowed", "there the cookies went out and the answer does not allow them"},
			{"session-cookie-missing", "there the browser has no such cookie, or other cookies go along without it"},
		},
		Advice: []Advice{
			{Client, "Ask for credentials in the call, also in the one that logs in: without it the browser ignores Set-Cookie too.", `fetch(url, {credentials: "include"})` + "\nxhr.withCredentials = true       // axios, Angular: the same name"},
			{App, "Allow them in the answer, or the browser keeps it from the script next.", "Access-Control-Allow-Origin: https://app.example.com\nAccess-Control-Allow-Credentials: true"},
		},
		Refs:     []string{"Fetch, section \"Requests\" (credentials mode)", "Fetch, section \"HTTP-network-or-cache fetch\"", "XMLHttpRequest, withCredentials"},
		Prior:    -0.5,
		Explains: []string{"session-cookie-missing", "missing-credentials"},
		Detect:   detectCredentialsNotSent,
		Inject:   injectCredentialsNotSent,
		Enforced: ByClient,
		Expect:   refuses(expect.Hole, noSession...),
	}
}

func detectCredentialsNotSent(v *View) []Evidence {
	r := v.corsRead(Bad)
	if !r.known || !r.Cross || diff.IsPreflight(v.Failed) || corsStatus(v.Failed) == 0 || !refusesStranger(v.Failed) {
		return nil
	}
	names := v.cookiesExpected()
	if len(names) == 0 {
		return nil
	}
	switch h := v.Failed.Request.Header; {
	case h.Has("Cookie") || len(v.Failed.Request.Cookies) > 0:
		return []Evidence{v.against(RulesOut, FromRequest, "another cookie went along")}
	case h.Has("Sec-Fetch-Storage-Access"):
		return []Evidence{v.against(RulesOut, FromRequest, "the browser notes that the script asked for credentials")}
	case !r.Allowed && r.Certain && r.Cause == "cors-credentials-not-allowed":
		return []Evidence{v.against(RulesOut, FromSimulation, "the request was made with credentials")}
	}
	list := v.cookieLeftOut(names)
	list = append(list, v.cookieFates(names)...)
	list = append(list, v.storageAccessGone()...)
	if e, ok := v.cookieElsewhere(names); ok {
		list = append(list, e)
	}
	if v.Voice() == Missing {
		list = append(list, v.observed(Weak, FromText, diff.Edit{}, "the server saw no credential"))
	}
	return list
}

// refusesStranger knows how a server turns somebody away whom it does not
// know.
func refusesStranger(x *traffic.Exchange) bool {
	switch corsStatus(x) {
	case 400, 401, 403, 404, 419, 422, 440:
		return true
	}
	return diff.OutcomeOf(x).Ending == diff.LoginRedirect || corsStatus(x) == 200
}

// cookiesExpected are the session cookies that the working request sends; in a
// capture alone, those that it set at this host before.
func (v *View) cookiesExpected() []string {
	var names []string
	if v.Good != nil {
		for _, c := range CredentialsOf(&v.Good.Request) {
			if c.Kind == SessionCookie {
				names = append(names, c.Name)
			}
		}
		return names
	}
	for _, x := range v.Comparison.Bad.Exchanges[:v.Failed.Index] {
		if x.Response == nil || !sameServer(x, v.Failed) {
			continue
		}
		for _, line := range x.Response.Header.Values("Set-Cookie") {
			name, value, _ := strings.Cut(line, "=")
			value, _, _ = strings.Cut(value, ";")
			if name = strings.TrimSpace(name); isSessionName(name) || looksRandom(value) {
				names = append(names, name)
			}
		}
	}
	return names
}

// cookieLeftOut is the evidence of the cookies that the working request has.
func (v *View) cookieLeftOut(names []string) []Evidence {
	strength, note := Weak, "the request goes to another origin without any cookie"
	if v.Good == nil {
		return []Evidence{v.observed(strength, FromRequest, diff.Edit{}, note)}
	}
	if sameSiteRequest(v.Failed) {
		// SameSite cannot be the reason inside a site.
		strength = Strong
	}
	if c, ok := v.Change(diff.Request, diff.Header, "cookie"); ok {
		return []Evidence{v.changed(strength, c, note)}
	}
	var list []Evidence
	for _, name := range names {
		if c, ok := v.Change(diff.Request, diff.Cookie, name); ok {
			list = append(list, v.changed(strength, c, note))
		}
	}
	return list
}

func sameSiteRequest(x *traffic.Exchange) bool {
	if site := x.Request.Header.Get("Sec-Fetch-Site"); site != "" {
		return site == "same-site"
	}
	from, err := browser.OriginOf(x.Request.Header.Get("Origin"))
	if err != nil {
		return false
	}
	to, err := browser.OriginOf(x.Request.URL)
	if err != nil || from.Scheme != to.Scheme {
		return false
	}
	page, server := browser.RegistrableDomain(from.Host), browser.RegistrableDomain(to.Host)
	return page != "" && page == server
}

// cookieFates asks the jar: a cookie that it would send and that did not go
// was not asked for.
func (v *View) cookieFates(names []string) []Evidence {
	for _, name := range names {
		fate, ok := v.CookieFate(name)
		switch {
		case !ok:
		case fate.Sent && fate.SetBy >= 0:
			return []Evidence{{Strength: Decisive, Source: FromSimulation, Side: Bad, Entry: fate.SetBy, At: seen(diff.Response, diff.SetCookie, name, ""),
				Note: "a browser would send this cookie if the script asked for credentials"}}
		case !fate.Sent && fate.SetBy >= 0:
			return []Evidence{v.against(RulesOut, FromSimulation, "the browser would not send the cookie in any case")}
		}
	}
	return v.cookieSetBefore(names)
}

// cookieSetBefore finds the response of the same server that set the cookie,
// where the jar has no opinion.
func (v *View) cookieSetBefore(names []string) []Evidence {
	for i := v.Failed.Index - 1; i >= 0; i-- {
		x := v.Comparison.Bad.Exchanges[i]
		if x.Response == nil || !sameServer(x, v.Failed) {
			continue
		}
		for _, line := range x.Response.Header.Values("Set-Cookie") {
			if c := browser.ParseSetCookie(line); c.Value != "" && slices.Contains(names, c.Name) {
				return []Evidence{{Strength: Strong, Source: FromFlow, Side: Bad, Entry: i, At: seen(diff.Response, diff.SetCookie, c.Name, ""),
					Note: "the same server has set the cookie before"}}
			}
		}
	}
	return nil
}

// storageAccessGone: Chromium sends Sec-Fetch-Storage-Access across sites with
// every request that asks for credentials, and with no other.
func (v *View) storageAccessGone() []Evidence {
	if v.Good == nil || !v.Good.Request.Header.Has("Sec-Fetch-Storage-Access") || v.Failed.Request.Header.Get("Sec-Fetch-Site") != "cross-site" {
		return nil
	}
	e := v.observed(Decisive, FromFlow, diff.Edit{}, "across sites the browser notes a request with credentials, and does not here")
	if c, ok := v.Change(diff.Request, diff.Header, "sec-fetch-storage-access"); ok {
		e.At = c.Edit
	}
	return []Evidence{e}
}

// cookieElsewhere finds another request of the failing capture to the server
// that carries the cookie.
func (v *View) cookieElsewhere(names []string) (Evidence, bool) {
	wanted := map[string]bool{}
	for _, name := range names {
		wanted[name] = true
	}
	for _, x := range v.Comparison.Bad.Exchanges {
		if x == v.Failed || !sameServer(x, v.Failed) || !x.Request.Header.Has("Cookie") {
			continue
		}
		for _, c := range x.Request.CookiePairs() {
			if !wanted[c.Name] {
				continue
			}
			// Across sites, SameSite lets a cookie go with one and not the other.
			strength := Decisive
			if !sameSiteRequest(v.Failed) || x.Index > v.Failed.Index {
				strength = Strong
			}
			return Evidence{Strength: strength, Source: FromFlow, Side: Bad, Entry: x.Index, At: seen(diff.Request, diff.Cookie, c.Name, c.Value),
				Note: "another request to the server carries the cookie"}, true
		}
	}
	return Evidence{}, false
}

// sameServer compares origins: a cookie with a path of its own is left to the
// jar.
func sameServer(x, y *traffic.Exchange) bool {
	a, errA := browser.OriginOf(x.Request.URL)
	b, errB := browser.OriginOf(y.Request.URL)
	return errA == nil && errB == nil && a.SameOrigin(b)
}

func injectCredentialsNotSent(in *Injection) error {
	x, err := in.crossOrigin()
	if err != nil {
		return err
	}
	session := false
	for _, c := range CredentialsOf(&x.Request) {
		session = session || c.Kind == SessionCookie
	}
	if !session || !x.Request.Header.Has("Cookie") || authorizationSent(x) {
		return cannot("no session cookie goes to another origin")
	}
	readable := x.Response.Header
	dropCookies(&x.Request, func(string) bool { return true })
	DeleteHeader(&x.Request.Header, "sec-fetch-storage-access")
	in.Refuse(Refusal{Status: 401, Scheme: "Cookie", Description: "Not signed in"})
	for _, f := range readable {
		if name := strings.ToLower(f.Name); strings.HasPrefix(name, "access-control-") || name == "vary" {
			x.Response.Header = append(x.Response.Header, f)
		}
	}
	return nil
}

func authorizationSent(x *traffic.Exchange) bool { return x.Request.Header.Has("Authorization") }
