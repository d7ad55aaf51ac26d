package watch_test

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/replaydiff/replay/harness/watch"
)

// A caller is a client of an API on x/oauth2 and net/http, whose manners are
// told by its fields.
type caller struct {
	t      *testing.T
	url    string
	clock  *clock
	config oauth2.Config

	share   float64 // of the lifetime, at which it refreshes; 0: never by time
	on401   bool    // it refreshes when it is refused, and asks once more
	again   int     // how often it asks again when it is refused, whatever is said
	fromJWT bool    // it reads the lifetime from the token
	deaf    bool    // it goes on when the refresh was refused

	mu    sync.Mutex
	token *oauth2.Token
	renew time.Time
}

func newCaller(t *testing.T, w *watch.Watch, s *issuer) *caller {
	return &caller{t: t, url: w.URL, clock: s.clock, config: oauth2.Config{
		ClientID: "spa", Endpoint: oauth2.Endpoint{TokenURL: w.URL + "/oauth/token", AuthStyle: oauth2.AuthStyleInParams},
	}}
}

func (c *caller) login() {
	c.t.Helper()
	token, err := c.config.PasswordCredentialsToken(c.t.Context(), "ana", "not a password")
	if err != nil {
		c.t.Fatal(err)
	}
	c.take(token)
}

func (c *caller) take(token *oauth2.Token) {
	c.token = token
	lifetime := time.Duration(token.ExpiresIn) * time.Second
	if c.fromJWT {
		lifetime = lifetimeOf(c.t, token.AccessToken)
	}
	c.renew = c.clock.Now().Add(time.Duration(c.share * float64(lifetime)))
}

func lifetimeOf(t *testing.T, token string) time.Duration {
	t.Helper()
	claims, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	var times struct{ Iat, Exp int64 }
	if err := json.Unmarshal(claims, &times); err != nil {
		t.Fatal(err)
	}
	return time.Duration(times.Exp-times.Iat) * time.Second
}

// refresh asks x/oauth2 for a new token.
func (c *caller) refresh() bool {
	token, err := c.config.TokenSource(c.t.Context(), &oauth2.Token{RefreshToken: c.token.RefreshToken}).Token()
	if err != nil {
		return false
	}
	c.take(token)
	return true
}

// call asks the API and returns its status.
func (c *caller) call() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.share > 0 && !c.clock.Now().Before(c.renew) {
		c.refresh()
	}
	status := c.get()
	if status == 401 && c.on401 {
		if c.refresh() {
			status = c.get()
		} else if !c.deaf {
			c.login()
			status = c.get()
		}
	}
	for range c.again {
		if status == 401 {
			status = c.get()
		}
	}
	return status
}

func (c *caller) get() int {
	r, err := http.NewRequest("GET", c.url+"/orders", nil)
	if err != nil {
		c.t.Fatal(err)
	}
	c.token.SetAuthHeader(r)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	io.Copy(io.Discard, resp.Body)
	return resp.StatusCode
}

// work lets the client call for as long as four tokens live.
func (c *caller) work(lifetime time.Duration) {
	c.login()
	for range 120 {
		c.call()
		c.clock.advance(lifetime / 30)
	}
}
