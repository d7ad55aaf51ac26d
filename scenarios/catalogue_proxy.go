package scenarios

func proxyCauses() []*Cause {
	return []*Cause{
		authorizationDroppedByProxy(),
		authorizationDroppedOnRedirect(),
		forwardedHeadersMissing(),
		tlsTermination(),
		cookieStrippedByProxy(),
		proxyAuthDenied(),
		proxyRewrite(),
	}
}
