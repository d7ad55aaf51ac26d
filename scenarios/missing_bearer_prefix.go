package scenarios

import (
	"strings"

	"github.com/replaydiff/replay/scenarios/expect"
)

func missingBearerPrefix() *Cause {
	return &Cause{
		ID:    "missing-bearer-prefix",
		Kind:  Mechanism,
		Group: Credentials,
		Means: "The Authorization header holds the bare token, without the word Bearer in front of it.",
		Looks: "The value of Authorization has no scheme where the working request has one, or it is a bare token such as a JWT; " +
			"the server answers as if no token had come, for a parser that looks for \"Bearer \" finds nothing.",
		Unlike: []Unlike{
			{"wrong-auth-scheme", "there another word stands in front of the token; here none does"},
			{"missing-credentials", "the server sounds the same, but there the header is gone"},
			{"malformed-authorization", "there the token itself is broken, or the scheme stands alone"},
		},
		Advice: []Advice{
			{Client, "Put the scheme and one space in front of the token, at the one place where the header is built.", `headers.Authorization = "Bearer " + token`},
			{App, "Say what is missing, so that the next client finds it in the answer.", `WWW-Authenticate: Bearer error="invalid_request", error_description="use: Bearer <token>"`},
			{Gateway, "Describe the API as type http with scheme bearer; apiKey in the Authorization header makes generated clients send the bare token.", "securitySchemes:\n  api: {type: http, scheme: bearer}"},
		},
		Refs:     []string{"RFC 6750 section 2.1", "RFC 9110 section 11.4"},
		Prior:    -0.5,
		Explains: []string{"missing-credentials"},
		Detect:   detectMissingBearerPrefix,
		Inject:   injectMissingBearerPrefix,
		Enforced: ByClient,
		Expect:   refuses(expect.Lenient, 401, 403, 400),
	}
}

func detectMissingBearerPrefix(v *View) []Evidence {
	bad, ok := authorizationOf(v.Failed)
	if !ok || bad.Scheme != "" || isBlackened(bad.Value) {
		return nil
	}
	good, had := authorizationOf(v.worked())
	if flaw := brokenCredential(bad); flaw != "" && !(had && brokenCredential(good) == flaw) {
		return nil
	}
	if had && good.Scheme == "" {
		return []Evidence{v.against(RulesOut, FromRequest, "the working request sends its token without a scheme too")}
	}
	strength := bareStrength(bad, good, had)
	if strength == 0 {
		return nil
	}
	note := "the token stands in Authorization without the word Bearer"
	if had && good.Value == bad.Value {
		note = "the same token, its scheme gone"
	}
	list := []Evidence{v.observed(strength, FromRequest, v.sent(bad), note)}
	list = append(list, v.soundsMissing(Strong, "the server did not see a token")...)
	if len(list) == 1 {
		list = append(list, v.says(Strong, "missing-bearer-prefix", "the server tells how the header should look")...)
	}
	return list
}

// bareStrength tells how surely a value without a scheme is a token that lost
// it; 0: not at all.
func bareStrength(bad, good Credential, had bool) Strength {
	switch {
	case had && !takesBareToken(good.Scheme):
		return 0 // Basic without its word is a broken header, not a Bearer token
	case had && good.Value == bad.Value:
		return Decisive
	case had && isBare(bad.Value):
		return Decisive
	case had && isToken68(bad.Value) && len(bad.Value) >= 8:
		return Strong
	case !had && looksLikeJWT(bad.Value):
		return Decisive
	case !had && isBare(bad.Value):
		return Strong
	}
	return 0
}

// takesBareToken tells the schemes that are a word and an opaque token.
func takesBareToken(scheme string) bool {
	switch strings.ToLower(scheme) {
	case "basic", "digest", "negotiate", "ntlm", "hawk", "signature", "aws4-hmac-sha256", "hoba", "mutual", "scram-sha-256":
		return false
	}
	return scheme != ""
}

func injectMissingBearerPrefix(in *Injection) error {
	a, ok := authorizationOf(in.Exchange())
	if !ok || !strings.EqualFold(a.Scheme, "bearer") || !isBare(a.Value) {
		return cannot("the flow sends no Bearer token")
	}
	SetHeader(&in.Request().Header, "authorization", a.Value)
	in.Refuse(Refusal{Status: 401, Scheme: "Bearer", Description: "No authorization token was found"})
	return nil
}
