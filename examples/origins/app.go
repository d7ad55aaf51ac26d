package origins

import (
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"
)

// A Config sets up an app. The zero value is one that runs on its own.
type Config struct {
	Page   string  // origin whose scripts may ask; "": "https://app.example.net"
	Faults []Fault // mistakes to make

	Now    func() time.Time // nil: time.Now
	Random io.Reader        // of sessions; nil: crypto/rand
}

// Who may log in, and with what.
const (
	DemoUser     = "ada"
	DemoPassword = "earl-grey-at-five"
)

// An App is a running app. It is safe for concurrent use.
type App struct {
	config  Config
	faults  map[Fault]bool
	handler http.Handler

	mu       sync.Mutex // of everything below
	sessions map[string]*session
	notes    map[string]string
}

// New makes an app.
func New(c Config) (*App, error) {
	c.Page = cmp.Or(c.Page, "https://app.example.net")
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Random == nil {
		c.Random = rand.Reader
	}
	a := &App{
		config: c, faults: map[Fault]bool{}, sessions: map[string]*session{},
		notes: map[string]string{"1": "buy tea", "2": "water the plants"},
	}
	known := Faults()
	for _, f := range c.Faults {
		if !slices.ContainsFunc(known, func(m Mistake) bool { return m.Fault == f }) {
			return nil, fmt.Errorf("fault %q is unknown: --faults lists them", f)
		}
		a.faults[f] = true
	}
	a.handler = a.cors(a.routes())
	return a, nil
}

// ServeHTTP serves the API.
func (a *App) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Date", a.config.Now().UTC().Format(http.TimeFormat))
	w.Header().Set("Cache-Control", "private, no-store")
	r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
	a.handler.ServeHTTP(w, r)
}

func (a *App) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /session", a.login)
	mux.HandleFunc("POST /logout", a.private(a.logout))
	mux.HandleFunc("GET /notes", a.private(a.listNotes))
	mux.HandleFunc("PUT /notes/{id}", a.private(a.putNote))
	return mux
}

// makes tells whether the app makes that mistake.
func (a *App) makes(f Fault) bool { return a.faults[f] }

// random returns a new secret.
func (a *App) random() string {
	b := make([]byte, 16)
	if _, err := io.ReadFull(a.config.Random, b); err != nil {
		panic(err) // crypto/rand has no errors
	}
	return hex.EncodeToString(b)
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value) // the client has gone
}

func refuse(w http.ResponseWriter, status int, code string) {
	writeJSON(w, status, map[string]string{"error": code})
}
