package suite

// RedirectURIMismatch sends a redirect_uri that is not the registered one.
func RedirectURIMismatch() Scenario {
	return scenario("redirect-uri-mismatch")
}

// PKCEMissing sends a token request whose code_verifier is not that of the login.
func PKCEMissing(how VerifierFault) Scenario {
	return scenario("pkce-missing", "how", string(how))
}

// ClientAuthenticationFailed sends a token request with another client secret.
func ClientAuthenticationFailed() Scenario {
	return scenario("client-authentication-failed")
}

// InvalidGrant sends a code or refresh token that is good for nothing.
func InvalidGrant(how GrantFault) Scenario {
	return scenario("invalid-grant", "how", string(how))
}

// LoginStateLost comes back from the login with a state that the app did not give out.
func LoginStateLost() Scenario {
	return scenario("login-state-lost")
}

// AccountDisabled sends the token of an account that is disabled; token is its place,
// "env:NAME". For a session: AccountDisabled("").With("cookie", "env:NAME").
func AccountDisabled(token string) Scenario {
	return scenario("account-disabled", "token", token)
}
