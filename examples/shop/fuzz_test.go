package shop_test

import (
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/replaydiff/replay/examples/recorder"
	"github.com/replaydiff/replay/examples/shop"
)

// No Authorization, cookie or CSRF token that the shop has not given lets
// anybody in, and none breaks it.
func FuzzCredentials(f *testing.F) {
	for _, seed := range [][3]string{
		{"Bearer a.b.c", "session=x", "x"},
		{"Bearer eyJhbGciOiJub25lIn0.eyJleHAiOjFlMTV9.", "", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},
		{"Bearer eyJhbGciOiJIUzI1NiJ9.eyJhdWQiOlsxXX0.AA", "session=", "\x00"},
		{"bearer  \t", `session="a; b"`, "%zz"},
		{"Basic Og==", "session", ""},
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	clock := recorder.NewClock()
	s, err := shop.New(shop.Config{Now: clock.Now, Random: rand.NewChaCha8([32]byte{3})})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, authorization, cookie, token string) {
		for _, r := range []*http.Request{
			httptest.NewRequest("GET", "/api/me", nil),
			httptest.NewRequest("GET", "/account", nil),
			httptest.NewRequest("POST", "/cart", nil),
			httptest.NewRequest("POST", "/login", strings.NewReader("csrf_token="+token)),
		} {
			r.Header.Set("Authorization", authorization)
			r.Header.Set("Cookie", cookie)
			r.Header.Set("X-Csrf-Token", token)
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			inside := w.Code < 300 || w.Code == http.StatusSeeOther && !strings.HasPrefix(w.Header().Get("Location"), "/login")
			if inside || w.Code >= 500 {
				t.Errorf("%s %s: %d to %q", r.Method, r.URL.Path, w.Code, w.Header().Get("Location"))
			}
		}
	})
}
