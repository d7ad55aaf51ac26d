package suite

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/browser"
	"github.com/replaydiff/replay/scenarios/expect"
)

// answer makes an exchange: the answer's status, its body and its lines.
func answer(status int, body string, lines ...string) *traffic.Exchange {
	x := &traffic.Exchange{Request: traffic.Request{Method: "GET", URL: "https://api.shop.test/orders", Header: traffic.Header{{Name: "Authorization", Value: "Bearer t0k3n"}}}}
	x.Response = &traffic.Response{Status: status}
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ": ")
		x.Response.Header = append(x.Response.Header, traffic.HeaderField{Name: name, Value: value})
	}
	if body != "" {
		x.Response.Body = traffic.NewBody(x.Response.Header.Get("content-type"), []byte(body))
	}
	return x
}

const (
	jsonType = "Content-Type: application/json"
	htmlType = "Content-Type: text/html"
	form     = `<form action="/login"><input type="password" name="p"></form>`
)

func worked() *traffic.Exchange { return answer(200, `{"items":[1,2]}`, jsonType) }

// TestVerdicts: what is accepted is told apart from what fails otherwise.
func TestVerdicts(t *testing.T) {
	for _, row := range []struct {
		reason   string
		scenario Scenario
		live     *traffic.Exchange
		want     Verdict
	}{
		{"a 401", ExpiredToken(hour), answer(401, ""), Holds},
		{"a 403 with words", ExpiredToken(hour), answer(403, `{"error":"token_expired"}`, jsonType), Holds},
		{"the answer of the working request", ExpiredToken(hour), worked(), Accepted},
		{"other data, as to anybody who may", ExpiredToken(hour), answer(200, `{"items":[3]}`, jsonType), Accepted},
		{"errors of GraphQL under a 200", ExpiredToken(hour), answer(200, `{"errors":[{"extensions":{"code":"UNAUTHENTICATED"}}]}`, jsonType), Holds},
		{"gRPC says unauthenticated", ExpiredToken(hour), answer(200, "", "Content-Type: application/grpc", "Grpc-Status: 16"), Holds},
		{"a login page under a 200", SessionCookieMissing(), answer(200, form, htmlType), Holds},
		{"a redirect to the login", SessionCookieMissing(), answer(302, "", "Location: /login?next=%2Forders"), Holds},
		{"a redirect elsewhere", SessionCookieMissing(), answer(302, "", "Location: /news"), Broken},
		{"another page under a 200 is no access", SessionCookieMissing(), answer(200, "<h1>Welcome, guest</h1>", htmlType), Broken},
		{"Laravel's 419", CSRFTokenMissing(), answer(419, ""), Holds},
		{"Rails' 422", CSRFTokenMismatch(), answer(422, ""), Holds},
		{"the server broke", ExpiredToken(hour), answer(500, ""), Broken},
		{"nothing came", ExpiredToken(hour), &traffic.Exchange{Response: &traffic.Response{Error: "net::ERR_CONNECTION_RESET"}}, Broken},
		{"nothing came, as expected", NetworkError(), &traffic.Exchange{Response: &traffic.Response{Error: "net::ERR_CONNECTION_RESET"}}, Holds},
		{"a parser that does without the word Bearer", MissingBearerPrefix(), worked(), NotReproduced},
		{"a server that verifies tokens alone", RevokedToken(), worked(), NotReproduced},
		{"a server that was to mind", RevokedToken().Expect(expect.Status(401)), worked(), Broken},
		{"it is expected that it works", MissingBearerPrefix().Expect(expect.Status(200)), worked(), Holds},
		{"another status than the one that is wanted", ExpiredToken(hour).Expect(expect.Status(401)), answer(403, ""), Broken},
		{"accepted, whatever status is wanted", ExpiredToken(hour).Expect(expect.Status(401)), worked(), Accepted},
		{"it works, but not as expected", ExpiredToken(hour).Expect(expect.Status(200), expect.Header("x-a", expect.Present())), worked(), Broken},
		{"the control", NoDifference(), worked(), Holds},
		{"the control fails", NoDifference(), answer(401, ""), Broken},
		{"signed with another key than the target's", ExpiredToken(hour), answer(401, `{"error":"invalid signature"}`, jsonType), Broken},
		{"a token that was given does not depend on the key", ExpiredToken(hour).With("token", "env:OLD"), answer(401, `{"error":"invalid signature"}`, jsonType), Holds},
	} {
		if r := row.scenario.Check(worked(), Got{Exchange: row.live}); r.Verdict != row.want {
			t.Errorf("%s: %s, want %s: %v", row.reason, r.Verdict, row.want, r.Mismatch)
		} else if (r.Verdict == Holds) != (len(r.Mismatch) == 0) {
			t.Errorf("%s: %s with %d mismatches", row.reason, r.Verdict, len(r.Mismatch))
		}
	}
}

