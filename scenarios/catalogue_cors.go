package scenarios

func corsCauses() []*Cause {
	return []*Cause{
		corsPreflightFailed(),
		corsOriginNotAllowed(),
		corsCredentialsNotAllowed(),
		credentialsNotSent(),
	}
}
