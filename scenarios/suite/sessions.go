package suite

import "strconv"

// SessionCookieMissing sends the request without its session cookie.
func SessionCookieMissing() Scenario {
	return scenario("session-cookie-missing")
}

// SessionExpired goes on with a session that is over. It needs a logout in the capture,
// With("logout", "POST /logout"), or With("cookie", "env:NAME"): the value of a
// session that is over.
func SessionExpired() Scenario {
	return scenario("session-expired")
}

// StaleCookie sends a leftover session cookie in front of the good one.
func StaleCookie() Scenario {
	return scenario("stale-cookie")
}

// SubdomainCookie asks another host of the site and lets a browser decide whether the session
// cookie goes along; "" is the host of the flow, where another one set the
// cookie. Where it has to go along: Expect(expect.StatusBetween(200, 299)).
func SubdomainCookie(host string) Scenario {
	return scenario("cookie-domain-mismatch", "host", host)
}

// CookiePathMismatch lets the server set the session cookie for another path.
func CookiePathMismatch(path string) Scenario {
	return scenario("cookie-path-mismatch", "path", path)
}

// CookieSecureOverHTTP asks over plain http for what a browser sends over https alone.
func CookieSecureOverHTTP() Scenario {
	return scenario("cookie-secure-over-http")
}

// CookieSameSiteBlocked lets a page of another site ask, and a browser decide whether the session
// cookie goes along.
func CookieSameSiteBlocked(page string) Scenario {
	return scenario("cookie-samesite-blocked", "page", page)
}

// CookiePrefixRejected lets the server set the session cookie under a name that begins with __Host-,
// with a Domain, which that name forbids.
func CookiePrefixRejected() Scenario {
	return scenario("cookie-prefix-rejected")
}

// CookieTooLarge sends a cookie of that length beside the others.
func CookieTooLarge(bytes int) Scenario {
	return scenario("cookie-too-large", "bytes", strconv.Itoa(bytes))
}

// CSRFTokenMissing sends a request that writes without its CSRF token.
func CSRFTokenMissing() Scenario {
	return scenario("csrf-token-missing")
}

// CSRFTokenMismatch sends a request that writes with a CSRF token of nobody.
func CSRFTokenMismatch() Scenario {
	return scenario("csrf-token-mismatch")
}

// LoginGivesNoSession takes Set-Cookie out of the answer to the login.
func LoginGivesNoSession() Scenario {
	return scenario("login-gives-no-session")
}