// TestSentences: what was expected and what came, without captured values.
func TestSentences(t *testing.T) {
	for _, row := range []struct {
		reason string
		want   expect.Answer
		live   *traffic.Exchange
		text   string
	}{
		{"a status", expect.That(expect.Status(401, 403)), answer(500, ""), "response.status: expected 401 or 403, came 500"},
		{"a class of status", expect.That(expect.StatusBetween(400, 499)), worked(), "response.status: expected 4xx, came 200"},
		{"no challenge", expect.That(expect.Challenge("Bearer")), answer(401, ""), "response.header.www-authenticate: expected a challenge of Bearer, came none"},
		{"another challenge", expect.That(expect.Challenge("Bearer")), answer(401, "", `WWW-Authenticate: Basic realm="r"`), "response.header.www-authenticate: expected a challenge of Bearer, came a challenge of Basic"},
		{"another error in it", expect.That(expect.Challenge("Bearer", expect.Param("error", expect.Is("invalid_token")))), answer(401, "", `WWW-Authenticate: Bearer error="s3cr3t"`),
			`response.header.www-authenticate.error: expected "invalid_token", came another value`},
		{"a header that is missing", expect.That(expect.Header("Retry-After", expect.Present())), answer(429, ""), "response.header.retry-after: expected any value, came none"},
		{"a header that should not be", expect.That(expect.Header("X-Debug", expect.Absent())), answer(401, "", "X-Debug: s3cr3t"), "response.header.x-debug: expected none, came another value"},
		{"a cookie that stays", expect.That(expect.Cookie("sid", expect.Deleted)), answer(401, ""), "response.set-cookie.sid: expected deleted, came untouched"},
		{"a cookie that is deleted", expect.That(expect.Cookie("sid", expect.Set)), answer(401, "", "Set-Cookie: sid=; Max-Age=0"), "response.set-cookie.sid: expected set, came deleted"},
		{"a cookie without Secure", expect.That(expect.Cookie("sid", expect.Set, expect.Param("secure", expect.Present()))), answer(200, "", "Set-Cookie: sid=x"),
			"response.set-cookie.sid.secure: expected any value, came none"},
		{"a member of another value", expect.That(expect.JSON("/error/code", expect.Is("token_expired"))), answer(401, `{"error":{"code":"s3cr3t"}}`, jsonType),
			`response.body/error/code: expected "token_expired", came another value`},
		{"a member that is not there", expect.That(expect.JSON("/error/0/code", expect.Present())), answer(401, `{"error":{}}`, jsonType), "response.body/error/0/code: expected any value, came none"},
		{"no JSON", expect.That(expect.JSON("/error", expect.Present())), answer(401, "<p>", htmlType), "response.body/error: expected any value, came a body that is no JSON"},
		{"a body without the words", expect.That(expect.Body(expect.Matches("(?i)expired"))), answer(401, "s3cr3t"), `response.body: expected one that matches "(?i)expired", came another value`},
		{"no login", expect.That(expect.Login(expect.LoginRedirect)), answer(403, ""), "response: expected a redirect to the login, came status 403"},
		{"another voice", expect.That(expect.Speaks(expect.Missing)), answer(401, `{"message":"invalid token"}`, jsonType), "response: expected a refusal as if no credential had come, came one as if it was refused"},
		{"no answer", expect.That(expect.Status(401)), &traffic.Exchange{Response: &traffic.Response{Error: "net::ERR_EMPTY_RESPONSE"}}, "response: expected status 401, came none (net::ERR_EMPTY_RESPONSE)"},
		{"an answer", expect.That(expect.Unanswered()), answer(401, ""), "response: expected none, came status 401"},
		{"too late", expect.That(expect.Within(time.Second)), slow(), "response: expected an answer within 1s, came one after 2.5s"},
		{"no browser", expect.That(expect.Browser(expect.CORSBlocked)), worked(), "browser: expected an answer that the browser keeps from the page, came nothing: no browser was asked"},
		{"another outcome than recorded", expect.That(expect.SameAsRecorded()), answer(403, ""), "response.status: expected the recorded 200, came 403"},
		{"another body than recorded", expect.That(expect.SameAsRecorded()), answer(200, `{"items":[1,3]}`, jsonType), "response.body/items/1: expected as recorded, came another value"},
	} {
		r := Check(expect.AnyOf(row.want), worked(), Got{Exchange: row.live})
		if len(r.Mismatch) != 1 || r.Mismatch[0].Sentence(nil) != row.text {
			t.Errorf("%s: %v\nwant %s", row.reason, sentences(r), row.text)
		}
	}
}

