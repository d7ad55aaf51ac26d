package scenarios

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/scenarios/browser"
)

// withheldCookies are the fates of session cookies that a rule keeps from the
// failing request, the likeliest first. A rule that the captures contradict,
// for the cookie was sent all the same, is left out.
func (v *View) withheldCookies() []CookieFate {
	f := v.cookieFacts()
	if !f.judged {
		f.judged = true
		f.withheld = v.judgeSuspects()
	}
	return f.withheld
}

func (v *View) judgeSuspects() []CookieFate {
	if v.Failed.Response == nil && v.Good == nil {
		return nil
	}
	if v.headersUnknown() || v.cookiesRemoved() || diff.IsPreflight(v.Failed) || !asksWho(v.Failed) && v.Failed.Response != nil && v.status() >= 400 {
		return nil
	}
	var fates []CookieFate
	for _, name := range v.suspectCookies() {
		if fate, ok := v.CookieFate(name); ok && fate.Cause != "" {
			fates = append(fates, fate)
		}
	}
	return v.uncontradicted(fates)
}

// suspectCookies are the names of cookies that the failing request should have
// sent: those that the working one sent, those that were set and refused, and,
// where nothing worked, those that were set and are not sent.
func (v *View) suspectCookies() []string {
	var names []string
	for _, c := range v.lostCookies() {
		names = append(names, c.Name)
	}
	flow := v.cookieFlow(Bad)
	last := func(name string) cookieLine { return flow.sets[name][len(flow.sets[name])-1] }
	var set []string
	for name := range flow.sets {
		s := last(name)
		if slices.Contains(names, name) || !isSessionCookie(name, s.value) || !ofOneSite(s.ctx.URL, v.Failed.Request.URL) {
			continue
		}
		switch {
		case v.Good == nil:
			if !s.verdict.Allowed || len(v.cookieValues(&v.Failed.Request, name)) == 0 {
				set = append(set, name)
			}
		case v.replacesLogin(s) && (!s.verdict.Allowed || !s.deletes() && !flow.judgeSend(s.cookie).Allowed):
			set = append(set, name)
		}
	}
	slices.SortFunc(set, func(a, b string) int {
		return cmp.Or(cmp.Compare(rankOfName(a), rankOfName(b)), cmp.Compare(last(b).entry, last(a).entry), cmp.Compare(a, b))
	})
	names = append(append(names, set...), v.toldSuspects(append(names, set...))...)
	return names[:min(len(names), maxSuspects)]
}

// replacesLogin tells whether a line should have brought what the working
// request carries: the cookie itself, or another one in its place.
func (v *View) replacesLogin(s cookieLine) bool {
	if slices.Contains(v.cookieValues(&v.Failed.Request, s.name), s.value) {
		return false
	}
	counterpart := -1
	if x, ok := v.Counterpart(Bad, s.entry); ok {
		counterpart = x.Index
	}
	flow := v.cookieFlow(OK)
	if len(flow.sets[s.name]) > 0 && len(v.cookieValues(&v.Good.Request, s.name)) == 0 {
		return false // the working request does without it
	}
	for _, c := range v.Good.Request.CookiePairs() {
		sets := flow.sets[c.Name]
		for i := len(sets) - 1; i >= 0 && i >= len(sets)-maxNamesakes; i-- {
			if sets[i].value == c.Value && isSessionCookie(c.Name, c.Value) {
				return sets[i].entry == counterpart
			}
		}
	}
	return false
}

// ofOneSite compares without the scheme: a login over https is the same
// site's as the page over http that misses its cookie.
func ofOneSite(a, b string) bool {
	x, y := browser.SiteOf(a), browser.SiteOf(b)
	return x.Host != "" && x.Host == y.Host
}

// uncontradicted drops fates that the captures disprove: the cookie was sent
// although it was refused, or went to this host before, or the same rule would
// have kept it from the working request.
func (v *View) uncontradicted(fates []CookieFate) []CookieFate {
	if len(fates) == 0 {
		return nil
	}
	sent := map[string]bool{}
	for _, x := range v.Comparison.Bad.Exchanges {
		for _, c := range x.Request.CookiePairs() {
			for _, f := range fates {
				if c.Name == f.Name && c.Value == f.set.value && f.SetBy >= 0 && v.disproves(f, x.Request.URL, x == v.Failed) {
					sent[f.Name] = true
				}
			}
		}
	}
	return slices.DeleteFunc(fates, func(f CookieFate) bool { return sent[f.Name] || v.worksDespite(f) })
}

func (v *View) disproves(f CookieFate, url string, failing bool) bool {
	if !f.Stored || failing {
		return true
	}
	switch f.Cause {
	case "cookie-domain-mismatch":
		return hostName(url) == hostName(v.Failed.Request.URL)
	case "cookie-secure-over-http":
		return browser.SiteOf(url).Scheme == "http"
	}
	return false
}

