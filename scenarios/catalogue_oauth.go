package scenarios

func oauthCauses() []*Cause {
	return []*Cause{
		redirectURIMismatch(),
		pkceMissing(),
		clientAuthenticationFailed(),
		invalidGrant(),
		loginStateLost(),
		accountDisabled(),
	}
}
