package suite

// SanitizedCapture takes out of the capture what browsers leave out of an export. Nothing is sent.
func SanitizedCapture() Scenario {
	return scenario("sanitized-capture")
}

// NoDifference sends the request as it is: the control that has to pass.
func NoDifference() Scenario {
	return scenario("no-difference")
}

// CachedAuthResponse asks with a login first and without one then, which must not be answered from
// a cache.
func CachedAuthResponse() Scenario {
	return scenario("cached-auth-response")
}

// ClientCertificateMissing asks without the client certificate. It needs a run that presents one.
func ClientCertificateMissing() Scenario {
	return scenario("client-certificate-missing")
}

// LocalNetworkBlocked lets a public page ask a target on the local network.
func LocalNetworkBlocked(page string) Scenario {
	return scenario("local-network-blocked", "page", page)
}

// NetworkError closes the connection without an answer.
func NetworkError() Scenario {
	return scenario("tls-or-network-error")
}

// IntegratedAuthBroken sends every request of an NTLM or Negotiate login on a connection of its own.
func IntegratedAuthBroken() Scenario {
	return scenario("integrated-auth-broken")
}
