package scenarios

import (
	"encoding/base64"
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/expect"
)

func clientAuthenticationFailed() *Cause {
	return &Cause{
		ID:    "client-authentication-failed",
		Kind:  Mechanism,
		Group: OAuth,
		Means: "The identity provider does not accept the client: its id, secret or assertion is wrong, expired, or sent in another way than was agreed.",
		Looks: "The token endpoint answers invalid_client; or client id, secret or the way they are sent (Basic, body, assertion) differ from the working request.",
		Unlike: []Unlike{
			{"wrong-credentials", "there it is a person's password"},
			{"invalid-grant", "there the client is known, and its code or refresh token is refused"},
			{"clock-skew", "there the times in the client's assertion are off"},
		},
		Advice: []Advice{
			{Client, "Send the secret in the way that the client is registered for, and in one way only.", "curl -u \"$CLIENT_ID:$CLIENT_SECRET\" -d grant_type=client_credentials https://…/token"},
			{Client, "Form-encode id and secret before they go into Basic (RFC 6749 section 2.3.1).", ""},
			{Gateway, "Check token_endpoint_auth_method and whether the secret has expired.", `"token_endpoint_auth_method": "client_secret_basic"`},
		},
		Refs:     []string{"RFC 6749 sections 2.3.1 and 5.2", "RFC 7523", "RFC 9700 section 2.5"},
		Prior:    -0.3,
		Detect:   detectClientAuthenticationFailed,
		Inject:   injectClientAuthenticationFailed,
		Live:     liveClientAuthenticationFailed,
		Enforced: ByClient,
		Expect:   or(oneOf(expect.Hole, 401, 400, 403), expect.That(expect.Disguised())),
	}
}

func detectClientAuthenticationFailed(v *View) []Evidence {
	fields, ok := tokenRequest(v.Failed)
	if !ok {
		if fields, ok = clientInQuery(v.Failed); !ok {
			return nil
		}
	}
	var list []Evidence
	said := oauthErrorOf(v.Failed)
	hit, words := v.Says("client-authentication-failed")
	switch {
	case said.Code == "invalid_client" || said.Code == "incorrect_client_credentials":
		list = append(list, v.observed(Decisive, FromText, seen(diff.Response, diff.Body, "/error", said.Code), "the server does not accept the client"))
	case words:
		list = append(list, v.observed(Decisive, hit.Source, hit.At, "the server does not accept the client"))
	}
	if said.Code == "invalid_grant" && !words {
		list = append(list, v.against(Against, FromText, "the server speaks of the grant, not of the client"))
	}
	list = append(list, v.otherClient(fields)...)
	if v.status() == 401 && said.Code == "" && !isPasswordGrant(v.Failed) {
		list = append(list, v.observed(Strong, FromStatus, statusOf(v.Failed), "the token endpoint answers 401, which is for clients (RFC 6749 section 5.2)"))
	}
	if !slices.ContainsFunc(list, Evidence.Speaks) {
		return nil
	}
	return list
}

// clientInQuery knows authorization requests of unknown clients.
func clientInQuery(x *traffic.Exchange) (map[string]string, bool) {
	q, ok := authorizeRequest(x)
	return map[string]string{"client_id": q.Get("client_id")}, ok
}

// otherClient compares how the client identifies itself in both requests.
func (v *View) otherClient(bad map[string]string) []Evidence {
	good, ok := tokenRequest(v.worked())
	if !ok {
		return nil
	}
	ways, before := clientWays(v.Failed, bad), clientWays(v.Good, good)
	var list []Evidence
	if strings.Join(ways, " ") != strings.Join(before, " ") {
		note := "the client proves itself in another way than in the working request"
		switch {
		case len(ways) > 1:
			note = "the client proves itself in two ways at once"
		case len(ways) == 0:
			note = "the client's secret is not sent"
		}
		list = append(list, v.observed(Decisive, FromRequest, v.clientChange(), note))
	}
	for _, name := range []string{"client_id", "client_secret"} {
		if bad[name] != good[name] && bad[name] != "" && good[name] != "" {
			list = append(list, v.observed(Decisive, FromRequest, v.sent(Credential{Part: diff.Body, Name: name, Value: bad[name]}), "the client has another id or secret"))
		}
	}
	b, _ := authorizationOf(v.Failed)
	g, _ := authorizationOf(v.Good)
	if strings.EqualFold(b.Scheme, "basic") && strings.EqualFold(g.Scheme, "basic") && b.Value != g.Value && brokenCredential(b) == "" && brokenHeader(v.Failed.Request.Header.Get("authorization")) == "" {
		list = append(list, v.observed(Decisive, FromRequest, v.sent(b), "the client has another id or secret"))
	}
	return list
}

// clientWays lists how a client proves itself (RFC 6749 section 2.3).
func clientWays(x *traffic.Exchange, fields map[string]string) []string {
	var ways []string
	if a, _ := authorizationOf(x); strings.EqualFold(a.Scheme, "basic") {
		ways = append(ways, "basic")
	}
	if fields["client_assertion"] != "" {
		ways = append(ways, "assertion")
	}
	if fields["client_secret"] != "" {
		ways = append(ways, "body")
	}
	return ways
}

// clientChange is the first change of what proves the client.
func (v *View) clientChange() diff.Edit {
	if c, ok := v.Change(diff.Request, diff.Header, "authorization"); ok {
		return c.Edit
	}
	for _, name := range []string{"client_secret", "client_assertion", "client_id"} {
		if c, ok := v.bodyChange(name); ok {
			return c.Edit
		}
	}
	return diff.Edit{}
}

func injectClientAuthenticationFailed(in *Injection) error {
	fields, ok := tokenRequest(in.Exchange())
	if !ok || fields["client_secret"] == "" {
		return cannot("the flow has no token request with a client secret in its body")
	}
	if err := setField(in.Request(), "client_secret", in.random(len(fields["client_secret"])), true); err != nil {
		return err
	}
	in.Refuse(Refusal{Status: 401, Code: "invalid_client", Description: "Invalid client or Invalid client credentials"})
	return nil
}

// liveClientAuthenticationFailed sends another secret, in the body or in Basic
// (RFC 6749 section 2.3.1).
func liveClientAuthenticationFailed(in *Injection) error {
	fields, ok := tokenRequest(in.Exchange())
	if !ok {
		return cannot("it is no token request")
	}
	if secret := fields["client_secret"]; secret != "" {
		return setField(in.Request(), "client_secret", in.random(len(secret)), true)
	}
	a, _ := authorizationOf(in.Exchange())
	if id, secret, ok := BasicOf(a); ok && secret != "" {
		SetHeader(&in.Request().Header, "authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(id+":"+in.random(len(secret)))))
		return nil
	}
	return cannot("the token request carries no client secret, in its body or in Basic")
}
