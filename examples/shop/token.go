package shop

import (
	"crypto/ecdsa"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"slices"
	"strings"
	"time"
)

// claims are what an access token says (RFC 9068). Times are in seconds since 1970.
type claims struct {
	Issuer    string   `json:"iss"`
	Subject   string   `json:"sub"`
	Audience  audience `json:"aud"`
	Expires   float64  `json:"exp"`
	NotBefore float64  `json:"nbf,omitempty"`
	Issued    float64  `json:"iat,omitempty"`
	ID        string   `json:"jti,omitempty"`
	Family    string   `json:"sid,omitempty"` // of the tokens of one login
	Scope     string   `json:"scope"`
}

// An audience is a string or a list (RFC 7519 section 4.1.3).
type audience []string

func (a *audience) UnmarshalJSON(text []byte) error {
	var one string
	if json.Unmarshal(text, &one) == nil {
		*a = audience{one}
		return nil
	}
	return json.Unmarshal(text, (*[]string)(a))
}

func (a audience) MarshalJSON() ([]byte, error) {
	if len(a) == 1 {
		return json.Marshal(a[0])
	}
	return json.Marshal([]string(a))
}

// leeway is how far clocks may be apart.
const leeway = 5 * time.Second

// mint makes an access token.
func (s *Shop) mint(c *claims) string {
	alg := "HS256"
	if s.config.ES256Key != nil {
		alg = "ES256"
	}
	head, _ := json.Marshal(map[string]string{"alg": alg, "typ": "at+jwt"})
	body, _ := json.Marshal(c) // strings and finite numbers always marshal
	signed := encode(head) + "." + encode(body)
	return signed + "." + encode(s.sign(signed))
}

func (s *Shop) sign(signed string) []byte {
	if s.config.ES256Key == nil {
		return hs256(s.config.HS256Key, signed)
	}
	sum := sha256.Sum256([]byte(signed))
	r, t, err := ecdsa.Sign(s.config.Random, s.config.ES256Key, sum[:])
	if err != nil {
		panic(err) // no randomness, or no P-256 key
	}
	// Two numbers of 32 bytes, not ASN.1 (RFC 7518 section 3.4).
	return append(r.FillBytes(make([]byte, 32)), t.FillBytes(make([]byte, 32))...)
}

// verify reads an access token; why tells what is wrong with it.
func (s *Shop) verify(token string) (c *claims, why string) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, "The token is malformed"
	}
	var head struct{ Alg string }
	c = &claims{}
	if !decode(parts[0], &head) || !decode(parts[1], c) {
		return nil, "The token is malformed"
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil || !s.genuine(head.Alg, parts[0]+"."+parts[1], signature) {
		return nil, "The signature is invalid"
	}
	return c, s.unfit(c)
}

// genuine checks the signature. The algorithm is the shop's, not the one that
// the token asks for (RFC 8725 section 3.1).
func (s *Shop) genuine(alg, signed string, signature []byte) bool {
	key := s.config.ES256Key
	switch {
	case s.makes(SignatureNotChecked):
		return true
	case alg == "none" && s.makes(AcceptsAlgNone):
		return len(signature) == 0
	case alg == "HS256" && key == nil:
		return subtle.ConstantTimeCompare(signature, hs256(s.config.HS256Key, signed)) == 1
	case alg == "HS256" && s.makes(KeyConfusion):
		public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
		return err == nil && subtle.ConstantTimeCompare(signature, hs256(public, signed)) == 1
	case alg == "ES256" && key != nil && len(signature) == 64:
		sum := sha256.Sum256([]byte(signed))
		r, t := new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])
		return ecdsa.Verify(&key.PublicKey, sum[:], r, t)
	}
	return false
}

// unfit says why a genuine token is not good here and now, "" if it is.
func (s *Shop) unfit(c *claims) string {
	now := s.now()
	switch {
	case now.Add(-leeway).After(seconds(c.Expires)) && !s.makes(ExpNotChecked):
		return "The token expired"
	case now.Add(leeway).Before(seconds(c.NotBefore)) && !s.makes(NbfNotChecked):
		return "The token is not yet valid"
	case c.Issuer != s.config.Issuer && !s.makes(IssNotChecked):
		return "The issuer is not trusted"
	case !slices.Contains(c.Audience, s.config.Audience) && !s.makes(AudNotChecked):
		return "The token is for another audience"
	case s.isRevoked(c.Family):
		return "The token was revoked"
	}
	return ""
}

func hs256(key []byte, signed string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(signed))
	return mac.Sum(nil)
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func decode(part string, into any) bool {
	text, err := base64.RawURLEncoding.DecodeString(part)
	return err == nil && json.Unmarshal(text, into) == nil
}

// seconds is a NumericDate (RFC 7519 section 2) as a time.
func seconds(n float64) time.Time { return time.Unix(int64(n), 0) }
