package suite

// MissingCredentials sends the request without any of its credentials.
func MissingCredentials() Scenario {
	return scenario("missing-credentials")
}

// WrongCredentials logs in with a password that is made up. One attempt is made, for accounts
// may be locked.
func WrongCredentials() Scenario {
	return scenario("wrong-credentials")
}

// MissingBearerPrefix sends the bare token, without the word Bearer in front of it.
func MissingBearerPrefix() Scenario {
	return scenario("missing-bearer-prefix")
}

// WrongAuthScheme sends the token behind another word: "Token", "JWT". That case
// does not count (RFC 9110 section 11.1) is
// WrongAuthScheme("bearer").Expect(expect.StatusBetween(200, 299)).
func WrongAuthScheme(scheme string) Scenario {
	return scenario("wrong-auth-scheme", "scheme", scheme)
}

// MalformedAuthorization sends an Authorization header that is broken in that form.
func MalformedAuthorization(form Malformed) Scenario {
	return scenario("malformed-authorization", "form", string(form))
}

// APIKeyMissing sends the request without its API key.
func APIKeyMissing() Scenario {
	return scenario("api-key-missing")
}

// APIKeyRejected sends an API key that nobody issued; With("key", "env:NAME") sends one that
// was withdrawn.
func APIKeyRejected() Scenario {
	return scenario("api-key-rejected")
}

// APIKeyMisplaced sends the API key where the server does not look for it.
func APIKeyMisplaced(place KeyPlace) Scenario {
	return scenario("api-key-misplaced", "place", string(place))
}

// RequestSignatureInvalid changes a signed request after it was signed.
func RequestSignatureInvalid() Scenario {
	return scenario("request-signature-invalid")
}
