package scenarios

import (
	"net/http"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/browser"
)

type corsFacts struct {
	fates map[Side]*corsRead
}

// A CORSFate is what a browser decides about a cross-origin exchange.
type CORSFate struct {
	Cross     bool   // it is a cross-origin request of a script
	Preflight int    // entry of its preflight, -1: none
	Allowed   bool   // the script may read the answer
	Certain   bool   // the capture holds all that the decision needs
	Rule      string // the first rule that failed
	Section   string // of the standard
	Cause     string // the id of the cause that the rule stands for, "" where it is none of CORS
	Reason    string // a sentence; it names origins and URLs without query
}

// A corsRead is what a capture shows of one cross-origin exchange, and what a
// browser decides about it.
type corsRead struct {
	CORSFate
	corsAsk
	known   bool // whether CORS applies could be told
	verdict browser.CORSVerdict
	asked   *traffic.Exchange // the preflight, nil where none was recorded
}

// CORS decides about the decisive exchange of a side. It is false where there
// is none, or no browser made it.
func (v *View) CORS(side Side) (CORSFate, bool) {
	r := v.corsRead(side)
	return r.CORSFate, r.known
}

func (v *View) corsRead(side Side) *corsRead {
	if v.facts.cors == nil {
		v.facts.cors = &corsFacts{fates: map[Side]*corsRead{}}
	}
	r, done := v.facts.cors.fates[side]
	if !done {
		r = v.readCORS(side)
		v.facts.cors.fates[side] = r
	}
	return r
}

func (v *View) readCORS(side Side) *corsRead {
	x := v.Failed
	if side == OK {
		x = v.Good
	}
	return readCORSOf(v.capture(side), x, v.sendsCookiesElsewhere(side))
}

// readCORSOf decides about one exchange of a capture; elsewhere tells that its
// counterpart had credentials.
func readCORSOf(c *traffic.Capture, x *traffic.Exchange, elsewhere bool) *corsRead {
	r := &corsRead{CORSFate: CORSFate{Preflight: -1}}
	if x == nil || x.Response == nil {
		return r
	}
	if r.corsAsk, r.known = askOf(c, x); !r.known || !r.cross {
		return r
	}
	r.Cross = true
	if diff.IsPreflight(x) {
		r.asked, r.Preflight = x, x.Index
	} else if r.asked = preflightOf(c, x); r.asked != nil {
		r.Preflight = r.asked.Index
		// It names the headers of the script; proxies and tracers add others.
		r.author = announcedFields(r.asked)
	}
	r.decide(c, x, elsewhere)
	return r
}

// sendsCookiesElsewhere tells whether the other side's request of the pair had
// credentials: the code of the page that asks is the same, as a rule.
func (v *View) sendsCookiesElsewhere(side Side) bool {
	other := v.Good
	if side == OK {
		other = v.Failed
	}
	return other != nil && includesCredentials(other)
}

// includesCredentials knows a credentials mode of include by what it leaves in
// a request: cookies, or the header that Chromium sends with no other mode
// (Storage Access Headers, section 3.1).
func includesCredentials(x *traffic.Exchange) bool {
	return x.Request.Header.Has("Sec-Fetch-Storage-Access") || x.Request.Header.Has("Cookie") || len(x.Request.Cookies) > 0
}

// decide plays the exchange as the browser would, with and without
// credentials; what the recorder saw the browser do tells which it was.
func (r *corsRead) decide(c *traffic.Capture, x *traffic.Exchange, elsewhere bool) {
	if corsStatus(x) == http.StatusNotModified || failedOtherwise(x) {
		// Of a 304 the answer that was kept is checked, which no capture holds.
		r.settle(browser.CORSVerdict{Allowed: true}, false)
		return
	}
	blocked, told := blockedByBrowser(c, x)
	plain, include := r.play(x, browser.CredentialsSameOrigin), r.play(x, browser.CredentialsInclude)
	if answered := corsStatus(x) > 0 && !diff.IsPreflight(x); answered && plain.Stage == browser.StagePreflight && include.Stage == browser.StagePreflight {
		r.asked, r.Preflight = nil, -1 // it was sent, so this is not its preflight
		plain, include = r.play(x, browser.CredentialsSameOrigin), r.play(x, browser.CredentialsInclude)
	}
	fitsPlain, fitsInclude := fits(plain, x, blocked, told), fits(include, x, blocked, told)
	switch {
	case includesCredentials(x):
		r.settle(include, true)
	case plain.Rule == include.Rule && plain.Allowed == include.Allowed:
		r.settle(plain, true)
	case fitsPlain && !plain.Allowed:
		r.settle(plain, true) // it fails with credentials or without
	case fitsInclude && (!fitsPlain || elsewhere):
		r.settle(include, !fitsPlain)
	default:
		r.settle(plain, !fitsInclude)
	}
	if failed, _ := corsTold(c, x); failed != nil {
		r.obey(failed, include, plain)
	}
	switch {
	case unknownAnswer(r.verdict.Rule):
		r.guess(c, x, elsewhere)
	case told && !blocked && !r.Allowed:
		// The browser let the script have it: an extension, a switched-off check.
		r.settle(browser.CORSVerdict{Allowed: true}, true)
	}
}

