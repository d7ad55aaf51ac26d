package settings_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/harness/credential"
	"github.com/replaydiff/replay/harness/settings"
)

const whole = `
ignore:
  - request.header.x-*
logins:
  service:
    oauth2:
      token-url: https://id.example.com/oauth/token
      client-id: replay
      client-secret: env:CLIENT_SECRET
      scopes: [orders.read, orders.write]
      params: {audience: orders}
      client-auth: params
  person:
    requests:
      - request: GET /login
        take: {csrf: response.body.csrf_token}
      - request: POST /login
        header: {X-A: "1"}
        form: {user: demo, password: file:pw.txt, csrf_token: "{csrf}"}
  app:
    capture: login.har
    take: response.body/access_token
    set: {request.header.authorization: "Bearer {}"}
  json:
    requests:
      - request: POST https://api.example.com/session
        json: {user: env:USER, remember: true, n: 1.5, none: null, list: [a, env:B]}
`

func read(t *testing.T, text string) *settings.Settings {
	t.Helper()
	s, err := settings.Read(filepath.Join("team", settings.File), []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func secret(t *testing.T, text string) credential.Secret {
	t.Helper()
	s, err := credential.ParseSecret(text, "team")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestRead(t *testing.T) {
	param := func(name, text string) credential.SecretParam {
		return credential.SecretParam{Name: name, Value: secret(t, text)}
	}
	want := &settings.Settings{
		File:   filepath.Join("team", settings.File),
		Ignore: diff.Ignore{"request.header.x-*"},
		Logins: []settings.Login{
			{Name: "service", OAuth2: &credential.OAuth2{
				Name: "service", TokenURL: "https://id.example.com/oauth/token", ClientID: "replay", ClientSecret: secret(t, "env:CLIENT_SECRET"),
				Scopes: []string{"orders.read", "orders.write"}, Params: map[string]string{"audience": "orders"}, Style: credential.ParamsStyle,
			}},
			{Name: "person", Flow: &credential.Login{Name: "person", Steps: []credential.Step{
				{Method: "GET", Target: "/login", Take: []credential.Take{{Name: "csrf", Path: "response.body.csrf_token"}}},
				{Method: "POST", Target: "/login", Header: []credential.SecretParam{param("X-A", "1")},
					Form: []credential.SecretParam{param("user", "demo"), param("password", "file:pw.txt"), param("csrf_token", "{csrf}")}},
			}}},
			{Name: "app", Capture: filepath.Join("team", "login.har"), Flow: &credential.Login{
				Name: "app", Take: []credential.Take{{Path: "response.body/access_token"}}, Set: []credential.Set{{Path: "request.header.authorization", Template: "Bearer {}"}},
			}},
			{Name: "json", Flow: &credential.Login{Name: "json", Steps: []credential.Step{{
				Method: "POST", Target: "https://api.example.com/session",
				JSON: map[string]any{"user": secret(t, "env:USER"), "remember": true, "n": 1.5, "none": nil, "list": []any{secret(t, "a"), secret(t, "env:B")}},
			}}}},
		},
	}
	same := cmp.Options{
		cmp.Comparer(func(a, b credential.Secret) bool { return a == b }),
		cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".style" || p.Last().String() == ".current" }, cmp.Ignore()),
	}
	if d := cmp.Diff(want, read(t, whole), same); d != "" {
		t.Error(d)
	}
	for _, text := range []string{"", "\n# nothing\n", "---\n", "ignore:\n# - a\nlogins: {}\n"} {
		if s := read(t, text); len(s.Ignore)+len(s.Logins) != 0 {
			t.Errorf("%q is empty", text)
		}
	}
}

// The texts are what a user reads: all mistakes of a file, each with its place.
func TestReadMistakes(t *testing.T) {
	for _, row := range []struct{ text, want, reason string }{
		{"ignroe: []", `1:1: unknown key "ignroe"; did you mean ignore?`, "misspelt"},
		{"colour: red", `1:1: unknown key "colour"; the file has ignore, logins`, "nothing near"},
		{"[a]", "1:1: the file is a mapping of keys to values, not a list", "another kind"},
		{"ignore: x", "1:9: ignore is a list, not a single value", "a list of one"},
		{"ignore: [header.x]", `1:10: malformed pattern "header.x": it begins with request., response. or recorder., as paths do in --format json`, "a pattern"},
		{"ignore: [a", "line 1: did not find expected ',' or ']'", "no YAML"},
		{"ignore: []\nignore: []", `2:1: the key "ignore" is there twice`, "twice"},
		{"ignore: []\n---\nignore: []", "2:1: a second document: the file is one", "two documents"},
		{"logins:\n  a: {}", `2:6: the login "a" has one of oauth2, capture and requests`, "no kind"},
		{"logins:\n  a: {capture: x.har, requests: [{request: GET /}]}", `2:6: the login "a" has one of oauth2, capture and requests`, "two kinds"},
		{"logins:\n  a:\n    oauth: {}", "3:5: unknown key \"oauth\"; did you mean oauth2?\n3:5: the login", "two mistakes"},
		{"logins:\n  a:\n    oauth2: {client_id: x, token-url: id.example.com}",
			"3:13: client-id is missing\n3:13: oauth2 needs client-secret, or refresh-token: write client-secret: env:NAME\n" +
				"3:14: unknown key \"client_id\"; did you mean client-id?\n3:39: token-url is a whole URL: https://id.example.com/oauth/token", "four at once"},
		{"logins: {a: {oauth2: {token-url: 'https://u:p@id.test/', client-id: a, client-secret: $SECRET}}}",
			"1:34: token-url holds a user: write client-id and client-secret\n1:87: a variable that nobody filled in: write env:SECRET", "secrets"},
		{"logins: {a: {oauth2: {token-url: 'https://id.test/', client-id: a, client-secret: env:S, client-auth: body, params: {scope: x}}, take: response.body/x}}",
			"1:13: take is for the answers\n1:103: client-auth is header or params: how the client says who it is\n1:118: scope has a key of its own", "more of them"},
		{"logins: {a: {requests: [{request: login}, {form: {}}, {request: POST /x, form: {a: b}, json: {}}]}}",
			"1:35: request is a method and a path: POST /login\n1:43: request is missing\n1:55: a request has form or json", "requests"},
		{"logins: {a: {requests: [{request: POST /x, header: {Host: a, 'X Y': b, X-Z: \"a\\nb\"}}]}}",
			"1:53: the field Host is computed for each request\n1:62: the name of the field holds a character that it can't have\n1:77: the value of the field holds a line break", "fields"},
		{"logins: {a: {requests: []}}", "1:24: requests is a list of at least one request", "none"},
		{"logins: {a: {capture: x.har, take: access_token}}", "1:36: a value is taken from response.body/POINTER", "a take"},
		{"logins: {a: {capture: x.har, set: {request.header.x: a, request.body.x: '{}', request.header.host: '{}'}}}",
			"1:36: the value has no {} for what was taken: \"Bearer {}\"\n1:57: a credential goes to request.header.NAME, request.cookie.NAME or request.query.NAME\n1:79: the field is computed", "sets"},
		{"logins: {a: {capture: x.har, set: {request.header.x: '{}'}}}", "1:13: set of request.header.x holds nothing that take names", "a set without a take"},
		{"logins: {a: {capture: x.har, take: {t: response.body/t}, set: {request.header.x: '{u}'}}}", "1:13: set of request.header.x holds nothing that take names", "another name"},
	} {
		_, err := settings.Read("f", []byte(row.text))
		if err == nil {
			t.Errorf("%s: accepted", row.reason)
			continue
		}
		got := strings.Split(err.Error(), "\n")
		want := strings.Split(row.want, "\n")
		if len(got) != len(want) {
			t.Errorf("%s: %d mistakes, want %d:\n%v", row.reason, len(got), len(want), err)
			continue
		}
		for i := range want {
			if !strings.HasPrefix(got[i], "f:"+want[i]) && !strings.HasPrefix(got[i], "f: "+want[i]) {
				t.Errorf("%s:\n got %s\nwant f:%s", row.reason, got[i], want[i])
			}
		}
	}
}

func TestReadIsBounded(t *testing.T) {
	bomb := "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c < 'k'; c++ {
		bomb += string(c) + ": &" + string(c) + " [" + strings.TrimSuffix(strings.Repeat("*"+string(c-1)+",", 10), ",") + "]\n"
	}
	bomb = strings.ReplaceAll("x:\n"+bomb, "\n", "\n  ") + "\nlogins: {a: {requests: [{request: POST /, json: *j}]}}\n"
	_, err := settings.Read("f", []byte(bomb))
	if err == nil || !strings.Contains(err.Error(), "too much to read: aliases of aliases?") {
		t.Errorf("a bomb: %.300v", err)
	}
	_, err = settings.Read("f", []byte(strings.Repeat("- a\n", 400_000)))
	if err == nil || err.Error() != "f is longer than 1024 KiB" {
		t.Errorf("a long file: %.300v", err)
	}
	_, err = settings.Read("f", []byte("a1: 1\na2: 1\n"+strings.Repeat("b", 100)+": 1\n"+manyKeys(100)))
	if err == nil || strings.Count(err.Error(), "\n") != 20 || !strings.HasSuffix(err.Error(), "f: and 83 more") {
		t.Errorf("many mistakes: %v", err)
	}
}

