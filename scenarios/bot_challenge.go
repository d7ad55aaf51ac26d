package scenarios

import (
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/expect"
)

func botChallenge() *Cause {
	return &Cause{
		ID: "bot-challenge", Kind: Mechanism, Group: AccessControl,
		Means: "Bot protection served a challenge instead of the resource.",
		Looks: "HTML with a puzzle or \"just a moment\" where data used to be, marked by a field of the vendor; the status may be 403, 429, 503, 202 or 405.",
		Unlike: []Unlike{
			{"waf-blocked", "a block can't be passed by solving anything"},
			{"rate-limited", "a 429 without the mark of a challenge"},
			{"step-up-required", "asks the user for a second factor, not for being human"},
		},
		Advice: []Advice{
			{Gateway, "Skip challenges on API hosts by a rule: path together with mTLS, a token or a known client.", ""},
			{Client, "Don't share clearance cookies between addresses or browsers; let the challenge's script through the ad blocker.", ""},
		},
		Refs:   []string{"Cloudflare, Detect a challenge page response", "AWS WAF, CAPTCHA and Challenge actions"},
		Prior:  -0.5,
		Detect: detectBotChallenge,
		Inject: injectBotChallenge,
		Parameters: []Parameter{
			{Name: "agent", Type: TypeText, Default: "HeadlessChrome/120.0", Doc: "the User-Agent"},
		},
		Enforced: ByClient,
		Live:     liveBotChallenge,
		Expect:   oneOf(expect.Lenient, 403, 429, 503, 202, 405),
	}
}

// clearanceCookies show that a challenge was passed.
var clearanceCookies = []string{"cf_clearance", "_abck", "datadome", "aws-waf-token", "_px3", "_pxhd", "reese84", "kp_uidz", "_vcrcs"}

func detectBotChallenge(v *View) []Evidence {
	if v.Failed.Response == nil || !v.statusIs(200, 202, 400, 401, 403, 405, 409, 412, 418, 429, 503) {
		return nil
	}
	var found []Evidence
	if name := botMark(v.Failed.Response); name != "" {
		found = append(found, v.observed(Decisive, FromStatus, v.fieldSeen(name), "the vendor's field marks the answer as a challenge"))
	}
	html := strings.Contains(mediaTypeOf(v.Failed.Response), "html")
	strength := Strong
	if html {
		strength = Decisive
	}
	found = append(found, v.heard(strength, "bot-challenge", "the answer wants to know whether a human asks")...)
	if botPage(v.Failed.Response) && (v.Good == nil || v.Good.Response != nil && !botPage(v.Good.Response)) && v.status() >= 400 {
		found = append(found, v.observed(Strong, FromStatus, v.statusSeen(), "the page loads the script of a challenge"))
	}
	for _, c := range v.Changes {
		if c.Side == diff.Request && c.Part == diff.Cookie && c.Op == diff.Remove && slices.Contains(clearanceCookies, strings.ToLower(c.Name)) && (html || len(found) > 0) {
			found = append(found, v.changed(Strong, c, "the cookie of a passed challenge is gone"))
		}
	}
	if len(found) == 0 {
		return nil
	}
	if isStructured(v.Failed.Response) && botMark(v.Failed.Response) == "" {
		found = append(found, v.against(Against, FromStatus, "the answer is data of the app, not a page"))
	}
	return append(found, v.judged()...)
}

func injectBotChallenge(in *Injection) error {
	r := in.Request()
	for i := range r.Header.All("cookie") {
		r.Header[i].Value = withoutCookies(r.Header[i].Value, clearanceCookies)
	}
	in.page(403, "text/html; charset=UTF-8", "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>Enable JavaScript and cookies to continue<script src=\"/cdn-cgi/challenge-platform/h/g/orchestrate/chl_page/v1\"></script></body></html>",
		traffic.HeaderField{Name: "Server", Value: "cloudflare"}, traffic.HeaderField{Name: "cf-mitigated", Value: "challenge"})
	return nil
}

// withoutCookies is a Cookie field without those of these names.
func withoutCookies(value string, names []string) string {
	var kept []string
	for pair := range strings.SplitSeq(value, ";") {
		name, _, _ := strings.Cut(strings.TrimSpace(pair), "=")
		if !slices.Contains(names, strings.ToLower(name)) {
			kept = append(kept, strings.TrimSpace(pair))
		}
	}
	return strings.Join(kept, "; ")
}

// liveBotChallenge comes without the cookie of a passed challenge, as a
// browser without a person.
func liveBotChallenge(in *Injection) error {
	r := in.Request()
	for i := range r.Header.All("cookie") {
		r.Header[i].Value = withoutCookies(r.Header[i].Value, clearanceCookies)
	}
	SetHeader(&r.Header, "User-Agent", in.With["agent"])
	return nil
}
