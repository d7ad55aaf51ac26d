package shop

import (
	"crypto/sha256"
	"encoding/hex"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A refresh is what the shop keeps of a refresh token. It is good once: the
// answer brings the next one of its family. A second use means that somebody
// has a copy, and ends the family (RFC 9700 section 4.14.2).
type refresh struct {
	customer *customer
	scopes   []string
	family   string
	used     bool
	expires  time.Time
}

// token is the token endpoint: grants password and refresh_token.
func (s *Shop) token(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	switch r.PostFormValue("grant_type") {
	case "password":
		s.grantPassword(w, r)
	case "refresh_token":
		s.grantRefresh(w, r)
	case "":
		s.apiError(w, http.StatusBadRequest, "invalid_request", "grant_type is missing")
	default:
		s.apiError(w, http.StatusBadRequest, "unsupported_grant_type", "grants are password and refresh_token")
	}
}

func (s *Shop) grantPassword(w http.ResponseWriter, r *http.Request) {
	c, problem := s.authenticate(r.PostFormValue("username"), r.PostFormValue("password"))
	if problem != nil && problem.retry > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(problem.retry.Seconds()))))
		s.apiError(w, http.StatusTooManyRequests, "temporarily_unavailable", problem.text)
		return
	}
	if problem != nil {
		s.apiError(w, http.StatusBadRequest, "invalid_grant", problem.text)
		return
	}
	scopes, ok := narrow(c.Scopes, r.PostFormValue("scope"))
	if !ok {
		s.apiError(w, http.StatusBadRequest, "invalid_scope", "this customer may not have that scope")
		return
	}
	s.grant(w, c, scopes, s.secret())
}

func (s *Shop) grantRefresh(w http.ResponseWriter, r *http.Request) {
	f, why := s.redeem(r.PostFormValue("refresh_token"))
	if why != "" {
		s.apiError(w, http.StatusBadRequest, "invalid_grant", why)
		return
	}
	scopes, ok := narrow(f.scopes, r.PostFormValue("scope"))
	if !ok {
		s.apiError(w, http.StatusBadRequest, "invalid_scope", "a refresh can't widen the scope")
		return
	}
	s.grant(w, f.customer, scopes, f.family)
}

// redeem uses a refresh token up.
func (s *Shop) redeem(token string) (f *refresh, why string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f = s.refreshes[fingerprint(token)]
	switch now := s.now(); {
	case f == nil:
		return nil, "the refresh token is unknown"
	case now.After(f.expires):
		return nil, "the refresh token expired"
	case s.revokedNow(f.family):
		return nil, "the refresh token was revoked"
	case f.used && !s.makes(RefreshReusable):
		s.revoked[f.family] = now.Add(s.config.RefreshLife)
		return nil, "the refresh token was used before"
	}
	f.used = true
	return f, ""
}

// grant answers with a new access token and a new refresh token.
func (s *Shop) grant(w http.ResponseWriter, c *customer, scopes []string, family string) {
	now, next := s.now(), s.secret()
	s.mu.Lock()
	s.sweep()
	s.refreshes[fingerprint(next)] = &refresh{
		customer: c, scopes: scopes, family: family, expires: now.Add(s.config.RefreshLife),
	}
	s.mu.Unlock()
	access := s.mint(&claims{
		Issuer: s.config.Issuer, Subject: c.Name, Audience: audience{s.config.Audience},
		Expires: float64(now.Add(s.config.TokenLife).Unix()), NotBefore: float64(now.Unix()), Issued: float64(now.Unix()),
		ID: s.secret(), Family: family, Scope: strings.Join(scopes, " "),
	})
	writeJSON(w, http.StatusOK, map[string]any{
		"access_token": access, "token_type": "Bearer", "expires_in": int(s.config.TokenLife.Seconds()),
		"refresh_token": next, "scope": strings.Join(scopes, " "),
	})
}

// revoke ends the tokens of one login (RFC 7009). An unknown token is no
// error: the client wants it gone, and it is.
func (s *Shop) revoke(w http.ResponseWriter, r *http.Request) {
	token := r.PostFormValue("token")
	family := ""
	if c, _ := s.verify(token); c != nil {
		family = c.Family
	}
	s.mu.Lock()
	if f := s.refreshes[fingerprint(token)]; f != nil {
		family = f.family
	}
	if family != "" && !s.makes(RevokeDoesNothing) {
		s.revoked[family] = s.now().Add(s.config.RefreshLife)
	}
	s.mu.Unlock()
	w.WriteHeader(http.StatusOK)
}

func (s *Shop) isRevoked(family string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.revokedNow(family)
}

// revokedNow tells whether the family has ended. The caller holds mu.
func (s *Shop) revokedNow(family string) bool {
	_, ended := s.revoked[family]
	return ended
}

// narrow are the scopes asked for, all that may be had if none is; false if
// one of them may not be had.
func narrow(most []string, asked string) ([]string, bool) {
	if asked == "" {
		return most, true
	}
	scopes := strings.Fields(asked)
	for _, scope := range scopes {
		if !slices.Contains(most, scope) {
			return nil, false
		}
	}
	return scopes, true
}

// fingerprint is what is kept of a token: who reads the store has none.
func fingerprint(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}
