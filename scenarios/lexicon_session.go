package scenarios

// sessionLexemes speak of sessions, cookies and forged requests.
var sessionLexemes = []lexeme{
	{cause: "session-expired",
		anywhere: []string{
			"session expired", "session has expired", "session is expired", "session was expired", "session * expired", "session * timed out", "session timed out", "session timeout", "session time out", "session has timed out", "expired session", "session has ended", "session ended", "session is over", "session no longer valid", "session is no longer valid", "session is not valid", "session not valid",
			"session invalid", "session is invalid", "invalid session", "session not found", "session does not exist", "session doesn't exist", "session unknown", "unknown session", "no such session", "no session found", "session lost", "session terminated", "session was terminated", "session invalidated", "session has been invalidated", "login expired", "login has expired", "login session", "login timed out", "timed out due to inactivity",
			"due to inactivity", "signed out due to", "your login has", "session could not be found", "session closed", "E0000005", "InvalidSessionException", "session gone", "session destroyed",
		},
		whole: []string{"login timeout", "sessionexpired", "timeout session", "idle timeout", "440"},
	},
	{cause: "cookie-too-large",
		anywhere: []string{
			"request header or cookie too large", "request header too large", "request headers too large", "size of a request header field exceeds server limit", "request header is too large", "request header fields too large", "header fields too large", "header field too large", "request header field exceeds", "cookie too large", "cookies too large", "cookie is too large", "header size exceeded", "headers exceed", "request header size",
			"HPE_HEADER_OVERFLOW", "header overflow", "header is too long", "headers are too long", "number of request header fields exceeds", "headers too large", "bad request request too long",
		},
	},
	{cause: "csrf-token-missing",
		anywhere: []string{
			"csrf token missing", "csrf token is missing", "missing csrf token", "csrf token not found", "csrf token required", "csrf token is required", "no csrf token", "csrf cookie not set", "csrf cookie missing", "the csrf token is missing", "csrf token was not provided", "missing csrf", "csrf missing", "missing xsrf", "xsrf token missing", "no xsrf", "referer checking failed no referer", "xsrf argument missing",
			"could not verify the provided csrf token because your session was not found", "required anti forgery cookie", "required anti forgery form field", "anti forgery token could not be found", "csrf header missing", "expected csrf token not found", "csrf token not provided", "csrf token has not been",
		},
		faint: []string{"csrf failed", "csrf verification failed", "csrf validation failed", "could not verify the provided csrf token", "invalid csrf token", "InvalidAuthenticityToken", "can't verify csrf token authenticity", "EBADCSRFTOKEN", "csrf check failed", "csrf detected", "csrf token validation failed", "cross origin request detected", "csrf error", "anti forgery", "antiforgery", "page expired", "authenticity token", "csrf protection", "cross site request forgery"},
	},
	{cause: "csrf-token-mismatch",
		anywhere: []string{
			"csrf token mismatch", "csrf tokens do not match", "csrf token does not match", "csrf token doesn't match", "csrf tokens don't match", "csrf token incorrect", "csrf token is incorrect", "csrf token from the * incorrect", "csrf token from the * has incorrect length", "csrf token has expired", "csrf token expired", "csrf token * expired", "csrf token is invalid", "csrf token invalid", "bad csrf token",
			"xsrf cookie does not match", "xsrf token mismatch", "xsrf mismatch", "csrf mismatch", "csrf session tokens do not match", "the csrf session token is missing", "origin checking failed", "referer checking failed", "anti forgery token * mismatch", "meant for a different claims based user", "antiforgery token could not be decrypted", "anti forgery token could not be decrypted", "wrong csrf", "csrf token has been", "csrf state",
		},
		faint: []string{"csrf failed", "csrf verification failed", "csrf validation failed", "could not verify the provided csrf token", "invalid csrf token", "InvalidAuthenticityToken", "can't verify csrf token authenticity", "EBADCSRFTOKEN", "csrf check failed", "csrf detected", "csrf token validation failed", "csrf error", "anti forgery", "antiforgery", "page expired", "authenticity token", "csrf protection", "cross site request forgery"},
	},
	{cause: "auth-loop", anywhere: []string{"ERR_TOO_MANY_REDIRECTS", "too many redirects", "redirected too many times", "redirect loop"}},
	{cause: "stale-cookie", anywhere: []string{"cookie is corrupted", "corrupt cookie", "cookie could not be decoded", "cannot decode cookie", "cookie not found", "invalid cookie", "bad cookie"}},
	{cause: "missing-query-parameter",
		anywhere: []string{"missing required parameter", "missing required query parameter", "required parameter is missing", "required request parameter", "missing query parameter", "query parameter is required", "required query parameter", "missing parameter", "parameter is missing", "required parameter", "MissingServletRequestParameterException"},
	},
}
