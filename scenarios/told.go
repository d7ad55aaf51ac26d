package scenarios

import (
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/browser"
	"github.com/replaydiff/replay/scenarios/devtools"
)

// What the browser itself said of its decisions, where a recorder asked it
// (scenarios/devtools). It is worth more than any simulation of ours: that
// stays, for it says what to do, and steps back where it disagrees.

// A testimony is what the browser said of an exchange. The zero value is nothing.
type testimony struct {
	devtools.Notes
	own bool // a tab's own document asks its site
}

// toldOf returns the browser's words on an exchange. Those on one that did not
// end say nothing about a refusal.
func toldOf(x *traffic.Exchange) (testimony, bool) {
	n, ok := devtools.Of(x)
	if !ok || n.Unfinished {
		return testimony{}, false
	}
	own := n.Target == "page" && n.Document != "" && !n.Frame && browser.SiteOf(n.Document).SameSite(browser.SiteOf(x.Request.URL))
	return testimony{n, own}, true
}

// corsTold is the failed check that the browser named for a request, or for
// the one that a preflight asked leave for. Ok tells that it would have named
// one.
func corsTold(c *traffic.Capture, x *traffic.Exchange) (failed *devtools.CORSError, ok bool) {
	n, ok := toldOf(x)
	if !ok || n.CORS != nil || !diff.IsPreflight(x) {
		return n.CORS, ok
	}
	main := announcedBy(c, x)
	if main == nil {
		return nil, false
	}
	n, ok = toldOf(main)
	return n.CORS, ok
}

// obey takes the browser's word on which check failed. Of the decisions that
// were played it keeps the one that comes to the same, which knows the values.
func (r *corsRead) obey(failed *devtools.CORSError, played ...browser.CORSVerdict) {
	rule, stage, known := devtools.CORSRule(failed.Error)
	if !known {
		return // shown as it is, and nothing follows
	}
	for _, v := range played {
		if !v.Allowed && v.Rule == rule {
			r.settle(v, true)
			return
		}
	}
	v := browser.CORSVerdict{Rule: rule, Stage: stage, Got: failed.Parameter}
	if stage == browser.StagePreflight && r.asked != nil {
		v.Status = corsStatus(r.asked)
	}
	r.settle(v, true)
	r.Reason = "the browser refused, and says which check failed: " + failed.Error
}

// saysCORS is the browser's word on the failed check, as evidence.
func (v *View) saysCORS() []Evidence {
	failed, ok := corsTold(v.Comparison.Bad, v.Failed)
	if !ok || failed == nil {
		return nil
	}
	at := seen(diff.Recorder, diff.Note, "corsErrorStatus", failed.Error)
	return []Evidence{v.observed(Decisive, FromBrowser, at, "the browser says which check of CORS failed")}
}

// A cookieWord is what the browser has against a cookie.
type cookieWord struct {
	devtools.Cookie
	stored bool            // it is kept and was not sent; else refused when it was set
	own    bool            // the page asks its own site, so the user's setting for third parties does not count
	ours   browser.Verdict // of the simulation
}

// rule is the first of the browser's reasons that stands for a rule.
func (w cookieWord) rule() (rule browser.Rule, reason string, ok bool) {
	for _, reason = range w.Reasons {
		if w.stored {
			rule, ok = devtools.SendRule(reason)
		} else {
			rule, ok = devtools.StoreRule(reason, w.Name)
		}
		if third := rule == browser.RuleCookieSendThirdParty || rule == browser.RuleCookieSetThirdParty; ok && !(w.own && third) {
			return rule, reason, true
		}
	}
	return "", strings.Join(w.Reasons, ", "), false
}

// verdict is the browser's word as a decision. That of the simulation is kept
// where it comes to the same, since it has the values that were compared.
func (w cookieWord) verdict() browser.Verdict {
	rule, reason, _ := w.rule()
	if !w.ours.Allowed && CauseOfCookieRule(w.ours.Rule) == CauseOfCookieRule(rule) && rule != "" {
		return w.ours
	}
	v := browser.Verdict{Rule: rule, Section: rule.Section(), Reason: "the browser says why: " + reason}
	if rule != "" {
		v.Reason += " (" + rule.Doc() + ")"
	}
	return v
}

