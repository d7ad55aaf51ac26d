package shop

// A Fault is the name of a mistake in authentication that a shop can be told
// to make.
type Fault string

// A Mistake says what a fault does, in a sentence.
type Mistake struct {
	Fault Fault
	Does  string
}

// The faults of access tokens.
const (
	ExpNotChecked       Fault = "exp-not-checked"
	NbfNotChecked       Fault = "nbf-not-checked"
	AudNotChecked       Fault = "aud-not-checked"
	IssNotChecked       Fault = "iss-not-checked"
	SignatureNotChecked Fault = "signature-not-checked"
	AcceptsAlgNone      Fault = "accepts-alg-none"
	KeyConfusion        Fault = "key-confusion"
	ScopeNotChecked     Fault = "scope-not-checked"
	SchemeCaseSensitive Fault = "case-sensitive-scheme"
	SchemeNotNeeded     Fault = "scheme-not-needed"
	RefreshReusable     Fault = "refresh-reusable"
	RefreshAccepted     Fault = "refresh-as-access"
	RevokeDoesNothing   Fault = "revoke-does-nothing"
	APIKeyNotChecked    Fault = "api-key-not-checked"
)

// The faults of refusals.
const (
	NoChallenge       Fault = "401-without-challenge"
	ForbiddenFor401   Fault = "403-instead-of-401"
	OKForErrors       Fault = "200-for-errors"
	ChallengeIsSilent Fault = "challenge-without-error"
)

// The faults of sessions and forms.
const (
	CSRFNotChecked     Fault = "csrf-not-checked"
	CSRFNotBound       Fault = "csrf-not-bound"
	SessionFixation    Fault = "session-fixation"
	NoRotation         Fault = "no-rotation"
	OldSessionStays    Fault = "old-session-stays"
	SessionNeverEnds   Fault = "session-never-ends"
	LogoutKeepsSession Fault = "logout-does-not-invalidate"
	LoginNeverLocks    Fault = "login-never-locks"
	LoginNamesUsers    Fault = "login-names-users"
	OpenRedirect       Fault = "open-redirect"
	OwnerNotChecked    Fault = "owner-not-checked"
	ETagIgnoresUser    Fault = "etag-ignores-user"
	PagesCacheable     Fault = "pages-cacheable"
)

// The faults of cookies.
const (
	CookieNotHTTPOnly Fault = "cookie-not-httponly"
	CookieNotSecure   Fault = "cookie-not-secure"
	SameSiteMissing   Fault = "samesite-missing"
	SameSiteNone      Fault = "samesite-none-insecure"
	DomainMissing     Fault = "domain-missing"
	PathTooNarrow     Fault = "cookie-path-too-narrow"
)

// The faults of CORS.
const (
	OptionsBehindAuth   Fault = "options-behind-auth"
	OriginReflected     Fault = "allow-origin-reflected"
	OriginStar          Fault = "allow-origin-star-with-credentials"
	OriginNull          Fault = "allow-origin-null"
	VaryMissing         Fault = "vary-origin-missing"
	ExposeMissing       Fault = "expose-headers-missing"
	CORSMissingOnErrors Fault = "cors-missing-on-errors"
	HeadersNotAllowed   Fault = "allow-headers-missing"
)

// Faults lists every fault, in the order of the constants.
func Faults() []Mistake {
	return []Mistake{
		{ExpNotChecked, "an access token is good after its exp"},
		{NbfNotChecked, "an access token is good before its nbf"},
		{AudNotChecked, "an access token made for another audience is good"},
		{IssNotChecked, "an access token of another issuer is good"},
		{SignatureNotChecked, "an access token signed with any key is good"},
		{AcceptsAlgNone, `an access token with "alg": "none" and no signature is good`},
		{KeyConfusion, "an HS256 token signed with the public ES256 key (PKIX, DER) is good"},
		{ScopeNotChecked, "an access token is good for what its scope does not name"},
		{SchemeCaseSensitive, `"bearer" in lower case is refused (RFC 9110 section 11.1)`},
		{SchemeNotNeeded, `a token without "Bearer" before it is good`},
		{RefreshReusable, "a refresh token is good for more than one use"},
		{RefreshAccepted, "a refresh token is good as an access token"},
		{RevokeDoesNothing, "a revoked token stays good"},
		{APIKeyNotChecked, "any API key is good"},

		{NoChallenge, "a 401 of the API has no WWW-Authenticate (RFC 9110 section 15.5.2)"},
		{ForbiddenFor401, "the API answers 403 where it does not know who asks"},
		{OKForErrors, "the API answers errors with 200 and says error in the body"},
		{ChallengeIsSilent, "the challenge to a bad token does not say invalid_token (RFC 6750 section 3)"},

		{CSRFNotChecked, "forms and JSON requests need no CSRF token"},
		{CSRFNotBound, "the CSRF token of any session is good"},
		{SessionFixation, "the session keeps its id when somebody logs in"},
		{NoRotation, "the session never gets a new id while it lasts"},
		{OldSessionStays, "the former ids of a session stay good"},
		{SessionNeverEnds, "a session does not end however long nobody uses it"},
		{LogoutKeepsSession, "logout deletes the cookie but not the session"},
		{LoginNeverLocks, "passwords can be tried without end"},
		{LoginNamesUsers, "the answer to a login tells whether the name exists"},
		{OpenRedirect, "login sends to any site that the next parameter names"},
		{OwnerNotChecked, "a customer can read the orders of others"},
		{ETagIgnoresUser, "304 is answered by the ETag before it is known whose order it is"},
		{PagesCacheable, "pages of a customer may be kept by shared caches"},

		{CookieNotHTTPOnly, "scripts can read the session cookie"},
		{CookieNotSecure, "the session cookie is sent over plain HTTP too"},
		{SameSiteMissing, "the session cookie leaves SameSite to the browser"},
		{SameSiteNone, "the session cookie says SameSite=None without Secure, so browsers drop it"},
		{DomainMissing, "the session cookie is host-only although a domain is configured"},
		{PathTooNarrow, "the session cookie is for /login alone"},

		{OptionsBehindAuth, "preflights are asked for credentials, which they never carry"},
		{OriginReflected, "every origin may read the API's answers, with credentials"},
		{OriginStar, "Access-Control-Allow-Origin is *, which browsers refuse with credentials"},
		{OriginNull, "sandboxed pages of anybody (Origin: null) may read the API's answers"},
		{VaryMissing, "Vary does not name Origin, so a cache gives one origin the answer to another"},
		{ExposeMissing, "scripts can't read WWW-Authenticate, Location and ETag"},
		{CORSMissingOnErrors, "errors of the API have no CORS headers, so scripts see a network error"},
		{HeadersNotAllowed, "preflights do not allow Authorization"},
	}
}

// makes tells whether the shop makes that mistake.
func (s *Shop) makes(f Fault) bool { return s.faults[f] }
