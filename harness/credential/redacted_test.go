package credential_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/credential"
)

// talk is a capture of requests and answers: "200", or "200 Set-Cookie: a=b".
func talk(pairs ...any) *traffic.Capture {
	c := &traffic.Capture{File: "ok.har", Format: traffic.HAR}
	for i := 0; i < len(pairs); i += 2 {
		x := &traffic.Exchange{Index: i / 2, Request: *pairs[i].(*traffic.Request), Response: &traffic.Response{}}
		status, line, _ := strings.Cut(pairs[i+1].(string), " ")
		_, _ = fmt.Sscan(status, &x.Response.Status)
		if name, value, ok := strings.Cut(line, ": "); ok {
			x.Response.Header = traffic.Header{{Name: name, Value: value}}
		} else if line != "" {
			x.Response.Body = traffic.NewBody("application/json", []byte(line))
		}
		c.Exchanges = append(c.Exchanges, x)
	}
	return c
}

func posted(mediaType, body string) *traffic.Request {
	r := request("https://a.test/login")
	r.Method, r.Body = "POST", traffic.NewBody(mediaType, []byte(body))
	return r
}

func TestRedacted(t *testing.T) {
	const url = "https://a.test/x"
	const form, doc = "application/x-www-form-urlencoded", "application/json"
	for _, row := range []struct {
		capture *traffic.Capture
		want    string // of the first, "": none
		reason  string
	}{
		{talk(request(url, "Authorization: Bearer ‹jwt 1›"), "200"), "request.header.authorization a placeholder of this program", "our own redaction"},
		{talk(request(url, "Authorization: ‹token 1, first 8 bytes›"), "200"), "request.header.authorization a placeholder of this program", "with a note"},
		{talk(request(url, "Authorization: Bearer masked-token-482913377"), "200"), "request.header.authorization a placeholder of this program", "as a file has it"},
		{talk(request(url, "Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJhIjoxfQ.masked-signature-17"), "200"), "request.header.authorization a placeholder of this program", "a token whose claims were kept"},
		{talk(request(url, "Authorization: Basic bWFza2VkLXVzZXItMTptYXNrZWQtcGFzc3dvcmQtMQ=="), "200"), "request.header.authorization a placeholder of this program", "inside Base64"},
		{talk(request("https://a.test/login"), `200 {"token":"masked-token-482913377"}`, request(url, "Authorization: Bearer masked-token-482913377"), "200"), "", "handed out by the capture itself"},
		{talk(request(url, "Authorization: [REDACTED]"), "200"), "request.header.authorization a word for what was taken out", "the usual"},
		{talk(request(url, "Authorization: Bearer <redacted>"), "200"), "request.header.authorization a word for what was taken out", "behind a scheme"},
		{talk(request(url, "Authorization: Basic [Filtered by privacy]"), "401"), "request.header.authorization a word for what was taken out", "refused, and unknown all the same"},
		{talk(request(url, "Authorization: Bearer ***"), "200"), "request.header.authorization stars", "stars"},
		{talk(request(url, "Authorization: Bearer abcd********wxyz"), "200"), "request.header.authorization stars", "stars inside"},
		{talk(request(url, "Authorization: xxxx"), "200"), "request.header.authorization stars", "letters"},
		{talk(request(url, "Authorization: Bearer eyJhbGciOi…"), "200"), "request.header.authorization a value that was cut short", "an ellipsis"},
		{talk(request(url, "Authorization: Bearer eyJhbGciOi..."), "200"), "request.header.authorization a value that was cut short", "of dots"},
		{talk(request(url, "Authorization: Bearer …"), "200"), "request.header.authorization a value that was cut short", "nothing else"},
		{talk(request(url, "Authorization: Bearer {{token}}"), "200"), "request.header.authorization a variable", "a template"},
		{talk(request(url, "Authorization: Bearer $TOKEN"), "200"), "request.header.authorization a variable", "of a shell"},
		{talk(request(url, "Authorization: "), "200"), "request.header.authorization nothing", "emptied"},
		{talk(request(url, "Authorization: Bearer"), "200"), "request.header.authorization nothing", "but for the scheme"},
		{talk(request(url, "X-Api-Key: REDACTED"), "200"), "request.header.x-api-key a word for what was taken out", "a key"},
		{talk(request(url, "Cookie: sid=[REDACTED]; a=b"), "200"), "request.cookie.sid a word for what was taken out", "a cookie"},
		{talk(request(url, "Cookie: ********"), "200"), "request.header.cookie stars", "all cookies"},
		{talk(request(url+"?api_key=XXXXXXXX"), "200"), "request.query.api_key stars", "a parameter"},
		{talk(request(url+"?access_token=%7B%7Btoken%7D%7D"), "200"), "request.query.access_token a variable", "encoded"},
		{talk(posted(form, "user=a&password=%5BREDACTED%5D"), "302"), "request.body.password a word for what was taken out", "a login"},
		{talk(posted(doc, `{"user":{"name":"a","password":"‹password 1›"}}`), "200"), "request.body/user/password a placeholder of this program", "in JSON"},
		{talk(posted(form, "grant_type=refresh_token&refresh_token=***"), "200"), "request.body.refresh_token stars", "a grant"},

		{talk(request(url, "Authorization: Bearer tok4711tok4711"), "200"), "", "an ordinary one"},
		{talk(request(url, "Authorization: Bearer"), "401"), "", "a client's bug, recorded as such"},
		{talk(request(url, "Authorization: Bearer ${token}"), "401"), "", "a template that nobody filled in, and the server said so"},
		{talk(request(url, "Authorization: Bearer undefined"), "200"), "", "a bug of a script on a public page"},
		{talk(request(url, "Authorization: Negotiate"), "200"), "", "bound to a connection"},
		{talk(request("https://a.test/login"), "200 Set-Cookie: sid=[REDACTED]; Path=/", request(url, "Cookie: sid=[REDACTED]"), "200"), "", "an answer sets the cookie: the live one does, too"},
		{talk(posted(form, "user=a&password=b"), `200 {"access_token":"‹token 1›"}`, request(url, "Authorization: Bearer ‹token 1›"), "200"), "", "an answer hands the token out"},
		{talk(request(url, "Cookie: banner=hidden_data_x1; theme=%7B%7D; opt=*; ab=xx"), "200"), "", "words and punctuation of every day"},
		{talk(request(url+"?q=[REDACTED]&sort=***"), "200"), "", "no credential stood there"},
		{talk(request(url, "X-Request-Id: xxxxxxxx", "Accept: ***"), "200"), "", "nor there"},
		{talk(posted(doc, `{"comment":"the password is ***","text":"[REDACTED]"}`), "200"), "", "nor there"},
		{talk(posted(form, "password="), "200"), "", "an empty field of a form is an ordinary one"},
	} {
		got := ""
		r := credential.Redacted(row.capture)
		if len(r.List) > 0 {
			got = r.List[0].Path + " " + string(r.List[0].Mark)
		}
		if got != row.want || r.Stripped != "" {
			t.Errorf("%s: got %q, want %q %s", row.reason, got, row.want, r.Stripped)
		}
		if r.None() != (row.want == "") || (r.Refusal(row.capture) == nil) != r.None() {
			t.Errorf("%s: None is %t, %v", row.reason, r.None(), r.Refusal(row.capture))
		}
	}
}

