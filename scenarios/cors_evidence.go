package scenarios

import (
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/browser"
)

// withheldFor returns what a browser decided about the failing exchange, nil
// unless it is one across origins whose answer the script may not have.
func (v *View) withheldFor() *corsRead {
	r := v.corsRead(Bad)
	if !r.known || !r.Cross || r.Allowed {
		return nil
	}
	return r
}

// decided is the evidence that a browser refused for a cause: the rule, the
// recorder's mark, and the answer that let the same request through before.
func (v *View) decided(r *corsRead, note string) []Evidence {
	at, entry := v.ruleEdit(r)
	rule := Evidence{Strength: Strong, Source: FromSimulation, Side: Bad, Entry: entry, At: at, Note: note}
	if r.Certain {
		rule.Strength = Decisive
	}
	list := append([]Evidence{rule}, v.saysCORS()...)
	if blocked, told := blockedByBrowser(v.Comparison.Bad, v.Failed); blocked && told {
		note := "the browser kept the answer from the script"
		if r.verdict.Stage == browser.StagePreflight {
			note = "the browser did not send the request"
		}
		list = append(list, v.observed(rule.Strength, FromStatus, v.blockEdit(), note))
	} else if corsStatus(v.Failed) == 0 && !diff.IsPreflight(v.Failed) {
		list = append(list, v.observed(Strong, FromStatus, v.blockEdit(), "the request was never sent"))
	}
	if good := v.corsRead(OK); good.known && good.Cross && good.Allowed && at.Op != diff.Add {
		list = append(list, Evidence{Strength: Strong, Source: FromFlow, Side: OK, Entry: good.answer(v.Good).Index, Note: "the browser lets the working one through"})
	}
	return list
}

// answer is the exchange whose answer decided: the preflight where it failed.
func (r *corsRead) answer(x *traffic.Exchange) *traffic.Exchange {
	if r.verdict.Stage == browser.StagePreflight && r.asked != nil {
		return r.asked
	}
	return x
}

// blockEdit is where the recorder noted that there is no answer.
func (v *View) blockEdit() diff.Edit {
	for _, part := range []diff.Part{diff.Failure, diff.Status} {
		if c, ok := v.Change(diff.Response, part, ""); ok {
			return c.Edit
		}
	}
	return seen(diff.Response, diff.Failure, "", v.Failed.Response.Error)
}

// ruleEdit is the field that the browser's rule looked at, with its value in
// the working capture where there is one.
func (v *View) ruleEdit(r *corsRead) (at diff.Edit, entry int) {
	answer, before := v.Failed, v.Good
	if r.verdict.Stage == browser.StagePreflight && r.asked != nil {
		answer, before = r.asked, v.corsRead(OK).asked
	}
	field := ruleField(r.verdict.Rule)
	at = diff.Edit{Side: diff.Response, Part: diff.Header, Name: field}
	value := func(x *traffic.Exchange) (string, bool) {
		if x == nil || x.Response == nil {
			return "", false
		}
		if field == "" {
			return browserStatus(x), true
		}
		values := x.Response.Header.Values(field)
		return strings.Join(values, ", "), len(values) > 0
	}
	if field == "" {
		at.Part = diff.Status
	}
	old, had := value(before)
	now, has := value(answer)
	switch {
	case had && has:
		at.Op, at.Old, at.New = diff.Replace, old, now
	case had:
		at.Op, at.Old = diff.Remove, old
	case has:
		at.Op, at.New = diff.Add, now
	}
	return at, answer.Index
}

func browserStatus(x *traffic.Exchange) string {
	const digits = "0123456789"
	n := corsStatus(x)
	return string([]byte{digits[n/100%10], digits[n/10%10], digits[n%10]})
}

// ruleField is the response field that a rule reads, "" for the status.
func ruleField(rule browser.CORSRule) string {
	switch rule {
	case browser.RuleOriginMissing, browser.RuleOriginWildcard, browser.RuleOriginMultiple, browser.RuleOriginInvalid, browser.RuleOriginMismatch:
		return "access-control-allow-origin"
	case browser.RuleCredentials:
		return "access-control-allow-credentials"
	case browser.RuleMethodNotAllowed, browser.RuleAllowMethodsSyntax:
		return "access-control-allow-methods"
	case browser.RuleHeaderNotAllowed, browser.RuleAllowHeadersSyntax:
		return "access-control-allow-headers"
	}
	return ""
}

