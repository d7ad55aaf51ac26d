package scenarios

func tokenCauses() []*Cause {
	return []*Cause{
		requestSignatureInvalid(),
		expiredToken(),
		clockSkew(),
		wrongAudience(),
		wrongIssuer(),
		insufficientScope(),
		tokenSignatureInvalid(),
		revokedToken(),
		refreshMissing(),
		authLoop(),
		stepUpRequired(),
		signedURLExpired(),
		dpopOrMTLSBinding(),
	}
}
