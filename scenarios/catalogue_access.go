package scenarios

func accessCauses() []*Cause {
	return []*Cause{
		wafBlocked(),
		botChallenge(),
		ipNotAllowed(),
		geoBlocked(),
		clientRejected(),
		rateLimited(),
	}
}
