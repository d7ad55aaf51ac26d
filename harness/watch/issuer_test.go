package watch_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/replaydiff/replay/harness/watch"
)

// A clock stands still but for a millisecond each time it is read, so that
// nothing happens at the same time, and moves when a test says so.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(time.Millisecond)
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

var signingKey = []byte("a key that guards nothing but this test")

// An issuer is a server of net/http that hands out tokens for an hour, and has
// an API and pages that take them.
type issuer struct {
	*clock
	jwt      bool          // tokens are JWTs
	bare     bool          // pages are answered 401 in place of a way to the login
	together chan struct{} // each refresh waits for as many others as fit
	arrived  sync.WaitGroup

	mu      sync.Mutex
	last    int
	valid   map[string]time.Time // access tokens and their ends
	refresh map[string]bool
	asked   int // requests that came as far as here
}

func (s *issuer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Date", s.Now().UTC().Format(http.TimeFormat))
	s.mu.Lock()
	s.asked++
	s.mu.Unlock()
	switch r.URL.Path {
	case "/oauth/token":
		s.token(w, r)
	case "/login":
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, `<form method="post"><input name="password" type="password"></form>`)
	case "/account":
		s.page(w, r)
	default:
		s.call(w, r)
	}
}

func (s *issuer) token(w http.ResponseWriter, r *http.Request) {
	if s.together != nil && r.FormValue("grant_type") == "refresh_token" {
		s.arrived.Done()
		s.arrived.Wait()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.FormValue("grant_type") == "refresh_token" && !s.refresh[r.FormValue("refresh_token")] {
		answer(w, 400, map[string]any{"error": "invalid_grant"})
		return
	}
	s.last++
	now := s.Now()
	access := fmt.Sprintf("opaque-access-token-%d", s.last)
	if s.jwt {
		claims := jwt.MapClaims{"sub": "ana", "jti": fmt.Sprint(s.last), "iat": now.Unix(), "exp": now.Add(time.Hour).Unix()}
		access, _ = jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString(signingKey)
	}
	refresh := fmt.Sprintf("opaque-refresh-token-%d", s.last)
	s.valid[access], s.refresh[refresh] = now.Add(time.Hour), true
	answer(w, 200, map[string]any{"access_token": access, "token_type": "Bearer", "expires_in": 3600, "refresh_token": refresh, "scope": "read"})
}

// isIn tells whether a request carries a token that is good.
func (s *issuer) isIn(r *http.Request) bool {
	_, value, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if c, err := r.Cookie("access"); err == nil {
		value = cmp.Or(value, c.Value)
	}
	now := s.Now()
	if s.jwt {
		_, err := jwt.Parse(value, func(*jwt.Token) (any, error) { return signingKey, nil },
			jwt.WithValidMethods([]string{"HS256"}), jwt.WithTimeFunc(func() time.Time { return now }))
		return err == nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return now.Before(s.valid[value])
}

func (s *issuer) call(w http.ResponseWriter, r *http.Request) {
	if !s.isIn(r) {
		w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
		answer(w, 401, map[string]any{"error": "invalid_token"})
		return
	}
	answer(w, 200, map[string]any{"orders": []int{1, 2}})
}

func (s *issuer) page(w http.ResponseWriter, r *http.Request) {
	switch {
	case s.isIn(r):
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<h1>Ana</h1>")
	case s.bare:
		http.Error(w, "Unauthorized", http.StatusUnauthorized)
	default:
		http.Redirect(w, r, "/login?next=%2Faccount", http.StatusFound)
	}
}

func answer(w http.ResponseWriter, status int, content any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(content)
}

// behind starts an issuer and a watch in front of it.
func behind(t *testing.T, s *issuer, o watch.Options) *watch.Watch {
	t.Helper()
	s.clock = cmp.Or(s.clock, newClock())
	s.valid, s.refresh = map[string]time.Time{}, map[string]bool{}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	o.Now = s.Now
	w, err := watch.Listen(server.URL, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	return w
}
