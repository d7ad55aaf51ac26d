package suite

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/replaydiff/replay/scenarios"
	"github.com/replaydiff/replay/scenarios/expect"
	"github.com/replaydiff/replay/scenarios/policy"
)

// TestWriteReads: what is written is read back, the same.
func TestWriteReads(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSuite(t)
		var b bytes.Buffer
		if err := Write(&b, s); err != nil {
			t.Fatalf("%v\n%+v", err, s)
		}
		got, err := Read(&b, "suite.replay.yaml")
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(s, got); d != "" {
			t.Fatalf("another suite (-written +read)\n%s", d)
		}
	})
}

// odd texts that YAML has other ideas about.
var odd = []string{"401", "true", "no", "null", "~", "1:30", "0x1f", "- x", "# x", "a: b", "*x", "&x", "{x}", "[x", "' x '", `"q"`, "é\u00a0", "a\tb", "%", "@x", "`x`", "<<", "=", "2026-01-01", "!x"}

func text() *rapid.Generator[string] {
	return rapid.OneOf(rapid.SampledFrom(odd), rapid.StringMatching(`[ -~]{1,20}`))
}

func word() *rapid.Generator[string] { return rapid.StringMatching(`[a-z][a-z0-9-]{0,8}`) }

func drawSuite(t *rapid.T) *Suite {
	s := &Suite{
		Capture: text().Draw(t, "capture"),
		Target:  rapid.SampledFrom([]string{"", "https://api.example.test", "http://127.0.0.1:8080"}).Draw(t, "target"),
		Comment: drawComment(t),
	}
	switch rapid.IntRange(0, 3).Draw(t, "auth") {
	case 3:
		s.Login = drawLogin(t)
	case 1:
		s.Auth = "Bearer env:TOKEN"
	case 2:
		s.AuthFrom = text().Draw(t, "command")
	}
	switch rapid.IntRange(0, 4).Draw(t, "sign") {
	case 1:
		s.SignWith.HS256 = "env:KEY"
	case 2:
		s.SignWith.RS256 = "file:keys/rs.pem"
	case 3:
		s.SignWith.ES256 = "file:es.pem"
	case 4:
		s.SignWith.Mint = text().Draw(t, "mint")
	}
	names := rapid.SliceOfNDistinct(text(), 0, 2, rapid.ID[string]).Draw(t, "users")
	for _, name := range names {
		u := User{Name: name, Auth: "X-Api-Key: env:KEY"}
		if rapid.Bool().Draw(t, "logs in") {
			u = User{Name: name, Login: drawLogin(t)}
		}
		s.Users = append(s.Users, u)
	}
	s.AllowUnsafe = rapid.SampledFrom([][]string{nil, {"POST"}, {"POST", "PUT"}, {"all"}}).Draw(t, "methods")
	if s.Policy = drawPolicy(t); s.Policy.IsZero() {
		s.Policy = Policy{}
	}
	for range rapid.IntRange(0, 4).Draw(t, "scenarios") {
		s.Scenarios = append(s.Scenarios, drawScenario(t, names))
	}
	return s
}

func drawPolicy(t *rapid.T) Policy {
	p := Policy{Tries: rapid.IntRange(0, maxTries).Draw(t, "tries"), Login: rapid.Bool().Draw(t, "page")}
	if rapid.Bool().Draw(t, "window") {
		from := rapid.IntRange(0, 99).Draw(t, "from")
		p.Refresh = policy.Window{From: float64(from) / 100, To: float64(rapid.IntRange(from+1, 100).Draw(t, "to")) / 100}
	}
	if rapid.Bool().Draw(t, "other capture") {
		p.Capture = text().Draw(t, "client")
	}
	return p
}

func drawLogin(t *rapid.T) *Login {
	l := &Login{}
	switch rapid.IntRange(0, 3).Draw(t, "kind") {
	case 0:
		l.Name = text().Draw(t, "login")
		return l
	case 1:
		l.OAuth2 = &OAuth2{TokenURL: "https://id.test/token", ClientID: text().Draw(t, "id"), ClientSecret: "env:S", Scopes: []string{"a", "b"}[:rapid.IntRange(1, 2).Draw(t, "scopes")],
			Params: drawParams(t)}
		l.Set = []Set{{"request.header.x-token", text().Draw(t, "before") + "{}"}}
		return l
	case 2:
		l.Capture = text().Draw(t, "recorded")
	default:
		for range rapid.IntRange(1, 2).Draw(t, "requests") {
			l.Requests = append(l.Requests, drawLoginRequest(t))
		}
	}
	l.Take = rapid.SampledFrom([][]Take{nil, {{"", "response.body/t"}}, {{"a", "response.header.x"}, {"b", "response.set-cookie.sid.value"}}}).Draw(t, "take")
	return l
}

func drawLoginRequest(t *rapid.T) LoginRequest {
	r := LoginRequest{Request: "POST /login?next=/", Header: drawParams(t), Take: []Take{{"csrf", "response.body.csrf"}}}
	switch rapid.IntRange(0, 2).Draw(t, "body") {
	case 0:
		r.Form = append(drawParams(t), Param{"password", "env:P"})
	case 1:
		r.JSON = map[string]any{text().Draw(t, "member"): []any{text().Draw(t, "element"), rapid.Float64Range(-1e15, 1e15).Draw(t, "number"), rapid.Bool().Draw(t, "bool"), nil}}
	}
	return r
}

