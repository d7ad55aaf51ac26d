package api

// A Fault is the name of a mistake that an API can be told to make.
type Fault string

// A Mistake says what a fault does, in a sentence.
type Mistake struct {
	Fault Fault
	Does  string
}

// The faults of the header.
const (
	SchemeCaseSensitive Fault = "case-sensitive-scheme"
	SchemeNotNeeded     Fault = "scheme-not-needed"
	HeaderSplitPanics   Fault = "header-split-panics"
)

// The faults of verification.
const (
	ExpNotChecked       Fault = "exp-not-checked"
	LeewayOfADay        Fault = "leeway-of-a-day"
	NoLeeway            Fault = "no-leeway"
	NbfNotChecked       Fault = "nbf-not-checked"
	AudNotChecked       Fault = "aud-not-checked"
	AudByPrefix         Fault = "aud-by-prefix"
	IssNotChecked       Fault = "iss-not-checked"
	IssByPart           Fault = "iss-by-part"
	ClaimsNotValidated  Fault = "claims-not-validated"
	SignatureNotChecked Fault = "signature-not-checked"
	AlgNoneAccepted     Fault = "alg-none-accepted"
	KeyConfusion        Fault = "key-confusion"
	RetiredKey          Fault = "retired-key"
)

// The faults of permissions.
const (
	ScopeNotChecked Fault = "scope-not-checked"
	ScopeByPart     Fault = "scope-by-part"
	NoScopeIsAll    Fault = "no-scope-is-all"
	RouteForgotten  Fault = "route-forgotten"
	AnonymousPasses Fault = "anonymous-passes"
	NoReturn        Fault = "no-return"
	Cacheable       Fault = "cacheable"
	CacheBeforeAuth Fault = "cache-before-auth"
)

// The faults of refusals.
const (
	NoChallenge        Fault = "no-challenge"
	ChallengeSilent    Fault = "challenge-silent"
	ForbiddenFor401    Fault = "403-instead-of-401"
	UnauthorizedFor403 Fault = "401-instead-of-403"
	OKForErrors        Fault = "200-for-errors"
	ErrorIs500         Fault = "500-for-bad-tokens"
)

// The faults of refreshing and logging out.
const (
	RefreshReusable    Fault = "refresh-reusable"
	RefreshNotLookedUp Fault = "refresh-not-looked-up"
	RevokeDoesNothing  Fault = "revoke-does-nothing"
)

// Faults lists every fault, in the order of the constants.
func Faults() []Mistake {
	return []Mistake{
		{SchemeCaseSensitive, `strings.HasPrefix(header, "Bearer "): "bearer" in lower case is refused`},
		{SchemeNotNeeded, `strings.TrimPrefix(header, "Bearer "): a bare token is good`},
		{HeaderSplitPanics, `strings.Split(header, " ")[1]: a header of one word panics`},

		{ExpNotChecked, "jwt.ErrTokenExpired is let through, for phones whose clock is wrong"},
		{LeewayOfADay, "jwt.WithLeeway(24 * time.Hour): a token is good for a day longer"},
		{NoLeeway, "no jwt.WithLeeway: an issuer whose clock is seconds ahead locks everybody out"},
		{NbfNotChecked, "a token of next week is good today"},
		{AudNotChecked, "no jwt.WithAudience: a token for any other API of the company is good"},
		{AudByPrefix, "strings.HasPrefix(aud, ours): a token for https://api.example.com.evil.example is good"},
		{IssNotChecked, "no jwt.WithIssuer: a token of the test system, which has the same key, is good"},
		{IssByPart, "strings.Contains(iss, ours): an issuer whose name goes on after ours is trusted"},
		{ClaimsNotValidated, "jwt.WithoutClaimsValidation: whatever is signed is good"},
		{SignatureNotChecked, "ParseUnverified: anybody's token is good"},
		{AlgNoneAccepted, `no jwt.WithValidMethods, and the key of "alg": "none" is given out`},
		{KeyConfusion, "no jwt.WithValidMethods: an HS256 token signed with the public RSA key is good"},
		{RetiredKey, "the key of last year still verifies, although it leaked"},

		{ScopeNotChecked, "any token is good for everything"},
		{ScopeByPart, `strings.Contains(scope, "orders"): who may read may write`},
		{NoScopeIsAll, "a token without a scope is good for everything"},
		{RouteForgotten, "GET /v1/orders/{id} came later, and nobody put the middleware around it"},
		{AnonymousPasses, "a request without a token is taken for one of ours"},
		{NoReturn, "no return after the refusal: it is written, and the content behind it"},
		{Cacheable, "Cache-Control: public on what is somebody's own"},
		{CacheBeforeAuth, "a cache by URL stands before the authentication"},

		{NoChallenge, "a 401 has no WWW-Authenticate (RFC 9110 section 15.5.2)"},
		{ChallengeSilent, "the challenge to a bad token does not say invalid_token (RFC 6750 section 3.1), so clients do not refresh"},
		{ForbiddenFor401, "403 where nobody is known: clients do not log in"},
		{UnauthorizedFor403, "401 where somebody may not: clients log in again and again"},
		{OKForErrors, "errors have the status 200 and say error in the body"},
		{ErrorIs500, "every error of the JWT library is a 500"},

		{RefreshReusable, "a refresh token is good for more than one use"},
		{RefreshNotLookedUp, "any refresh token is good"},
		{RevokeDoesNothing, "a revoked token stays good"},
	}
}
