package suite

import (
	"strings"
	"time"
)

// ExpiredToken sends a token whose end was that long ago, properly signed. It needs sign-with,
// or With("token", "env:NAME"): one that is over.
func ExpiredToken(ago time.Duration) Scenario {
	return scenario("expired-token", "ago", shortDuration(ago))
}

// ClockSkew sends a token of an issuer whose clock is that far ahead. It needs sign-with.
func ClockSkew(ahead time.Duration) Scenario {
	return scenario("clock-skew", "ahead", shortDuration(ahead))
}

// WrongAudience sends a token for that audience. It needs sign-with, or With("token",
// "env:NAME"): one for another API.
func WrongAudience(audience string) Scenario {
	return scenario("wrong-audience", "audience", audience)
}

// WrongIssuer sends a token of that issuer. It needs sign-with, or With("token", "env:NAME"):
// one of another issuer.
func WrongIssuer(issuer string) Scenario {
	return scenario("wrong-issuer", "issuer", issuer)
}

// InsufficientScope sends a token that has only those scopes left, none by default. It needs
// sign-with, or With("token", "env:NAME"): one with fewer scopes.
func InsufficientScope(left ...string) Scenario {
	return scenario("insufficient-scope", "scope", strings.Join(left, " "))
}

// TokenSignatureInvalid sends a token whose signature was forged in that way. It needs no key.
func TokenSignatureInvalid(how Forgery) Scenario {
	return scenario("token-signature-invalid", "how", string(how))
}

// RevokedToken revokes the token and sends it then. It needs a revocation in the capture,
// With("logout", "POST /oauth/revoke"), or With("token", "env:NAME"): one that
// was revoked. Servers that verify tokens alone take it.
func RevokedToken() Scenario {
	return scenario("revoked-token")
}

// RefreshMissing leaves the refresh of the flow away and goes on with a token whose end was
// that long ago. It needs what ExpiredToken needs.
func RefreshMissing(ago time.Duration) Scenario {
	return scenario("refresh-missing", "ago", shortDuration(ago))
}

// AuthLoop keeps every cookie from the client, so that a login leads back to the login.
func AuthLoop() Scenario {
	return scenario("auth-loop")
}

// StepUpRequired sends the login of somebody who gave no second factor. It needs sign-with, or
// With("token", "env:NAME") or With("cookie", "env:NAME"): such a login.
func StepUpRequired() Scenario {
	return scenario("step-up-required")
}

// SignedURLExpired asks with a signed link that is over; link is its place, "env:NAME".
func SignedURLExpired(link string) Scenario {
	return scenario("signed-url-expired", "url", link)
}

// MissingProof sends a token that is bound to a key without the proof of it (DPoP).
func MissingProof() Scenario {
	return scenario("dpop-or-mtls-binding")
}
