package scenarios

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/expect"
)

func wrongAudience() *Cause {
	return &Cause{
		ID:    "wrong-audience",
		Kind:  Mechanism,
		Group: Tokens,
		Means: "The token was issued for another API, or it is an ID token, which is for the client alone.",
		Looks: "aud differs from that of the working token while issuer and key are the same; or the token has a nonce or at_hash, as ID tokens do. " +
			"Answers say \"invalid audience\"; Envoy answers 403 \"Audiences in Jwt are not allowed\".",
		Unlike: []Unlike{
			{"insufficient-scope", "also a 403, but the answer speaks of scope or privileges"},
			{"wrong-issuer", "iss differs too"},
			{"wrong-host", "the token is right and the call goes to the other API"},
		},
		Advice: []Advice{
			{Client, "Ask for a token of this API, and send the access token, not the ID token.", "resource=https://api.example/   # RFC 8707; Auth0: audience="},
			{App, "Accept exactly the audiences that are yours.", "spring.security.oauth2.resourceserver.jwt.audiences=https://api.example/"},
			{Envoy, "List them in the provider.", `audiences: ["https://api.example/"]`},
		},
		Refs:   []string{"RFC 7519 section 4.1.3", "RFC 8707", "RFC 9068 sections 3 and 4", "RFC 8725 section 3.9"},
		Prior:  -0.5,
		Detect: detectWrongAudience,
		Inject: injectWrongAudience,
		Parameters: []Parameter{
			{Name: "audience", Type: TypeText, Default: "https://other-api.example/", Doc: "the audience of the token"},
			{Name: "token", Type: TypeSecret, Doc: "a token for another API, instead of one that is signed for the test"},
		},
		Enforced: ByClient,
		Needs:    []Need{SigningKey, OtherToken},
		Live:     liveWrongAudience,
		Expect:   refuses(expect.Hole, 401, 403, 400),
	}
}

func detectWrongAudience(v *View) []Evidence {
	if !v.refused() {
		return nil
	}
	evidence := v.heard(Decisive, "wrong-audience", "the answer refuses the token's audience")
	says := v.clearly("wrong-audience")
	p := v.tokens()
	if p.both() && !p.changed["aud"] {
		if says || p.bad.Use() != p.ok.Use() {
			return append(evidence, v.idToken(p)...)
		}
		return []Evidence{v.against(RulesOut, FromRequest, "the audience is the same as in the working token")}
	}
	if p.both() && p.ok.Set("aud") != nil {
		evidence = append(evidence, v.observed(v.weighClaim(p, says, "aud"), FromRequest, v.claim(p.badAt, "aud", p.bad.Written("aud")),
			"the token is for another audience than the one that works"))
		if p.changed["iss"] {
			evidence = append(evidence, v.against(Against, FromRequest, "the issuer differs as well"))
		}
	}
	evidence = append(evidence, v.idToken(p)...)
	evidence = append(evidence, v.becameOpaque(p)...)
	if len(evidence) == 0 {
		return nil
	}
	return append(evidence, v.saysAnother("wrong-audience")...)
}

// weighClaim weighs a claim that differs: alone, in a request that is the same
// otherwise, it is the cause.
func (v *View) weighClaim(p tokenPair, says bool, claims ...string) Strength {
	status := v.status()
	switch {
	case says:
		return Decisive
	case !p.decides(v):
		return Weak
	case p.only(claims...) && !v.moved() && (status == http.StatusUnauthorized || status == http.StatusForbidden) && v.Voice() != Missing:
		return Decisive
	}
	return Strong
}

// idToken finds an ID token where an access token belongs.
func (v *View) idToken(p tokenPair) []Evidence {
	if p.bad == nil || p.bad.Use() != IDUse || p.badAt.Kind != Authorization || p.ok != nil && p.ok.Use() == IDUse {
		return nil
	}
	strength := Strong
	if p.ok != nil && p.ok.Use() == AccessUse {
		strength = Decisive
	}
	return []Evidence{v.observed(strength, FromRequest, v.at(p.badAt), "an ID token is sent where an access token belongs")}
}

// becameOpaque finds a token that can't be read where one could: without an
// audience some issuers hand out an opaque or encrypted one.
func (v *View) becameOpaque(p tokenPair) []Evidence {
	c, ok := bearerOf(v)
	if !ok || p.ok == nil || p.okAt.Kind != Authorization || p.bad != nil || len(c.Value) < 16 {
		return nil
	}
	strength := Weak
	if v.audienceLost() {
		strength = Strong
	}
	return []Evidence{v.observed(strength, FromRequest, v.at(c), "the token is opaque, the working one is a JWT: issuers do so when no audience was asked for")}
}

// audienceLost tells whether an authorization or token request asks for no
// audience (RFC 8707: resource) although that of the working capture did.
func (v *View) audienceLost() bool {
	for i, pair := range v.Pairs {
		if i == v.Decisive {
			break
		}
		ok, bad := v.Comparison.OK.Exchanges[pair.OK], v.Comparison.Bad.Exchanges[pair.Bad]
		if asksForTokens(ok) && asksForTokens(bad) && asksForAudience(&ok.Request) && !asksForAudience(&bad.Request) {
			return true
		}
	}
	return false
}

func asksForAudience(r *traffic.Request) bool {
	if u := r.ParsedURL(); u != nil && (u.Query().Has("audience") || u.Query().Has("resource")) {
		return true
	}
	for _, f := range bodyFields(r) {
		if f.Name == "audience" || f.Name == "resource" {
			return true
		}
	}
	return false
}

func injectWrongAudience(in *Injection) error {
	token, _, ok := TokenOf(in.Exchange())
	if !ok || token.Set("aud") == nil {
		return fmt.Errorf("%w: the request carries no token with an audience", ErrCannotInject)
	}
	if err := in.forge(map[string]any{"aud": "https://other-api.example/"}); err != nil {
		return err
	}
	in.Refuse(Refusal{Status: 401, Scheme: "Bearer", Error: "invalid_token", Description: "Invalid audience", Code: "invalid_audience"})
	return nil
}

func liveWrongAudience(in *Injection) error {
	if given, err := in.givenToken(nil); given || err != nil {
		return err
	}
	token, _, ok := TokenOf(in.Exchange())
	if ok && token.Set("aud") == nil {
		return cannot("the token names no audience")
	}
	if ok && slices.Contains(token.Set("aud"), in.With["audience"]) {
		return cannot("the token is for that audience")
	}
	return in.resign(map[string]any{"aud": in.With["audience"]})
}