// fits tells whether a decision leads to what was recorded: a request whose
// preflight fails is never answered.
func fits(v browser.CORSVerdict, x *traffic.Exchange, blocked, told bool) bool {
	if told && v.Allowed == blocked {
		return false
	}
	if diff.IsPreflight(x) {
		return true
	}
	return v.Allowed || (v.Stage == browser.StagePreflight) == (corsStatus(x) == 0)
}

func unknownAnswer(rule browser.CORSRule) bool {
	return rule == browser.RuleAnswerUnknown || rule == browser.RulePreflightUnknown
}

func (r *corsRead) settle(v browser.CORSVerdict, certain bool) {
	r.verdict = v
	r.Allowed, r.Certain = v.Allowed, certain
	r.Rule, r.Section, r.Cause, r.Reason = "", "", "", ""
	if v.Allowed {
		return
	}
	r.Rule, r.Section, r.Cause = string(v.Rule), v.Rule.Section(), r.causeOf(v)
	if v.Rule != "" {
		r.Reason = v.Sentence()
	}
}

// guess is for captures without the answer that the browser judged: whether it
// was CORS at all, and which rule.
func (r *corsRead) guess(c *traffic.Capture, x *traffic.Exchange, elsewhere bool) {
	r.settle(browser.CORSVerdict{Allowed: true}, false)
	if !perhapsCORS(c, x) || r.asked != nil && corsStatus(r.asked) != 0 {
		return // its preflight went well, so it was sent, and an answer has a status
	}
	r.Allowed = false
	switch {
	case r.needsPreflight():
		r.Cause = "cors-preflight-failed"
	case elsewhere || includesCredentials(x):
		r.Cause = "cors-credentials-not-allowed"
	default:
		r.Cause = "cors-origin-not-allowed"
	}
	r.Reason = "the browser blocked the request across origins, and the capture does not say by which rule"
}

// causeOf is the cause that a rule stands for. The answer to OPTIONS that
// fails for its origin or its credentials is what these rules mean by it; one
// that is no answer to a preflight at all is a failed preflight.
func (r *corsRead) causeOf(v browser.CORSVerdict) string {
	switch v.Rule {
	case browser.RuleLocalNetwork:
		return "local-network-blocked"
	case browser.RulePreflightStatus, browser.RulePreflightRedirect, browser.RuleAllowMethodsSyntax, browser.RuleAllowHeadersSyntax:
		return "cors-preflight-failed"
	case browser.RuleMethodNotAllowed, browser.RuleHeaderNotAllowed:
		if r.literalStar(v) {
			return "cors-credentials-not-allowed"
		}
		return "cors-preflight-failed"
	case browser.RuleOriginWildcard, browser.RuleCredentials:
		if v.Stage == browser.StagePreflight && !answersPreflight(r.asked) {
			return "cors-preflight-failed"
		}
		return "cors-credentials-not-allowed"
	case browser.RuleOriginMissing, browser.RuleOriginMultiple, browser.RuleOriginInvalid, browser.RuleOriginMismatch:
		if v.Stage == browser.StagePreflight && !answersPreflight(r.asked) && !speaksOfOrigin(r.asked) {
			return "cors-preflight-failed"
		}
		return "cors-origin-not-allowed"
	}
	return ""
}

// literalStar tells whether a "*" was refused that counts without credentials
// only (Fetch, "CORS protocol and credentials").
func (r *corsRead) literalStar(v browser.CORSVerdict) bool {
	without := r.play(r.asked, browser.CredentialsSameOrigin)
	return without.Rule != v.Rule && strings.Contains(v.Got, "*")
}

// answersPreflight tells an answer to a preflight from one to a request that
// the server took for an ordinary OPTIONS, or did not let in.
func answersPreflight(x *traffic.Exchange) bool {
	if x == nil || x.Response == nil || x.Response.Status < 200 || x.Response.Status > 299 {
		return false
	}
	h := x.Response.Header
	return h.Has("Access-Control-Allow-Methods") || h.Has("Access-Control-Allow-Headers") || h.Has("Access-Control-Allow-Origin")
}
