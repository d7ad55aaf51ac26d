package scenarios

import (
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/browser"
)

// cookieFacts are the cookie jars of both sides and the fates asked for so far.
type cookieFacts struct {
	flows map[Side]*cookieFlow
	fates map[string]*CookieFate // nil: nothing is known of the name

	removed  *bool // cookies were taken out of the failing capture
	judged   bool
	withheld []CookieFate
}

// A CookieFate is what a browser would have done with a cookie on its way to
// the failing request, and why.
type CookieFate struct {
	Name    string
	SetBy   int    // entry of the failing capture that set it last; -1: only the working capture did
	Stored  bool   // false: refused when it was set
	Sent    bool   // a browser would send it with the failing request
	Rule    string // the first rule that failed (scenarios/browser)
	Section string // of the standard
	Cause   string // the id of the cause that the rule stands for
	Reason  string // a sentence

	// Plain tells that no browser asked (curl, a library, a cassette): then only
	// Domain, Path, Secure and the lifetime were judged, which every cookie jar
	// heeds. SameSite, the prefixes and limits are rules of browsers.
	Plain bool

	set  cookieLine
	told *cookieWord // the browser's own reason, nil where it gives none
}

// CookieFate replays the cookies of the failing capture up to the failing
// request. Where that capture does not show how the cookie was set, it is taken
// as the working one set it. False: neither capture sets such a cookie.
func (v *View) CookieFate(name string) (CookieFate, bool) {
	f := v.cookieFacts()
	if _, known := f.fates[name]; !known {
		f.fates[name] = v.fateOf(name)
	}
	if fate := f.fates[name]; fate != nil {
		return *fate, true
	}
	return CookieFate{}, false
}

func (v *View) cookieFacts() *cookieFacts {
	if v.facts.jars == nil {
		v.facts.jars = &cookieFacts{flows: map[Side]*cookieFlow{}, fates: map[string]*CookieFate{}}
	}
	return v.facts.jars
}

// cookieFlow returns the replayed cookies of a side, up to the exchange of the
// decisive pair; an empty one where the side has none.
func (v *View) cookieFlow(side Side) *cookieFlow {
	flows := v.cookieFacts().flows
	if flows[side] == nil {
		last := v.Failed
		if side == OK {
			last = v.Good
		}
		flows[side] = replayCookies(v.capture(side), last)
	}
	return flows[side]
}

func (v *View) fateOf(name string) *CookieFate {
	bad := v.cookieFlow(Bad)
	fate := &CookieFate{Name: name, Plain: bad.plain}
	if sets := bad.sets[name]; len(sets) > 0 {
		fate.set = sets[len(sets)-1]
		fate.SetBy = fate.set.entry
		fate.judge(bad, sets)
		return fate
	}
	seed, ok := v.seed(name)
	if !ok {
		return bad.fateTold(name)
	}
	fate.set, fate.SetBy, fate.Stored = seed, -1, true
	fate.send(bad, seed.cookie)
	return fate
}

// seed is how the working capture set a cookie that the failing one does not
// set: before its recording began, that is. A login that is there and sets
// nothing is another story.
func (v *View) seed(name string) (cookieLine, bool) {
	sets := v.cookieFlow(OK).sets[name]
	if len(sets) == 0 {
		return cookieLine{}, false
	}
	last := sets[len(sets)-1]
	if x, ok := v.Counterpart(OK, last.entry); ok && v.precedes(x) {
		return cookieLine{}, false
	}
	return last, last.verdict.Allowed && !last.deletes()
}

// precedes tells whether an exchange of the failing capture comes before the
// failing one. Recorders write requests in the order in which they end.
func (v *View) precedes(x *traffic.Exchange) bool { return precedes(x, v.Failed) }

// fateTold is the fate of a cookie that was set before the recording began, by
// the browser's own word: nil where it has nothing against it.
func (f *cookieFlow) fateTold(name string) *CookieFate {
	w, ok := f.told.unsent(name, "", "")
	if !ok {
		return nil
	}
	fate := &CookieFate{Name: name, SetBy: -1, Stored: true, told: &w}
	fate.fail(w.verdict())
	return fate
}