// unsent is what the browser has against a kept cookie of that name, domain and
// path; "" for the latter where they are not known.
func (t testimony) unsent(name, domain, path string) (cookieWord, bool) {
	for _, c := range t.Unsent {
		if c.Name == name && (domain == "" || strings.EqualFold(strings.TrimPrefix(c.Domain, "."), domain) && c.Path == path) {
			return cookieWord{Cookie: c, stored: true, own: t.own}, true
		}
	}
	return cookieWord{}, false
}

// refused is what the browser has against a line that sets a cookie, nil if it
// kept it. Of several lines of one name it does not say which: those that a
// browser by the book refuses too, unless it refused as many as there are.
func (t testimony) refused(line string, lines []string, ctx browser.CookieContext, p browser.Profile) (browser.Cookie, *cookieWord) {
	if len(t.Refused) == 0 {
		return browser.Cookie{}, nil
	}
	name, set := browser.ParseSetCookie(line).Name, 0
	for _, other := range lines {
		if browser.ParseSetCookie(other).Name == name {
			set++
		}
	}
	w, refused := cookieWord{own: t.own}, 0
	for _, c := range t.Refused {
		if c.Name == name {
			w.Cookie = c
			refused++
		}
	}
	c, ours := browser.Store(line, ctx, p)
	if w.ours = ours; refused > 0 && (refused >= set || !ours.Allowed) {
		return c, &w
	}
	return c, nil
}

// saysCookie is the browser's word on a cookie of the failing request, or on the
// line that set it, as evidence.
func (v *View) saysCookie(f CookieFate) []Evidence {
	if f.told == nil {
		return nil
	}
	_, reason, known := f.told.rule()
	if !known {
		return nil
	}
	strength, entry := Decisive, v.Failed.Index
	note := "the browser says why it did not send the cookie"
	if !f.told.stored {
		entry, note = f.SetBy, "the browser says why it did not keep the cookie"
	}
	if v.Good == nil && f.Stored && !isSessionName(f.Name) {
		strength = Strong // which cookies the server wants is not known
	}
	return []Evidence{{Strength: strength, Source: FromBrowser, Side: Bad, Entry: entry, At: seen(diff.Recorder, diff.Note, "blockedReasons", reason), Note: note}}
}

// toldSuspects are the session cookies, by their names, that the browser kept
// from a request that the server then took for a stranger's.
func (v *View) toldSuspects(known []string) []string {
	var names []string
	for _, c := range v.cookieFlow(Bad).told.Unsent {
		if isSessionName(c.Name) && !isCSRFName(c.Name) && asksWho(v.Failed) && !slices.Contains(known, c.Name) && !slices.Contains(names, c.Name) &&
			len(cookieValues(&v.Failed.Request, c.Name)) == 0 {
			names = append(names, c.Name)
		}
	}
	return names
}

// saysWhyCookie is the browser's word on a lost cookie where no rule stands for
// it, as it is.
func (v *View) saysWhyCookie(name string) []Evidence {
	w, ok := v.cookieFlow(Bad).told.unsent(name, "", "")
	if sets := v.cookieFlow(Bad).sets[name]; !ok && len(sets) > 0 && sets[len(sets)-1].told != nil {
		w, ok = *sets[len(sets)-1].told, true
	}
	_, reason, known := w.rule()
	if !ok || known {
		return nil
	}
	return []Evidence{v.observed(Strong, FromBrowser, seen(diff.Recorder, diff.Note, "blockedReasons", reason), "the browser says why the cookie is missing")}
}

// blockedTold is what stopped the failing request inside the browser, as
// evidence for a cause of which that word speaks.
func (v *View) blockedTold(words ...string) []Evidence {
	n, ok := toldOf(v.Failed)
	if !ok || !slices.Contains(words, n.Blocked) {
		return nil
	}
	return []Evidence{v.observed(Decisive, FromBrowser, seen(diff.Recorder, diff.Note, "blockedReason", n.Blocked), "the browser says what stopped the request")}
}

// saysUnclaimed is what the browser named as the reason, where no cause of the
// catalogue stands for it.
func (v *View) saysUnclaimed() []Evidence {
	n, ok := toldOf(v.Failed)
	if !ok {
		return nil
	}
	var list []Evidence
	if n.CORS != nil {
		list = append(list, v.observed(Weak, FromBrowser, seen(diff.Recorder, diff.Note, "corsErrorStatus", n.CORS.Error), "the browser says which check of CORS failed"))
	}
	if n.Blocked != "" {
		list = append(list, v.observed(Weak, FromBrowser, seen(diff.Recorder, diff.Note, "blockedReason", n.Blocked), "the browser says what stopped the request"))
	}
	return list
}
