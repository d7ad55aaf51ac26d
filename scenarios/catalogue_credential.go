package scenarios

func credentialCauses() []*Cause {
	return []*Cause{
		missingCredentials(),
		wrongCredentials(),
		missingBearerPrefix(),
		wrongAuthScheme(),
		malformedAuthorization(),
		apiKeyMissing(),
		apiKeyRejected(),
		apiKeyMisplaced(),
	}
}
