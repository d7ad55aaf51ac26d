package scenarios

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/expect"
)

func insufficientScope() *Cause {
	return &Cause{
		ID:    "insufficient-scope",
		Kind:  Mechanism,
		Group: Tokens,
		Means: "The login is good, but the token's scopes, roles or permissions do not allow this call.",
		Looks: "A 403 with error=\"insufficient_scope\", often naming the scope that is needed; or scope, roles or permissions of the token are fewer " +
			"than those of the working one. Other routes go on working with the same token.",
		Unlike: []Unlike{
			{"csrf-token-missing", "a 403 on unsafe methods alone, and the words say CSRF"},
			{"waf-blocked", "the 403 is a page of an edge, not of the API"},
			{"step-up-required", "a stronger or fresher login is asked for, not more rights"},
			{"wrong-audience", "the token is for another API"},
		},
		Advice: []Advice{
			{Client, "Ask for the scope that the answer names, and let the user consent again.", "scope=openid orders:read orders:write&prompt=consent"},
			{App, "Name the scope that is missing.", `WWW-Authenticate: Bearer error="insufficient_scope", scope="orders:write"`},
			{Gateway, "Map roles into the token (Keycloak: client scopes and mappers); Spring wants the prefix SCOPE_.", `hasAuthority("SCOPE_orders:write")`},
		},
		Refs:   []string{"RFC 6750 section 3.1", "RFC 6749 section 3.3", "RFC 9110 section 15.5.4"},
		Prior:  0,
		Detect: detectInsufficientScope,
		Inject: injectInsufficientScope,
		Parameters: []Parameter{
			{Name: "scope", Type: TypeText, Doc: "the scopes that are left, parted by spaces; none without it"},
			{Name: "token", Type: TypeSecret, Doc: "a token with fewer scopes, instead of one that is signed for the test"},
		},
		Enforced: ByClient,
		Needs:    []Need{SigningKey, OtherToken},
		Live:     liveInsufficientScope,
		Expect:   refuses(expect.Hole, 403, 401, 404),
	}
}

func detectInsufficientScope(v *View) []Evidence {
	evidence := v.heard(Decisive, "insufficient-scope", "the answer says that the token's rights do not suffice")
	says := v.clearly("insufficient-scope")
	if !says && !v.refused() && v.status() != http.StatusNotFound {
		return nil
	}
	evidence = append(evidence, v.fewerRights(says)...)
	evidence = append(evidence, v.gitHubScopes()...)
	evidence = append(evidence, v.askedForLess()...)
	evidence = append(evidence, v.worksElsewhere()...)
	if len(evidence) == 0 {
		return nil
	}
	if v.status() == http.StatusUnauthorized && v.Voice() == Missing {
		evidence = append(evidence, v.against(Against, FromStatus, "the answer speaks as if no credential had arrived"))
	}
	return append(evidence, v.saysAnother("insufficient-scope")...)
}

// fewerRights compares the rights that the tokens grant.
func (v *View) fewerRights(says bool) []Evidence {
	p := v.tokens()
	if !p.both() || p.changed["iss"] || p.changed["aud"] {
		return nil
	}
	had, have := rightsOf(p.ok), rightsOf(p.bad)
	for _, claim := range slices.Sorted(maps.Keys(had)) {
		if isSubset(had[claim], have[claim]) {
			continue
		}
		strength := Strong
		switch {
		case says || v.status() == http.StatusForbidden && isSubset(have[claim], had[claim]):
			strength = Decisive
		case v.status() == http.StatusNotFound:
			strength = Weak
		}
		note := "the token has fewer rights than the working one"
		if p.changed["sub"] {
			note += "; it is of another user"
		}
		return []Evidence{v.observed(strength, FromRequest, v.claim(p.badAt, claim, strings.Join(have[claim], " ")), note)}
	}
	return nil
}

// rightsOf collects what a token grants, by claim.
func rightsOf(t *JWT) map[string][]string {
	rights := map[string][]string{}
	for _, claim := range []string{"scope", "scp", "scopes", "roles", "role", "permissions", "authorities", "groups", "entitlements", "cognito:groups", "wids"} {
		if list := t.Set(claim); list != nil {
			rights[claim] = list
		}
	}
	for claim := range t.Claims { // an own claim has a URL as its name (Auth0, Hasura)
		if strings.Contains(claim, "://") && hasWord(claim, "roles", "role", "permissions", "scope", "groups") {
			if list := t.Set(claim); list != nil {
				rights[claim] = list
			}
		}
	}
	realm, _ := t.Claims["realm_access"].(map[string]any) // Keycloak
	if roles := (&JWT{Claims: realm}).Set("roles"); roles != nil {
		rights["realm_access"] = roles
	}
	clients, _ := t.Claims["resource_access"].(map[string]any)
	for client, access := range clients {
		members, _ := access.(map[string]any)
		for _, role := range (&JWT{Claims: members}).Set("roles") {
			rights["resource_access"] = append(rights["resource_access"], client+"/"+role)
		}
	}
	return rights
}

// gitHubScopes compares what an OAuth app has with any of what is accepted.
func (v *View) gitHubScopes() []Evidence {
	h := v.answerHeader()
	accepted := strings.FieldsFunc(h.Get("x-accepted-oauth-scopes"), commaOrSpace)
	if len(accepted) == 0 || !h.Has("x-oauth-scopes") {
		return nil
	}
	for _, scope := range strings.FieldsFunc(h.Get("x-oauth-scopes"), commaOrSpace) {
		for _, other := range accepted {
			if scope == other || strings.HasPrefix(other, scope+":") { // repo includes repo:status
				return nil
			}
		}
	}
	return []Evidence{v.observed(Strong, FromChallenge, seen(diff.Response, diff.Header, "x-accepted-oauth-scopes", h.Get("x-accepted-oauth-scopes")),
		"none of the scopes that are accepted is among those of the token")}
}

