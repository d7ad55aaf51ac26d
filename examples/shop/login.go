package shop

import (
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// loginPage shows the form. A browser without a session gets one, for the form's
// CSRF token must belong to something.
func (s *Shop) loginPage(w http.ResponseWriter, r *http.Request) {
	v := s.visitor(r)
	if v == nil {
		v = s.begin()
		s.setSession(w, r, v.id)
	}
	s.showLogin(w, r, v, http.StatusOK, "")
}

func (s *Shop) showLogin(w http.ResponseWriter, r *http.Request, v *visit, status int, problem string) {
	s.render(w, r, v, status, "login.html", map[string]any{
		"Title": "Log in", "Next": r.FormValue("next"), "Name": r.PostFormValue("username"), "Problem": problem,
	})
}

func (s *Shop) login(w http.ResponseWriter, r *http.Request) {
	v := s.visitor(r)
	if why := s.forged(r, v); why != "" {
		s.refuse(w, r, http.StatusForbidden, why)
		return
	}
	if v == nil {
		v = s.begin() // only where CSRF is not checked
	}
	c, problem := s.authenticate(r.PostFormValue("username"), r.PostFormValue("password"))
	switch {
	case problem != nil && problem.retry > 0:
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(problem.retry.Seconds()))))
		s.showLogin(w, r, v, http.StatusTooManyRequests, problem.text)
	case problem != nil:
		s.showLogin(w, r, v, http.StatusUnprocessableEntity, problem.text)
	default:
		v = s.admit(v, c)
		s.setSession(w, r, v.id)
		s.uncached(w)
		w.Header().Set("Location", s.next(r))
		w.WriteHeader(http.StatusSeeOther)
	}
}

// next is the page to go to after a login, on this site alone: browsers take
// "//evil.test" and "/\evil.test" for another host (WHATWG URL).
func (s *Shop) next(r *http.Request) string {
	next := r.PostFormValue("next")
	inside := strings.HasPrefix(next, "/") && !strings.HasPrefix(next, "//") && !strings.ContainsAny(next, "\\\t\r\n")
	if next == "" || !inside && !s.makes(OpenRedirect) {
		return "/account"
	}
	return next
}

func (s *Shop) logout(w http.ResponseWriter, r *http.Request, v *visit) {
	s.end(v)
	s.dropSession(w, r)
	s.uncached(w)
	http.Redirect(w, r, "/login", http.StatusSeeOther)
}

// private is for customers: others go to the login, and come back after it.
func (s *Shop) private(next page) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v := s.visitor(r)
		if v == nil || v.customer == nil {
			s.toLogin(w, r)
			return
		}
		if s.turn(v) {
			s.setSession(w, r, v.id)
		}
		next(w, r, v)
	}
}

// toLogin sends a person to the login page; a script gets a status.
func (s *Shop) toLogin(w http.ResponseWriter, r *http.Request) {
	s.uncached(w)
	if wantsJSON(r) {
		w.Header().Set("WWW-Authenticate", `Session realm="shop", login="/login"`)
		writeJSON(w, http.StatusUnauthorized, map[string]string{"error": "login_required"})
		return
	}
	target := "/login"
	if r.Method == http.MethodGet && r.URL.Path != "/account" {
		target += "?next=" + url.QueryEscape(r.URL.Path)
	}
	http.Redirect(w, r, target, http.StatusSeeOther)
}
