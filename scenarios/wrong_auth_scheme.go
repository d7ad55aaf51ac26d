package scenarios

import (
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/scenarios/challenge"
	"github.com/replaydiff/replay/scenarios/expect"
)

func wrongAuthScheme() *Cause {
	return &Cause{
		ID:    "wrong-auth-scheme",
		Kind:  Mechanism,
		Group: Credentials,
		Means: "The word in front of the credential is another one than the server understands: Token for Bearer, Basic for Bearer, or the reverse.",
		Looks: "The scheme of Authorization differs from the working request, often with the same token behind it; " +
			"WWW-Authenticate offers the scheme that is missing and not the one that was sent.",
		Unlike: []Unlike{
			{"missing-bearer-prefix", "there no word stands in front of the token at all"},
			{"proxy-auth-denied", "there a web server in front asks for a scheme that the app never wanted"},
			{"dpop-or-mtls-binding", "there the token is bound to a key and may not be sent as Bearer"},
			{"api-key-misplaced", "there the working request had the key in a header of its own"},
		},
		Advice: []Advice{
			{Client, "Use the scheme that WWW-Authenticate names.", `headers.Authorization = "Bearer " + token`},
			{App, "Django REST: TokenAuthentication wants Token, SimpleJWT wants what AUTH_HEADER_TYPES says.", `SIMPLE_JWT = {"AUTH_HEADER_TYPES": ("Bearer",)}`},
			{Nginx, "Do not put auth_basic in front of an API that takes Bearer: both need the one Authorization field.", "location /api/ { auth_basic off; proxy_pass http://app; }"},
		},
		Refs:     []string{"RFC 9110 sections 11.1 and 11.6.1", "IANA HTTP Authentication Scheme Registry"},
		Prior:    -0.5,
		Explains: []string{"missing-credentials"},
		Detect:   detectWrongAuthScheme,
		Inject:   injectWrongAuthScheme,
		Parameters: []Parameter{
			{Name: "scheme", Type: TypeText, Doc: "the word in front of the token"},
		},
		Enforced: ByClient,
		Expect:   refuses(expect.Lenient, 401, 403, 400),
	}
}

func detectWrongAuthScheme(v *View) []Evidence {
	bad, ok := authorizationOf(v.Failed)
	if !ok || bad.Scheme == "" || !isScheme(bad.Scheme) || brokenHeader(v.Failed.Request.Header.Get("authorization")) != "" {
		return nil
	}
	good, had := authorizationOf(v.worked())
	if v.worked() == nil {
		return v.unofferedScheme(bad)
	}
	if !had || good.Scheme == "" || good.Scheme == bad.Scheme {
		return nil
	}
	if strings.EqualFold(good.Scheme, bad.Scheme) {
		// Schemes have no case (RFC 9110 section 11.1), yet parsers compare it.
		return []Evidence{v.observed(Weak, FromRequest, v.sent(bad), "the scheme is spelled in another case")}
	}
	strength, note := Strong, "another scheme with another credential"
	if good.Value == bad.Value {
		strength, note = Decisive, "the same credential under another scheme"
	} else if isBare(bad.Value) && takesBareToken(good.Scheme) && takesBareToken(bad.Scheme) {
		strength, note = Decisive, "a token of the same kind under another scheme"
	}
	if strings.EqualFold(good.Scheme, "dpop") {
		return []Evidence{
			v.observed(Strong, FromRequest, v.sent(bad), note),
			v.against(Against, FromRequest, "the token is bound to a key: it needs its proof, not only its scheme"),
		}
	}
	list := []Evidence{v.observed(strength, FromRequest, v.sent(bad), note)}
	list = append(list, v.challengeAgainst(bad.Scheme, good.Scheme)...)
	list = append(list, v.soundsMissing(Strong, "the server did not see a credential that it knows")...)
	return append(list, v.says(Strong, "wrong-auth-scheme", "the server names the scheme that it expects")...)
}

// challengeAgainst finds a challenge that offers the working scheme and not
// the failing one.
func (v *View) challengeAgainst(bad, good string) []Evidence {
	offers := v.challenges()
	named := slices.ContainsFunc(offers, func(c challenge.Challenge) bool { return c.Is(good) })
	if !named || slices.ContainsFunc(offers, func(c challenge.Challenge) bool { return c.Is(bad) }) {
		return nil
	}
	at := seen(diff.Response, diff.Header, "www-authenticate", v.field("www-authenticate"))
	return []Evidence{v.observed(Decisive, FromChallenge, at, "the server asks for the scheme of the working request and not for this one")}
}

// unofferedScheme judges a failing request alone: it was sent with a scheme
// that the challenge does not offer.
func (v *View) unofferedScheme(bad Credential) []Evidence {
	offers := v.challenges()
	if v.status() != 401 || len(offers) == 0 || slices.ContainsFunc(offers, func(c challenge.Challenge) bool { return c.Is(bad.Scheme) }) {
		return nil
	}
	return []Evidence{
		v.observed(Strong, FromChallenge, seen(diff.Response, diff.Header, "www-authenticate", v.field("www-authenticate")),
			"the server asks for another scheme"),
		v.observed(Weak, FromRequest, v.sent(bad), "the scheme that was sent is not among those asked for"),
	}
}

// challenges returns what the failing answer asks for.
func (v *View) challenges() []challenge.Challenge {
	if v.Failed.Response == nil {
		return nil
	}
	return challenge.Parse(v.answerHeader().Values("www-authenticate")...)
}

func injectWrongAuthScheme(in *Injection) error {
	a, ok := authorizationOf(in.Exchange())
	if !ok || !takesBareToken(a.Scheme) || a.Scheme == "DPoP" {
		return cannot("the flow sends no token with a scheme")
	}
	others := slices.DeleteFunc([]string{"Token", "JWT", "Bearer", "ApiKey"}, func(s string) bool { return strings.EqualFold(s, a.Scheme) })
	scheme := in.With["scheme"]
	if scheme == "" {
		scheme = others[in.Rand.IntN(len(others))]
	}
	if scheme == a.Scheme {
		return cannot("the flow sends that scheme")
	}
	SetHeader(&in.Request().Header, "authorization", scheme+" "+a.Value)
	in.Refuse(Refusal{Status: 401, Scheme: a.Scheme, Description: "No authorization token was found"})
	return nil
}