// judge takes the cookies of a name through storing and sending.
func (f *CookieFate) judge(flow *cookieFlow, sets []cookieLine) {
	switch last := f.set; {
	case !last.verdict.Allowed:
		f.told = last.told
		f.fail(last.verdict)
		f.Sent = flow.sends(sets[:len(sets)-1])
	case last.deletes():
		if f.Stored = flow.sends(sets); f.Stored { // another one of the name is left
			f.Sent = true
			return
		}
		f.fail(browser.Verdict{Rule: browser.RuleCookieDeleted, Section: browser.RuleCookieDeleted.Section(),
			Reason: "an answer deleted it: " + browser.RuleCookieDeleted.Doc()})
	default:
		f.Stored = true
		if f.send(flow, last.cookie); f.Sent {
			f.evicted(flow)
			return
		}
		f.Sent = flow.sends(sets) // an older one, of another Domain or Path
	}
}

func (f *CookieFate) send(flow *cookieFlow, c browser.Cookie) {
	verdict := flow.judgeSend(c)
	if w, ok := flow.told.unsent(c.Name, c.Domain, c.Path); ok {
		f.told = &w
	}
	if f.Sent = verdict.Allowed; !f.Sent {
		f.fail(verdict)
	}
}

// evicted asks the jar itself, which drops cookies when a site has too many.
func (f *CookieFate) evicted(flow *cookieFlow) {
	if flow.plain {
		return
	}
	if answer := flow.jar.Why(f.Name, flow.last); !answer.Sent && answer.Verdict.Rule == browser.RuleCookieEvicted {
		f.Stored, f.Sent = false, false
		f.fail(answer.Verdict)
	}
}

func (f *CookieFate) fail(verdict browser.Verdict) {
	f.Rule, f.Section, f.Reason = string(verdict.Rule), verdict.Section, verdict.Reason
	f.Cause = CauseOfCookieRule(verdict.Rule)
}

// CauseOfCookieRule names the cause that a rule stands for, "" where none does.
func CauseOfCookieRule(rule browser.Rule) string {
	switch rule {
	case browser.RuleCookieDomain, browser.RuleCookieDomainCharacters, browser.RuleCookiePublicSuffix, browser.RuleCookieHost:
		return "cookie-domain-mismatch"
	case browser.RuleCookiePath:
		return "cookie-path-mismatch"
	case browser.RuleCookieSetSecure, browser.RuleCookieOverwriteSecure, browser.RuleCookieSendSecure:
		return "cookie-secure-over-http"
	case browser.RuleCookieSetSameSiteStrict, browser.RuleCookieSetSameSiteLax, browser.RuleCookieSetSameSiteDefault, browser.RuleCookieSetNoneInsecure,
		browser.RuleCookieSendSameSiteStrict, browser.RuleCookieSendSameSiteLax, browser.RuleCookieSendSameSiteDefault, browser.RuleCookieSendNoneInsecure,
		browser.RuleCookieSetThirdParty, browser.RuleCookieSendThirdParty, browser.RuleCookiePartition, browser.RuleCookiePartitionedInsecure:
		return "cookie-samesite-blocked"
	case browser.RuleCookiePrefixSecure, browser.RuleCookiePrefixHost, browser.RuleCookiePrefixHTTP, browser.RuleCookiePrefixNameless:
		return "cookie-prefix-rejected"
	case browser.RuleCookieSize, browser.RuleCookieEvicted:
		return "cookie-too-large"
	case browser.RuleCookieExpired, browser.RuleCookieDeleted:
		return "session-expired"
	}
	return ""
}

// attributeOfCookieRule is the attribute of Set-Cookie that a rule looks at.
func attributeOfCookieRule(rule string) string {
	switch CauseOfCookieRule(browser.Rule(rule)) {
	case "cookie-domain-mismatch":
		return "domain"
	case "cookie-path-mismatch":
		return "path"
	case "cookie-secure-over-http":
		return "secure"
	case "cookie-samesite-blocked":
		return "samesite"
	case "cookie-too-large":
		return "value"
	}
	switch browser.Rule(rule) {
	case browser.RuleCookiePrefixSecure, browser.RuleCookiePrefixHTTP:
		return "secure"
	case browser.RuleCookiePrefixHost:
		return "domain"
	}
	return ""
}
