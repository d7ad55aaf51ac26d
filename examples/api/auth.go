package api

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// leeway is how far clocks may be apart.
const leeway = 30 * time.Second

// A refusal is why a request is not done.
type refusal struct {
	status int
	code   string // of RFC 6750 section 3.1; "": no token was there, which is no error of the client
	text   string
	scope  string // the one that is needed
}

// An endpoint answers a token's owner.
type endpoint func(http.ResponseWriter, *http.Request, *claims)

// allow lets requests through whose token has the scope.
func (a *API) allow(scope string, next endpoint) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c, no := a.authenticate(r)
		if no == nil && !a.may(c, scope) {
			no = &refusal{http.StatusForbidden, "insufficient_scope", "the token may not do this", scope}
		}
		if no != nil {
			a.refuse(w, *no)
			if a.makes(NoReturn) {
				next(w, r, &claims{RegisteredClaims: jwt.RegisteredClaims{Subject: DemoUser}})
			}
			return
		}
		next(w, r, c)
	}
}

// authenticate tells whose token a request carries.
func (a *API) authenticate(r *http.Request) (*claims, *refusal) {
	if a.makes(RouteForgotten) && r.PathValue("id") != "" || a.makes(AnonymousPasses) && r.Header.Get("Authorization") == "" {
		return &claims{RegisteredClaims: jwt.RegisteredClaims{Subject: DemoUser}, Scope: scopes}, nil
	}
	token := a.bearer(r.Header.Get("Authorization"))
	if token == "" {
		return nil, &refusal{status: http.StatusUnauthorized, text: "send Authorization: Bearer and an access token"}
	}
	c, err := a.verify(token)
	if err != nil && a.makes(ErrorIs500) {
		return nil, &refusal{status: http.StatusInternalServerError, code: "internal", text: "something went wrong"}
	}
	if err != nil {
		return nil, &refusal{status: http.StatusUnauthorized, code: "invalid_token", text: why(err)}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.revoked[c.Session] {
		return nil, &refusal{status: http.StatusUnauthorized, code: "invalid_token", text: "the token was revoked"}
	}
	return c, nil
}

// bearer is the token of an Authorization field, "" if it holds none. The case
// of the scheme does not count (RFC 9110 section 11.1).
func (a *API) bearer(field string) string {
	scheme, token, found := strings.Cut(field, " ")
	switch {
	case a.makes(HeaderSplitPanics) && field != "":
		return strings.Split(field, " ")[1]
	case a.makes(SchemeNotNeeded):
		return strings.TrimPrefix(field, "Bearer ")
	case !found || !strings.EqualFold(scheme, "Bearer") || a.makes(SchemeCaseSensitive) && scheme != "Bearer":
		return ""
	}
	return strings.TrimSpace(token)
}

// verify reads an access token. The algorithm is ours, not the one that the
// token asks for (RFC 8725 section 3.1).
func (a *API) verify(token string) (*claims, error) {
	c := &claims{}
	if a.makes(SignatureNotChecked) {
		_, _, err := jwt.NewParser().ParseUnverified(token, c)
		return c, errors.Join(err, jwt.NewValidator(a.options()...).Validate(c))
	}
	_, err := jwt.NewParser(a.options()...).ParseWithClaims(token, c, a.key)
	switch {
	case errors.Is(err, jwt.ErrTokenSignatureInvalid), errors.Is(err, jwt.ErrTokenMalformed), errors.Is(err, jwt.ErrTokenUnverifiable):
		return c, err
	case a.makes(ExpNotChecked) && errors.Is(err, jwt.ErrTokenExpired):
		return c, nil
	case a.makes(NbfNotChecked) && (errors.Is(err, jwt.ErrTokenNotValidYet) || errors.Is(err, jwt.ErrTokenUsedBeforeIssued)):
		return c, nil
	case a.makes(AudByPrefix) && (len(c.Audience) == 0 || !strings.HasPrefix(c.Audience[0], a.config.Audience)):
		return c, jwt.ErrTokenInvalidAudience
	case a.makes(IssByPart) && !strings.Contains(c.Issuer, strings.Trim(strings.TrimPrefix(a.config.Issuer, "https:"), "/")):
		return c, jwt.ErrTokenInvalidIssuer
	}
	return c, err
}

// options are what a token is held against.
func (a *API) options() []jwt.ParserOption {
	options := []jwt.ParserOption{jwt.WithTimeFunc(a.config.Now), jwt.WithExpirationRequired(), jwt.WithIssuedAt()}
	if !a.makes(AlgNoneAccepted) && !a.makes(KeyConfusion) {
		options = append(options, jwt.WithValidMethods([]string{a.method()}))
	}
	if !a.makes(AudNotChecked) && !a.makes(AudByPrefix) {
		options = append(options, jwt.WithAudience(a.config.Audience))
	}
	if !a.makes(IssNotChecked) && !a.makes(IssByPart) {
		options = append(options, jwt.WithIssuer(a.config.Issuer))
	}
	if a.makes(ClaimsNotValidated) {
		options = append(options, jwt.WithoutClaimsValidation())
	}
	switch {
	case a.makes(LeewayOfADay):
		return append(options, jwt.WithLeeway(24*time.Hour))
	case a.makes(NoLeeway):
		return options
	}
	return append(options, jwt.WithLeeway(leeway))
}

func (a *API) method() string {
	if a.config.HS256 != nil {
		return jwt.SigningMethodHS256.Alg()
	}
	return jwt.SigningMethodRS256.Alg()
}

// key is the key of a token, by its kid.
func (a *API) key(t *jwt.Token) (any, error) {
	switch {
	case a.makes(AlgNoneAccepted) && t.Method.Alg() == "none":
		return jwt.UnsafeAllowNoneSignatureType, nil
	case a.makes(KeyConfusion) && t.Method.Alg() == "HS256":
		return PublicPEM(&a.config.RS256.PublicKey), nil
	case a.makes(RetiredKey) && t.Header["kid"] == "2025-11":
		return jwt.ParseRSAPublicKeyFromPEM(retired)
	case t.Header["kid"] != a.config.KeyID:
		return nil, errors.New("the kid is unknown")
	case a.config.HS256 != nil:
		return a.config.HS256, nil
	}
	return &a.config.RS256.PublicKey, nil
}

// may tells whether a token has a scope: a word of the list, not a part of it.
func (a *API) may(c *claims, scope string) bool {
	resource, _, _ := strings.Cut(scope, ":")
	switch {
	case a.makes(ScopeNotChecked), a.makes(NoScopeIsAll) && c.Scope == "":
		return true
	case a.makes(ScopeByPart):
		return strings.Contains(c.Scope, resource)
	}
	return slices.Contains(strings.Fields(c.Scope), scope)
}

// why is the reason for people. It repeats nothing of the token.
func why(err error) string {
	switch {
	case errors.Is(err, jwt.ErrTokenSignatureInvalid), errors.Is(err, jwt.ErrTokenUnverifiable):
		return "the signature is invalid"
	case errors.Is(err, jwt.ErrTokenMalformed):
		return "the token is malformed"
	case errors.Is(err, jwt.ErrTokenExpired):
		return "the token expired"
	case errors.Is(err, jwt.ErrTokenNotValidYet), errors.Is(err, jwt.ErrTokenUsedBeforeIssued):
		return "the token is not yet valid"
	case errors.Is(err, jwt.ErrTokenInvalidAudience):
		return "the token is for another audience"
	case errors.Is(err, jwt.ErrTokenInvalidIssuer):
		return "the issuer is not trusted"
	}
	return "the token is not good"
}