func TestRedactedSays(t *testing.T) {
	const url = "https://a.test/orders"
	for _, row := range []struct {
		capture *traffic.Capture
		want    string
	}{
		{
			talk(request(url), "200", request(url, "Authorization: Bearer ‹jwt 1›", "Cookie: sid=‹session 1›"), "200", request(url, "Authorization: Bearer ‹jwt 1›"), "200"),
			"ok.har: entry 1 (GET /orders): request.header.authorization holds a placeholder of this program where a credential was, and so in 2 of 3 entries; give --auth 'Bearer env:TOKEN', --auth-from COMMAND or --login NAME",
		},
		{
			talk(request(url, "Cookie: sid=***"), "200"),
			"ok.har: entry 0 (GET /orders): request.cookie.sid holds stars where a credential was; give --login NAME, or --auth 'cookie:sid=env:COOKIE'",
		},
		{
			talk(request(url, "X-Api-Key: [REDACTED]"), "200"),
			"ok.har: entry 0 (GET /orders): request.header.x-api-key holds a word for what was taken out where a credential was; give --auth 'x-api-key: env:KEY'",
		},
		{
			talk(request(url+"?api_key=***"), "200"),
			"ok.har: entry 0 (GET /orders): request.query.api_key holds stars where a credential was; give --auth 'query:api_key=env:KEY'",
		},
		{
			talk(posted("application/x-www-form-urlencoded", "password=***"), "200"),
			"ok.har: entry 0 (POST /login): request.body.password holds stars where a credential was; give --login NAME: a login of .replay.yaml whose password is in a variable",
		},
	} {
		if err := credential.Redacted(row.capture).Refusal(row.capture); err == nil || err.Error() != row.want {
			t.Errorf("got  %v\nwant %s", err, row.want)
		}
	}
}

