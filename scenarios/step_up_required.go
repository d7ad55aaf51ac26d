package scenarios

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/scenarios/expect"
)

func stepUpRequired() *Cause {
	return &Cause{
		ID:    "step-up-required",
		Kind:  Mechanism,
		Group: Tokens,
		Means: "The login is good but not strong or not fresh enough for this call: a second factor or a new login is asked for.",
		Looks: "A challenge with error=\"insufficient_user_authentication\", acr_values or max_age; mfa_required, interaction_required, a header that asks for an OTP; " +
			"a redirect to /mfa or /verify; or the token lacks the acr or amr of the working one.",
		Unlike: []Unlike{
			{"insufficient-scope", "rights are missing, not a stronger login"},
			{"bot-challenge", "a CAPTCHA proves a human, not a user"},
			{"wrong-credentials", "the password itself is wrong"},
		},
		Advice: []Advice{
			{Client, "Start a new authorization with what the challenge asks for.", "acr_values=urn:example:mfa&max_age=300&prompt=login"},
			{App, "Send the challenge of RFC 9470.", `WWW-Authenticate: Bearer error="insufficient_user_authentication", acr_values="mfa", max_age=300`},
			{Gateway, "Machines have no second factor: give them client credentials of their own.", "grant_type=client_credentials"},
		},
		Refs:   []string{"RFC 9470 sections 3 and 4", "OpenID Connect Core section 3.1.2.1"},
		Prior:  -0.5,
		Detect: detectStepUpRequired,
		Inject: injectStepUpRequired,
		Parameters: []Parameter{
			{Name: "token", Type: TypeSecret, Doc: "a token without a second factor, instead of one that is signed for the test"},
			{Name: "cookie", Type: TypeSecret, Doc: "a session without a second factor"},
		},
		Enforced: ByClient,
		Needs:    []Need{SigningKey, OtherToken, OtherCookie},
		Live:     liveStepUpRequired,
		Expect:   refuses(expect.Hole, 401, 403),
	}
}

func detectStepUpRequired(v *View) []Evidence {
	if v.Failed.Response == nil {
		return nil
	}
	evidence := v.heard(Decisive, "step-up-required", "the answer asks for a stronger or fresher login")
	evidence = append(evidence, v.asksForMore()...)
	evidence = append(evidence, v.sentToSecondFactor()...)
	if len(evidence) > 0 || v.refused() {
		evidence = append(evidence, v.weakerLogin()...)
	}
	if len(evidence) == 0 {
		return nil
	}
	return append(evidence, v.saysAnother("step-up-required")...)
}

// asksForMore reads the challenge: acr_values and max_age of RFC 9470, claims
// of Microsoft, an OTP header of GitHub.
func (v *View) asksForMore() []Evidence {
	h := v.answerHeader()
	for _, field := range h.Values("www-authenticate") {
		lower := strings.ToLower(field)
		for _, word := range []string{"insufficient_user_authentication", "acr_values=", "insufficient_claims", `claims="`} {
			if strings.Contains(lower, word) {
				return []Evidence{v.observed(Decisive, FromChallenge, seen(diff.Response, diff.Header, "www-authenticate", field), "the challenge asks for a stronger or fresher login")}
			}
		}
	}
	for _, f := range h {
		if hasWord(f.Name, "otp", "2fa", "mfa") && hasWord(f.Value, "required") {
			return []Evidence{v.observed(Decisive, FromChallenge, seen(diff.Response, diff.Header, strings.ToLower(f.Name), f.Value), "a header asks for a second factor")}
		}
	}
	return nil
}

// sentToSecondFactor finds a redirect to the page of a second factor.
func (v *View) sentToSecondFactor() []Evidence {
	location, ok := secondFactor(v.field("location"))
	if !ok || v.status() < 300 || v.status() >= 400 {
		return nil
	}
	if v.Good != nil && v.Good.Response != nil {
		if _, too := secondFactor(v.Good.Response.Header.Get("location")); too {
			return nil
		}
	}
	return []Evidence{v.observed(Strong, FromStatus, seen(diff.Response, diff.Header, "location", location), "the request is sent to a page of a second factor")}
}

