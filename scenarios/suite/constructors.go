package suite

import (
	"strings"
	"time"
)

// A Constructor is a function of this package that makes the scenarios of one
// cause.
type Constructor struct {
	Name  string // "ExpiredToken"
	Cause string

	// Arguments are the parameters of the cause that the function takes, in its
	// order. Other parameters are set by [Scenario.With].
	Arguments []string

	New any // the function itself
}

// Constructors lists them all, in the order of the catalogue's chapters.
func Constructors() []Constructor {
	return []Constructor{
		{"MissingCredentials", "missing-credentials", nil, MissingCredentials},
		{"WrongCredentials", "wrong-credentials", nil, WrongCredentials},
		{"MissingBearerPrefix", "missing-bearer-prefix", nil, MissingBearerPrefix},
		{"WrongAuthScheme", "wrong-auth-scheme", []string{"scheme"}, WrongAuthScheme},
		{"MalformedAuthorization", "malformed-authorization", []string{"form"}, MalformedAuthorization},
		{"APIKeyMissing", "api-key-missing", nil, APIKeyMissing},
		{"APIKeyRejected", "api-key-rejected", nil, APIKeyRejected},
		{"APIKeyMisplaced", "api-key-misplaced", []string{"place"}, APIKeyMisplaced},
		{"RequestSignatureInvalid", "request-signature-invalid", nil, RequestSignatureInvalid},
		{"ExpiredToken", "expired-token", []string{"ago"}, ExpiredToken},
		{"ClockSkew", "clock-skew", []string{"ahead"}, ClockSkew},
		{"WrongAudience", "wrong-audience", []string{"audience"}, WrongAudience},
		{"WrongIssuer", "wrong-issuer", []string{"issuer"}, WrongIssuer},
		{"InsufficientScope", "insufficient-scope", []string{"scope"}, InsufficientScope},
		{"TokenSignatureInvalid", "token-signature-invalid", []string{"how"}, TokenSignatureInvalid},
		{"RevokedToken", "revoked-token", nil, RevokedToken},
		{"RefreshMissing", "refresh-missing", []string{"ago"}, RefreshMissing},
		{"AuthLoop", "auth-loop", nil, AuthLoop},
		{"StepUpRequired", "step-up-required", nil, StepUpRequired},
		{"SignedURLExpired", "signed-url-expired", []string{"url"}, SignedURLExpired},
		{"MissingProof", "dpop-or-mtls-binding", nil, MissingProof},
		{"RedirectURIMismatch", "redirect-uri-mismatch", nil, RedirectURIMismatch},
		{"PKCEMissing", "pkce-missing", []string{"how"}, PKCEMissing},
		{"ClientAuthenticationFailed", "client-authentication-failed", nil, ClientAuthenticationFailed},
		{"InvalidGrant", "invalid-grant", []string{"how"}, InvalidGrant},
		{"LoginStateLost", "login-state-lost", nil, LoginStateLost},
		{"AccountDisabled", "account-disabled", []string{"token"}, AccountDisabled},
		{"SessionCookieMissing", "session-cookie-missing", nil, SessionCookieMissing},
		{"SessionExpired", "session-expired", nil, SessionExpired},
		{"StaleCookie", "stale-cookie", nil, StaleCookie},
		{"SubdomainCookie", "cookie-domain-mismatch", []string{"host"}, SubdomainCookie},
		{"CookiePathMismatch", "cookie-path-mismatch", []string{"path"}, CookiePathMismatch},
		{"CookieSecureOverHTTP", "cookie-secure-over-http", nil, CookieSecureOverHTTP},
		{"CookieSameSiteBlocked", "cookie-samesite-blocked", []string{"page"}, CookieSameSiteBlocked},
		{"CookiePrefixRejected", "cookie-prefix-rejected", nil, CookiePrefixRejected},
		{"CookieTooLarge", "cookie-too-large", []string{"bytes"}, CookieTooLarge},
		{"CSRFTokenMissing", "csrf-token-missing", nil, CSRFTokenMissing},
		{"CSRFTokenMismatch", "csrf-token-mismatch", nil, CSRFTokenMismatch},
		{"LoginGivesNoSession", "login-gives-no-session", nil, LoginGivesNoSession},
		{"CORSPreflight", "cors-preflight-failed", []string{"origin"}, CORSPreflight},
		{"CORSOrigin", "cors-origin-not-allowed", []string{"origin"}, CORSOrigin},
		{"CORSCredentials", "cors-credentials-not-allowed", []string{"origin"}, CORSCredentials},
		{"CredentialsNotSent", "credentials-not-sent", nil, CredentialsNotSent},
		{"WrongPath", "wrong-path", []string{"mistake"}, WrongPath},
		{"WrongHost", "wrong-host", []string{"host"}, WrongHost},
		{"WrongScheme", "wrong-scheme", nil, WrongScheme},
		{"WrongMethod", "wrong-method", []string{"method"}, WrongMethod},
		{"MissingQueryParameter", "missing-query-parameter", []string{"name"}, MissingQueryParameter},
		{"AuthorizationDroppedByProxy", "authorization-dropped-by-proxy", nil, AuthorizationDroppedByProxy},
		{"AuthorizationDroppedOnRedirect", "authorization-dropped-on-redirect", nil, AuthorizationDroppedOnRedirect},
		{"ForwardedHeadersMissing", "forwarded-headers-missing", nil, ForwardedHeadersMissing},
		{"TLSTermination", "tls-termination", nil, TLSTermination},
		{"CookieStrippedByProxy", "cookie-stripped-by-proxy", nil, CookieStrippedByProxy},
		{"ProxyAuthDenied", "proxy-auth-denied", nil, ProxyAuthDenied},
		{"ProxyRewrite", "proxy-rewrite", []string{"prefix"}, ProxyRewrite},
		{"WAFBlocked", "waf-blocked", nil, WAFBlocked},
		{"BotChallenge", "bot-challenge", []string{"agent"}, BotChallenge},
		{"IPNotAllowed", "ip-not-allowed", []string{"address"}, IPNotAllowed},
		{"GeoBlocked", "geo-blocked", []string{"country"}, GeoBlocked},
		{"ClientRejected", "client-rejected", []string{"agent"}, ClientRejected},
		{"RateLimited", "rate-limited", []string{"requests"}, RateLimited},
		{"SanitizedCapture", "sanitized-capture", nil, SanitizedCapture},
		{"NoDifference", "no-difference", nil, NoDifference},
		{"CachedAuthResponse", "cached-auth-response", nil, CachedAuthResponse},
		{"ClientCertificateMissing", "client-certificate-missing", nil, ClientCertificateMissing},
		{"LocalNetworkBlocked", "local-network-blocked", []string{"page"}, LocalNetworkBlocked},
		{"NetworkError", "tls-or-network-error", nil, NetworkError},
		{"IntegratedAuthBroken", "integrated-auth-broken", nil, IntegratedAuthBroken},
	}
}

// constructorOf returns the constructor of a cause.
func constructorOf(cause string) (Constructor, bool) {
	for _, c := range Constructors() {
		if c.Cause == cause {
			return c, true
		}
	}
	return Constructor{}, false
}

// scenario makes a scenario of names and values; an empty value is the
// default's.
func scenario(cause string, parameters ...string) Scenario {
	s := Scenario{Cause: cause}
	for i := 0; i+1 < len(parameters); i += 2 {
		if parameters[i+1] != "" {
			s = s.With(parameters[i], parameters[i+1])
		}
	}
	return s
}

// shortDuration writes "2h" for what package time writes as "2h0m0s".
func shortDuration(d time.Duration) string {
	text := d.String()
	if cut, ok := strings.CutSuffix(text, "m0s"); ok {
		text = cut + "m"
		if cut, ok := strings.CutSuffix(text, "h0m"); ok {
			text = cut + "h"
		}
	}
	return text
}
