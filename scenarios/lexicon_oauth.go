package scenarios

// oauthLexemes speak of authorization and token requests.
var oauthLexemes = []lexeme{
	{cause: "redirect-uri-mismatch",
		anywhere: []string{
			"redirect_uri_mismatch", "redirect uri mismatch", "invalid parameter redirect_uri", "invalid redirect_uri", "invalid redirect uri", "incorrect redirect_uri", "redirect_uri is not valid", "redirect_uri is invalid", "redirect uri is invalid", "redirect_uri did not match", "redirect_uri does not match", "redirect uri does not match", "redirect_uri doesn't match", "redirect uri must match",
			"redirect_uri must match", "redirect uri * does not match", "redirect uri * is not registered", "redirect_uri is not registered", "redirect_uri * not registered", "redirect_uri not allowed", "redirect_uri is not allowed", "redirect uri is not allowed", "unregistered redirect", "callback url mismatch", "callback url is not", "callback url not approved", "callback url * mismatch", "mismatching redirect",
			"AADSTS50011", "reply url", "redirect url mismatch", "redirect url is not", "invalid redirect url", "redirect_uris", "bad redirect_uri", "redirect uri * must be", "unknown redirect_uri",
		},
	},
	{cause: "pkce-missing",
		anywhere: []string{
			"code challenge required", "code_challenge required", "code_challenge is required", "missing code_challenge", "missing parameter code_challenge", "missing code_verifier", "code_verifier required", "code_verifier is required", "code verifier * required", "code_verifier missing", "code_verifier is missing", "code verifier is missing", "code_verifier not", "pkce verification failed", "pkce code verifier",
			"pkce required", "pkce is required", "pkce code challenge", "pkce validation", "pkce code verifier not specified", "invalid code_verifier", "invalid code verifier", "code verifier * invalid", "code verifier * not match", "code_verifier does not match", "code verifier does not match", "code verifier mismatch", "invalid code challenge", "code_challenge_method", "AADSTS9002325", "AADSTS501481", "proof key for code exchange", "failed to verify code verifier",
			"code challenge", "code verifier", "code_verifier mismatch",
		},
	},
	{cause: "client-authentication-failed",
		anywhere: []string{
			"invalid_client", "invalid client", "invalid client secret", "client secret is invalid", "client secret * invalid", "invalid client credentials", "client authentication failed", "client authentication required", "client authentication is required", "client authentication method", "client credentials are invalid", "client credentials invalid", "incorrect_client_credentials",
			"unknown client", "client not found", "no client authentication", "no such client", "bad client credentials", "client secret not provided", "missing client_secret", "missing client secret", "client_secret is missing", "wrong client secret", "client assertion", "client_assertion", "AADSTS7000215", "AADSTS7000222", "AADSTS700016", "AADSTS7000218", "AADSTS700027", "client id or secret", "client_id or client_secret", "token_endpoint_auth_method", "client is disabled",
		},
		whole: []string{"unauthorized_client", "E0000005 client"},
	},
	{cause: "invalid-grant",
		anywhere: []string{
			"invalid_grant", "invalid grant", "code not valid", "invalid authorization code", "authorization code * invalid", "authorization code * expired", "authorization code has been used", "authorization code * used", "code has already been used", "code was already redeemed", "code already redeemed", "code has expired", "code is expired", "code expired", "code has been used", "code is invalid or expired", "bad_verification_code",
			"unknown or invalid refresh token", "invalid refresh token", "refresh token * invalid", "refresh token * expired", "refresh token * revoked", "refresh token expired", "refresh token is invalid", "refresh token not found", "refresh token reuse", "refresh token * reuse", "refresh token * used", "refresh token is expired", "refresh token revoked", "refresh token * inactive", "stale token", "maximum allowed refresh token reuse exceeded",
			"token has been expired or revoked", "invalid_refresh_token", "refresh_token_expired", "refresh_token_reused", "grant is invalid", "grant not found", "grant request is invalid", "AADSTS54005", "AADSTS70008", "AADSTS700082", "AADSTS700084", "AADSTS50078", "AADSTS9002313", "authorization grant is invalid", "provided authorization grant",
		},
	},
}
