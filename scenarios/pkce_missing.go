package scenarios

import (
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/scenarios/expect"
)

func pkceMissing() *Cause {
	return &Cause{
		ID:    "pkce-missing",
		Kind:  Mechanism,
		Group: OAuth,
		Means: "The proof that the same client began and ends the login is missing or does not match: code_challenge and code_verifier (PKCE).",
		Looks: "The authorization request has a code_challenge and the token request no code_verifier, or the reverse; or the verifier's hash is not the challenge, which the capture shows by itself.",
		Unlike: []Unlike{
			{"invalid-grant", "there verifier and challenge match, and the code is used up or too old"},
			{"client-authentication-failed", "there the client's own secret is refused"},
			{"redirect-uri-mismatch", "there the redirect_uri of both requests differs"},
		},
		Advice: []Advice{
			{Client, "Store the verifier with the state, so that a second tab does not overwrite it.", `sessionStorage.setItem("pkce." + state, verifier)`},
			{Client, "Use S256; without code_challenge_method the challenge counts as plain.", "code_challenge_method=S256"},
			{Gateway, "Keep PKCE required for public clients.", ""},
		},
		Refs:     []string{"RFC 7636 sections 4.1 to 4.6", "RFC 9700 section 2.1.1"},
		Prior:    -0.3,
		Explains: []string{"invalid-grant"},
		Detect:   detectPKCEMissing,
		Inject:   injectPKCEMissing,
		Parameters: []Parameter{
			{Name: "how", Type: TypeChoice, Choices: []Choice{{Value: "altered", Doc: "it is another"}, {Value: "removed", Doc: "it is gone"}}, Default: "altered", Doc: "what is done to code_verifier"},
		},
		Enforced: ByClient,
		Expect:   or(oneOf(expect.Hole, 400, 401, 403), errorBack(), expect.That(expect.Disguised())),
	}
}

func detectPKCEMissing(v *View) []Evidence {
	list := append(v.pkceInAuthorize(), v.pkceInToken()...)
	if len(list) > 0 && !list[0].Speaks() {
		return list
	}
	return append(list, v.says(Decisive, "pkce-missing", "the server speaks of the code challenge or its verifier")...)
}

// pkceInAuthorize looks at a refused authorization request.
func (v *View) pkceInAuthorize() []Evidence {
	bad, ok := authorizeRequest(v.Failed)
	good, had := authorizeRequest(v.worked())
	if !ok || !had || good.Get("code_challenge") == "" {
		return nil
	}
	name := "code_challenge"
	if bad.Get(name) != "" {
		if name = "code_challenge_method"; bad.Get(name) != "" || good.Get(name) == "" {
			return nil
		}
	}
	change, _ := v.Change(diff.Request, diff.Query, name)
	return []Evidence{v.observed(Decisive, FromRequest, change.Edit, "the authorization request of the working login has it, this one does not")}
}

// pkceInToken looks at a refused exchange of a code, and at the authorization
// request before it.
func (v *View) pkceInToken() []Evidence {
	fields, ok := tokenRequest(v.Failed)
	if !ok || fields["grant_type"] != "authorization_code" && fields["code"] == "" {
		return nil
	}
	verifier := fields["code_verifier"]
	good, _ := tokenRequest(v.worked())
	at := v.sent(Credential{Part: diff.Body, Name: "code_verifier", Value: verifier})
	var list []Evidence
	if good["code_verifier"] != "" && verifier == "" {
		list = append(list, v.observed(Decisive, FromRequest, at, "the working token request sends a code_verifier, this one does not"))
	}
	authorize, entry, known := authorizeBefore(v.Comparison.Bad, v.Failed.Index, fields["client_id"])
	if !known {
		return append(list, v.verifierForm(verifier, at)...)
	}
	return append(list, v.againstChallenge(verifier, authorize, entry, at)...)
}

// againstChallenge compares a verifier with its challenge (RFC 7636 section
// 4.6).
func (v *View) againstChallenge(verifier string, authorize url.Values, entry int, at diff.Edit) []Evidence {
	challenge := authorize.Get("code_challenge")
	begun := func(s Strength, note string) Evidence {
		return Evidence{Strength: s, Source: FromSimulation, Side: Bad, Entry: entry, At: seen(diff.Request, diff.Query, "code_challenge", challenge), Note: note}
	}
	switch {
	case challenge == "" && verifier == "":
		return nil
	case isMasked(challenge) || isMasked(verifier) || isBlackened(verifier):
		return nil
	case verifier == "":
		return []Evidence{begun(Decisive, "the login began with a code_challenge, and no verifier follows")}
	case challenge == "":
		return []Evidence{v.observed(Strong, FromRequest, at, "a verifier is sent, and the login began without a code_challenge")}
	case challengeOf(verifier, authorize.Get("code_challenge_method")) == challenge:
		return []Evidence{v.against(RulesOut, FromSimulation, "the verifier matches the challenge")}
	case strings.TrimRight(challenge, "=") == challengeOf(verifier, "S256"):
		return []Evidence{begun(Decisive, "the challenge is padded or its method was lost: it would match under S256")}
	}
	return []Evidence{
		begun(Decisive, "the hash of the verifier is not the challenge that the login began with"),
		v.observed(Strong, FromRequest, at, "it is the verifier of another login"),
	}
}

func challengeOf(verifier, method string) string {
	if !strings.EqualFold(method, "S256") {
		return verifier
	}
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// verifierForm judges a verifier by its length (RFC 7636 section 4.1).
func (v *View) verifierForm(verifier string, at diff.Edit) []Evidence {
	if verifier == "" || isMasked(verifier) || len(verifier) >= 43 && len(verifier) <= 128 {
		return nil
	}
	return []Evidence{v.observed(Strong, FromRequest, at, "the verifier has not 43 to 128 characters")}
}

func injectPKCEMissing(in *Injection) error {
	fields, ok := tokenRequest(in.Exchange())
	if !ok || fields["code_verifier"] == "" {
		return cannot("the flow has no token request with a code_verifier")
	}
	if err := setField(in.Request(), "code_verifier", in.random(48), in.pick("how", "altered", "removed") == 0); err != nil {
		return err
	}
	in.Refuse(Refusal{Status: 400, Code: "invalid_grant", Description: "PKCE verification failed"})
	return nil
}
