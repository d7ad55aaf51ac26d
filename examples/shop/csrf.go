package shop

import (
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

const csrfLength = 16 // bytes

// csrfToken is the session's token as a page shows it: under a mask that is
// new for each page, so that compression does not give it away (BREACH).
func (s *Shop) csrfToken(v *visit) string {
	masked := s.bytes(2 * csrfLength)
	for i := range csrfLength {
		masked[csrfLength+i] = masked[i] ^ v.csrf[i]
	}
	return base64.RawURLEncoding.EncodeToString(masked)
}

// unmask is the session's token that a request carries, nil if it is none.
func unmask(token string) []byte {
	masked, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(masked) != 2*csrfLength {
		return nil
	}
	bare := make([]byte, csrfLength)
	for i := range bare {
		bare[i] = masked[i] ^ masked[csrfLength+i]
	}
	return bare
}

// forged says why the request may come from another site's page, "" if it
// can't. A token is in the header of scripts or in the field of forms. Pages that
// may call the API are no strangers, but they need the token too.
func (s *Shop) forged(r *http.Request, v *visit) string {
	if s.makes(CSRFNotChecked) {
		return ""
	}
	if origin := r.Header.Get("Origin"); origin != "" && !slices.Contains(s.config.Origins, origin) {
		if u, err := url.Parse(origin); err != nil || !strings.EqualFold(u.Host, s.host(r)) {
			return "Origin checking failed: the request comes from another site."
		}
	}
	token := r.Header.Get("X-CSRF-Token")
	if token == "" {
		token = r.PostFormValue("csrf_token")
	}
	switch bare := unmask(token); {
	case token == "":
		return "CSRF token missing."
	case s.makes(CSRFNotBound) && bare != nil:
		return ""
	case v == nil || subtle.ConstantTimeCompare(bare, v.csrf) != 1:
		return "CSRF token incorrect. Load the page again."
	}
	return ""
}

// guarded lets a request through that is not forged.
func (s *Shop) guarded(next page) page {
	return func(w http.ResponseWriter, r *http.Request, v *visit) {
		if why := s.forged(r, v); why != "" {
			s.refuse(w, r, http.StatusForbidden, why)
			return
		}
		next(w, r, v)
	}
}
