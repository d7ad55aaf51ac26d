package scenarios

func sessionCauses() []*Cause {
	return []*Cause{
		sessionCookieMissing(),
		sessionExpired(),
		staleCookie(),
		cookieDomainMismatch(),
		cookiePathMismatch(),
		cookieSecureOverHTTP(),
		cookieSameSiteBlocked(),
		cookiePrefixRejected(),
		cookieTooLarge(),
		csrfTokenMissing(),
		csrfTokenMismatch(),
		loginGivesNoSession(),
	}
}
