package scenarios

import "strings"

// A Use is what a token was issued for.
type Use string

// The uses.
const (
	UseUnknown Use = ""
	AccessUse  Use = "access token"
	IDUse      Use = "id token"      // for the client, never for an API (OIDC Core section 2)
	RefreshUse Use = "refresh token" // for the issuer alone
)

// Use tells what a token was issued for, as far as it says: the typ of its
// header (RFC 9068 section 2.1), the typ or token_use that issuers add, or
// claims that only one kind has.
func (t *JWT) Use() Use {
	typ := strings.TrimPrefix(strings.ToLower(textMember(t.Header, "typ")), "application/")
	if typ == "at+jwt" {
		return AccessUse
	}
	for _, claim := range []string{"token_use", "token_type", "typ"} { // Cognito, SimpleJWT, Keycloak
		switch strings.ToLower(t.Text(claim)) {
		case "id":
			return IDUse
		case "access", "bearer", "dpop":
			return AccessUse
		case "refresh", "offline":
			return RefreshUse
		}
	}
	for _, claim := range []string{"scope", "scp", "permissions", "client_id"} {
		if t.Claims[claim] != nil {
			return AccessUse
		}
	}
	for _, claim := range []string{"nonce", "at_hash", "c_hash", "s_hash"} {
		if t.Claims[claim] != nil {
			return IDUse
		}
	}
	return UseUnknown
}
