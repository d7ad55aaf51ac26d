package specs

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/harness"
	"github.com/replaydiff/replay/harness/results"
	"github.com/replaydiff/replay/scenarios/suite"
)

// Each option has its effect on what runs the scenarios.
func TestOptions(t *testing.T) {
	t.Setenv("SPECS_TEST_TOKEN", "a-token-of-the-tests-1")
	for name, row := range map[string]struct {
		option Option
		of     *suite.Suite
		look   func(*harness.Guard) any
		want   any
	}{
		"AllowUnsafe all":      {AllowUnsafe(), nil, func(g *harness.Guard) any { return g.Options.Unsafe }, harness.Unsafe{All: true}},
		"AllowUnsafe some":     {AllowUnsafe("POST"), nil, func(g *harness.Guard) any { return g.Options.Unsafe }, harness.Unsafe{Methods: []string{"POST"}}},
		"of a suite":           {AllowUnsafe("POST"), &suite.Suite{AllowUnsafe: []string{"PUT"}}, func(g *harness.Guard) any { return g.Options.Unsafe.Methods }, []string{"POST", "PUT"}},
		"Map":                  {Map("https://cdn.test", func() string { return "http://127.0.0.1:9" }), nil, func(g *harness.Guard) any { return g.Options.Target.Map }, []harness.Mapping{{From: "https://cdn.test", To: "http://127.0.0.1:9"}}},
		"Seed":                 {Seed(7), nil, func(g *harness.Guard) any { return g.Seed }, uint64(7)},
		"Ignore":               {Ignore("response.body/meta/**"), nil, func(g *harness.Guard) any { return g.Runner.Ignore }, diff.Ignore{"response.body/meta/**"}},
		"Configure":            {Configure(func(g *harness.Guard) { g.Runner.Rate = 3 }), nil, func(g *harness.Guard) any { return g.Runner.Rate }, 3.0},
		"TLS":                  {TLS(&tls.Config{ServerName: "a.test"}), nil, func(g *harness.Guard) any { return g.Runner.Client.TLS.ServerName }, "a.test"},
		"Auth":                 {Auth("Bearer env:SPECS_TEST_TOKEN"), nil, func(g *harness.Guard) any { return fetched(t, g) }, "header Authorization"},
		"Auth before a suite":  {Auth("Bearer env:SPECS_TEST_TOKEN"), &suite.Suite{Auth: "X-Api-Key: other"}, func(g *harness.Guard) any { return fetched(t, g) }, "header Authorization"},
		"Auth of a suite":      {Seed(0), &suite.Suite{Auth: "X-Api-Key: a-key-of-the-tests"}, func(g *harness.Guard) any { return fetched(t, g) }, "header X-Api-Key"},
		"AsUser":               {AsUser("bob", "Bearer env:SPECS_TEST_TOKEN"), nil, func(g *harness.Guard) any { return g.Users["bob"] != nil }, true},
		"a key in Go":          {SignedBy(HS256([]byte("a-key"))), nil, func(g *harness.Guard) any { return g.Signer.Algorithm() }, "HS256"},
		"a key by its place":   {Sign(suite.SignWith{HS256: "env:SPECS_TEST_TOKEN"}), nil, func(g *harness.Guard) any { return g.Signer.Algorithm() }, "HS256"},
		"a command that mints": {Sign(suite.SignWith{Mint: "true"}), nil, func(g *harness.Guard) any { return fmt.Sprintf("%T", g.Signer) }, "*credential.Mint"},
	} {
		t.Run(name, func(t *testing.T) {
			var of *FileSuite
			if row.of != nil {
				of = &FileSuite{Suite: row.of}
			}
			g, err := Against("testdata/ok.har", "http://127.0.0.1:1", row.option).guard(of)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(row.want, row.look(g)); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

func fetched(t *testing.T, g *harness.Guard) string {
	t.Helper()
	c, err := g.Options.Keeper.Get(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return c.String()
}

// A token that is signed for a test verifies.
func TestHS256(t *testing.T) {
	key := []byte("a-key-of-the-tests")
	claims, err := json.Marshal(map[string]any{"sub": "ada"})
	if err != nil {
		t.Fatal(err)
	}
	token, err := HS256(key).Sign([]byte(`{"alg":"HS256","typ":"JWT"}`), claims)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := jwt.Parse(token, func(*jwt.Token) (any, error) { return key, nil }); err != nil {
		t.Error(err)
	}
	if _, err := HS256(nil).Sign([]byte(`{"alg":"HS256"}`), claims); err == nil {
		t.Error("an empty key signs")
	}
}

// What is missing for one user matters to that user's scenarios alone.
func TestCredentialsMissing(t *testing.T) {
	b := Against("testdata/ok.har", "http://127.0.0.1:1", AsUser("bob", "Bearer env:SPECS_TEST_UNSET"))
	g, err := b.guard(nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := g.Users["bob"].Get(t.Context()); err == nil || !strings.Contains(err.Error(), "SPECS_TEST_UNSET") {
		t.Errorf("%v", err)
	}
	for _, option := range []Option{Auth("Bearer env:SPECS_TEST_UNSET"), Sign(suite.SignWith{HS256: "env:SPECS_TEST_UNSET"})} {
		if _, err := Against("testdata/ok.har", "http://127.0.0.1:1", option).guard(nil); err == nil || !strings.Contains(err.Error(), "SPECS_TEST_UNSET") {
			t.Errorf("%v", err)
		}
	}
}

// A server over https, with the certificate of the test.
func TestHTTPS(t *testing.T) {
	secure := httptest.NewUnstartedServer(libraryServer(t, func(w http.ResponseWriter, r *http.Request) bool {
		return r.URL.Path != "/login" && r.Header.Get("Authorization") == "" && refused(w, r)
	}).Config.Handler)
	secure.StartTLS()
	defer secure.Close()
	roots := func() *tls.Config {
		pool := x509.NewCertPool()
		pool.AddCert(secure.Certificate())
		return &tls.Config{RootCAs: pool}
	}
	token := tokenOf(t)
	b := Against("testdata/ok.har", func() string { return secure.URL }, AllowUnsafe(), TLS(roots), Within(time.Minute),
		Auth("Bearer "+token)) // the recorded one would be refused as over
	for _, p := range planOf(t, suite.MissingCredentials()) {
		c, err := b.try(t.Context(), p.Case, p.of)
		if err != nil {
			t.Fatal(b.notBegun(p, err))
		}
		if c.Verdict != results.CaseHolds {
			t.Error(b.told(p, c))
		}
		unmasked(t, b.told(p, c))
	}
}

func planOf(t *testing.T, args ...any) []plan {
	t.Helper()
	list, _, err := planned(args)
	if err != nil {
		t.Fatal(err)
	}
	return list
}
