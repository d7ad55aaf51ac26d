package shop

import (
	"crypto/subtle"
	"net/http"
	"slices"
	"strings"
)

// A caller is who an API request speaks for.
type caller struct {
	name   string
	scopes []string
}

// csrfFailed is no matter of tokens: it gets no challenge.
const csrfFailed = "csrf_failed"

// A refusal is why an API request is not done.
type refusal struct {
	status int
	code   string // csrfFailed, or an error of RFC 6750; "": no credential was there, which is none
	text   string
	scope  string // the one that is needed
}

// An endpoint answers a caller.
type endpoint func(http.ResponseWriter, *http.Request, *caller)

// scoped lets callers through who may do what the scope names.
func (s *Shop) scoped(scope string, next endpoint) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		who, no := s.caller(r)
		if no == nil && !slices.Contains(who.scopes, scope) && !s.makes(ScopeNotChecked) {
			no = &refusal{http.StatusForbidden, "insufficient_scope", "The token's scope does not allow this", scope}
		}
		if no != nil {
			s.challenge(w, no)
			return
		}
		next(w, r, who)
	}
}

// caller tells who asks: by an access token, or, for scripts of our own pages,
// by the session cookie. A token that is bad is not made up for by a cookie.
func (s *Shop) caller(r *http.Request) (*caller, *refusal) {
	if lines := r.Header.Values("Authorization"); len(lines) > 0 {
		return s.bearer(lines)
	}
	v := s.visitor(r)
	if v == nil || v.customer == nil {
		return nil, &refusal{status: http.StatusUnauthorized, text: "Log in, or send an access token"}
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		if why := s.forged(r, v); why != "" {
			return nil, &refusal{status: http.StatusForbidden, code: csrfFailed, text: why}
		}
	}
	return &caller{v.customer.Name, v.customer.Scopes}, nil
}

func (s *Shop) bearer(lines []string) (*caller, *refusal) {
	scheme, token, found := strings.Cut(lines[0], " ")
	bearer := strings.EqualFold(scheme, "Bearer")
	if s.makes(SchemeCaseSensitive) {
		bearer = scheme == "Bearer"
	}
	if !found && s.makes(SchemeNotNeeded) {
		token, bearer = scheme, true
	}
	token = strings.TrimLeft(token, " ")
	switch {
	case len(lines) > 1:
		return nil, &refusal{status: http.StatusBadRequest, code: "invalid_request", text: "Authorization is there more than once"}
	case !bearer:
		return nil, &refusal{status: http.StatusUnauthorized, text: "Send an access token: Authorization: Bearer …"}
	}
	if name, ok := s.byRefresh(token); ok {
		return name, nil
	}
	c, why := s.verify(token)
	if why != "" {
		return nil, &refusal{status: http.StatusUnauthorized, code: "invalid_token", text: why}
	}
	return &caller{c.Subject, strings.Fields(c.Scope)}, nil
}

// byRefresh takes a refresh token for an access token, where that is the fault.
func (s *Shop) byRefresh(token string) (*caller, bool) {
	if !s.makes(RefreshAccepted) {
		return nil, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.refreshes[fingerprint(token)]
	if f == nil {
		return nil, false
	}
	return &caller{f.customer.Name, f.scopes}, true
}

// challenge answers with the refusal, and with what to do about it in
// WWW-Authenticate.
func (s *Shop) challenge(w http.ResponseWriter, no *refusal) {
	value := `Bearer realm="shop"`
	if no.code != "" && !s.makes(ChallengeIsSilent) {
		value += `, error="` + no.code + `", error_description="` + no.text + `"`
	}
	if no.scope != "" {
		value += `, scope="` + no.scope + `"`
	}
	status := no.status
	if no.code != csrfFailed && !(s.makes(NoChallenge) && status == http.StatusUnauthorized) {
		w.Header().Set("WWW-Authenticate", value)
	}
	if s.makes(ForbiddenFor401) && status == http.StatusUnauthorized {
		status = http.StatusForbidden
	}
	code := no.code
	if code == "" {
		code = "unauthorized"
	}
	s.apiError(w, status, code, no.text)
}

// apiError answers with an error as OAuth 2 has it (RFC 6749 section 5.2).
func (s *Shop) apiError(w http.ResponseWriter, status int, code, text string) {
	if s.makes(OKForErrors) {
		status = http.StatusOK
	}
	w.Header().Set("Cache-Control", "no-store")
	writeJSON(w, status, map[string]string{"error": code, "error_description": text})
}

// keyed is for partners with a key, in a header whose name has an underscore
// for as long as anybody remembers.
func (s *Shop) keyed(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		key := r.Header.Get("api_key")
		good := subtle.ConstantTimeCompare([]byte(key), []byte(s.config.APIKey)) == 1
		switch {
		case key == "":
			s.apiError(w, http.StatusForbidden, "api_key_missing", "Send your key in the header api_key")
		case !good && !s.makes(APIKeyNotChecked):
			s.apiError(w, http.StatusForbidden, "api_key_invalid", "This key is not known")
		default:
			next(w, r)
		}
	}
}
