package origins

import (
	"crypto/subtle"
	"encoding/json"
	"net/http"
)

// cookieName has a prefix with which browsers take it over HTTPS alone, for
// this host alone (RFC 6265bis section 4.1.3.2).
const cookieName = "__Host-session"

// A session is a login.
type session struct {
	id, csrf, user string
}

// login gives out a session and its CSRF token, which the page keeps in a
// variable: it can't read cookies of another site.
func (a *App) login(w http.ResponseWriter, r *http.Request) {
	var who struct{ Name, Password string }
	err := json.NewDecoder(r.Body).Decode(&who)
	if err != nil || who.Name != DemoUser || subtle.ConstantTimeCompare([]byte(who.Password), []byte(DemoPassword)) != 1 {
		refuse(w, http.StatusUnauthorized, "wrong_name_or_password")
		return
	}
	s := &session{id: a.random(), csrf: a.random(), user: who.Name}
	a.mu.Lock()
	a.sessions[s.id] = s
	a.mu.Unlock()
	http.SetCookie(w, a.cookie(s.id))
	writeJSON(w, http.StatusOK, map[string]string{"name": s.user, "csrf_token": s.csrf})
}

// cookie is the session's. Pages of another site ask with it, so SameSite is
// None, which browsers take with Secure alone.
func (a *App) cookie(id string) *http.Cookie {
	c := &http.Cookie{Name: cookieName, Value: id, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteNoneMode}
	if a.makes(SameSiteLax) {
		c.SameSite = http.SameSiteLaxMode
	}
	if a.makes(CookieReadable) {
		c.HttpOnly = false
	}
	if a.makes(CookieInsecure) {
		c.Secure = false
	}
	return c
}

func (a *App) logout(w http.ResponseWriter, _ *http.Request, s *session) {
	if !a.makes(LogoutKeepsSession) {
		a.mu.Lock()
		delete(a.sessions, s.id)
		a.mu.Unlock()
	}
	c := a.cookie("")
	c.MaxAge = -1
	http.SetCookie(w, c)
	w.WriteHeader(http.StatusNoContent)
}

// A private endpoint answers somebody who has logged in.
type private func(http.ResponseWriter, *http.Request, *session)

// private asks for the session, and of what writes for its CSRF token: a cookie
// with SameSite=None goes along with what any page sends.
func (a *App) private(next private) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s := a.sessionOf(r)
		if s == nil {
			w.Header().Set("WWW-Authenticate", `Session realm="notes"`)
			refuse(w, http.StatusUnauthorized, "login_required")
			return
		}
		if r.Method != http.MethodGet && !a.genuine(r.Header.Get("X-CSRF-Token"), s) {
			refuse(w, http.StatusForbidden, "csrf_token_invalid")
			return
		}
		next(w, r, s)
	}
}

func (a *App) sessionOf(r *http.Request) *session {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.makes(NotesOpen) && r.Method == http.MethodGet {
		return &session{user: DemoUser}
	}
	c, err := r.Cookie(cookieName)
	if err != nil {
		return nil
	}
	return a.sessions[c.Value]
}

func (a *App) genuine(token string, s *session) bool {
	switch {
	case a.makes(CSRFNotChecked), a.makes(CSRFMissingPasses) && token == "", a.makes(CSRFAnyPasses) && token != "":
		return true
	}
	return subtle.ConstantTimeCompare([]byte(token), []byte(s.csrf)) == 1
}