func slow() *traffic.Exchange {
	x := answer(401, "")
	x.Recorded.Millis = 2500
	return x
}

func sentences(r Result) []string {
	var all []string
	for _, m := range r.Mismatch {
		all = append(all, m.Sentence(nil))
	}
	return all
}

// TestValuesAreMasked: a value is shown by the caller's mask alone.
func TestValuesAreMasked(t *testing.T) {
	r := Check(expect.AnyOf(expect.That(expect.Header("x-a", expect.Is("b")))), worked(), Got{Exchange: answer(401, "", "X-A: s3cr3t")})
	got := r.Mismatch[0].Sentence(func(s string) string { return strings.Repeat("•", len(s)) })
	if want := `response.header.x-a: expected "b", came "••••••"`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// TestVariants: where none of several will do, all of them are told.
func TestVariants(t *testing.T) {
	r := SessionCookieMissing().Check(worked(), Got{Exchange: answer(500, "")})
	want := []string{"response: expected status 401, 403, 404, 419, 440, 400 or 422, a way to the login or a refusal under a good status, came status 500"}
	if d := cmp.Diff(want, sentences(r)); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	near := Check(expect.AnyOf(
		expect.That(expect.Status(401), expect.Challenge("Bearer"), expect.Header("x-a", expect.Present())),
		expect.That(expect.Status(403), expect.Header("x-a", expect.Present()), expect.Header("x-b", expect.Present()))), worked(), Got{Exchange: answer(403, "")})
	if len(near.Mismatch) != 2 || near.Mismatch[0].Place != "response.header.x-a" {
		t.Errorf("the variant that comes closest: %v", sentences(near))
	}
}

// TestBrowserDecides: where a browser was asked, what it lets the page do is
// what counts.
func TestBrowserDecides(t *testing.T) {
	for _, row := range []struct {
		reason   string
		scenario Scenario
		allowed  bool
		want     Verdict
	}{
		{"kept from a foreign page", CORSCredentials("https://evil.example"), false, Holds},
		{"any page may read", CORSCredentials("https://evil.example"), true, Accepted},
		{"the own page may read", CORSPreflight("https://app.test").Expect(expect.Browser(expect.CORSAllowed)), true, Holds},
		{"the own page may not", CORSPreflight("https://app.test").Expect(expect.Browser(expect.CORSAllowed)), false, Broken},
	} {
		verdict := &browser.CORSVerdict{Allowed: row.allowed, Rule: browser.RuleOriginMissing}
		if r := row.scenario.Check(worked(), Got{Exchange: worked(), CORS: verdict}); r.Verdict != row.want {
			t.Errorf("%s: %s, want %s: %v", row.reason, r.Verdict, row.want, sentences(r))
		}
	}
}
