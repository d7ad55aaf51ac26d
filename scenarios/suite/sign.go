package suite

import (
	"crypto"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/golang-jwt/jwt/v5"

	"github.com/replaydiff/replay/scenarios"
)

// SignWith says how tokens are made that the target trusts. At most one of its
// fields is set; the zero value makes none.
type SignWith struct {
	HS256 string // place of the key, "env:KEY" or "file:PATH"
	RS256 string // place of a PEM file with the private key
	ES256 string
	Mint  string // command that reads {"header":…,"claims":…} and prints a token
}

// IsZero tells whether there is no way to sign.
func (w SignWith) IsZero() bool { return w == SignWith{} }

// An Opener reads what stands at the place of a secret.
type Opener func(place string) ([]byte, error)

// Signer makes a signer of a key; open reads it. A command is for the caller to
// run: for Mint, the error is [ErrMint].
func (w SignWith) Signer(open Opener) (scenarios.Signer, error) {
	switch {
	case w.Mint != "":
		return nil, ErrMint
	case w.HS256 != "":
		return keyFrom(w.HS256, open, jwt.SigningMethodHS256, func(b []byte) (crypto.PrivateKey, error) {
			if len(b) == 0 {
				return nil, errors.New("the key is empty")
			}
			return b, nil
		})
	case w.RS256 != "":
		return keyFrom(w.RS256, open, jwt.SigningMethodRS256, func(b []byte) (crypto.PrivateKey, error) { return jwt.ParseRSAPrivateKeyFromPEM(b) })
	case w.ES256 != "":
		return keyFrom(w.ES256, open, jwt.SigningMethodES256, func(b []byte) (crypto.PrivateKey, error) { return jwt.ParseECPrivateKeyFromPEM(b) })
	}
	return nil, nil
}

// ErrMint tells that tokens are made by a command.
var ErrMint = errors.New("tokens are minted by a command")

func keyFrom(place string, open Opener, method jwt.SigningMethod, parse func([]byte) (crypto.PrivateKey, error)) (scenarios.Signer, error) {
	content, err := open(place)
	if err != nil {
		return nil, fmt.Errorf("sign-with: %w", err)
	}
	key, err := parse(content)
	if err != nil {
		return nil, fmt.Errorf("sign-with: %s holds no key for %s", place, method.Alg())
	}
	return keySigner{method, key}, nil
}

// A keySigner signs with a key.
type keySigner struct {
	method jwt.SigningMethod
	key    crypto.PrivateKey
}

func (k keySigner) Algorithm() string { return k.method.Alg() }

// Sign puts the parts together as they are (RFC 7515 section 5.1): libraries
// that build tokens of maps would change their order.
func (k keySigner) Sign(header, claims []byte) (string, error) {
	input := base64.RawURLEncoding.EncodeToString(header) + "." + base64.RawURLEncoding.EncodeToString(claims)
	signature, err := k.method.Sign(input, k.key)
	if err != nil {
		return "", fmt.Errorf("%s: the key does not sign", k.method.Alg())
	}
	return input + "." + base64.RawURLEncoding.EncodeToString(signature), nil
}
