package scenarios

// voiceLexemes tell whether a credential was seen at all.
var voiceLexemes = []lexeme{
	{cause: missingVoice,
		anywhere: []string{
			// Tokens.
			"no authorization token was found", "no auth token", "no authentication token", "no token provided", "no token was provided",
			"no token supplied", "no token found", "no token in request", "no access token", "no bearer token", "no jwt",
			"token not provided", "token was not provided", "token is not provided", "token not found in request", "token not supplied",
			"token is missing", "token was missing", "token missing", "missing token", "missing access token", "missing auth token",
			"missing bearer token", "missing jwt", "missing id token", "token absent", "jwt must be provided", "jwt is missing", "jwt missing",
			"jwt not found", "jwt token not found", "missing json web token", "token required", "token is required",
			"absent token", "token could not be parsed from the request", "unable to find token", "could not find token", "cookie or token missing",
			// Header and credentials.
			"missing authorization", "missing the authorization", "authorization header missing", "authorization header is missing",
			"authorization header not found", "authorization header was not found", "authorization header not present", "authorization header not provided",
			"authorization header required", "authorization header is required", "authorization header must be provided",
			"no authorization header", "without authorization header", "authorization field missing", "authorization is missing",
			"authorization not found", "authorization required header", "missing authentication header", "missing auth header", "no auth header",
			"credentials were not provided", "credentials not provided", "credentials not supplied", "credentials not found in request", "no credentials provided",
			"no credentials were provided", "no credentials supplied", "no credentials in request", "no credentials present",
			"missing credentials", "credentials missing", "credentials are missing", "credentials required", "credentials are required",
			"no authentication provided", "no authentication information", "authentication information is not given", "authentication information is missing",
			"no authentication method", "missing authentication information", "missing authentication credentials",
			"missing required authentication", "missing required authorization", "missing required header authorization", "missing required request header authorization",
			"required request header authorization", "full authentication is required", "authentication object was not found in the security context",
			"requires authentication", "missing username and password", "did not provide an api key or token", "did not include an authorization",
			"without authentication token", "without credentials", "unauthenticated request", "anonymous access", "anonymous user", "anonymous users",
			"anonymous caller", "access denied for user anonymous", "no user in request", "no principal",
		},
		whole: []string{"no token", "no auth", "no credentials", "no authorization", "missing auth", "token missing", "anonymous", "auth required header missing"},
		faint: []string{
			"missing authentication token", // AWS API Gateway says so to a wrong path as well
			"not authenticated", "must be authenticated", "must authenticate", "authentication required", "authentication is required", "unauthenticated access",
			"login required", "login is required", "log in required", "must be logged in", "must log in", "must login", "not logged in", "need to log in",
			"need to be logged in", "need to login", "need to sign in", "please log in", "please login", "please sign in", "must sign in", "sign in required",
			"sign in to continue", "log in to continue", "user not found in context", "user is not logged in",
		},
		alone: []string{"unauthenticated", "auth required", "authentication required", "not authenticated", "authentication error unauthenticated"},
	},
	{cause: eitherVoice,
		anywhere: []string{
			// The stock pages of Apache, Werkzeug and HAProxy.
			"supplied the wrong credentials", "how to supply the credentials required", "need a valid user and password to access",
			"missing or invalid", "invalid or missing", "missing or malformed", "malformed or missing", "missing or expired", "expired or missing", "absent or invalid",
			"missing invalid", "invalid missing", "missing or incorrect", "incorrect or missing", "missing or bad", "bad or missing",
			"missing invalid or expired", "missing expired or invalid", "invalid expired or missing", "not provided or invalid", "missing or not valid",
		},
	},
	{cause: invalidVoice,
		anywhere: []string{
			"invalid token", "token invalid", "token is invalid", "token was invalid", "token not valid", "token is not valid", "token is not a valid", "invalid access token",
			"invalid auth token", "invalid authentication token", "invalid authorization token", "invalid bearer token", "invalid jwt", "jwt invalid", "jwt is invalid",
			"invalid id token", "invalid credentials", "invalid credential", "credentials invalid", "credentials are invalid", "credentials are not valid",
			"invalid authentication credentials", "token rejected", "token was rejected", "token refused", "token could not be verified", "token verification failed",
			"token validation failed", "could not validate credentials", "unable to verify token", "could not verify token", "failed to verify token",
			"failed to validate token", "unable to validate token", "cannot validate token", "token authentication failed", "bad token", "bad access token", "incorrect token",
			"unknown token", "invalid_auth", "failed authentication", "security token could not be authenticated", "unrecognized token", "access token validation failure", "given token not valid", "jwt verification failed", "jwt validation failed", "failed to decode token",
			"could not decode token", "unable to decode token", "error decoding token", "error decoding signature", "invalid session token", "token not recognized",
			"token is unknown", "invalid or expired", "expired or invalid", "invalid or revoked", "expired or revoked", "invalid expired or revoked",
		},
	},
}