// worksDespite tells whether the rule holds for the working request too, which
// carried the cookie.
func (v *View) worksDespite(f CookieFate) bool {
	if f.told != nil && f.told.stored && v.Good != nil {
		if n, ok := toldOf(v.Good); ok {
			_, same := n.unsent(f.Name, "", "")
			return same && len(v.cookieValues(&v.Good.Request, f.Name)) == 0 && Works(v.Good)
		}
	}
	if v.Good == nil || len(v.cookieValues(&v.Good.Request, f.Name)) == 0 {
		return false
	}
	flow := v.cookieFlow(OK)
	sets := flow.sets[f.Name]
	if len(sets) == 0 {
		return false
	}
	good := CookieFate{Name: f.Name, set: sets[len(sets)-1]}
	good.judge(flow, sets)
	return !good.Sent && good.Rule == f.Rule
}

// ruleEvidence makes evidence for one of the causes that are rules of cookie
// jars: the answer that set the cookie, what it changed, and the request that
// lacks it.
func (v *View) ruleEvidence(id string) []Evidence {
	var list []Evidence
	for _, f := range v.withheldCookies() {
		if f.Cause == id {
			list = append(list, v.evidenceOf(f)...)
		}
	}
	if len(list) == 0 {
		return nil
	}
	if v.Voice() == Invalid {
		list = append(list, v.against(Against, FromText, "the answer speaks of a credential that it saw and refused"))
	}
	return list
}

func (v *View) evidenceOf(f CookieFate) []Evidence {
	told := v.saysCookie(f)
	if f.SetBy < 0 && f.set.line == "" { // set before the recording began
		return append(told, v.missed(f)...)
	}
	side, strength := Bad, Decisive
	if f.SetBy < 0 {
		side = OK
	}
	if v.Good == nil && f.Stored && !v.loginIsLost(f) || f.SetBy < 0 && f.Cause == "session-expired" {
		strength = Strong // it may be meant so, or another login came in between
	}
	at, changed := v.setCookieEdit(side, f.set, attributeOfCookieRule(f.Rule))
	list := []Evidence{{Strength: strength, Source: FromSimulation, Side: side, Entry: f.set.entry, At: seen(diff.Response, diff.SetCookie, f.Name, f.set.line), Note: f.note()}}
	if changed && side == Bad {
		list = append(list, Evidence{Strength: Decisive, Source: FromFlow, Side: Bad, Entry: f.set.entry, At: at,
			Note: "the working capture set the cookie otherwise, and it was sent"})
	}
	return append(append(list, told...), v.missed(f)...)
}

// loginIsLost tells, without a working request, whether the cookie is what a
// login gave and the failing request is taken for a stranger's. Other cookies
// may be meant for elsewhere.
func (v *View) loginIsLost(f CookieFate) bool {
	login := v.Comparison.Bad.Exchanges[f.set.entry]
	_, _, other := v.sentSession()
	return isLogin(login) && Works(login) && saysStranger(v.Failed) && !other && !v.Failed.Request.Header.Has("authorization")
}

// missed is the failing request, which lacks the cookie or sends an older one.
func (v *View) missed(f CookieFate) []Evidence {
	if v.Good == nil {
		note := "the request carries no such cookie, and the server does not know who asks"
		return []Evidence{v.observed(Weak, FromStatus, seen(diff.Response, diff.Status, "", strconv.Itoa(v.status())), note)}
	}
	if old := v.cookieValues(&v.Good.Request, f.Name); len(old) > 0 {
		note := "the working request sent it, the failing one does not"
		if len(v.cookieValues(&v.Failed.Request, f.Name)) > 0 {
			note = "the failing request sends the one from before"
		}
		return []Evidence{v.observed(Strong, FromRequest, v.cookieEdit(f.Name, old[0]), note)}
	}
	var list []Evidence
	for _, c := range v.lostCookies() { // the cookie came under another name
		list = append(list, v.observed(Weak, FromRequest, v.cookieEdit(c.Name, c.Value), "the working request sent a session cookie, the failing one does not"))
	}
	if name, value, ok := v.sentSession(); ok {
		list = append(list, v.observed(Weak, FromRequest, v.cookieEdit(name, value), "the failing request sends a session cookie from before"))
	}
	return list
}

// note says which rule failed, in the words of the standard's rule.
func (f CookieFate) note() string {
	who := "a browser"
	if f.Plain {
		who = "any cookie jar"
	}
	rule := browser.Rule(f.Rule)
	switch {
	case rule == browser.RuleCookieDeleted || rule == browser.RuleCookieEvicted:
		return who + " no longer has the cookie: " + rule.Doc()
	case !f.Stored:
		return who + " refuses to store the cookie: " + rule.Doc() + " (" + rule.Section() + ")"
	case f.SetBy < 0:
		return "set as in the working capture, " + who + " does not send the cookie here: " + rule.Doc() + " (" + rule.Section() + ")"
	}
	return who + " stores the cookie and does not send it here: " + rule.Doc() + " (" + rule.Section() + ")"
}

// owns makes weak evidence of changes of the request that set a rule off:
// another host, path or scheme, a page of another site.
func (v *View) owns(note string, match func(diff.Change) bool) []Evidence {
	var list []Evidence
	for _, c := range v.Matter() {
		if match(c) {
			list = append(list, v.observed(Weak, FromRequest, c.Edit, note))
		}
	}
	return list
}
