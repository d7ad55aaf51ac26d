package scenarios

import (
	"encoding/base64"
	"encoding/json"
	"math"
	"strings"
	"time"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
)

// A JWT is a JSON Web Token, read and not verified (RFC 7519).
type JWT struct {
	Header, Claims map[string]any
	Signature      string // as it stands in Raw, Base64url; "" of alg none
	Raw            string
}

// maxToken is the length in bytes up to which a value is read as a token. No
// server takes a header of that size.
const maxToken = 64 << 10

// ParseJWT reads a token in compact form: three parts, the first two of them
// JSON objects (RFC 7515 section 7.1). An encrypted token (JWE) has five and is
// opaque: see [IsJWE].
func ParseJWT(s string) (*JWT, bool) {
	s = strings.TrimSpace(s)
	if len(s) > maxToken || strings.Count(s, ".") != 2 {
		return nil, false
	}
	part := strings.Split(s, ".")
	header, ok := decodeObject(part[0])
	if !ok || !isJOSE(header) {
		return nil, false
	}
	claims, ok := decodeObject(part[1])
	if !ok {
		return nil, false
	}
	return &JWT{Header: header, Claims: claims, Signature: part[2], Raw: s}, true
}

// IsJWE tells whether a value is an encrypted token, whose claims nobody but
// its audience can read (RFC 7516 section 7.1).
func IsJWE(s string) bool {
	if len(s) > maxToken || strings.Count(s, ".") != 4 {
		return false
	}
	first, _, _ := strings.Cut(s, ".")
	header, ok := decodeObject(first)
	return ok && header["enc"] != nil
}

// isJOSE tells a JOSE header from any other object: alg is a must (RFC 7515
// section 4.1.1), and redaction keeps it.
func isJOSE(header map[string]any) bool {
	_, alg := header["alg"].(string)
	_, typ := header["typ"].(string)
	return alg || typ
}

// decodeObject reads a JSON object in Base64url. The last of two members with
// one name counts, as JavaScript has it (RFC 7519 section 4 allows either).
func decodeObject(segment string) (map[string]any, bool) {
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(segment, "="))
	if err != nil {
		return nil, false
	}
	var object map[string]any
	if json.Unmarshal(raw, &object) != nil || object == nil {
		return nil, false
	}
	return object, true
}

// Time returns a NumericDate claim (RFC 7519 section 2): seconds since 1970,
// maybe with a fraction. Issuers that count milliseconds are seen, and
// understood: 1e11 seconds are the year 5138.
func (t *JWT) Time(claim string) (time.Time, bool) {
	n, ok := t.Claims[claim].(float64)
	if !ok || n <= 0 || n >= 1e14 {
		return time.Time{}, false
	}
	if n >= 1e11 {
		return time.UnixMilli(int64(n)).UTC(), true
	}
	whole, fraction := math.Modf(n)
	return time.Unix(int64(whole), int64(fraction*1e9)).UTC(), true
}

// Written returns a claim as JSON, "" where there is none.
func (t *JWT) Written(claim string) string {
	value, ok := t.Claims[claim]
	if !ok {
		return ""
	}
	text, err := json.Marshal(value)
	if err != nil {
		return ""
	}
	return string(text)
}

// Text returns a string claim, "" where there is none.
func (t *JWT) Text(claim string) string { return textMember(t.Claims, claim) }

func textMember(object map[string]any, name string) string {
	s, _ := object[name].(string)
	return s
}

// Set returns a claim that is a list: an array, a lone string, or words parted
// by spaces (scope, RFC 8693 section 4.2). aud is never split: an audience may
// hold any character.
func (t *JWT) Set(claim string) []string {
	switch value := t.Claims[claim].(type) {
	case string:
		if claim == "aud" {
			return []string{value}
		}
		return strings.Fields(value)
	case []any:
		var list []string
		for _, item := range value {
			if s, ok := item.(string); ok {
				list = append(list, s)
			}
		}
		return list
	}
	return nil
}

// TokenOf returns the JWT that a request carries: in Authorization, else in
// another header, a cookie or a query parameter. A proof of possession, a CSRF
// token and a credential for a proxy are none.
func TokenOf(x *traffic.Exchange) (*JWT, Credential, bool) {
	var found *JWT
	var at Credential
	best := 0
	for _, c := range CredentialsOf(&x.Request) {
		rank := tokenPlace(c)
		if rank == 0 || best > 0 && rank >= best {
			continue
		}
		if t, ok := tokenIn(c); ok {
			found, at, best = t, c, rank
		}
	}
	return found, at, found != nil
}

// tokenPlace orders the places of a token, 1 first; 0 is none.
func tokenPlace(c Credential) int {
	switch c.Kind {
	case Authorization:
		return 1
	case APIKey, SessionCookie:
		switch c.Part {
		case diff.Header:
			return 2
		case diff.Cookie:
			return 3
		case diff.Query:
			return 4
		}
	}
	return 0
}

// tokenIn reads the token of a credential: bare, behind "Bearer ", or escaped
// for a cookie.
func tokenIn(c Credential) (*JWT, bool) {
	value := c.Value
	if c.Part == diff.Cookie && strings.Contains(value, "%") {
		value = unescape(value)
	}
	value = strings.Trim(value, `"`)
	if scheme, rest, ok := strings.Cut(value, " "); ok && strings.EqualFold(scheme, "bearer") {
		value = rest
	}
	return ParseJWT(value)
}
