package tree

import (
	"encoding/base64"
	"strings"
)

// Credentials take an Authorization value apart: scheme and credentials (RFC
// 9110 section 11.4), and the credentials by what the scheme makes them:
// user and password, a token, parameters. A lone word is the credentials
// unless it is a registered scheme: the scheme is what people forget.
type Credentials struct{}

// Split implements Codec.
func (Credentials) Split(text string) (Parts, bool) {
	scheme, rest, spaced := strings.Cut(text, " ")
	if !spaced {
		kid := Kid{Key: "credentials", Text: text, Codec: Token{}}
		if isAuthScheme(text) {
			kid = Kid{Key: "scheme", Text: text}
		}
		return Parts{Mode: Record, Style: " ", Kids: []Kid{kid}}, true
	}
	space := " " + rest[:leadingSpace(rest)]
	rest = rest[len(space)-1:]
	if rest == "" || scheme == "" {
		return Parts{}, false
	}
	kid := Kid{Key: "credentials", Text: rest}
	switch strings.ToLower(scheme) {
	case "basic":
		kid.Codec = Basic{}
	case "bearer", "dpop", "jwt", "token":
		kid.Codec = Token{}
	default:
		kid.Codec = Params{}
	}
	return Parts{Mode: Record, Style: space, Kids: []Kid{{Key: "scheme", Text: scheme}, kid}}, true
}

// Join implements Codec.
func (Credentials) Join(p Parts) string {
	scheme, hasScheme := textOf(p.Kids, "scheme")
	credentials, hasCredentials := textOf(p.Kids, "credentials")
	if !hasScheme || !hasCredentials {
		return scheme + credentials
	}
	return scheme + p.Style + credentials
}

// isAuthScheme knows the IANA registry of HTTP authentication schemes.
func isAuthScheme(s string) bool {
	switch strings.ToLower(s) {
	case "basic", "bearer", "concealed", "digest", "dpop", "gnap", "hoba", "mutual", "negotiate", "ntlm",
		"oauth", "privatetoken", "scram-sha-1", "scram-sha-256", "vapid":
		return true
	}
	return false
}

// Basic takes user-pass of RFC 7617 apart: user and password.
type Basic struct{}

// Split implements Codec.
func (Basic) Split(text string) (Parts, bool) {
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return Parts{}, false
	}
	user, password, ok := strings.Cut(string(raw), ":")
	if !ok {
		return Parts{}, false
	}
	return Parts{Mode: Record, Kids: []Kid{{Key: "user", Text: user}, {Key: "password", Text: password}}}, true
}

// Join implements Codec.
func (Basic) Join(p Parts) string {
	user, _ := textOf(p.Kids, "user")
	password, _ := textOf(p.Kids, "password")
	return base64.StdEncoding.EncodeToString([]byte(user + ":" + password))
}

// Token takes a JWT in compact form apart (RFC 7519, RFC 7515 section 3.1):
// header, claims, signature. Other tokens stay whole.
type Token struct{}

// Split implements Codec.
func (Token) Split(text string) (Parts, bool) {
	// eyJ is {" in Base64url: the first bytes of every JSON object that a
	// library writes.
	if !strings.HasPrefix(text, "eyJ") || strings.Count(text, ".") != 2 {
		return Parts{}, false
	}
	part := strings.Split(text, ".")
	kids := []Kid{
		{Key: "header", Text: part[0], Codec: segment{}},
		{Key: "claims", Text: part[1], Codec: segment{}},
		{Key: "signature", Text: part[2]},
	}
	for _, kid := range kids[:2] {
		if _, ok := split(kid.Codec, kid.Text); !ok {
			return Parts{}, false
		}
	}
	return Parts{Mode: Record, Kids: kids}, true
}

// Join implements Codec.
func (Token) Join(p Parts) string {
	header, _ := textOf(p.Kids, "header")
	claims, _ := textOf(p.Kids, "claims")
	signature, _ := textOf(p.Kids, "signature")
	return header + "." + claims + "." + signature
}

// segment is a Base64url-encoded JSON object of a JWT.
type segment struct{}

func (segment) Split(text string) (Parts, bool) {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || !ValidJSON(string(raw)) {
		return Parts{}, false
	}
	return Value{}.Split(string(raw))
}

func (segment) Join(p Parts) string {
	return base64.RawURLEncoding.EncodeToString([]byte(Value{}.Join(p)))
}

func textOf(kids []Kid, key string) (string, bool) {
	for _, kid := range kids {
		if kid.Key == key {
			return kid.Text, true
		}
	}
	return "", false
}
