package scenarios

import (
	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/scenarios/expect"
)

func apiKeyMissing() *Cause {
	return &Cause{
		ID:    "api-key-missing",
		Kind:  Mechanism,
		Group: Credentials,
		Means: "The API key that the working request sends in a header or in the query is not sent.",
		Looks: "A header or parameter that is named like a key, or holds the same random value in every working request, is gone, and its value stands nowhere else.",
		Unlike: []Unlike{
			{"api-key-misplaced", "there the key is sent, at a place where nobody looks"},
			{"authorization-dropped-by-proxy", "there the client did send it; nginx drops header names with underscores"},
			{"missing-query-parameter", "there the lost parameter is no credential"},
		},
		Advice: []Advice{
			{Client, "Read the key from the configuration at start, and fail when it is not there.", `key := os.Getenv("API_KEY"); if key == "" { log.Fatal("API_KEY is not set") }`},
			{Nginx, "Names with underscores are dropped in silence: use hyphens, or allow them.", "underscores_in_headers on;"},
			{Gateway, "Answer which header is expected, by name.", `WWW-Authenticate: Key realm="api", name="X-Api-Key"`},
		},
		Refs:     []string{"OpenAPI 3.1, Security Scheme Object (apiKey)", "RFC 9110 sections 5.1 and 15.5.2"},
		Prior:    -0.3,
		Explains: []string{"missing-credentials"},
		Detect:   detectAPIKeyMissing,
		Inject:   injectAPIKeyMissing,
		Enforced: ByClient,
		Expect:   refuses(expect.Hole, 401, 403, 400, 404),
	}
}

func detectAPIKeyMissing(v *View) []Evidence {
	var list []Evidence
	for _, k := range v.keysOf(v.worked()) {
		if now, there := valueAt(&v.Failed.Request, k.Part, k.Name); there && now != "" {
			continue
		}
		if _, moved := elsewhere(&v.Failed.Request, k.Credential); moved {
			return []Evidence{v.against(RulesOut, FromRequest, "the key stands at another place")}
		}
		strength, note := Decisive, "the working request sends this key, the failing one does not"
		if !k.Named {
			strength, note = Strong, "a random value that every working request sends is missing"
		}
		list = append(list, v.observed(strength, FromRequest, v.sent(k.Credential), note))
	}
	if len(list) == 0 {
		return v.asksForKey()
	}
	if !refused(v.Failed) {
		list = append(list, v.against(Against, FromStatus, "the answer is no refusal"))
	}
	if v.lostAuthorization() {
		list = append(list, v.against(RulesOut, FromRequest, "the other credentials are gone too"))
	}
	list = append(list, v.soundsMissing(Strong, "the server saw no credential")...)
	return append(list, v.says(Strong, "api-key-missing", "the server asks for the key")...)
}

// asksForKey judges answers that name the missing key where no working
// request shows it.
func (v *View) asksForKey() []Evidence {
	if v.worked() != nil || hasKind(sentWith(v.Failed), APIKey) {
		return nil
	}
	return v.says(Strong, "api-key-missing", "the server asks for a key, and the request has none")
}

func (v *View) lostAuthorization() bool {
	return hasKind(sentWith(v.worked()), Authorization) && !v.Failed.Request.Header.Has("authorization")
}

func hasKind(list []Credential, kind CredentialKind) bool {
	for _, c := range list {
		if c.Kind == kind {
			return true
		}
	}
	return false
}

func injectAPIKeyMissing(in *Injection) error {
	c, ok := soleKey(in)
	if !ok {
		return cannot("the flow sends no API key")
	}
	drop(in.Request(), c)
	in.Refuse(Refusal{Status: 401, Scheme: "Key", Description: "No API key found in request"})
	return nil
}

// soleKey returns the API key of the target in a header or in the query.
func soleKey(in *Injection) (Credential, bool) {
	for _, c := range CredentialsOf(in.Request()) {
		if c.Kind == APIKey && (c.Part == diff.Header || c.Part == diff.Query) && len(c.Value) >= minCarried {
			return c, true
		}
	}
	return Credential{}, false
}
