package scenarios

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/replaydiff/replay/scenarios/expect"
)

func wrongIssuer() *Cause {
	return &Cause{
		ID:    "wrong-issuer",
		Kind:  Mechanism,
		Group: Tokens,
		Means: "The token's iss is not the issuer that the API trusts.",
		Looks: "iss differs from that of the working token: another environment, tenant or realm, or the same one spelled otherwise " +
			"(trailing slash, http for https, an internal host name, Keycloak's old /auth path). Answers say \"invalid issuer\".",
		Unlike: []Unlike{
			{"wrong-host", "token and API both moved to another environment"},
			{"token-signature-invalid", "iss is the same; the key is not"},
			{"forwarded-headers-missing", "the identity provider builds iss from Host and learnt an internal one: then that is the root"},
		},
		Advice: []Advice{
			{Client, "Get the token from the environment that the API belongs to.", ""},
			{App, "Configure the issuer exactly as its discovery document spells it.", "curl -s https://login.example/.well-known/openid-configuration | jq -r .issuer"},
			{Nginx, "In front of an identity provider, pass on what the client asked for.", "proxy_set_header X-Forwarded-Host $host;\nproxy_set_header X-Forwarded-Proto $scheme;"},
			{Gateway, "Keycloak: pin the public name.", "kc.sh start --hostname=https://login.example"},
		},
		Refs:   []string{"RFC 7519 section 4.1.1", "RFC 8414 sections 2 and 3", "RFC 9207"},
		Prior:  -0.5,
		Detect: detectWrongIssuer,
		Inject: injectWrongIssuer,
		Parameters: []Parameter{
			{Name: "issuer", Type: TypeText, Default: "https://login.other.example/", Doc: "the issuer of the token"},
			{Name: "token", Type: TypeSecret, Doc: "a token of another issuer, instead of one that is signed for the test"},
		},
		Enforced: ByClient,
		Needs:    []Need{SigningKey, OtherToken},
		Live:     liveWrongIssuer,
		Expect:   refuses(expect.Hole, 401, 403, 400),
	}
}

func detectWrongIssuer(v *View) []Evidence {
	if !v.refused() {
		return nil
	}
	evidence := v.heard(Decisive, "wrong-issuer", "the answer refuses the token's issuer")
	says := v.clearly("wrong-issuer")
	p := v.tokens()
	if p.both() && p.ok.Text("iss") != "" && p.bad.Text("iss") != "" {
		if !p.changed["iss"] {
			if says {
				return append(evidence, v.against(Against, FromRequest, "the issuer is the same as in the working token"))
			}
			return []Evidence{v.against(RulesOut, FromRequest, "the issuer is the same as in the working token")}
		}
		note := "the token comes from another issuer than the one that works"
		if near := nearIssuer(p.ok.Text("iss"), p.bad.Text("iss")); near != "" {
			note = "the issuer is spelled otherwise: " + near
		}
		// Another issuer has its own keys, audiences and users.
		strength := v.weighClaim(p, says, "iss", "aud", "azp", "client_id", "cid", "sub", "tid", "ver", "header.kid", "header.alg", "header.x5t")
		evidence = append(evidence, v.observed(strength, FromRequest, v.claim(p.badAt, "iss", p.bad.Text("iss")), note))
	}
	if len(evidence) == 0 {
		return nil
	}
	return append(evidence, v.saysAnother("wrong-issuer", "token-signature-invalid")...)
}

// nearIssuer tells how two issuers differ that mean the same, "" where they
// don't.
func nearIssuer(a, b string) string {
	x, errX := url.Parse(a)
	y, errY := url.Parse(b)
	if errX != nil || errY != nil {
		return ""
	}
	samePath := strings.TrimRight(x.Path, "/") == strings.TrimRight(y.Path, "/")
	switch {
	case x.Scheme == y.Scheme && x.Host == y.Host && samePath:
		return "a trailing slash"
	case x.Scheme != y.Scheme && x.Hostname() == y.Hostname() && samePath:
		return "http for https, or the reverse"
	case x.Host == y.Host && strings.TrimPrefix(x.Path, "/auth") == strings.TrimPrefix(y.Path, "/auth"):
		return "the /auth in its path"
	case x.Host == y.Host:
		return "another tenant or realm of the same host"
	case x.Path == y.Path && len(x.Path) > 1:
		return "another host name for the same path"
	}
	return ""
}

func injectWrongIssuer(in *Injection) error {
	token, _, ok := TokenOf(in.Exchange())
	if !ok || token.Text("iss") == "" {
		return fmt.Errorf("%w: the request carries no token with an issuer", ErrCannotInject)
	}
	if err := in.forge(map[string]any{"iss": "https://login.staging.example/"}); err != nil {
		return err
	}
	in.Refuse(Refusal{Status: 401, Scheme: "Bearer", Error: "invalid_token", Description: "Invalid issuer", Code: "invalid_issuer"})
	return nil
}

func liveWrongIssuer(in *Injection) error {
	if given, err := in.givenToken(nil); given || err != nil {
		return err
	}
	token, _, ok := TokenOf(in.Exchange())
	if ok && token.Text("iss") == "" {
		return cannot("the token names no issuer")
	}
	if ok && token.Text("iss") == in.With["issuer"] {
		return cannot("the token is of that issuer")
	}
	return in.resign(map[string]any{"iss": in.With["issuer"]})
}
