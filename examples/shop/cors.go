package shop

import (
	"net/http"
	"slices"
)

// cors puts the headers of the CORS protocol (Fetch, section 3.2) around the
// API, and answers preflights before anybody asks for credentials, which they
// don't carry.
func (s *Shop) cors(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.makes(VaryMissing) {
			w.Header().Add("Vary", "Origin")
		}
		if r.Method == http.MethodOptions && !s.makes(OptionsBehindAuth) {
			s.preflight(w, r)
			return
		}
		if r.Method == http.MethodOptions {
			s.scoped("profile", func(w http.ResponseWriter, r *http.Request, _ *caller) { s.preflight(w, r) })(w, r)
			return
		}
		if s.makes(CORSMissingOnErrors) {
			w = &lateCORS{ResponseWriter: w, allow: func() { s.allowOrigin(w, r) }}
		} else {
			s.allowOrigin(w, r)
		}
		next.ServeHTTP(w, r)
	})
}

func (s *Shop) preflight(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Add("Vary", "Access-Control-Request-Method")
	h.Add("Vary", "Access-Control-Request-Headers")
	if s.allowOrigin(w, r) && r.Header.Get("Access-Control-Request-Method") != "" {
		h.Set("Access-Control-Allow-Methods", "GET, POST")
		h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, X-CSRF-Token, api_key")
		if s.makes(HeadersNotAllowed) {
			h.Set("Access-Control-Allow-Headers", "Content-Type")
		}
		h.Set("Access-Control-Max-Age", "600")
	}
	w.WriteHeader(http.StatusNoContent)
}

// allowOrigin lets scripts of the request's origin read the answer, if it is
// one of the configured.
func (s *Shop) allowOrigin(w http.ResponseWriter, r *http.Request) bool {
	origin := r.Header.Get("Origin")
	allowed := slices.Contains(s.config.Origins, origin) || s.makes(OriginReflected) || origin == "null" && s.makes(OriginNull)
	if origin == "" || !allowed && !s.makes(OriginStar) {
		return false
	}
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", origin)
	if s.makes(OriginStar) {
		h.Set("Access-Control-Allow-Origin", "*")
	}
	h.Set("Access-Control-Allow-Credentials", "true")
	if r.Method != http.MethodOptions && !s.makes(ExposeMissing) {
		h.Set("Access-Control-Expose-Headers", "ETag, Location, Retry-After, WWW-Authenticate, X-Request-Id")
	}
	return true
}

// lateCORS adds the headers to answers that are no errors, as a framework does
// whose error handler starts a new answer.
type lateCORS struct {
	http.ResponseWriter
	allow func()
}

func (w *lateCORS) WriteHeader(status int) {
	if status < 400 {
		w.allow()
	}
	w.ResponseWriter.WriteHeader(status)
}