// chrome makes a capture one of Chrome's panel, which leaves credentials out by
// default from version 130 on.
func chrome(pairs ...any) *traffic.Capture {
	for len(pairs) < 12 {
		pairs = append(pairs, request("https://a.test/assets/style.css"), "200")
	}
	c := talk(pairs...)
	c.Creator = traffic.Product{Name: "WebInspector", Version: "537.36"}
	for _, x := range c.Exchanges {
		x.Request.Header = append(x.Request.Header, traffic.HeaderField{Name: "User-Agent", Value: "Mozilla/5.0 Chrome/141.0.0.0 Safari/537.36"})
	}
	return c
}

func TestStripped(t *testing.T) {
	const url = "https://a.test/api/orders"
	asks := request(url, "Access-Control-Request-Method: GET", "Access-Control-Request-Headers: authorization,x-a")
	asks.Method = "OPTIONS"
	for _, row := range []struct {
		capture *traffic.Capture
		want    string
		doubt   bool
		reason  string
	}{
		{chrome(request(url), "200", asks, "204"), "its preflight asks for Authorization, which is not there", false, "Chrome lists the preflight behind"},
		{talk(asks, "204", request(url), "200"), "its preflight asks for Authorization, which is not there", false, "whoever recorded it"},
		{talk(asks, "204", request(url, "Authorization: Bearer tok4711tok4711"), "200"), "", false, "asked and sent"},
		{talk(asks, "204", request(url), "401"), "", false, "a client that forgot it"},
		{chrome(request(url), "401"), "it was answered 401", false, "who asks matters here"},
		{chrome(request(url, "X-CSRF-Token: 8d5a1b2c3d4e"), "200"), "it was sent with a CSRF token, which belongs to a session", false, "a session"},
		{chrome(request("https://a.test/api/me"), `200 {"name":"Ada"}`), "its answer tells who is logged in", false, "someone is"},
		{chrome(request(url), "200 Vary: Accept, Authorization"), "its answer depends on Authorization", false, "the answer says so"},
		{chrome(posted("application/json", `{"user":"a","password":"b"}`), `200 {"access_token":"tok4711tok4711"}`, request(url), "200"), "its answer hands out a token, which no request carries", false, "the login comes again, Authorization does not"},
		{chrome(posted("application/x-www-form-urlencoded", "user=a&password=b"), "302 Location: /", request("https://a.test/api/me"), `200 {"name":"Ada"}`), "", true, "the live login sets the session's cookie again"},
		{chrome(request(url), `200 {"data":[]}`), "", true, "a public page, or one that was stripped"},
		{chrome(request(url, "Cookie: sid=886095f5bb6f6136"), "401"), "", false, "nothing was left out"},
		{talk(request(url), "401"), "", false, "an honest 401"},
	} {
		r := credential.Redacted(row.capture)
		if r.Stripped != row.want || len(r.List) != 0 || (r.Doubt != "") != row.doubt {
			t.Errorf("%s: got %q, doubt %q, want %q", row.reason, r.Stripped, r.Doubt, row.want)
		}
	}
	c := chrome(request("https://a.test/"), "200", request(url), "401")
	want := "ok.har: entry 1 (GET /api/orders): the credentials of this capture were taken out on export (it was answered 401); " +
		"export again with sensitive data (\"Export HAR (with sensitive data)…\" in Chrome), or give --auth 'Bearer env:TOKEN' or --login NAME"
	if err := credential.Redacted(c).Refusal(c); err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}

// Captures as they come are not refused. The few that are hold variables of
// load tests in place of tokens.
func TestRedactedIsSilentOnOrdinaryCaptures(t *testing.T) {
	root := "../../../shared"
	if _, err := os.Stat(root); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("the shared captures are missing")
		}
		t.Skip("the shared captures are not here")
	}
	var files []string
	for _, pattern := range []string{"corpus/*/*/*", "pairs/*/ok.*"} {
		found, _ := filepath.Glob(filepath.Join(root, pattern))
		files = append(files, found...)
	}
	read := 0
	for _, file := range files {
		c, err := traffic.Open(file, traffic.Options{Partial: true})
		if err != nil {
			continue
		}
		read++
		r := credential.Redacted(c)
		variables := !slices.ContainsFunc(r.List, func(one credential.Redaction) bool { return one.Mark != credential.Variable })
		if r.Stripped != "" || !variables {
			t.Error(r.Refusal(c))
		}
		_ = c.Close()
	}
	if read < 100 {
		t.Errorf("only %d captures were read", read)
	}
}
