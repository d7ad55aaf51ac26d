package scenarios

import (
	"cmp"
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/devtools"
)

// maxSuspects bounds how many cookies are followed through the captures.
const maxSuspects = 8

// isSessionCookie tells cookies that carry a login from preferences and
// counters: by their names, else by values that nobody typed.
func isSessionCookie(name, value string) bool {
	return !isCSRFName(name) && (isSessionName(name) || looksRandom(value) || isPlaceholder(value))
}

// loginCookies are the cookies of a request that carry a login, those with
// telling names first: what counts visitors, says yes or no, or holds to one node
// opens nothing.
func loginCookies(r *traffic.Request) []traffic.Param {
	var list []traffic.Param
	for _, c := range r.CookiePairs() {
		if isSessionCookie(c.Name, c.Value) && !isTrackingCookie(c.Name) && !isFlag(c.Value) {
			list = append(list, c)
		}
	}
	slices.SortStableFunc(list, func(a, b traffic.Param) int { return cmp.Compare(rankOfName(a.Name), rankOfName(b.Name)) })
	return list
}

// isPlaceholder tells values that were masked and can still be told apart.
func isPlaceholder(value string) bool { return strings.Contains(value, "‹") }

// lostCookies are the session cookies that the working request sent and the
// failing one lacks, those with telling names first. None are told of a request
// whose headers the recorder does not know.
func (v *View) lostCookies() []traffic.Param {
	if v.Good == nil || v.headersUnknown() || diff.IsPreflight(v.Failed) || v.cookiesRemoved() {
		return nil
	}
	sent := map[string]bool{}
	for _, c := range v.Failed.Request.CookiePairs() {
		sent[withoutPrefix(c.Name)] = true
	}
	var lost []traffic.Param
	for _, c := range v.Good.Request.CookiePairs() {
		name := withoutPrefix(c.Name)
		if !sent[name] && c.Value != "" && isSessionCookie(c.Name, c.Value) && !v.isNoiseCookie(c.Name) {
			sent[name] = true
			lost = append(lost, c)
		}
	}
	slices.SortStableFunc(lost, func(a, b traffic.Param) int {
		return cmp.Compare(rankOfName(a.Name), rankOfName(b.Name))
	})
	return lost[:min(len(lost), maxSuspects)]
}

// withoutPrefix is the name of a cookie without the prefix that demands Secure:
// frameworks add it over https and leave it away over http, so either name is
// that of the same cookie.
func withoutPrefix(name string) string {
	for _, prefix := range []string{"__Secure-", "__Host-"} {
		if len(name) > len(prefix) && strings.EqualFold(name[:len(prefix)], prefix) {
			return name[len(prefix):]
		}
	}
	return name
}

func rankOfName(name string) int {
	if isSessionName(name) {
		return 0
	}
	return 1
}

// isNoiseCookie tells whether the comparison holds a cookie for noise.
func (v *View) isNoiseCookie(name string) bool {
	return slices.ContainsFunc(v.Changes, func(c diff.Change) bool {
		return c.Part == diff.Cookie && c.Name == name && c.Noise != "" && c.Noise != "said elsewhere"
	})
}

// headersUnknown tells whether the recorder shows the failing request as it was
// before the browser completed it: without Host, Cookie and the like, which it
// has for others.
func (v *View) headersUnknown() bool {
	if n, ok := devtools.Of(v.Failed); ok {
		return n.Provisional
	}
	complete := func(x *traffic.Exchange) bool {
		return x.Request.Header.Has("host") || x.Request.Header.Has(":authority") || x.Request.Header.Has("cookie")
	}
	return v.Failed.Response != nil && v.status() == 0 && !complete(v.Failed) && slices.ContainsFunc(v.Comparison.Bad.Exchanges, complete)
}

// cookiesRemoved tells whether an export took the cookies out of the failing
// capture, so that their absence proves nothing.
func (v *View) cookiesRemoved() bool {
	f := v.cookieFacts()
	if f.removed == nil {
		removed, _ := Sanitized(v.Comparison.Bad)
		f.removed = &removed
	}
	return *f.removed
}

// cookieEdit is the place of a cookie in the failing request: the change that
// took or altered it, else what is there.
func (v *View) cookieEdit(name, value string) diff.Edit {
	for _, c := range v.Changes {
		if c.Side == diff.Request && c.Part == diff.Cookie && c.Name == name && c.Noise != "said elsewhere" {
			return c.Edit
		}
	}
	if c, ok := v.Change(diff.Request, diff.Header, "cookie"); ok {
		return c.Edit
	}
	return seen(diff.Request, diff.Cookie, name, value)
}

// cookieValues are the values that a request of the captures sends under a
// name. The fields are read once: detectors ask for each of the cookies.
func (v *View) cookieValues(r *traffic.Request, name string) []string {
	const few = 8 // requests: all of a long capture would be much to hold
	if v.facts.cookies == nil || len(v.facts.cookies) == few {
		v.facts.cookies = map[*traffic.Request]map[string][]string{}
	}
	sent, known := v.facts.cookies[r]
	if !known {
		sent = map[string][]string{}
		for _, c := range r.CookiePairs() {
			sent[c.Name] = append(sent[c.Name], c.Value)
		}
		v.facts.cookies[r] = sent
	}
	return sent[name]
}

// cookieValues are the values that a request sends under a name.
func cookieValues(r *traffic.Request, name string) []string {
	var values []string
	for _, c := range r.CookiePairs() {
		if c.Name == name {
			values = append(values, c.Value)
		}
	}
	return values
}

// asksWho tells answers by which a server says that it does not know who asks:
// 401 and its kin, a way to the login, 403 and 404 that hide it.
func asksWho(x *traffic.Exchange) bool {
	if x.Response == nil {
		return false
	}
	switch x.Response.Status {
	case 401, 403, 404, 419, 440:
		return true
	}
	return diff.OutcomeOf(x).Ending == diff.LoginRedirect
}

// setCookieEdit is the place where an exchange of a side set a cookie: the
// change of the attribute in question, else the whole line. Changed tells which.
func (v *View) setCookieEdit(side Side, s cookieLine, attribute string) (at diff.Edit, changed bool) {
	for _, p := range v.Pairs {
		if side == OK && p.OK != s.entry || side == Bad && p.Bad != s.entry {
			continue
		}
		for _, c := range p.Changes() {
			if c.Part == diff.SetCookie && c.Name == s.name && c.Sub == attribute && c.Noise != "said elsewhere" {
				return c.Edit, true
			}
		}
		break
	}
	return seen(diff.Response, diff.SetCookie, s.name, s.line), false
}

// isCrossOriginCall tells the requests of scripts to another origin.
func isCrossOriginCall(r *traffic.Request) bool {
	origin := r.Header.Get("origin")
	if origin == "" || strings.EqualFold(r.Header.Get("sec-fetch-mode"), "navigate") {
		return false
	}
	return origin == "null" || originOf(origin) != originOf(r.URL)
}
