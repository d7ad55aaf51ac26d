package scenarios

func captureCauses() []*Cause {
	return []*Cause{
		sanitizedCapture(),
		noDifference(),
		cachedAuthResponse(),
		clientCertificateMissing(),
		localNetworkBlocked(),
		tlsOrNetworkError(),
		integratedAuthBroken(),
	}
}
