package api

import (
	"crypto/subtle"
	"net/http"
	"strings"

	"github.com/golang-jwt/jwt/v5"
)

// claims are what an access token says (RFC 9068).
type claims struct {
	jwt.RegisteredClaims
	Scope   string `json:"scope,omitempty"`
	Session string `json:"sid"` // of all tokens of one login
}

// scopes are those of every login here.
const scopes = "profile orders:read orders:write"

// A refresh is what is kept of a refresh token. It is good once: a second use
// means that somebody has a copy, and ends the session (RFC 9700 section 4.14.2).
type refresh struct {
	session string
	used    bool
}

// token is the token endpoint (RFC 6749 section 3.2): grants password and
// refresh_token.
func (a *API) token(w http.ResponseWriter, r *http.Request) {
	switch r.PostFormValue("grant_type") {
	case "password":
		name := r.PostFormValue("username") == DemoUser
		password := subtle.ConstantTimeCompare([]byte(r.PostFormValue("password")), []byte(DemoPassword)) == 1
		if !name || !password {
			a.refuse(w, refusal{status: http.StatusBadRequest, code: "invalid_grant", text: "name or password is wrong"})
			return
		}
		a.grant(w, a.random())
	case "refresh_token":
		session := a.redeem(r.PostFormValue("refresh_token"))
		if session == "" {
			a.refuse(w, refusal{status: http.StatusBadRequest, code: "invalid_grant", text: "the refresh token is not good"})
			return
		}
		a.grant(w, session)
	default:
		a.refuse(w, refusal{status: http.StatusBadRequest, code: "unsupported_grant_type", text: "grants are password and refresh_token"})
	}
}

// redeem uses a refresh token up and returns its session, "" if it is not good.
func (a *API) redeem(token string) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	f := a.refreshes[token]
	switch {
	case f == nil && a.makes(RefreshNotLookedUp) && token != "":
		return "session-of-nobody"
	case f == nil || a.revoked[f.session]:
		return ""
	case f.used && !a.makes(RefreshReusable):
		a.revoked[f.session] = true
		return ""
	}
	f.used = true
	return f.session
}

// grant answers with a new access token and a new refresh token.
func (a *API) grant(w http.ResponseWriter, session string) {
	now, next := a.config.Now(), a.random()
	a.mu.Lock()
	a.refreshes[next] = &refresh{session: session}
	a.mu.Unlock()
	access, err := a.sign(&claims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: a.config.Issuer, Subject: DemoUser, Audience: jwt.ClaimStrings{a.config.Audience},
			ExpiresAt: jwt.NewNumericDate(now.Add(a.config.Life)), NotBefore: jwt.NewNumericDate(now), IssuedAt: jwt.NewNumericDate(now),
			ID: a.random(),
		},
		Scope: scopes, Session: session,
	})
	if err != nil {
		http.Error(w, "no token can be signed", http.StatusInternalServerError)
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{
		"access_token": access, "token_type": "Bearer", "expires_in": seconds(a.config.Life), "refresh_token": next, "scope": scopes,
	})
}

func (a *API) sign(c *claims) (string, error) {
	method, key := jwt.SigningMethod(jwt.SigningMethodRS256), any(a.config.RS256)
	if a.config.HS256 != nil {
		method, key = jwt.SigningMethodHS256, a.config.HS256
	}
	t := jwt.NewWithClaims(method, c)
	t.Header["typ"], t.Header["kid"] = "at+jwt", a.config.KeyID
	return t.SignedString(key)
}

// revoke ends all tokens of a login (RFC 7009). What is no token of ours is no
// error: the client wants it gone, and it is.
func (a *API) revoke(w http.ResponseWriter, r *http.Request) {
	token := strings.TrimSpace(r.PostFormValue("token"))
	session := ""
	if c, err := a.verify(token); err == nil {
		session = c.Session
	}
	a.mu.Lock()
	if f := a.refreshes[token]; f != nil {
		session = f.session
	}
	if session != "" && !a.makes(RevokeDoesNothing) {
		a.revoked[session] = true
	}
	a.mu.Unlock()
	w.WriteHeader(http.StatusOK)
}
