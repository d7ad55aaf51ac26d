package scenarios

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
)

// A DPoPProof is a proof of possession in the DPoP header (RFC 9449 section
// 4.2), read and not verified.
type DPoPProof struct {
	*JWT
	Thumbprint string // of its key (RFC 7638); "" where the key can't be read
}

// ProofOf returns the DPoP proof of a request.
func ProofOf(r *traffic.Request) (DPoPProof, bool) {
	t, ok := ParseJWT(r.Header.Get("dpop"))
	if !ok {
		return DPoPProof{}, false
	}
	jwk, _ := t.Header["jwk"].(map[string]any)
	return DPoPProof{JWT: t, Thumbprint: thumbprint(jwk)}, true
}

// thumbprint is SHA-256 over the members that make a key, sorted by name (RFC
// 7638 sections 3.2 and 3.3).
func thumbprint(jwk map[string]any) string {
	var members []string
	switch textMember(jwk, "kty") {
	case "EC":
		members = []string{"crv", "kty", "x", "y"}
	case "RSA":
		members = []string{"e", "kty", "n"}
	case "OKP":
		members = []string{"crv", "kty", "x"}
	default:
		return ""
	}
	key := map[string]string{}
	for _, name := range members {
		value := textMember(jwk, name)
		if value == "" {
			return ""
		}
		key[name] = value
	}
	text, err := json.Marshal(key) // sorts by name
	if err != nil {
		return ""
	}
	return hash(string(text))
}

func hash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// Covers tells whether the proof is for that request, and if not, which claim
// says otherwise: "htm" or "htu" (RFC 9449 section 4.3).
func (p DPoPProof) Covers(r *traffic.Request) (claim string, ok bool) {
	if htm := p.Text("htm"); htm != "" && htm != r.Method {
		return "htm", false
	}
	if htu := p.Text("htu"); htu != "" && !sameTarget(htu, r.URL) {
		return "htu", false
	}
	return "", true
}

// sameTarget compares URLs without query and fragment, after normalization
// (RFC 9449 section 4.3, point 9).
func sameTarget(a, b string) bool {
	x, errX := url.Parse(a)
	y, errY := url.Parse(b)
	if errX != nil || errY != nil {
		return errX != nil && errY != nil && a == b
	}
	return strings.EqualFold(x.Scheme, y.Scheme) && strings.EqualFold(x.Hostname(), y.Hostname()) && portOf(x) == portOf(y) &&
		pathOf(x) == pathOf(y)
}

func pathOf(u *url.URL) string {
	if u.Path == "" {
		return "/"
	}
	return u.Path
}

func portOf(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	switch strings.ToLower(u.Scheme) {
	case "https", "wss":
		return "443"
	case "http", "ws":
		return "80"
	}
	return ""
}

// boundTo returns the thumbprint of the key or certificate that a token is
// bound to (RFC 7800 section 3, RFC 9449 section 6.1, RFC 8705 section 3.1).
func (t *JWT) boundTo() (key, certificate string) {
	cnf, _ := t.Claims["cnf"].(map[string]any)
	return textMember(cnf, "jkt"), textMember(cnf, "x5t#S256")
}
