package shop

import (
	"bytes"
	"embed"
	"encoding/base64"
	"encoding/json"
	"html/template"
	"net/http"
	"strings"
)

// A page answers a customer.
type page func(http.ResponseWriter, *http.Request, *visit)

//go:embed pages/*.html
var pageFiles embed.FS

// render writes a page with what all of them have: the nonce of the
// Content-Security-Policy, the CSRF token, the address it is found at.
func (s *Shop) render(w http.ResponseWriter, r *http.Request, v *visit, status int, name string, data map[string]any) {
	nonce := base64.RawStdEncoding.EncodeToString(s.bytes(12))
	data["Nonce"] = nonce
	data["Address"] = s.scheme(r) + "://" + s.host(r) + r.URL.Path
	if v != nil {
		data["Customer"] = v.customer
		data["CSRF"] = s.csrfToken(v)
	}
	w.Header().Set("Content-Security-Policy", "default-src 'none'; connect-src 'self'; style-src 'nonce-"+nonce+
		"'; script-src 'nonce-"+nonce+"'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
	s.uncached(w)
	s.write(w, status, name, data)
}

// write executes the template before anything is sent: half a page is worse
// than an error.
func (s *Shop) write(w http.ResponseWriter, status int, name string, data any) {
	var page bytes.Buffer
	t, err := template.ParseFS(pageFiles, "pages/frame.html", "pages/"+name)
	if err == nil {
		err = t.Execute(&page, data)
	}
	if err != nil {
		http.Error(w, "the page is broken", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(page.Bytes()) // a client that has gone is no concern of ours
}

// uncached keeps an answer that belongs to one customer out of every cache.
func (s *Shop) uncached(w http.ResponseWriter) {
	if s.makes(PagesCacheable) {
		w.Header().Set("Cache-Control", "public, max-age=300")
		return
	}
	w.Header().Set("Cache-Control", "no-store")
}

// refuse answers a request that is not to be done.
func (s *Shop) refuse(w http.ResponseWriter, r *http.Request, status int, why string) {
	s.uncached(w)
	if wantsJSON(r) {
		writeJSON(w, status, map[string]string{"error": why})
		return
	}
	s.write(w, status, "refusal.html", map[string]any{"Title": http.StatusText(status), "Problem": why})
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value)
}

// wantsJSON tells a script from a person.
func wantsJSON(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Accept"), "application/json") || isJSON(r)
}

func isJSON(r *http.Request) bool {
	return strings.HasPrefix(r.Header.Get("Content-Type"), "application/json")
}
