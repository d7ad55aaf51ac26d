package suite

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios"
)

// TestSigned: a token that is made over is one that a validator with the
// matching key finds well signed, and over.
func TestSigned(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	ecKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	secret := []byte("a key of the tests, long enough for HS256")
	for _, row := range []struct {
		with   SignWith
		method jwt.SigningMethod
		key    any
		public any
		file   []byte
	}{
		{SignWith{HS256: "env:KEY"}, jwt.SigningMethodHS256, secret, secret, secret},
		{SignWith{RS256: "file:rs.pem"}, jwt.SigningMethodRS256, rsaKey, rsaKey.Public(), pemOf(t, rsaKey)},
		{SignWith{ES256: "file:es.pem"}, jwt.SigningMethodES256, ecKey, ecKey.Public(), pemOf(t, ecKey)},
	} {
		now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
		token := jwt.NewWithClaims(row.method, jwt.MapClaims{"sub": "u1", "exp": now.Add(time.Hour).Unix()})
		token.Header["kid"] = "k1"
		good, err := token.SignedString(row.key)
		if err != nil {
			t.Fatal(err)
		}
		signer, err := row.with.Signer(func(string) ([]byte, error) { return row.file, nil })
		if err != nil {
			t.Fatal(err)
		}
		x := &traffic.Exchange{Request: traffic.Request{Method: "GET", URL: "https://api.test/", Header: traffic.Header{{Name: "Authorization", Value: "Bearer " + good}}}}
		moves, err := ExpiredToken(2 * hour).Inject(Live{Flow: &traffic.Capture{Exchanges: []*traffic.Exchange{x}}, Now: now, Signer: signer})
		if err != nil {
			t.Fatal(err)
		}
		sent, err := diff.Apply(x, moves.Edits[0])
		if err != nil {
			t.Fatal(err)
		}
		raw := sent.Request.Header.Get("authorization")[len("Bearer "):]
		parser := jwt.NewParser(jwt.WithTimeFunc(func() time.Time { return now }))
		got, err := parser.Parse(raw, func(*jwt.Token) (any, error) { return row.public, nil })
		if !errors.Is(err, jwt.ErrTokenExpired) || errors.Is(err, jwt.ErrTokenSignatureInvalid) {
			t.Errorf("%s: %v, want one that is over and well signed", row.method.Alg(), err)
		}
		if got.Header["kid"] != "k1" {
			t.Errorf("%s: the header lost its kid", row.method.Alg())
		}
	}
}

func pemOf(t *testing.T, key any) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}

func TestNoSigner(t *testing.T) {
	content := func(b string) Opener { return func(string) ([]byte, error) { return []byte(b), nil } }
	for _, row := range []struct {
		reason string
		with   SignWith
		open   Opener
		want   string
	}{
		{"a key file that is none", SignWith{RS256: "file:rs.pem"}, content("s3cr3t"), "sign-with: file:rs.pem holds no key for RS256"},
		{"an empty variable", SignWith{HS256: "env:KEY"}, content(""), "sign-with: env:KEY holds no key for HS256"},
		{"a place that can't be read", SignWith{ES256: "file:x"}, func(string) ([]byte, error) { return nil, errors.New("x is not there") }, "sign-with: x is not there"},
		{"a command", SignWith{Mint: "mint"}, nil, "tokens are minted by a command"},
	} {
		if _, err := row.with.Signer(row.open); err == nil || err.Error() != row.want {
			t.Errorf("%s: %v, want %s", row.reason, err, row.want)
		}
	}
	if signer, err := (SignWith{}).Signer(nil); signer != nil || err != nil {
		t.Errorf("no way to sign made %v, %v", signer, err)
	}
	_, err := ExpiredToken(hour).Inject(Live{Flow: &traffic.Capture{}})
	if err == nil || errors.Is(err, scenarios.ErrNotTestable) {
		t.Errorf("an entry that is not there: %v", err)
	}
}
