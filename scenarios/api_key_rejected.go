package scenarios

import (
	"fmt"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/scenarios/expect"
)

func apiKeyRejected() *Cause {
	return &Cause{
		ID:    "api-key-rejected",
		Kind:  Mechanism,
		Group: Credentials,
		Means: "A key is sent at the right place and the server does not take it: another one, rotated, disabled, restricted or of another environment.",
		Looks: "The same header or parameter holds another value than in the working request; or the same value is now refused in words that speak of the key.",
		Unlike: []Unlike{
			{"rate-limited", "there the key is known and its quota is used up"},
			{"wrong-host", "there the key is right and the host is of another environment"},
			{"revoked-token", "there it is a token that a login gave, not a key"},
			{"ip-not-allowed", "there the key is bound to addresses or referrers"},
		},
		Advice: []Advice{
			{Client, "Compare the key with the one in the provider's console: environment (test, live), restrictions, date of rotation.", ""},
			{App, "Rotate with two active keys: add the new one, deploy, then disable the old one.", ""},
			{Gateway, "If the key has leaked, revoke it at once; otherwise check that the consumer is enabled.", ""},
		},
		Refs:   []string{"OpenAPI 3.1, Security Scheme Object (apiKey)", "Google Cloud: API keys, restrictions", "Kong: key-auth"},
		Prior:  -0.3,
		Detect: detectAPIKeyRejected,
		Inject: injectAPIKeyRejected,
		Parameters: []Parameter{
			{Name: "key", Type: TypeSecret, Doc: "a key that was withdrawn; a made-up one without it"},
		},
		Enforced: ByClient,
		Expect:   refuses(expect.Hole, 401, 403, 400, 404),
	}
}

func detectAPIKeyRejected(v *View) []Evidence {
	var list []Evidence
	said := v.says(Strong, "api-key-rejected", "the server speaks of the key")
	for _, k := range v.keysOf(v.worked()) {
		now, there := valueAt(&v.Failed.Request, k.Part, k.Name)
		switch {
		case !there || now == "" || isBlackened(now) || looksLikeJWT(now):
		case now == k.Value && len(said) > 0:
			list = append(list, v.observed(Weak, FromRequest, v.sent(k.Credential), "the key is the one that worked: disabled or restricted since"))
		case now != k.Value:
			list = append(list, v.otherKey(k, now)...)
		}
	}
	list = append(list, v.otherAccessKey(len(said) > 0)...)
	if v.status() >= 500 && len(said) == 0 {
		return nil // it broke, and judged nobody
	}
	if len(list) == 0 {
		if v.worked() == nil && hasKind(sentWith(v.Failed), APIKey) {
			return said
		}
		return nil
	}
	if !refused(v.Failed) {
		list = append(list, v.against(Against, FromStatus, "the answer is no refusal"))
	}
	return append(list, said...)
}

func (v *View) otherKey(k key, now string) []Evidence {
	at := v.sent(k.Credential)
	var list []Evidence
	switch {
	case nothingPrinted.MatchString(now) || unfilled.MatchString(now):
		list = append(list, v.observed(Decisive, FromRequest, at, "a placeholder stands where the key should"))
	case k.Named:
		list = append(list, v.observed(Decisive, FromRequest, at, "another key than the one that worked"))
	default:
		list = append(list, v.observed(Strong, FromRequest, at, "another value where every working request has the same random one"))
	}
	if keyPrefix(now) != keyPrefix(k.Value) {
		list = append(list, v.observed(Strong, FromRequest, at, "its prefix is of another kind or environment"))
	}
	return list
}

// keyPrefix is what vendors put in front of a key to tell its kind and its
// environment: "sk_live", "pk_test"; "" where there is none.
// otherAccessKey finds the id of another key in a request signature. Another
// signature comes with it, so only the answer tells whether the id is refused.
func (v *View) otherAccessKey(said bool) []Evidence {
	if v.worked() == nil || !said {
		return nil
	}
	good, ok := SigningOf(&v.worked().Request)
	bad, signed := SigningOf(&v.Failed.Request)
	if !ok || !signed || bad.AccessKey == "" || good.AccessKey == bad.AccessKey {
		return nil
	}
	name := "authorization"
	if bad.Part == diff.Query {
		name = "X-Amz-Credential"
	}
	return []Evidence{v.observed(Decisive, FromRequest, seen(diff.Request, bad.Part, name, bad.AccessKey), "the request is signed with another access key than the one that worked")}
}

func keyPrefix(value string) string {
	if i := strings.LastIndexByte(value, '_'); i > 0 && i <= 24 && len(value)-i > 8 {
		return value[:i]
	}
	for _, prefix := range []string{"AKIA", "ASIA", "AIza"} {
		if strings.HasPrefix(value, prefix) {
			return prefix
		}
	}
	return ""
}

func injectAPIKeyRejected(in *Injection) error {
	c, ok := soleKey(in)
	if !ok {
		return cannot("the flow sends no API key")
	}
	other := keyPrefix(c.Value)
	if other != "" && strings.HasPrefix(c.Value, other+"_") {
		other += "_"
	}
	other += in.random(len(c.Value) - len(other))
	if in.Live != nil {
		given, is, err := in.secret("key")
		switch {
		case err != nil:
			return err
		case is && given == c.Value:
			return fmt.Errorf("%w: key: it is the one that works", ErrNotTestable)
		case is:
			other = given
		}
	}
	if c.Part == diff.Header {
		SetHeader(&in.Request().Header, c.Name, other)
	} else {
		replaceQuery(in.Request(), c.Name, other, true)
	}
	in.Refuse(Refusal{Status: 401, Scheme: "Key", Error: "invalid_key", Description: "Invalid API key"})
	return nil
}
