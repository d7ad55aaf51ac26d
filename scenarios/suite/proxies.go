package suite

// AuthorizationDroppedByProxy lets a proxy take Authorization out of the request.
func AuthorizationDroppedByProxy() Scenario {
	return scenario("authorization-dropped-by-proxy")
}

// AuthorizationDroppedOnRedirect redirects the client to another name of the server, on the way to which it
// drops Authorization.
func AuthorizationDroppedOnRedirect() Scenario {
	return scenario("authorization-dropped-on-redirect")
}

// ForwardedHeadersMissing lets a proxy forget to tell the server how it was asked.
func ForwardedHeadersMissing() Scenario {
	return scenario("forwarded-headers-missing")
}

// TLSTermination lets a proxy tell the server that it was asked over http.
func TLSTermination() Scenario {
	return scenario("tls-termination")
}

// CookieStrippedByProxy lets a proxy take the cookies out of the request.
func CookieStrippedByProxy() Scenario {
	return scenario("cookie-stripped-by-proxy")
}

// ProxyAuthDenied lets a proxy refuse the request itself.
func ProxyAuthDenied() Scenario {
	return scenario("proxy-auth-denied")
}

// ProxyRewrite lets a proxy strip a prefix off the path; "" is the first segment.
func ProxyRewrite(prefix string) Scenario {
	return scenario("proxy-rewrite", "prefix", prefix)
}
