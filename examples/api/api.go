package api

import (
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"sync"
	"time"
)

// An API is a running API. It is safe for concurrent use.
type API struct {
	config  Config
	faults  map[Fault]bool
	handler http.Handler

	mu        sync.Mutex // of everything below
	refreshes map[string]*refresh
	revoked   map[string]bool // sessions whose tokens were revoked
	orders    []order         // the oldest first
	kept      map[string]kept // answers by URL, where that is the fault
}

// New makes an API.
func New(c Config) (*API, error) {
	c, err := c.withDefaults()
	if err != nil {
		return nil, err
	}
	a := &API{
		config: c, faults: map[Fault]bool{},
		refreshes: map[string]*refresh{}, revoked: map[string]bool{}, kept: map[string]kept{},
	}
	for _, f := range c.Faults {
		a.faults[f] = true
	}
	a.orders = []order{
		{ID: "1001", Item: "darjeeling-100", Quantity: 2, owner: DemoUser},
		{ID: "1002", Item: "assam-250", Quantity: 1, owner: DemoUser},
	}
	a.handler = a.routes()
	return a, nil
}

// ServeHTTP serves the API.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Date", a.config.Now().UTC().Format(http.TimeFormat))
	w.Header().Set("Cache-Control", "no-store")
	if a.makes(Cacheable) {
		w.Header().Set("Cache-Control", "public, max-age=60")
	}
	r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
	a.handler.ServeHTTP(w, r)
}

func (a *API) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /oauth/token", a.token)
	mux.HandleFunc("POST /oauth/revoke", a.revoke)
	mux.HandleFunc("GET /v1/me", a.allow("profile", a.me))
	mux.HandleFunc("GET /v1/orders", a.allow("orders:read", a.listOrders))
	mux.HandleFunc("POST /v1/orders", a.allow("orders:write", a.postOrder))
	mux.HandleFunc("GET /v1/orders/{id}", a.allow("orders:read", a.getOrder))
	if a.makes(CacheBeforeAuth) {
		return a.cache(mux)
	}
	return mux
}

// makes tells whether the API makes that mistake.
func (a *API) makes(f Fault) bool { return a.faults[f] }

// random returns a new secret.
func (a *API) random() string {
	b := make([]byte, 16)
	if _, err := io.ReadFull(a.config.Random, b); err != nil {
		panic(err) // crypto/rand has no errors
	}
	return hex.EncodeToString(b)
}

// seconds is a time as JWTs have it.
func seconds(d time.Duration) int { return int(d / time.Second) }

func writeJSON(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value) // the client has gone
}
