package scenarios

import (
	"slices"
	"time"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/scenarios/expect"
)

func invalidGrant() *Cause {
	return &Cause{
		ID:    "invalid-grant",
		Kind:  Mechanism,
		Group: OAuth,
		Means: "The code or refresh token is expired, was used before, was revoked, or is of another client.",
		Looks: "The token endpoint answers invalid_grant while redirect_uri and PKCE match; often the same code or refresh token was sent before, or a long time lies between.",
		Unlike: []Unlike{
			{"redirect-uri-mismatch", "there the redirect_uri of both requests differs"},
			{"pkce-missing", "there the verifier is missing or does not match"},
			{"client-authentication-failed", "there the client is refused: invalid_client"},
			{"wrong-credentials", "there the grant is a person's password"},
		},
		Advice: []Advice{
			{Client, "Refresh once at a time, over all tabs, and replace the stored refresh token in one step.", `await navigator.locks.request("refresh", refresh)`},
			{Client, "Exchange a code once: take it out of the address bar before a reload sends it again.", `history.replaceState(null, "", location.pathname)`},
			{Client, "On invalid_grant go to the login; do not retry.", ""},
			{App, "Rotate refresh tokens with a short grace for parallel requests.", ""},
		},
		Refs:   []string{"RFC 6749 sections 4.1.2, 5.2 and 6", "RFC 9700 section 4.14"},
		Detect: detectInvalidGrant,
		Inject: injectInvalidGrant,
		Parameters: []Parameter{
			{Name: "how", Type: TypeChoice, Choices: []Choice{{Value: "unknown", Doc: "nobody issued it"}, {Value: "twice", Doc: "it was used right before"}}, Default: "unknown", Doc: "what is wrong with the code or refresh token"},
		},
		Enforced: ByClient,
		Live:     liveInvalidGrant,
		Expect:   or(oneOf(expect.Hole, 400, 401, 403), errorBack(), expect.That(expect.Disguised())),
	}
}

func detectInvalidGrant(v *View) []Evidence {
	fields, ok := tokenRequest(v.Failed)
	if !ok || isPasswordGrant(v.Failed) {
		return nil
	}
	said := oauthErrorOf(v.Failed)
	words := v.says(Strong, "invalid-grant", "the answer speaks of the code or the refresh token")
	var list []Evidence
	switch {
	case said.Code == "invalid_grant" || said.Code == "bad_verification_code":
		list = append(list, v.observed(Decisive, FromText, seen(diff.Response, diff.Body, "/error", said.Code), "the token endpoint refuses the grant"))
	case len(words) > 0:
		list = words
	case said.Code == "" && v.status() == 400:
		list = append(list, v.observed(Strong, FromStatus, statusOf(v.Failed), "400 at a token endpoint is for the grant, 401 for the client (RFC 6749 section 5.2)"))
	}
	list = append(list, v.usedAgain(fields)...)
	if !slices.ContainsFunc(list, Evidence.Speaks) {
		return nil
	}
	if hit, ok := v.Says("redirect-uri-mismatch"); ok {
		list = append(list, Evidence{Strength: Against, Source: hit.Source, Side: Bad, Entry: v.Failed.Index, At: hit.At, Note: "the answer speaks of the redirect_uri"})
	}
	if said.Code == "invalid_client" {
		list = append(list, v.against(RulesOut, FromText, "the server does not accept the client"))
	}
	return append(list, v.otherGrant(fields)...)
}

// usedAgain finds the same code or refresh token in an earlier request, and a
// code that was kept too long.
func (v *View) usedAgain(fields map[string]string) []Evidence {
	grant, name := fields["code"], "code"
	if fields["grant_type"] == "refresh_token" {
		grant, name = fields["refresh_token"], "refresh_token"
	}
	if grant == "" {
		return nil
	}
	at := v.sent(Credential{Part: diff.Body, Name: name, Value: grant})
	for _, x := range v.Comparison.Bad.Exchanges[:v.Failed.Index] {
		if x.Response != nil && x.Response.Status/100 == 3 {
			continue // sent on with its body (RFC 9110 section 15.4.9), used by nobody
		}
		if before, ok := tokenRequest(x); ok && before[name] == grant {
			return []Evidence{{Strength: Decisive, Source: FromFlow, Side: Bad, Entry: x.Index, At: at, Note: "the same code or refresh token was sent before"}}
		}
	}
	if name != "code" {
		return nil
	}
	for i := v.Failed.Index - 1; i >= 0; i-- {
		x := v.Comparison.Bad.Exchanges[i]
		u := x.Request.ParsedURL()
		if u == nil || u.Query().Get("code") != grant || !x.Recorded.Started.Known() || !v.Failed.Recorded.Started.Known() {
			continue
		}
		if waited := v.Failed.Recorded.Started.Time.Sub(x.Recorded.Started.Time); waited > time.Minute {
			return []Evidence{{Strength: Strong, Source: FromTime, Side: Bad, Entry: i, At: at, Note: "more than a minute passed before the code was exchanged"}}
		}
	}
	return nil
}

// otherGrant owns the code or refresh token, which differs in each login.
func (v *View) otherGrant(fields map[string]string) []Evidence {
	for _, name := range []string{"code", "refresh_token"} {
		if c, ok := v.bodyChange(name); ok && fields[name] != "" && !c.WholeBody() {
			return []Evidence{v.observed(Weak, FromRequest, c.Edit, "another code or refresh token than the one that worked")}
		}
	}
	return nil
}

func injectInvalidGrant(in *Injection) error {
	fields, ok := tokenRequest(in.Exchange())
	if !ok {
		return cannot("the flow has no token request")
	}
	name := "code"
	if fields["grant_type"] == "refresh_token" {
		name = "refresh_token"
	}
	if fields[name] == "" {
		return cannot("the token request has neither code nor refresh token")
	}
	if err := setField(in.Request(), name, in.random(len(fields[name])), true); err != nil {
		return err
	}
	in.Refuse(Refusal{Status: 400, Code: "invalid_grant", Description: "Code not valid"})
	return nil
}

// liveInvalidGrant makes a grant up, or uses the good one twice.
func liveInvalidGrant(in *Injection) error {
	if in.With["how"] != "twice" {
		return injectInvalidGrant(in)
	}
	if _, ok := tokenRequest(in.Exchange()); !ok {
		return cannot("the flow has no token request")
	}
	in.Live.moves.Before = append(in.Live.moves.Before, cloneExchange(in.Exchange()))
	return nil
}