func commaOrSpace(r rune) bool { return r == ',' || r == ' ' }

// askedForLess finds an authorization or token request, or its answer, with a
// narrower scope than in the working capture.
func (v *View) askedForLess() []Evidence {
	for i, pair := range v.Pairs {
		if i == v.Decisive {
			break
		}
		ok, bad := v.Comparison.OK.Exchanges[pair.OK], v.Comparison.Bad.Exchanges[pair.Bad]
		if !asksForTokens(ok) || !asksForTokens(bad) {
			continue
		}
		had, _ := askedScope(ok)
		have, at := askedScope(bad)
		if isSubset(had, have) {
			continue
		}
		strength := Weak
		if v.status() == http.StatusForbidden && isSubset(have, had) {
			strength = Strong
		}
		return []Evidence{{Strength: strength, Source: FromFlow, Side: Bad, Entry: pair.Bad, At: at, Note: "fewer scopes were asked for, or granted, than when it worked"}}
	}
	return nil
}

// asksForTokens knows authorization and token requests by their parameters.
func asksForTokens(x *traffic.Exchange) bool {
	if x.Response == nil || !isIssuingPath(x.Request.URL) {
		return false
	}
	if x.Request.Method == http.MethodPost {
		for _, f := range bodyFields(&x.Request) {
			if joined(f.Name) == "granttype" {
				return true
			}
		}
	}
	return strings.Contains(x.Request.URL, "response_type=")
}

// askedScope returns the scope that was granted, else asked for.
func askedScope(x *traffic.Exchange) ([]string, diff.Edit) {
	if content, err := x.Response.Body.Bytes(maxSearchedBody); err == nil {
		var answer struct {
			Scope string `json:"scope"`
		}
		if json.Unmarshal(content, &answer) == nil && answer.Scope != "" {
			return strings.FieldsFunc(answer.Scope, commaOrSpace), seen(diff.Response, diff.Body, "/scope", answer.Scope)
		}
	}
	if u := x.Request.ParsedURL(); u != nil {
		if scope := u.Query().Get("scope"); scope != "" {
			return strings.FieldsFunc(scope, commaOrSpace), seen(diff.Request, diff.Query, "scope", scope)
		}
	}
	for _, f := range bodyFields(&x.Request) {
		if f.Name == "scope" {
			return strings.FieldsFunc(f.Value, commaOrSpace), seen(diff.Request, diff.Body, "scope", f.Value)
		}
	}
	return nil, diff.Edit{}
}

// worksElsewhere finds another route that takes the same credential.
func (v *View) worksElsewhere() []Evidence {
	c, ok := bearerOf(v)
	if !ok || v.status() != http.StatusForbidden {
		return nil
	}
	for _, i := range v.UsedBefore(Bad, len(v.Comparison.Bad.Exchanges), c.Value) {
		x := v.Comparison.Bad.Exchanges[i]
		if x != v.Failed && Works(x) && hostnameOf(x) == hostnameOf(v.Failed) && (x.Request.URL != v.Failed.Request.URL || x.Request.Method != v.Failed.Request.Method) {
			return []Evidence{{Strength: Weak, Source: FromFlow, Side: Bad, Entry: i, Note: "another call with the same token works"}}
		}
	}
	return nil
}

func injectInsufficientScope(in *Injection) error {
	token, _, ok := TokenOf(in.Exchange())
	if !ok {
		return fmt.Errorf("%w: the request carries no token that can be read", ErrCannotInject)
	}
	for _, claim := range []string{"scope", "scp", "roles", "permissions"} {
		list := token.Set(claim)
		if len(list) == 0 {
			continue
		}
		var fewer any = strings.Join(list[:len(list)-1], " ")
		if _, isList := token.Claims[claim].([]any); isList {
			fewer = list[:len(list)-1]
		}
		if err := in.forge(map[string]any{claim: fewer}); err != nil {
			return err
		}
		in.Refuse(Refusal{Status: 403, Scheme: "Bearer", Error: "insufficient_scope", Description: "The request requires higher privileges than provided by the access token",
			Code: "insufficient_scope"})
		return nil
	}
	return fmt.Errorf("%w: the token has no scope, role or permission to take away", ErrCannotInject)
}

// liveInsufficientScope takes all scopes away but those of the parameter: one
// less than all may still be enough.
func liveInsufficientScope(in *Injection) error {
	if given, err := in.givenToken(nil); given || err != nil {
		return err
	}
	token, _, ok := TokenOf(in.Exchange())
	if !ok {
		return in.resign(nil)
	}
	left := strings.Fields(in.With["scope"])
	claims := map[string]any{}
	for _, claim := range []string{"scope", "scp", "roles", "permissions"} {
		if len(token.Set(claim)) == 0 {
			continue
		}
		claims[claim] = strings.Join(left, " ")
		if _, isList := token.Claims[claim].([]any); isList {
			claims[claim] = append([]string{}, left...)
		}
	}
	if len(claims) == 0 {
		return cannot("the token has no scope, role or permission to take away")
	}
	return in.resign(claims)
}
