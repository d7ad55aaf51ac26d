package scenarios

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/scenarios/expect"
)

func tokenSignatureInvalid() *Cause {
	return &Cause{
		ID:    "token-signature-invalid",
		Kind:  Mechanism,
		Group: Tokens,
		Means: "The token's signature does not verify: it was tampered with, or signed with a key or algorithm that the API does not take.",
		Looks: "Header and claims are those of the working token and the signature is not, or the reverse; kid names a key that the issuer's key set " +
			"lacks; alg changed. Answers say \"invalid signature\", \"signature key was not found\".",
		Unlike: []Unlike{
			{"wrong-issuer", "iss differs: another issuer has other keys"},
			{"malformed-authorization", "the token is cut off: its signature is too short for its alg"},
			{"revoked-token", "these very bytes were accepted before, and the keys are the same"},
		},
		Advice: []Advice{
			{App, "Fetch the key set again when kid is unknown, at a limited rate; pin alg.", `jwt.verify(token, getKey, { algorithms: ["RS256"] })`},
			{Client, "Pass tokens on as they are: never parse and write them again.", ""},
			{Gateway, "Rotate keys with an overlap: publish the new one before it signs, keep the old one until its tokens ended.", ""},
			{Envoy, "Don't cache key sets for longer than the overlap.", "remote_jwks: { cache_duration: 300s }"},
		},
		Refs:   []string{"RFC 7515 section 5.2", "RFC 7517", "RFC 8725 sections 3.1 to 3.3", "RFC 6750 section 3.1"},
		Prior:  -0.5,
		Detect: detectTokenSignatureInvalid,
		Inject: injectTokenSignatureInvalid,
		Parameters: []Parameter{
			{Name: "how", Type: TypeChoice, Choices: []Choice{{Value: "flipped", Doc: "one character is another"}, {Value: "none", Doc: "alg is none and the signature is gone"}, {Value: "removed", Doc: "the signature is gone"}}, Default: "flipped", Doc: "what is done to the signature"},
			{Name: "token", Type: TypeSecret, Doc: "a token that another key signed, a retired one or the public one, instead of one that is changed for the test"},
		},
		Enforced: ByClient,
		Live:     liveTokenSignatureInvalid,
		Expect:   refuses(expect.Hole, 401, 403, 400, 422),
	}
}

func detectTokenSignatureInvalid(v *View) []Evidence {
	p := v.tokens()
	if !v.refused() || p.bad != nil && !isSignature(p.bad.Signature) {
		return nil // a signature that redaction cut proves nothing
	}
	evidence := v.heard(Decisive, "token-signature-invalid", "the answer says that the signature does not verify")
	says := v.clearly("token-signature-invalid")
	if p.bad != nil {
		evidence = append(evidence, v.unknownKey(p)...)
		evidence = append(evidence, v.mangled(p)...)
	}
	if p.both() && isSignature(p.ok.Signature) {
		if p.ok.Raw == p.bad.Raw && !says && len(evidence) == 0 {
			return nil
		}
		evidence = append(evidence, v.tampered(p)...)
		evidence = append(evidence, v.signedByOtherKey(p)...)
	}
	if len(evidence) == 0 {
		return nil
	}
	if p.changed["iss"] {
		evidence = append(evidence, v.against(Against, FromRequest, "the issuer differs as well"))
	}
	return append(evidence, v.saysAnother("token-signature-invalid")...)
}

// isSignature tells a signature from what redaction leaves of it. A mark of our
// own stands for one: the same signature has the same.
func isSignature(s string) bool {
	return mask.IsMark(s) || len(s) >= 40 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") == "" &&
		strings.Trim(s, s[:1]) != "" && !hasWord(s, "redacted", "signature", "removed", "masked")
}

// tampered compares what is signed with the signatures over it.
func (v *View) tampered(p tokenPair) []Evidence {
	sameInput := p.ok.signingInput() == p.bad.signingInput()
	sameSignature := p.ok.Signature == p.bad.Signature
	place := v.at(p.badAt)
	switch {
	case sameInput && !sameSignature && !sameLength(p.ok.Signature, p.bad.Signature):
		return []Evidence{v.against(Against, FromRequest, "the signature has another length: the token is cut off")}
	case sameInput && !sameSignature && (isRandomized(p.ok) || mask.IsMark(p.bad.Signature)): // the marks may be of two keys
		return []Evidence{v.observed(Strong, FromRequest, place, "the claims are the same and the signature differs")}
	case sameInput && !sameSignature:
		return []Evidence{v.observed(Decisive, FromRequest, place, "the claims are the same and the signature differs: one of the two can't be right")}
	case !sameInput && sameSignature:
		return []Evidence{v.observed(Decisive, FromRequest, place, "the claims differ under the same signature: the token was changed after it was signed")}
	}
	return nil
}

// mangled looks for the same header and claims under another signature in the
// failing capture itself: in a call that works, or where the token was handed
// out.
func (v *View) mangled(p tokenPair) []Evidence {
	input := p.bad.signingInput()
	note := "the same claims stand under another signature elsewhere in the capture"
	for _, i := range v.UsedBefore(Bad, len(v.Comparison.Bad.Exchanges), input) {
		x := v.Comparison.Bad.Exchanges[i]
		if t, _, ok := TokenOf(x); ok && Works(x) && t.signingInput() == input && t.Signature != p.bad.Signature {
			return v.mangledBeside(p, t.Signature, i, note)
		}
	}
	for _, b := range v.flowSide(Bad).answers {
		at := strings.Index(b.text, input+".")
		if at < 0 {
			continue
		}
		rest := b.text[at+len(input)+1:]
		if end := strings.IndexFunc(rest, notBase64URL); end >= 0 {
			rest = rest[:end]
		}
		if isSignature(rest) && rest != p.bad.Signature {
			return v.mangledBeside(p, rest, b.entry, note)
		}
	}
	return nil
}

