package shop

import (
	"net/http"
	"strings"
)

// setSession gives the browser the id of its session.
func (s *Shop) setSession(w http.ResponseWriter, r *http.Request, id string) {
	c := s.cookie(r)
	c.Value = id
	http.SetCookie(w, c)
}

// dropSession takes the cookie back. Name, domain and path must be those it
// was set with, otherwise it is another cookie (RFC 6265bis section 5.7).
func (s *Shop) dropSession(w http.ResponseWriter, r *http.Request) {
	w.Header().Del("Set-Cookie") // the page may just have given a new id
	c := s.cookie(r)
	c.MaxAge = -1
	http.SetCookie(w, c)
}

// cookie is the session cookie without a value.
func (s *Shop) cookie(r *http.Request) *http.Cookie {
	c := &http.Cookie{
		Name:     s.config.CookieName,
		Path:     "/",
		Domain:   s.config.CookieDomain,
		HttpOnly: !s.makes(CookieNotHTTPOnly),
		SameSite: http.SameSiteLaxMode,
		Secure:   s.config.Secure == Always || s.config.Secure == Auto && s.scheme(r) == "https",
	}
	if s.makes(SameSiteMissing) {
		c.SameSite = 0
	}
	if s.makes(SameSiteNone) {
		c.SameSite, c.Secure = http.SameSiteNoneMode, false
	}
	if s.makes(CookieNotSecure) {
		c.Secure = false
	}
	if s.makes(DomainMissing) {
		c.Domain = ""
	}
	if s.makes(PathTooNarrow) {
		c.Path = "/login"
	}
	return c
}

// scheme is the one the browser used: TLS ends at the proxy, which says so.
func (s *Shop) scheme(r *http.Request) string {
	if forwarded := r.Header.Get("X-Forwarded-Proto"); s.config.TrustProxy && forwarded != "" {
		return strings.ToLower(forwarded)
	}
	if r.TLS != nil {
		return "https"
	}
	return "http"
}

// host is the one the browser asked for, with its port.
func (s *Shop) host(r *http.Request) string {
	if forwarded := r.Header.Get("X-Forwarded-Host"); s.config.TrustProxy && forwarded != "" {
		return forwarded
	}
	return r.Host
}