// drawParams draws fields with names that keep no secret.
func drawParams(t *rapid.T) []Param {
	var params []Param
	for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom(append([]string{"user", "next", "x-app"}, odd...)), 0, 2, rapid.ID[string]).Draw(t, "params") {
		params = append(params, Param{name, text().Draw(t, "value")})
	}
	return params
}

func drawComment(t *rapid.T) string {
	lines := rapid.SliceOfN(rapid.StringMatching(`[!-~]([ -~]{0,20}[!-~])?`), 0, 3).Draw(t, "comment")
	return strings.Join(lines, "\n")
}

func drawScenario(t *rapid.T, users []string) Scenario {
	c := rapid.SampledFrom(scenarios.Catalogue()).Draw(t, "cause")
	s := Scenario{Cause: c.ID, Comment: drawComment(t)}
	if rapid.Bool().Draw(t, "named") {
		s.Name = text().Draw(t, "name")
	}
	for _, p := range c.Parameters {
		if rapid.Bool().Draw(t, p.Name) {
			s = s.With(p.Name, drawParameter(t, p))
		}
	}
	s.Routes = drawSome(t, "routes", rapid.SampledFrom([]string{"GET /orders", "POST /orders/{}", "DELETE /"}))
	if s.originParameter() != "" {
		s.Matrix.Origins = drawSome(t, "origins", rapid.SampledFrom([]string{"https://a.example", "null"}))
	}
	if len(users) > 0 {
		s.Matrix.Users = drawSome(t, "by", rapid.SampledFrom(users))
	}
	for range rapid.IntRange(0, 2).Draw(t, "answers") {
		s.Expected.Any = append(s.Expected.Any, drawAnswer(t))
	}
	return s
}

func drawSome[T any](t *rapid.T, name string, g *rapid.Generator[T]) []T {
	if list := rapid.SliceOfN(g, 0, 2).Draw(t, name); len(list) > 0 {
		return list
	}
	return nil
}

// drawParameter draws a value that the parameter takes.
func drawParameter(t *rapid.T, p scenarios.Parameter) string {
	switch p.Type {
	case scenarios.TypeChoice:
		return rapid.SampledFrom(p.Choices).Draw(t, "choice").Value
	case scenarios.TypeDuration:
		return rapid.SampledFrom([]string{"1h", "90s", "1h30m"}).Draw(t, "duration")
	case scenarios.TypeNumber:
		return fmt.Sprint(rapid.IntRange(1, p.Max).Draw(t, "number"))
	case scenarios.TypeOrigin:
		return "https://evil.example"
	case scenarios.TypeHost:
		return "api.example.test:8443"
	case scenarios.TypePath:
		return "/portal/"
	case scenarios.TypeRoute:
		return "POST /logout"
	case scenarios.TypeAddress:
		return "2001:db8::1"
	case scenarios.TypeSecret:
		return "env:OLD_TOKEN"
	}
	return text().Draw(t, "text")
}

func drawAnswer(t *rapid.T) expect.Answer {
	a := expect.That(expect.Status(401))
	if rapid.Bool().Draw(t, "spans") {
		a.Status = []expect.Span{{From: 400, To: 499}, {From: 200, To: 204}}
	}
	a.Challenges = drawSome(t, "challenges", rapid.Custom(func(t *rapid.T) expect.Auth {
		return expect.Auth{Scheme: "Bearer", Params: drawFields(t, word())}
	}))
	a.Headers = drawFields(t, word())
	for _, name := range rapid.SliceOfNDistinct(text(), 0, 2, rapid.ID[string]).Draw(t, "cookies") {
		a.Cookies = append(a.Cookies, expect.SetCookie{Name: name, State: rapid.SampledFrom(expect.CookieStates()).Draw(t, "state"),
			Attributes: drawFields(t, rapid.SampledFrom(cookieAttributes()))})
	}
	for _, f := range drawFields(t, rapid.SampledFrom([]string{"", "/a/0", "/a~1b", "/error code"})) {
		a.JSON = append(a.JSON, expect.Member{Pointer: f.Name, Want: f.Want})
	}
	a.Body = drawSome(t, "body", rapid.Custom(drawValue))
	a.Login = rapid.SampledFrom(append(expect.LoginForms(), "")).Draw(t, "login")
	a.Voice = rapid.SampledFrom(append(expect.Voices(), "")).Draw(t, "voice")
	a.CORS = rapid.SampledFrom(append(expect.CORSVerdicts(), "")).Draw(t, "cors")
	a.Disguised, a.Unanswered, a.Recorded = rapid.Bool().Draw(t, "disguised"), rapid.Bool().Draw(t, "unanswered"), rapid.Bool().Draw(t, "recorded")
	a.Within = rapid.SampledFrom([]time.Duration{0, 500 * time.Millisecond, 2 * time.Hour}).Draw(t, "within")
	return a
}

// drawFields draws values under distinct names, some with two.
func drawFields(t *rapid.T, names *rapid.Generator[string]) []expect.Field {
	var fields []expect.Field
	for _, name := range rapid.SliceOfNDistinct(names, 0, 2, strings.ToLower).Draw(t, "names") {
		for range rapid.IntRange(1, 2).Draw(t, "values") {
			fields = append(fields, expect.Field{Name: name, Want: drawValue(t)})
		}
	}
	return fields
}

func drawValue(t *rapid.T) expect.Value {
	switch op := rapid.SampledFrom(expect.Ops()).Draw(t, "op"); op {
	case expect.OpPresent, expect.OpAbsent:
		return expect.Value{Op: op}
	case expect.OpMatches:
		return expect.Matches(`^[a-z]+(?:\.|$)`)
	default:
		return expect.Value{Op: op, Text: text().Draw(t, "value")}
	}
}
