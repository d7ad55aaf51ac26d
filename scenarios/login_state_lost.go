package scenarios

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/browser"
	"github.com/replaydiff/replay/scenarios/expect"
)

func loginStateLost() *Cause {
	return &Cause{
		ID:    "login-state-lost",
		Kind:  Mechanism,
		Group: OAuth,
		Means: "The app does not recognise the login that comes back from the identity provider: state, nonce or RelayState does not match what it kept.",
		Looks: "The callback fails in words about state, nonce or correlation; its state differs from the one that the login began with, or the cookie set at the start is not sent with it.",
		Unlike: []Unlike{
			{"cookie-samesite-blocked", "there the capture shows which rule keeps the cookie away: it explains this"},
			{"csrf-token-mismatch", "there a form of the app itself is refused"},
			{"invalid-grant", "there the callback works and the token endpoint refuses the code"},
		},
		Advice: []Advice{
			{Client, "Begin the login anew, in one tab: a second one or the back button overwrites the state.", ""},
			{App, "Keep the state in a cookie of its own for each login, which survives the way back.", "Set-Cookie: login_state=…; Path=/callback; Secure; HttpOnly; SameSite=Lax"},
			{App, "With form_post the way back is a POST from another site: the cookie then needs None.", "SameSite=None; Secure"},
			{App, "With several nodes keep the state where all of them see it, or share the keys that protect it.", ""},
		},
		Refs:     []string{"RFC 6749 section 10.12", "OpenID Connect Core section 3.1.2.1 (nonce)", "SAML 2.0 Bindings section 3.4.3 (RelayState)"},
		Prior:    -0.5,
		Detect:   detectLoginStateLost,
		Inject:   injectLoginStateLost,
		Enforced: ByClient,
		Expect:   or(refuses(expect.Hole, 400, 401, 403, 422), errorBack(), sentAway()),
	}
}

var stateWords = regexp.MustCompile(`(?i)(invalid|mismatch\w*|missing|unknown|wrong|bad|expired)[^"<]{0,20}\b(oauth )?(state|nonce|relay ?state)\b|\b(state|nonce|relay ?state)\b[^"<]{0,40}(mismatch|not match|invalid|missing|not found|does not|did not|differ|unknown|expired|unsolicited)|` +
	`correlation (failed|cookie|id not)|csrf[^"<]{0,30}\bstate\b|InResponseTo|unsolicited response|cookie not found\. please make sure|login (session|attempt|flow)[^"<]{0,30}(expired|not found|lost|timed out)|unable to (verify|load) (the )?(authorization|login|authentication)[^"<]{0,20}(state|request)|authentication_?expired|temporarily_unavailable.{0,20}restart login`)

func detectLoginStateLost(v *View) []Evidence {
	state, at, ok := v.callback()
	if !ok {
		return nil
	}
	var list []Evidence
	if hit, said := v.answerMatches(stateWords); said {
		list = append(list, v.observed(Decisive, FromText, hit, "the app speaks of the state of the login"))
	}
	q, entry, known := authorizeBefore(v.Comparison.Bad, v.Failed.Index, "")
	if known && state != "" && q.Get("state") != "" {
		if q.Get("state") != state {
			list = append(list, v.observed(Strong, FromFlow, at, "the state that comes back is not the one that the last login began with"))
		}
		list = append(list, v.lostSince(entry)...)
	}
	if !slices.ContainsFunc(list, Evidence.Speaks) {
		return nil
	}
	return list
}

// callback returns the state that comes back from an identity provider, by
// redirect or by form (OAuth form_post, SAML).
func (v *View) callback() (state string, at diff.Edit, ok bool) {
	return v.callbackOf(v.Failed)
}

func (v *View) callbackOf(x *traffic.Exchange) (state string, at diff.Edit, ok bool) {
	if u := x.Request.ParsedURL(); u != nil {
		q := u.Query()
		if q.Get("response_type") == "" && (q.Get("code") != "" || q.Get("error") != "" || q.Get("SAMLResponse") != "") && (q.Has("state") || q.Has("RelayState") || q.Has("session_state") || q.Has("iss")) {
			state = q.Get("state")
			return state, v.sent(Credential{Part: diff.Query, Name: "state", Value: state}), true
		}
	}
	fields := fieldMap(&x.Request)
	if fields["SAMLResponse"] != "" || fields["state"] != "" && (fields["code"] != "" || fields["id_token"] != "") && fields["grant_type"] == "" {
		return fields["state"], v.sent(Credential{Part: diff.Body, Name: "state", Value: fields["state"]}), true
	}
	return "", diff.Edit{}, false
}

// lostSince finds a cookie that the app set when the login began and that does
// not come back with the callback.
func (v *View) lostSince(authorize int) []Evidence {
	host := hostPort(&v.Failed.Request)
	sent := v.Failed.Request.CookiePairs()
	for i := authorize - 1; i >= 0 && i >= authorize-5; i-- {
		x := v.Comparison.Bad.Exchanges[i]
		if hostPort(&x.Request) != host && !siblings(x, v.Failed) || x.Response == nil || x.Response.Status/100 != 3 {
			continue
		}
		for _, set := range x.Response.Header.Values("set-cookie") {
			name, _, _ := strings.Cut(set, "=")
			name = strings.TrimSpace(name)
			if !slices.ContainsFunc(sent, func(p traffic.Param) bool { return p.Name == name }) {
				return []Evidence{{Strength: Strong, Source: FromFlow, Side: Bad, Entry: i, At: seen(diff.Response, diff.SetCookie, name, set),
					Note: "the cookie that was set when the login began is not sent with the callback"}}
			}
		}
	}
	return nil
}

// siblings tells hosts of one domain: a login that begins at one and comes back
// to the other leaves its cookie behind.
func siblings(x, y *traffic.Exchange) bool {
	a, b := x.Request.ParsedURL(), y.Request.ParsedURL()
	if a == nil || b == nil {
		return false
	}
	domain := browser.RegistrableDomain(a.Hostname())
	return domain != "" && domain == browser.RegistrableDomain(b.Hostname())
}

// readByScript tells the callback of a single page app: the server knows of no
// browser that began, hands out the same page for every address, and nothing
// comes of it.
func readByScript(x *traffic.Exchange) bool {
	r := x.Response
	return isSafe(x.Request.Method) && len(x.Request.CookiePairs()) == 0 && r != nil && r.Status/100 == 2 && !r.Header.Has("set-cookie") && strings.Contains(mediaTypeOf(r), "html")
}

func injectLoginStateLost(in *Injection) error {
	v := &View{}
	state, at, ok := v.callbackOf(in.Exchange())
	if !ok || state == "" {
		return cannot("the flow has no callback with a state")
	}
	if _, _, begun := authorizeBefore(in.Flow, in.Target, ""); !begun {
		return cannot("the flow does not show where the login began")
	}
	if in.Live != nil && readByScript(in.Exchange()) {
		return cannot("the callback is a page, whose script compares the state: the server does not see it")
	}
	if at.Part == diff.Query {
		replaceQuery(in.Request(), "state", url.QueryEscape(in.random(len(state))), true)
	} else if err := setField(in.Request(), "state", in.random(len(state)), true); err != nil {
		return err
	}
	in.Refuse(Refusal{Status: 400, Code: "invalid_state", Description: "OAuth state mismatch"})
	return nil
}
