package origins

import (
	"net/http"
	"regexp"
	"strings"
)

// The methods and header fields that scripts of the page need.
const (
	methods = "GET, POST, PUT"
	fields  = "Content-Type, X-CSRF-Token"
)

// cors puts the headers of the CORS protocol (Fetch, section 3.2) around the
// API, errors included, and answers preflights before anybody asks for a
// session: they carry no cookie.
func (a *App) cors(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		preflight := r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != ""
		if !a.makes(VaryMissing) {
			w.Header().Add("Vary", "Origin")
		}
		if a.makes(CORSMissingOnErrors) && !preflight {
			w = &onSuccess{ResponseWriter: w, add: func(w http.ResponseWriter) { a.allow(w, r) }}
		} else {
			a.allow(w, r)
		}
		switch {
		case !preflight || a.makes(OptionsNotRouted):
			next.ServeHTTP(w, r)
		case a.makes(OptionsBehindLogin):
			a.private(func(w http.ResponseWriter, r *http.Request, _ *session) { a.preflight(w) })(w, r)
		case a.makes(PreflightRedirected):
			http.Redirect(w, r, r.URL.Path+"/", http.StatusMovedPermanently)
		default:
			a.preflight(w)
		}
	})
}

// allow lets the page read the answer, and ask with cookies.
func (a *App) allow(w http.ResponseWriter, r *http.Request) {
	origin := r.Header.Get("Origin")
	if origin == "" || !a.allowed(origin) {
		return
	}
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", a.named(origin))
	if a.makes(OriginTwice) {
		h.Add("Access-Control-Allow-Origin", origin)
	}
	switch {
	case a.makes(CredentialsMissing):
	case a.makes(CredentialsWord):
		h.Set("Access-Control-Allow-Credentials", "True")
	default:
		h.Set("Access-Control-Allow-Credentials", "true")
	}
	if !a.makes(ExposeMissing) {
		h.Set("Access-Control-Expose-Headers", "X-Total-Count")
	}
}

// allowed compares whole origins, byte for byte (RFC 6454 section 6.2).
func (a *App) allowed(origin string) bool {
	page := a.config.Page
	switch {
	case a.makes(OriginReflected), a.makes(OriginStar):
		return true
	case a.makes(OriginNull) && origin == "null":
		return true
	case a.makes(OriginByPrefix):
		return strings.HasPrefix(origin, page)
	case a.makes(OriginBySuffix):
		_, domain, _ := strings.Cut(page, ".")
		return strings.HasSuffix(origin, domain)
	case a.makes(OriginByPattern):
		return regexp.MustCompile("^" + page + "$").MatchString(origin)
	case a.makes(OriginSchemeIgnored):
		_, want, _ := strings.Cut(page, "://")
		_, have, _ := strings.Cut(origin, "://")
		return have == want
	}
	return origin == page
}

// named is how the answer names the origin.
func (a *App) named(origin string) string {
	switch {
	case a.makes(OriginStar):
		return "*"
	case a.makes(OriginWithSlash):
		return origin + "/"
	case a.makes(OriginList):
		return origin + ", https://admin.example.net"
	}
	return origin
}

func (a *App) preflight(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Access-Control-Allow-Methods", methods)
	if a.makes(MethodsMissing) {
		h.Set("Access-Control-Allow-Methods", "GET, POST")
	}
	h.Set("Access-Control-Allow-Headers", fields)
	if a.makes(HeadersMissing) {
		h.Set("Access-Control-Allow-Headers", "Content-Type")
	}
	if a.makes(HeadersStar) { // with credentials it is the name of a field (Fetch, section 3.2.3)
		h.Set("Access-Control-Allow-Headers", "*")
	}
	h.Set("Access-Control-Max-Age", "600")
	w.WriteHeader(http.StatusNoContent)
}

// onSuccess adds headers to answers that are no errors, as a framework does
// whose error handler starts a new answer.
type onSuccess struct {
	http.ResponseWriter
	add func(http.ResponseWriter)
}

func (w *onSuccess) WriteHeader(status int) {
	if status < 400 {
		w.add(w.ResponseWriter)
	}
	w.ResponseWriter.WriteHeader(status)
}
