package shop

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// A Shop is a running shop. It is safe for concurrent use.
type Shop struct {
	config  Config
	faults  map[Fault]bool
	handler http.Handler

	random sync.Mutex // of config.Random

	mu        sync.Mutex // of everything below
	customers map[string]*customer
	sessions  map[string]*ticket // by id, former ids included
	swept     time.Time
	orders    map[string]*order
	refreshes map[string]*refresh  // by hash of the token
	revoked   map[string]time.Time // families of tokens, and when their last one ends
}

// New opens a shop. Its error lists everything that can't work in the
// configuration.
func New(c Config) (*Shop, error) {
	if err := c.withDefaults().check(); err != nil {
		return nil, err
	}
	s := &Shop{
		config:    c.withDefaults(),
		faults:    map[Fault]bool{},
		customers: map[string]*customer{},
		sessions:  map[string]*ticket{},
		orders:    map[string]*order{},
		refreshes: map[string]*refresh{},
		revoked:   map[string]time.Time{},
	}
	for _, f := range c.Faults {
		s.faults[f] = true
	}
	for _, u := range s.config.Users {
		s.customers[u.Name] = newCustomer(u, s.bytes(16))
		s.history(u.Name)
	}
	s.handler = s.dated(s.routes())
	return s, nil
}

// ServeHTTP serves the pages and the API.
func (s *Shop) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

func (s *Shop) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /health", s.health)
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/account", http.StatusSeeOther)
	})
	mux.HandleFunc("GET /login", s.loginPage)
	mux.HandleFunc("POST /login", s.login)
	mux.HandleFunc("POST /logout", s.private(s.guarded(s.logout)))
	mux.HandleFunc("GET /account", s.private(s.accountPage))
	mux.HandleFunc("GET /cart", s.private(s.cartPage))
	mux.HandleFunc("POST /cart", s.private(s.guarded(s.addToCart)))
	mux.HandleFunc("POST /orders", s.private(s.guarded(s.placeOrder)))
	mux.HandleFunc("GET /orders/{id}", s.orderPage)
	mux.Handle("/api/", s.api())
	return mux
}

// dated puts on every answer what any of them has. The date is that of the
// shop's clock: a client that judges a token by it must see the same time.
func (s *Shop) dated(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Date", s.now().UTC().Format(http.TimeFormat))
		h.Set("X-Request-Id", hex.EncodeToString(s.bytes(8)))
		h.Set("X-Content-Type-Options", "nosniff")
		r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
		next.ServeHTTP(w, r)
	})
}

func (s *Shop) health(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	writeJSON(w, http.StatusOK, map[string]string{"status": "ok"})
}

func (s *Shop) now() time.Time { return s.config.Now() }

// bytes returns n random bytes. A shop without randomness must not go on.
func (s *Shop) bytes(n int) []byte {
	s.random.Lock()
	defer s.random.Unlock()
	b := make([]byte, n)
	if _, err := io.ReadFull(s.config.Random, b); err != nil {
		panic(fmt.Sprintf("no random bytes: %v", err))
	}
	return b
}

// secret returns 128 random bits as text.
func (s *Shop) secret() string { return base64.RawURLEncoding.EncodeToString(s.bytes(16)) }