func secondFactor(location string) (string, bool) {
	u, err := url.Parse(location)
	if err != nil {
		return "", false
	}
	return location, hasWord(u.Path, "mfa", "2fa", "otp", "totp", "twofactor", "verify", "verification", "reauthenticate", "reauth", "sudo", "step") &&
		!hasWord(u.Path, "email")
}

// weakerLogin compares how the users of the two tokens logged in.
func (v *View) weakerLogin() []Evidence {
	p := v.tokens()
	if !p.both() || p.changed["iss"] || p.changed["aud"] {
		return nil
	}
	for _, claim := range []string{"amr", "acr"} {
		had, have := p.ok.Set(claim), p.bad.Set(claim)
		if len(had) == 0 || isSubset(had, have) {
			continue
		}
		strength := Strong
		if p.only("amr", "acr") && (v.status() == 401 || v.status() == 403) && v.Voice() != Missing {
			strength = Decisive
		}
		return []Evidence{v.observed(strength, FromRequest, v.claim(p.badAt, claim, strings.Join(have, " ")), "the login behind the token was weaker than that of the working one")}
	}
	if age, before, ok := v.loginAges(p); ok && age > before+time.Hour {
		return []Evidence{v.observed(Weak, FromTime, v.claim(p.badAt, "auth_time", p.bad.Written("auth_time")), "the login behind the token is "+roughly(age)+" old")}
	}
	return nil
}

// loginAges are the times from login to use.
func (v *View) loginAges(p tokenPair) (bad, ok time.Duration, known bool) {
	badLogin, has := p.bad.Time("auth_time")
	okLogin, too := p.ok.Time("auth_time")
	at, _, okAt := v.ServerTime(Bad, v.Failed)
	before, _, okBefore := v.ServerTime(OK, v.Good)
	return at.Sub(badLogin), before.Sub(okLogin), has && too && okAt && okBefore
}

// injectStepUpRequired answers as RFC 9470 says, and weakens the login where
// the token tells how it was.
func injectStepUpRequired(in *Injection) error {
	token, c, ok := TokenOf(in.Exchange())
	switch {
	case ok && (token.Set("amr") != nil || token.Text("acr") != ""):
		claims := map[string]any{}
		if token.Set("amr") != nil {
			claims["amr"] = []string{"pwd"}
		}
		if token.Text("acr") != "" {
			claims["acr"] = "0"
		}
		if err := in.forge(claims); err != nil {
			return err
		}
	case !ok && c.Value == "" && len(CredentialsOf(in.Request())) == 0:
		return fmt.Errorf("%w: the request carries no login", ErrCannotInject)
	case in.Server == Mute || in.Server == Page:
		return fmt.Errorf("%w: neither the token nor such a server would show it", ErrCannotInject)
	}
	in.Refuse(Refusal{Status: 401, Scheme: "Bearer", Error: "insufficient_user_authentication", Description: "A different authentication level is required",
		Code: "insufficient_user_authentication"})
	return nil
}

func liveStepUpRequired(in *Injection) error {
	if given, err := in.givenToken(nil); given || err != nil {
		return err
	}
	if given, err := in.givenCookie(); given || err != nil {
		return err
	}
	token, _, ok := TokenOf(in.Exchange())
	if _, _, session := in.sessionCookie(); !ok && !session {
		return in.unreadable()
	}
	if !ok {
		return needs("only a login without a second factor shows it", OtherToken, OtherCookie)
	}
	claims := map[string]any{}
	if token.Set("amr") != nil {
		claims["amr"] = []string{"pwd"}
	}
	if token.Text("acr") != "" {
		claims["acr"] = "0"
	}
	if len(claims) == 0 {
		return needs("the token does not tell how the person logged in", OtherToken)
	}
	return in.resign(claims)
}
