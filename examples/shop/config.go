package shop

import (
	"cmp"
	"crypto/ecdsa"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/replaydiff/replay/diff/spelling"
)

// A Config sets up a shop. The zero value is one that runs on its own: plain
// HTTP or HTTPS, host-only cookies, users of [DemoUsers], no fault.
type Config struct {
	Users  []User  // nil: DemoUsers
	Faults []Fault // mistakes to make

	Now    func() time.Time // nil: time.Now
	Random io.Reader        // of ids and tokens; nil: crypto/rand

	CookieName   string // of the session; "": "session". "__Host-session" is fine where Secure is Always
	CookieDomain string // shared with its subdomains: "shop.test"; "": this host alone
	Secure       Secure // whether cookies say Secure
	TrustProxy   bool   // believe X-Forwarded-Proto and X-Forwarded-Host

	RotateEvery  int           // pages after which a session gets a new id; 0: 5
	RotateGrace  time.Duration // how long the former id is good for requests under way; 0: 10 s
	SessionIdle  time.Duration // a session ends after so long without a request; 0: 30 min
	LoginTries   int           // wrong passwords in a row that lock an account; 0: 5
	LoginLockFor time.Duration // 0: 15 min

	Origins  []string          // that may call the API from a browser; nil: {"http://app.shop.test"}
	Issuer   string            // "": "https://shop.test"
	Audience string            // "": "shop-api"
	HS256Key []byte            // signs access tokens; nil: DemoKey
	ES256Key *ecdsa.PrivateKey // signs them instead, where it is set

	TokenLife   time.Duration // of access tokens; 0: 5 min
	RefreshLife time.Duration // 0: 24 h
	APIKey      string        // of GET /api/stock; "": DemoAPIKey
}

// The secrets of a shop that was given none. They are in the repository: no
// shop of a real company may use them.
const (
	DemoKey    = "demo-key-of-the-tea-shop-not-secret"
	DemoAPIKey = "demo-api-key-not-secret"
)

// A User is a customer.
type User struct {
	Name     string
	Password string
	Scopes   []string // most that a token of this user may have
}

// DemoUsers are customers to play with: ada may do everything, bob may only
// read.
func DemoUsers() []User {
	return []User{
		{Name: "ada", Password: "earl-grey-at-five", Scopes: []string{"profile", "orders:read", "orders:write"}},
		{Name: "bob", Password: "green-with-mint", Scopes: []string{"profile", "orders:read"}},
	}
}

// Secure says when cookies have the attribute Secure.
type Secure string

// The choices. A browser drops a Secure cookie that came over plain HTTP, and
// sends one without Secure over plain HTTP to whoever listens.
const (
	Auto   Secure = ""       // where the request came by HTTPS, as far as the shop can tell
	Always Secure = "always" // on every answer
	Never  Secure = "never"
)

// withDefaults fills in what was left out.
func (c Config) withDefaults() Config {
	if c.Users == nil {
		c.Users = DemoUsers()
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Random == nil {
		c.Random = rand.Reader
	}
	if c.Origins == nil {
		c.Origins = []string{"http://app.shop.test"}
	}
	if c.HS256Key == nil {
		c.HS256Key = []byte(DemoKey)
	}
	c.CookieName = cmp.Or(c.CookieName, "session")
	c.RotateEvery = cmp.Or(c.RotateEvery, 5)
	c.RotateGrace = cmp.Or(c.RotateGrace, 10*time.Second)
	c.SessionIdle = cmp.Or(c.SessionIdle, 30*time.Minute)
	c.LoginTries = cmp.Or(c.LoginTries, 5)
	c.LoginLockFor = cmp.Or(c.LoginLockFor, 15*time.Minute)
	c.Issuer = cmp.Or(c.Issuer, "https://shop.test")
	c.Audience = cmp.Or(c.Audience, "shop-api")
	c.TokenLife = cmp.Or(c.TokenLife, 5*time.Minute)
	c.RefreshLife = cmp.Or(c.RefreshLife, 24*time.Hour)
	c.APIKey = cmp.Or(c.APIKey, DemoAPIKey)
	return c
}

// check finds what can't work, all of it at once.
func (c Config) check() error {
	var problems []error
	problem := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }
	prefix := strings.HasPrefix(c.CookieName, "__Host-") || strings.HasPrefix(c.CookieName, "__Secure-")
	switch {
	case prefix && c.Secure != Always:
		// RFC 6265bis section 4.1.3: browsers drop it otherwise.
		problem("cookie name %q needs Secure on every answer: set it to always", c.CookieName)
	case strings.HasPrefix(c.CookieName, "__Host-") && c.CookieDomain != "":
		problem("cookie name %q allows no domain: leave it out, or use __Secure-", c.CookieName)
	}
	if c.Secure != Auto && c.Secure != Always && c.Secure != Never {
		problem("secure is %q: always, never, or nothing for automatic", c.Secure)
	}
	for _, origin := range c.Origins {
		if u, err := url.Parse(origin); err != nil || u.Scheme == "" || u.Host == "" || u.Path != "" {
			problem("origin %q is no origin: scheme://host[:port], as in http://app.shop.test", origin)
		}
	}
	for _, f := range c.Faults {
		if near := nearest(f); near != f {
			problem("fault %q is unknown; the nearest is %s", f, near)
		}
	}
	return errors.Join(problems...)
}

// nearest is the fault whose name is closest.
func nearest(f Fault) Fault {
	return slices.MinFunc(Faults(), func(a, b Mistake) int {
		return spelling.Distance(string(f), string(a.Fault)) - spelling.Distance(string(f), string(b.Fault))
	}).Fault
}
