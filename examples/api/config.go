package api

import (
	"cmp"
	"crypto/rand"
	"crypto/rsa"
	_ "embed" // the demonstration keys
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// A Config sets up an API. The zero value is one that runs on its own and signs
// with the RS256 key of the folder keys.
type Config struct {
	HS256 []byte          // signs and verifies tokens, where it is set
	RS256 *rsa.PrivateKey // signs them otherwise; nil: the one of the folder keys
	KeyID string          // kid of the key; "": "2026-11"

	Issuer   string        // "": "https://login.example.com/"
	Audience string        // "": "https://api.example.com"
	Life     time.Duration // of access tokens; 0: 5 min

	Faults []Fault // mistakes to make

	Now    func() time.Time // nil: time.Now
	Random io.Reader        // of tokens and ids; nil: crypto/rand
}

//go:embed keys/rs256.pem
var demoRS256 []byte

// DemoHS256 is a key for those who would rather share a secret than a public
// key. It is in the repository, as is that of RS256.
//
//go:embed keys/hs256.key
var DemoHS256 []byte

// retired is the public key of last year, with the kid 2025-11.
//
//go:embed keys/retired.pub.pem
var retired []byte

// Who may log in, and with what.
const (
	DemoUser     = "ada"
	DemoPassword = "earl-grey-at-five"
)

func (c Config) withDefaults() (Config, error) {
	if c.RS256 == nil {
		key, err := jwt.ParseRSAPrivateKeyFromPEM(demoRS256)
		if err != nil {
			return c, err
		}
		c.RS256 = key
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Random == nil {
		c.Random = rand.Reader
	}
	c.KeyID = cmp.Or(c.KeyID, "2026-11")
	c.Issuer = cmp.Or(c.Issuer, "https://login.example.com/")
	c.Audience = cmp.Or(c.Audience, "https://api.example.com")
	c.Life = cmp.Or(c.Life, 5*time.Minute)
	known := Faults()
	for _, f := range c.Faults {
		if !slices.ContainsFunc(known, func(m Mistake) bool { return m.Fault == f }) {
			return c, fmt.Errorf("fault %q is unknown: --faults lists them", f)
		}
	}
	return c, nil
}
