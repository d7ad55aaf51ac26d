package settings_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/replaydiff/replay/harness/settings"
	"github.com/replaydiff/replay/scenarios/suite"
)

// What a suite says of a login is what .replay.yaml says of it: each kind can be
// handed to package credential.
func TestOfSuite(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "shop.replay.yaml")
	if err := os.WriteFile(filepath.Join(folder, settings.File), []byte("logins: {person: {capture: person.har}}"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := suite.Read(strings.NewReader(`capture: ok.har
users:
  named: {login: person}
  app: {login: {oauth2: {token-url: "https://id.test/token", client-id: shop, client-secret: env:SECRET, scopes: a b, params: {audience: x}}}}
  recorded: {login: {capture: logins/ana.har, take: response.body/t, set: {request.header.x-token: "{}"}}}
  form:
    login:
      requests:
        - {request: GET /login, take: {csrf: response.body.csrf}}
        - {request: POST /login, form: {user: demo, password: file:ana.txt, csrf: "{csrf}"}}
        - {request: POST /token, header: {X-App: "1"}, json: {n: 1, list: [true, a]}, take: response.body/t}
`), file)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]settings.Login{}
	for _, u := range s.Users {
		if got[u.Name], err = settings.OfSuite(file, u.Name, u.Login); err != nil {
			t.Fatalf("%s: %v", u.Name, err)
		}
	}
	if l := got["named"]; l.Name != "person" || l.Capture != filepath.Join(folder, "person.har") {
		t.Errorf("a login by its name: %+v", l)
	}
	if o := got["app"].OAuth2; o == nil || o.Name != "app" || o.TokenURL != "https://id.test/token" || o.ClientSecret.String() != "env:SECRET" || len(o.Scopes) != 2 || o.Params["audience"] != "x" {
		t.Errorf("a grant: %+v", o)
	}
	if l := got["recorded"]; l.Capture != filepath.Join(folder, "logins", "ana.har") || l.Flow.Take[0].Path != "response.body/t" || l.Flow.Set[0].Path != "request.header.x-token" {
		t.Errorf("a recorded login: %+v", l)
	}
	steps := got["form"].Flow.Steps
	if len(steps) != 3 || steps[1].Form[1].Value.String() != "file:"+filepath.Join(folder, "ana.txt") || steps[2].JSON == nil || steps[2].Header[0].Name != "X-App" {
		t.Errorf("requests: %+v", steps)
	}
}

func TestOfSuiteMistakes(t *testing.T) {
	for _, row := range []struct {
		reason string
		login  suite.Login
		want   string
	}{
		{"no such login", suite.Login{Name: "preson"}, `has no logins: write them below "logins:"`},
		{"a field that is computed", suite.Login{Requests: []suite.LoginRequest{{Request: "GET /", Header: []suite.Param{{Name: "Content-Length", Value: "1"}}}}}, "shop.replay.yaml: login: the field Content-Length is computed for each request"},
		{"made in Go, and nothing in it", suite.Login{}, "has one of oauth2, capture and requests"},
	} {
		_, err := settings.OfSuite(filepath.Join(t.TempDir(), "shop.replay.yaml"), "ana", &row.login)
		if err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: %v, want %s", row.reason, err, row.want)
		}
	}
}
