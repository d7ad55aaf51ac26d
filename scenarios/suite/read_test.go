package suite

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/replaydiff/replay/scenarios/expect"
	"github.com/replaydiff/replay/scenarios/policy"
)

const logins = `capture: ok.har
login:
  requests:
    - request: GET /login
      take: {csrf: response.body.csrf_token}
    - request: POST /login
      header: {X-App: shop}
      form: {user: demo, password: env:PASSWORD, csrf_token: "{csrf}"}
    - {request: POST /token, json: {grant: [1, true, null], code: env:CODE}, take: response.body/access_token}
  set: {request.header.authorization: "Bearer {}"}
users:
  app: {login: {oauth2: {token-url: "https://id.test/token", client-id: shop, client-secret: env:SECRET, scopes: [a, b], params: {audience: orders}, client-auth: params}}}
  old: {login: {capture: login.har}}
  ana: {login: person}
allow-unsafe: [POST, PUT]
policy: {refresh: 70-80%, tries: 3, login: page, capture: client.har}
`

func TestReadLogins(t *testing.T) {
	got, err := Read(strings.NewReader(logins), "shop.replay.yaml")
	if err != nil {
		t.Fatal(err)
	}
	want := &Suite{
		Capture: "ok.har",
		Login: &Login{
			Requests: []LoginRequest{
				{Request: "GET /login", Take: []Take{{"csrf", "response.body.csrf_token"}}},
				{Request: "POST /login", Header: []Param{{"X-App", "shop"}}, Form: []Param{{"user", "demo"}, {"password", "env:PASSWORD"}, {"csrf_token", "{csrf}"}}},
				{Request: "POST /token", JSON: map[string]any{"grant": []any{1.0, true, nil}, "code": "env:CODE"}, Take: []Take{{"", "response.body/access_token"}}},
			},
			Set: []Set{{"request.header.authorization", "Bearer {}"}},
		},
		Users: []User{
			{Name: "app", Login: &Login{OAuth2: &OAuth2{TokenURL: "https://id.test/token", ClientID: "shop", ClientSecret: "env:SECRET", Scopes: []string{"a", "b"},
				Params: []Param{{"audience", "orders"}}, ClientAuth: "params"}}},
			{Name: "old", Login: &Login{Capture: "login.har"}},
			{Name: "ana", Login: &Login{Name: "person"}},
		},
		AllowUnsafe: []string{"POST", "PUT"},
		Policy:      Policy{Capture: "client.har", Refresh: policy.Window{From: 0.7, To: 0.8}, Tries: 3, Login: true},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

const whole = `# The API of the shop.
capture: ok.har
target: https://api.shop.test
auth: Bearer env:TOKEN
sign-with: {hs256: env:KEY}
users:
  bob: Bearer env:BOB
scenarios:
  - missing-credentials

  # Tokens live an hour.
  - cause: expired-token
    with: {ago: 2h}
    on: [GET /orders, "GET /orders/{}"]
    expect:
      status: [401, 403]
      challenge: {scheme: Bearer, params: {error: invalid_token}}
      headers: {retry-after: {absent: true}}
      cookies: {sid: deleted, csrf: {samesite: Lax, secure: {present: true}}}
      body:
        json: {/error/code: token_expired, /items: {absent: true}}
        text: {matches: "(?i)expired"}
      within: 2s
  - cause: cors-preflight-failed
    expect: {cors: blocked}
    matrix:
      origins: [https://evil.example, "null"]
      users: bob
  - {cause: wrong-path, expect: 4xx}
  - cause: no-difference
    expect: recorded
  - cause: csrf-token-missing
    expect:
      - status: 419
      - login: redirect
`

func TestRead(t *testing.T) {
	got, err := Read(strings.NewReader(whole), "shop.replay.yaml")
	if err != nil {
		t.Fatal(err)
	}
	want := &Suite{
		Comment: "The API of the shop.", Capture: "ok.har", Target: "https://api.shop.test", Auth: "Bearer env:TOKEN",
		SignWith: SignWith{HS256: "env:KEY"}, Users: []User{{Name: "bob", Auth: "Bearer env:BOB"}},
		Scenarios: []Scenario{
			MissingCredentials(),
			ExpiredToken(2*hour).On("GET /orders", "GET /orders/{}").Says("Tokens live an hour.").Expect(
				expect.Status(401, 403),
				expect.Challenge("Bearer", expect.Param("error", expect.Is("invalid_token"))),
				expect.Header("retry-after", expect.Absent()),
				expect.Cookie("sid", expect.Deleted),
				expect.Cookie("csrf", expect.Set, expect.Param("samesite", expect.Is("Lax")), expect.Param("secure", expect.Present())),
				expect.JSON("/error/code", expect.Is("token_expired")), expect.JSON("/items", expect.Absent()),
				expect.Body(expect.Matches("(?i)expired")),
				expect.Within(2*second)),
			scenario("cors-preflight-failed").Expect(expect.Browser(expect.CORSBlocked)).FromOrigins("https://evil.example", "null").ByUsers("bob"),
			scenario("wrong-path").Expect(expect.StatusBetween(400, 499)),
			NoDifference().Expect(expect.SameAsRecorded()),
			CSRFTokenMissing().Expect(expect.Status(419)).OrExpect(expect.Login(expect.LoginRedirect)),
		},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

// Each mistake is told with its place, what was seen and what to do; five
// mistakes are told as five.
func TestMistakes(t *testing.T) {
	for _, row := range []struct{ reason, file, want string }{
		{"nothing at all", "", "s:1:1: the file is empty: a suite has at least capture and scenarios"},
		{"no YAML", "a: [", "s:1:1: no YAML: did not find expected node content"},
		{"an anchor that is not there is not repeated", "a: *s3cr3t", "s: no YAML: unknown anchor"},
		{"a list", "- a", "s:1:1: a suite must be a mapping, this is a list"},
		{"no capture", "scenarios: []", "s:1:1: capture is missing: the file of the working capture"},
		{"two documents", "capture: a\n---\ncapture: b", "s: more than one document: a suite is one, without a second ---"},
		{"a key that is near another", "capture: a\ntraget: x", "s:2:1: `traget`: did you mean `target`?"},
		{"a key that is near none", "capture: a\ncolour: x", "s:2:1: a suite has no `colour`; it has capture, target, auth, auth-from, login, sign-with, users, allow-unsafe, policy and scenarios"},
		{"a key twice", "capture: a\ncapture: b", "s:2:1: `capture` is there twice"},
		{"a merge key", "capture: a\nscenarios:\n- &a {cause: wrong-path}\n- {<<: *a}", "s:4:3: cause is missing: what is put into the request\ns:4:4: merge keys (<<) are not read: write the keys out, or use a matrix"},
		{"a list for a text", "capture: [a]", "s:1:1: capture is missing: the file of the working capture\ns:1:10: capture must be text, this is a list"},
		{"a target with a query", "capture: a\ntarget: https://a.test/?q", "s:2:9: target must be a URL such as https://api.example.test, without user and query"},
		{"a secret in the file is not repeated", "capture: a\nauth: Bearer s3cr3t", `s:2:7: auth must name the place of the secret, as in "Bearer env:TOKEN": a secret does not belong into this file`},
		{"a key in the file is not repeated", "capture: a\nsign-with: {hs256: s3cr3t}", "s:2:20: hs256 must be env:NAME or file:PATH, the place that holds it: a secret does not belong into this file"},
		{"two keys", "capture: a\nsign-with: {hs256: env:A, rs256: file:b}", "s:2:12: sign-with takes one of hs256, rs256, es256 and mint"},
		{"a cause that is near another", "capture: a\nscenarios:\n- cause: expred-token", "s:3:10: `expred-token`: did you mean `expired-token`?"},
		{"a cause that is near none", "capture: a\nscenarios:\n- gravity", "s:3:3: `gravity` is no cause; see `replay causes`"},
		{"a parameter that is near another", "capture: a\nscenarios:\n- {cause: expired-token, with: {agp: 2h}}", "s:3:33: `agp`: did you mean `ago`?"},
		{"a parameter of another type", "capture: a\nscenarios:\n- {cause: expired-token, with: {ago: soon}}", "s:3:38: ago must be a time above 0 such as 2h or 90s"},
		{"a parameter that is one of a few", "capture: a\nscenarios:\n- {cause: token-signature-invalid, with: {how: bent}}", "s:3:48: how must be one of flipped, none, removed"},
		{"a token in the file is not repeated", "capture: a\nscenarios:\n- {cause: expired-token, with: {token: eyJhbGciOi}}", "s:3:40: token must be env:NAME or file:PATH, the place that holds it: a secret does not belong into this file"},
		{"a cause without parameters", "capture: a\nscenarios:\n- {cause: wrong-scheme, with: {ago: 2h}}", "s:3:32: wrong-scheme takes no parameters"},
		{"no route", "capture: a\nscenarios:\n- {cause: wrong-path, on: /orders}", "s:3:27: a route must be a method and a path such as GET /orders; {} stands for any segment"},
		{"no status", "capture: a\nscenarios:\n- {cause: wrong-path, expect: {status: [401, 9]}}", "s:3:46: `9` is no status: give a code (401), a class (4xx) or a range (400-499)"},
		{"no pattern", "capture: a\nscenarios:\n- {cause: wrong-path, expect: {headers: {a: {matches: (}}}}", "s:3:55: matches is no regular expression of Go (RE2)"},
		{"two comparisons", "capture: a\nscenarios:\n- {cause: wrong-path, expect: {headers: {a: {is: x, contains: y}}}}", "s:3:45: a value takes one of is, contains, matches, present and absent"},
		{"no pointer", "capture: a\nscenarios:\n- {cause: wrong-path, expect: {body: {json: {a: b}}}}", "s:3:46: `a` is no JSON Pointer: it begins with /, as in /error/code"},
		{"no attribute", "capture: a\nscenarios:\n- {cause: wrong-path, expect: {cookies: {sid: {secur: x}}}}", "s:3:48: `secur`: did you mean `secure`?"},
		{"no word", "capture: a\nscenarios:\n- {cause: wrong-path, expect: {cors: denied}}", "s:3:38: cors must be allowed or blocked"},
		{"no user", "capture: a\nusers: {alice: Bearer env:A}\nscenarios:\n- {cause: wrong-path, matrix: {users: alcie}}", "s:4:39: `alcie`: did you mean `alice`?"},
		{"a matrix that does not fit", "capture: a\nscenarios:\n- {cause: wrong-path, matrix: {origins: 'https://a.test'}}", "s:3:41: wrong-path knows no page: it can't be repeated for origins"},
		{"two ways to log in", "capture: a\nauth: Bearer env:T\nlogin: person", "s:1:1: auth and login are there: one of them gives the credentials"},
		{"a login of two kinds", "capture: a\nlogin: {capture: login.har, requests: [{request: POST /login}]}", "s:2:8: login has one of oauth2, capture and requests"},
		{"a login of no kind", "capture: a\nlogin: {take: response.body/t}", "s:2:8: login has one of oauth2, capture and requests"},
		{"a key of a login that is near another", "capture: a\nlogin: {oauth: {}}", "s:2:8: login has one of oauth2, capture and requests\ns:2:9: `oauth`: did you mean `oauth2`?"},
		{"a grant without its parts", "capture: a\nlogin: {oauth2: {scopes: a b}}", strings.Join([]string{"s:2:17: token-url is missing", "s:2:17: client-id is missing",
			"s:2:17: oauth2 needs client-secret, or refresh-token: write client-secret: env:NAME"}, "\n")},
		{"a client secret in the file is not repeated", "capture: a\nlogin: {oauth2: {token-url: 'https://id.test/t', client-id: x, client-secret: s3cr3t}}",
			"s:2:79: client-secret must be env:NAME or file:PATH, the place that holds it: a secret does not belong into this file"},
		{"a token endpoint without a host", "capture: a\nlogin: {oauth2: {token-url: /t, client-id: x, client-secret: env:S}}", "s:2:29: token-url is a whole URL without user and fragment: https://id.example.com/oauth/token"},
		{"a password in the file is not repeated", "capture: a\nlogin: {requests: [{request: POST /login, form: {user: demo, password: s3cr3t}}]}",
			"s:2:72: `password` must name the place of the secret, env:NAME or file:PATH: a secret does not belong into this file"},
		{"nor in JSON", "capture: a\nlogin: {requests: [{request: POST /login, json: {user: {password: s3cr3t}}}]}",
			"s:2:67: `password` must name the place of the secret, env:NAME or file:PATH: a secret does not belong into this file"},
		{"a request that is a path", "capture: a\nlogin: {requests: [{request: /login}]}", "s:2:30: request is a method and a path: POST /login"},
		{"a place in an answer that is none", "capture: a\nlogin: {capture: l.har, take: body.token}", "s:2:31: a value is taken from response.body/POINTER, response.body.FIELD, response.header.NAME or response.set-cookie.NAME.value"},
		{"a value that nothing takes", "capture: a\nlogin: {capture: l.har, set: {request.header.x: 'T {}'}}", "s:2:8: set of `request.header.x` holds nothing that take names: write take: response.body/access_token, and {} in set"},
		{"a user that is a mapping of something else", "capture: a\nusers: {bob: {auth: Bearer env:B}}", "s:2:15: a user has no `auth`; it has login"},
		{"a safe method in capitals is none to allow", "capture: a\nallow-unsafe: [POST, put]", "s:2:22: allow-unsafe lists methods, as in [POST, PUT]; `all` is every one"},
		{"a yes for a method", "capture: a\nallow-unsafe: true", "s:2:15: allow-unsafe lists methods, as in [POST, PUT]; `all` is every one"},
		{"a method that is never sent", "capture: a\nallow-unsafe: [TRACE]", "s:2:16: TRACE is never sent: it is for proxies, and says nothing about an application"},
		{"a policy that asks nothing", "capture: a\npolicy: {capture: client.har}", "s:2:9: policy asks nothing of the client: refresh, tries and login are what it has"},
		{"a policy of another form", "capture: a\npolicy: {refresh: 80-70%, tries: 0, login: form}", strings.Join([]string{
			"s:2:19: refresh must be a part of the lifetime, as in 70-80%", "s:2:34: tries must be a whole number from 1 to 100",
			"s:2:44: login must be `page`: a person is led to the login, and not shown a bare 401"}, "\n")},
		{"five mistakes", "capture: a\nauth: x\nscenarios:\n- expred-token\n- {cause: wrong-path, on: GET, exepct: 1}\n- {with: {}}", strings.Join([]string{
			`s:2:7: auth must name the place of the secret, as in "Bearer env:TOKEN": a secret does not belong into this file`,
			"s:4:3: `expred-token`: did you mean `expired-token`?",
			"s:5:27: a route must be a method and a path such as GET /orders; {} stands for any segment",
			"s:5:32: `exepct`: did you mean `expect`?",
			"s:6:3: cause is missing: what is put into the request"}, "\n")},
		{"aliases of aliases", bomb(), "s: more than 100000 values, aliases counted each time: this is no suite"},
		{"an alias of itself", "capture: a\nscenarios: &a [*a]", "s: nested deeper than 40 levels: this is no suite"},
		{"deep nesting", "capture: " + strings.Repeat("[", 60) + strings.Repeat("]", 60), "s: nested deeper than 40 levels: this is no suite"},
		{"a file of another kind", "a: " + strings.Repeat("x", maxFile), "s: longer than 1 MiB: this is no suite"},
	} {
		s, err := Read(strings.NewReader(row.file), "s")
		var mistakes *Mistakes
		switch {
		case s != nil || !errors.As(err, &mistakes):
			t.Errorf("%s: %v, %v; want mistakes", row.reason, s, err)
		case err.Error() != row.want:
			t.Errorf("%s:\n got %s\nwant %s", row.reason, err, row.want)
		}
	}
}

// bomb is a list of nine lists of nine lists, nine deep.
func bomb() string {
	var b strings.Builder
	b.WriteString("capture: a\na0: &a0 x\n")
	for i := range 9 {
		at := string(rune('1' + i))
		before := string(rune('0' + i))
		b.WriteString("a" + at + ": &a" + at + " [" + strings.TrimSuffix(strings.Repeat("*a"+before+", ", 9), ", ") + "]\n")
	}
	return b.String()
}

func TestMistakesAreBounded(t *testing.T) {
	_, err := Read(strings.NewReader("capture: a\nscenarios:\n"+strings.Repeat("- gravity\n", 200)), "s")
	if lines := strings.Count(err.Error(), "\n") + 1; lines != maxMistakes+1 || !strings.HasSuffix(err.Error(), "and 150 more") {
		t.Errorf("%d lines, the last of them %q", lines, err.Error()[strings.LastIndex(err.Error(), "\n")+1:])
	}
}

// FuzzRead: no file breaks the reader, and what it reads can be written and is
// read back.
func FuzzRead(f *testing.F) {
	f.Add(whole)
	f.Add(logins)
	f.Add(bomb())
	f.Add("capture: &a x\ntarget: *a")
	f.Add("capture: a\nscenarios: [{cause: expired-token, with: {ago: 1h}, expect: {cookies: {\"\": set}}}]")
	f.Fuzz(func(t *testing.T, file string) {
		s, err := Read(strings.NewReader(file), "s")
		if err != nil {
			var mistakes *Mistakes
			if !errors.As(err, &mistakes) || len(mistakes.List) == 0 {
				t.Fatalf("%v is no list of mistakes", err)
			}
			return
		}
		var b bytes.Buffer
		if err := Write(&b, s); err != nil {
			t.Fatalf("read, and not written: %v", err)
		}
		again, err := Read(bytes.NewReader(b.Bytes()), "s")
		if err != nil {
			t.Fatalf("%v\n%s", err, b.String())
		}
		s.Comment, again.Comment = "", "" // above anchors and odd breaks, comments move
		for i := range s.Scenarios {
			s.Scenarios[i].Comment, again.Scenarios[i].Comment = "", ""
		}
		if d := cmp.Diff(s, again); d != "" {
			t.Errorf("another suite\n%s", d)
		}
	})
}