func manyKeys(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat("k", i+1) + ": 1\n")
	}
	return b.String()
}

func TestOpen(t *testing.T) {
	file := filepath.Join(t.TempDir(), settings.File)
	if s, err := settings.Open(file); err != nil || len(s.Logins) != 0 {
		t.Errorf("no file is an empty one: %v", err)
	}
	if err := os.WriteFile(file, []byte(whole), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := settings.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	if l, err := s.Login("app"); err != nil || l.Flow == nil {
		t.Errorf("%v %v", l, err)
	}
	for name, want := range map[string]string{"sevice": "has no such login; did you mean service?", "x": "has service, person, app, json"} {
		if _, err := s.Login(name); err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := (&settings.Settings{File: "f"}).Login("x"); err == nil || err.Error() != `--login x: f has no logins: write them below "logins:"` {
		t.Errorf("none: %v", err)
	}
}

// FuzzRead: no text makes it panic, hang, or accept a login that can't be used.
func FuzzRead(f *testing.F) {
	f.Add(whole)
	for _, seed := range []string{"a: &a [*a]", "logins: &a {a: *a}", "<<: {ignore: []}", "? [a]\n: b", "logins: {a: {requests: [{request: POST /, json: &a [*a]}]}}", "ignore: !!binary x", "\xff", "logins: {a: {capture: ''}}"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := settings.Read("f", []byte(text))
		if err != nil {
			return
		}
		if err := s.Ignore.Check(); err != nil {
			t.Error(err)
		}
		for _, l := range s.Logins {
			if (l.OAuth2 == nil) == (l.Flow == nil) {
				t.Fatalf("login %q is of no kind, or of two", l.Name)
			}
			if l.OAuth2 != nil && (l.OAuth2.Host() == "" || l.OAuth2.ClientID == "") {
				t.Errorf("login %q can't be used", l.Name)
			}
			if l.Flow != nil && (l.Capture == "") == (len(l.Flow.Steps) == 0) {
				t.Errorf("login %q has nothing to send", l.Name)
			}
		}
	})
}