// ruleNote says what a rule found, without the values.
func ruleNote(r *corsRead) string {
	where := "the answer"
	if r.verdict.Stage == browser.StagePreflight {
		where = "the answer to the preflight (OPTIONS)"
	}
	switch r.verdict.Rule {
	case browser.RulePreflightStatus:
		if s := r.verdict.Status; s == 401 || s == 403 || s == 407 {
			return "the preflight (OPTIONS) was refused, and a preflight never carries credentials"
		}
		return "the preflight (OPTIONS) was not answered with 200 to 299"
	case browser.RulePreflightRedirect:
		return "the preflight (OPTIONS) was redirected, which is not allowed"
	case browser.RuleMethodNotAllowed, browser.RuleAllowMethodsSyntax:
		return where + " does not allow the method"
	case browser.RuleHeaderNotAllowed, browser.RuleAllowHeadersSyntax:
		return where + " does not allow a header of the request"
	case browser.RuleOriginMissing:
		return where + " does not name the page's origin"
	case browser.RuleOriginWildcard:
		return where + " allows any origin, which does not count with credentials"
	case browser.RuleOriginMultiple:
		return where + " names several origins, and one is allowed"
	case browser.RuleOriginInvalid, browser.RuleOriginMismatch:
		return where + " names another origin than the page's"
	case browser.RuleCredentials:
		return where + " does not allow credentials"
	}
	return "the browser refused"
}

// pageMoved is the evidence that another page asks than before.
func (v *View) pageMoved(s Strength) []Evidence {
	good, bad := v.corsRead(OK), v.corsRead(Bad)
	if !good.known || good.origin == (browser.Origin{}) || good.origin == bad.origin {
		return nil
	}
	at := diff.Edit{Side: diff.Request, Part: diff.Header, Name: "origin"}
	if c, ok := v.Change(diff.Request, diff.Header, "origin"); ok {
		at = c.Edit
	} else if !bad.seen {
		at.Op, at.Old, at.New = diff.Replace, good.origin.String(), bad.origin.String()
	}
	list := []Evidence{v.observed(s, FromRequest, at, "the page that asks has another origin than in the working capture")}
	for _, name := range []string{"referer", "sec-fetch-site"} {
		if c, ok := v.Change(diff.Request, diff.Header, name); ok && c.Noise == "" {
			list = append(list, v.changed(Weak, c, "the page has moved"))
		}
	}
	return list
}

// unmade is the evidence of headers that are missing because the browser shows
// a request as the script gave it, before it adds its own.
func (v *View) unmade() []Evidence {
	var list []Evidence
	for _, c := range v.Matter() {
		if c.Op == diff.Remove && c.Part == diff.Header && addedByBrowser(c.Name) || c.Op == diff.Remove && c.Part == diff.Cookie {
			list = append(list, v.changed(Weak, c, "the browser had not added it yet"))
		}
	}
	return list
}

// hidesRefusal tells whether the server refused for a reason of its own, which
// the missing CORS header only hides from the script.
func (v *View) hidesRefusal(r *corsRead) bool {
	return r.verdict.Stage != browser.StagePreflight && corsStatus(v.Failed) >= 400 && !diff.IsPreflight(v.Failed)
}

// asksNewly is the evidence of a header or method in the failing request that
// needs leave and that the working one did not have.
func (v *View) asksNewly(s Strength) []Evidence {
	good, bad := v.corsRead(OK), v.corsRead(Bad)
	if !good.known || v.Good == nil {
		return nil
	}
	before := browser.NeedsPreflight(good.request(browser.CredentialsSameOrigin), good.profile)
	now := browser.NeedsPreflight(bad.request(browser.CredentialsSameOrigin), bad.profile)
	var list []Evidence
	if c, ok := v.Change(diff.Request, diff.Method, ""); ok && now.MethodUnsafe {
		list = append(list, v.changed(s, c, "another method than in the working request, which needs leave"))
	}
	known := map[string]bool{}
	for _, name := range before.Headers {
		known[name] = true
	}
	for _, name := range now.Headers {
		if known[name] {
			continue
		}
		if c, ok := v.Change(diff.Request, diff.Header, name); ok {
			list = append(list, v.changed(s, c, "a header that needs leave, and that the working request does not have"))
		}
	}
	return list
}