func (v *View) mangledBeside(p tokenPair, signature string, entry int, note string) []Evidence {
	if !sameLength(signature, p.bad.Signature) {
		return []Evidence{v.against(Against, FromRequest, "the signature has another length: the token is cut off")}
	}
	return []Evidence{
		v.observed(Strong, FromRequest, v.at(p.badAt), "the signature is not the one that these claims were issued with"),
		{Strength: Decisive, Source: FromFlow, Side: Bad, Entry: entry, Note: note},
	}
}

// sameLength compares two signatures; a mark does not tell how long its was.
func sameLength(a, b string) bool { return len(a) == len(b) || mask.IsMark(a) && mask.IsMark(b) }

func notBase64URL(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_'
}

// isRandomized tells whether two signatures over the same bytes may differ:
// ECDSA and PSS sign with a random number, HMAC, RS256 and EdDSA do not.
func isRandomized(t *JWT) bool {
	alg := textMember(t.Header, "alg")
	return strings.HasPrefix(alg, "ES") || strings.HasPrefix(alg, "PS")
}

// signedByOtherKey looks at kid and alg of a token of the same issuer.
func (v *View) signedByOtherKey(p tokenPair) []Evidence {
	if p.changed["iss"] {
		return nil
	}
	if p.changed["header.alg"] {
		return []Evidence{v.observed(Strong, FromRequest, v.claim(p.badAt, "header.alg", textMember(p.bad.Header, "alg")), "the token is signed with another algorithm than the working one")}
	}
	if !p.changed["header.kid"] {
		return nil
	}
	strength := Weak
	if p.only("header.kid", "header.x5t") && v.status() == http.StatusUnauthorized && !v.moved() {
		strength = Strong
	}
	return []Evidence{v.observed(strength, FromRequest, v.claim(p.badAt, "header.kid", textMember(p.bad.Header, "kid")), "the token is signed with another key of the same issuer")}
}

// unknownKey looks the token's key up in the key sets that the capture holds.
func (v *View) unknownKey(p tokenPair) []Evidence {
	kid := textMember(p.bad.Header, "kid")
	if kid == "" {
		return nil
	}
	for _, x := range v.Comparison.Bad.Exchanges {
		if x.Response == nil || !isKeySetPath(x.Request.URL) {
			continue
		}
		kids := keysIn(x.Response.Body.Bytes)
		if len(kids) == 0 || kids[kid] || p.ok != nil && textMember(p.ok.Header, "kid") != "" && !kids[textMember(p.ok.Header, "kid")] {
			continue
		}
		return []Evidence{{Strength: Decisive, Source: FromFlow, Side: Bad, Entry: x.Index, At: seen(diff.Request, p.badAt.Part, p.badAt.Name, kid),
			Note: "the issuer's key set lacks the key that the token names"}}
	}
	return nil
}

func isKeySetPath(rawURL string) bool {
	path, _, _ := strings.Cut(rawURL, "?")
	return hasWord(path, "jwks", "keys", "certs", "jwk")
}

// keysIn reads the names of the keys of a key set (RFC 7517 section 5).
func keysIn(read func(limit int64) ([]byte, error)) map[string]bool {
	content, err := read(maxSearchedBody)
	if err != nil {
		return nil
	}
	var set struct {
		Keys []struct {
			Kid string `json:"kid"`
		} `json:"keys"`
	}
	if json.Unmarshal(content, &set) != nil {
		return nil
	}
	kids := map[string]bool{}
	for _, key := range set.Keys {
		if key.Kid != "" {
			kids[key.Kid] = true
		}
	}
	return kids
}

// injectTokenSignatureInvalid changes a character in the middle: the low bits
// of the last one may be unused, so that changing it changes nothing.
func injectTokenSignatureInvalid(in *Injection) error {
	token, c, ok := TokenOf(in.Exchange())
	if !ok || len(token.Signature) < 8 {
		return fmt.Errorf("%w: the request carries no signed token", ErrCannotInject)
	}
	signature := []byte(token.Signature)
	middle := len(signature) / 2
	if signature[middle] == 'A' {
		signature[middle] = 'B'
	} else {
		signature[middle] = 'A'
	}
	if in.Server == Mute && !in.carriedBefore(token.Raw) {
		return fmt.Errorf("%w: nothing shows the token as it was issued", ErrCannotInject)
	}
	in.replaceCredential(c, token.signingInput()+"."+string(signature), token.Raw)
	in.Refuse(Refusal{Status: 401, Scheme: "Bearer", Error: "invalid_token", Description: "Invalid signature", Code: "invalid_signature"})
	return nil
}

// liveTokenSignatureInvalid needs no key: a token whose signature is wrong can
// be made by anybody, which is the point. One without a signature is another
// token by its alg (RFC 7519 section 6).
func liveTokenSignatureInvalid(in *Injection) error {
	if given, err := in.givenToken(nil); given || err != nil {
		return err
	}
	how := in.With["how"]
	if how == "" || how == "flipped" {
		return injectTokenSignatureInvalid(in)
	}
	token, c, ok := TokenOf(in.Exchange())
	if !ok || token.Signature == "" {
		return cannot("the request carries no signed token")
	}
	header, _, err := token.decoded()
	if err != nil {
		return cannot("the token can't be taken apart")
	}
	if how == "none" {
		if header, err = withMembers(header, map[string]any{"alg": "none"}); err != nil {
			return cannot("the header of the token can't be changed")
		}
	}
	claims := strings.Split(token.Raw, ".")[1]
	in.replaceCredential(c, base64.RawURLEncoding.EncodeToString(header)+"."+claims+".", token.Raw)
	return nil
}
