package credential_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/credential"
)

// An issuer is a token endpoint that answers with what its func says.
type issuer struct {
	*httptest.Server
	asked []string // each request: how the client said who it is, and the form
}

func newIssuer(t *testing.T, answer func(r *http.Request, w http.ResponseWriter)) *issuer {
	i := &issuer{}
	i.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		by := "params"
		if user, password, ok := r.BasicAuth(); ok {
			by = "header " + user + ":" + password
		}
		i.asked = append(i.asked, by+" "+r.PostForm.Encode())
		w.Header().Set("Content-Type", "application/json")
		answer(r, w)
	}))
	t.Cleanup(i.Close)
	return i
}

func (i *issuer) login(o credential.OAuth2) *credential.OAuth2 {
	o.Name, o.TokenURL, o.Transport, o.Now = "api", i.URL+"/token", i.Client().Transport, atNoon
	o.Getenv = func(name string) string {
		return map[string]string{"SECRET": "s3cret-s3cret", "REFRESH": "refresh-1"}[name]
	}
	if o.ClientID == "" {
		o.ClientID = "replay"
	}
	return &o
}

func secret(t *testing.T, text string) credential.Secret {
	t.Helper()
	s, err := credential.ParseSecret(text, "")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func says(text string) func(*http.Request, http.ResponseWriter) {
	return func(_ *http.Request, w http.ResponseWriter) { fmt.Fprint(w, text) }
}

func TestClientCredentials(t *testing.T) {
	i := newIssuer(t, says(`{"access_token":"tok-4711","token_type":"bearer","expires_in":3600}`))
	o := i.login(credential.OAuth2{ClientSecret: secret(t, "env:SECRET"), Scopes: []string{"a", "b"}, Params: map[string]string{"audience": "orders"}})
	for range 2 {
		got, err := o.Fetch(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		want := field("Authorization", "Bearer tok-4711")
		want.Issued, want.Expires = noon, noon.Add(time.Hour)
		if d := cmp.Diff(want, got, visible); d != "" {
			t.Error(d)
		}
	}
	const one = "header replay:s3cret-s3cret audience=orders&grant_type=client_credentials&scope=a+b"
	if d := cmp.Diff([]string{one, one}, i.asked); d != "" {
		t.Error(d)
	}
}

func TestClientCredentialsInTheBody(t *testing.T) {
	i := newIssuer(t, func(r *http.Request, w http.ResponseWriter) {
		if _, _, ok := r.BasicAuth(); ok {
			w.WriteHeader(401)
			fmt.Fprint(w, `{"error":"invalid_client"}`)
			return
		}
		fmt.Fprint(w, `{"access_token":"tok-4711","token_type":"Bearer"}`)
	})
	o := i.login(credential.OAuth2{ClientSecret: secret(t, "env:SECRET")})
	for range 3 {
		if _, err := o.Fetch(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	if len(i.asked) != 4 {
		t.Errorf("asked %d times: the style that works is kept\n%s", len(i.asked), strings.Join(i.asked, "\n"))
	}
	before := len(i.asked)
	if _, err := i.login(credential.OAuth2{ClientSecret: secret(t, "env:SECRET"), Style: credential.ParamsStyle}).Fetch(context.Background()); err != nil || len(i.asked) != before+1 {
		t.Errorf("a style that is named is the only one: %v", err)
	}
}

// A refresh token that was rotated replaces the first (RFC 6749 section 6).
func TestRefreshGrant(t *testing.T) {
	n := 1
	i := newIssuer(t, func(r *http.Request, w http.ResponseWriter) {
		if r.PostForm.Get("refresh_token") != fmt.Sprint("refresh-", n) {
			w.WriteHeader(400)
			fmt.Fprint(w, `{"error":"invalid_grant"}`)
			return
		}
		n++
		fmt.Fprintf(w, `{"access_token":"tok-%d","token_type":"Bearer","refresh_token":"refresh-%d"}`, n, n)
	})
	o := i.login(credential.OAuth2{RefreshToken: secret(t, "env:REFRESH")})
	if o.Rotated() {
		t.Error("nothing was rotated yet")
	}
	for want := 2; want < 5; want++ {
		got, err := o.Fetch(context.Background())
		if err != nil || got.Fields[0].Value != fmt.Sprint("Bearer tok-", want) {
			t.Fatal(got.Fields, err)
		}
	}
	if !o.Rotated() {
		t.Error("the first one is spent")
	}
	if d := cmp.Diff("params client_id=replay&grant_type=refresh_token&refresh_token=refresh-1", i.asked[0]); d != "" {
		t.Error(d)
	}
}

func TestOAuth2Set(t *testing.T) {
	i := newIssuer(t, says(`{"access_token":"tok-4711","token_type":"Bearer"}`))
	o := i.login(credential.OAuth2{ClientSecret: secret(t, "env:SECRET"), Set: []credential.Set{{Path: "request.header.x-token", Template: "{}"}}})
	got, err := o.Fetch(context.Background())
	if d := cmp.Diff(field("x-token", "tok-4711"), got, visible, cmpopts.IgnoreFields(credential.Credential{}, "Issued")); d != "" || err != nil {
		t.Error(err, d)
	}
}

func TestOAuth2Errors(t *testing.T) {
	status := func(code int, text string) func(*http.Request, http.ResponseWriter) {
		return func(_ *http.Request, w http.ResponseWriter) {
			w.WriteHeader(code)
			fmt.Fprint(w, text)
		}
	}
	const leak = "leak0123456789abcdefLEAK"
	for _, row := range []struct {
		answer    func(*http.Request, http.ResponseWriter)
		want      string
		asked     int
		permanent bool
		reason    string
	}{
		{status(401, `{"error":"invalid_client","error_description":"no such client"}`), "login api: the token endpoint answered 401 invalid_client: no such client; check client-id and client-secret; trying again won't help", 2, true, "both styles were tried"},
		{status(400, `{"error":"invalid_scope"}`), "login api: the token endpoint answered 400 invalid_scope; check scopes; trying again won't help", 1, true, "the client was known: no second try"},
		{status(400, `{"error":"`+leak+`","error_description":"Bearer `+leak+`"}`), "login api: the token endpoint answered 400: Bearer ‹token 1›", 1, false, "its words pass the mask"},
		{status(503, leak), "login api: the token endpoint answered 503", 1, false, "down"},
		{status(200, "<html>"+leak), "login api: the token endpoint's answer is neither JSON nor a form: is token-url the token endpoint?", 1, false, "a page"},
		{status(200, `{"token":"`+leak+`"}`), "login api: the token endpoint's answer has no access_token", 1, false, "another member"},
		{status(200, `{"access_token":"`+leak+`","token_type":"DPoP"}`), "login api: the token is of the type dpop, which takes a proof for each request: ask for a Bearer token", 1, false, "bound"},
		{func(_ *http.Request, w http.ResponseWriter) {
			w.Header().Set("Location", "http://other.test/?"+leak)
			w.WriteHeader(307)
		}, "login api: the token endpoint redirects (307), which is not followed with a secret: give its real address as token-url; trying again won't help", 1, true, "never with the secret to another host"},
	} {
		i := newIssuer(t, row.answer)
		_, err := i.login(credential.OAuth2{ClientSecret: secret(t, "env:SECRET")}).Fetch(context.Background())
		if err == nil || err.Error() != row.want || len(i.asked) != row.asked || errors.Is(err, credential.ErrPermanent) != row.permanent {
			t.Errorf("%s: asked %d times\n got %v\nwant %s", row.reason, len(i.asked), err, row.want)
		}
	}
}

type refusing struct{}

func (refusing) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, errors.New("id.example.test:443 may not be dialled")
}

func TestOAuth2Unreachable(t *testing.T) {
	o := &credential.OAuth2{Name: "api", TokenURL: "https://id.example.test/token?tenant=x", ClientID: "a", ClientSecret: secret(t, "literal"), Transport: refusing{}}
	_, err := o.Fetch(context.Background())
	if want := "login api: the token endpoint was not reached: id.example.test:443 may not be dialled"; err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
	o.Transport = nil
	if _, err := o.Fetch(context.Background()); err == nil {
		t.Error("without a transport nothing may be dialled")
	}
	o = &credential.OAuth2{Name: "api", Transport: refusing{}, ClientSecret: secret(t, "env:NOPE"), RefreshToken: secret(t, "env:NADA"), Getenv: func(string) string { return "" }}
	_, err = o.Fetch(context.Background())
	if want := "login api: the variables NOPE and NADA are not set, or empty: export them; trying again won't help"; err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}

func TestHost(t *testing.T) {
	for _, row := range [][2]string{
		{"https://id.example.com/token", "id.example.com:443"}, {"http://127.0.0.1:8080/t", "127.0.0.1:8080"},
		{"http://id.test", "id.test:80"}, {"https://[::1]/t", "[::1]:443"}, {"://", ""},
	} {
		if got := (&credential.OAuth2{TokenURL: row[0]}).Host(); got != row[1] {
			t.Errorf("%s: %s", row[0], got)
		}
	}
}

// A sender keeps what was sent and answers as its func says.
type sender struct {
	sent   []string
	answer func(r *traffic.Request) *traffic.Exchange
}

func (s *sender) Session() credential.Session { return s }

func (s *sender) Send(_ context.Context, r *traffic.Request) ([]*traffic.Exchange, error) {
	body, _ := r.Body.Bytes(0)
	s.sent = append(s.sent, r.Method+" "+r.URL+" "+string(body))
	return []*traffic.Exchange{s.answer(r)}, nil
}

func (s *sender) Replay(_ context.Context, login *traffic.Capture) (*traffic.Capture, error) {
	live := &traffic.Capture{}
	for _, x := range login.Exchanges {
		s.sent = append(s.sent, x.Request.Method+" "+x.Request.URL)
		live.Exchanges = append(live.Exchanges, s.answer(&x.Request))
	}
	return live, nil
}

func answered(r *traffic.Request, status int, mediaType, body string, header ...string) *traffic.Exchange {
	x := &traffic.Exchange{Request: *r, Response: &traffic.Response{Status: status, Body: traffic.NewBody(mediaType, []byte(body))}}
	for _, line := range header {
		name, value, _ := strings.Cut(line, ": ")
		x.Response.Header = append(x.Response.Header, traffic.HeaderField{Name: name, Value: value})
	}
	return x
}

func TestLoginOfRequests(t *testing.T) {
	s := &sender{answer: func(r *traffic.Request) *traffic.Exchange {
		if r.Method == "GET" {
			return answered(r, 200, "text/html", `<form><input type=hidden name="csrf" value="a&amp;b c"></form>`)
		}
		return answered(r, 200, "application/json", `{"data":[{"token":"tok-4711","expires_in":60}]}`, "Set-Cookie: sid=1; Path=/", "Date: Mon, 23 Nov 2026 12:00:00 GMT")
	}}
	l := &credential.Login{
		Name: "shop", Sender: s, Now: atNoon, Getenv: func(string) string { return "p{csrf}w&" },
		Steps: []credential.Step{
			{Method: "GET", Target: "/login", Take: []credential.Take{{Name: "csrf", Path: "response.body.csrf"}}},
			{Method: "POST", Target: "/login?t={csrf}", Form: []credential.SecretParam{{"user", secret(t, "ada")}, {"password", secret(t, "env:PW")}, {"csrf", secret(t, "{csrf}")}}},
			{Method: "POST", Target: "/token", JSON: map[string]any{"p": secret(t, "env:PW"), "n": 1, "l": []any{secret(t, "{csrf} {x}"), nil}}},
		},
		Take: []credential.Take{{Path: "response.body/data/0/token"}},
		Set:  []credential.Set{{Path: "request.header.authorization", Template: "Token {}"}, {Path: "request.cookie.t", Template: "{}"}, {Path: "request.query.c", Template: "{csrf}"}},
	}
	got, err := l.Fetch(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	want := credential.Credential{
		Fields: []traffic.HeaderField{{Name: "Authorization", Value: "Token tok-4711"}}, Cookies: []traffic.Param{{Name: "t", Value: "tok-4711"}}, Query: []traffic.Param{{Name: "c", Value: "a&b c"}},
		SetCookies: []credential.SetCookie{{URL: "/login?t=" + url.QueryEscape("a&b c"), Value: "sid=1; Path=/", Date: noon}, {URL: "/token", Value: "sid=1; Path=/", Date: noon}},
		Issued:     noon, Expires: noon.Add(time.Minute),
	}
	if d := cmp.Diff(want, got, visible); d != "" {
		t.Error(d)
	}
	sent := []string{
		"GET /login ", "POST /login?t=a%26b+c user=ada&password=p%7Bcsrf%7Dw%26&csrf=a%26b+c",
		`POST /token {"l":["a\u0026b c {x}",null],"n":1,"p":"p{csrf}w\u0026"}`,
	}
	if d := cmp.Diff(sent, s.sent); d != "" {
		t.Error(d)
	}
}

func TestLoginOfACapture(t *testing.T) {
	recorded := talk(request("https://a.test/login"), "200", request("https://a.test/home"), "200")
	s := &sender{answer: func(r *traffic.Request) *traffic.Exchange {
		return answered(r, 200, "", "", "Set-Cookie: sid=live; HttpOnly")
	}}
	l := &credential.Login{Name: "shop", Capture: recorded, Sender: s, Now: atNoon}
	got, err := l.Fetch(context.Background())
	if err != nil || len(got.SetCookies) != 2 || got.SetCookies[0].URL != "https://a.test/login" || len(got.Fields) != 0 {
		t.Errorf("%v %v", got.SetCookies, err)
	}
	l.Take = []credential.Take{{Path: "response.set-cookie.sid.value"}}
	got, err = l.Fetch(context.Background())
	if err != nil || len(got.Fields) != 1 || got.Fields[0].Value != "Bearer live" {
		t.Errorf("a take without a set is Bearer: %v %v", got.Fields, err)
	}
}

func TestLoginErrors(t *testing.T) {
	for _, row := range []struct {
		status    int
		header    string
		take      string
		want      string
		permanent bool
		reason    string
	}{
		{401, "", "", "login shop: step 1 (POST /login) was answered 401; trying again won't help", true, "a wrong password is tried once"},
		{503, "", "", "login shop: step 1 (POST /login) was answered 503", false, "the server is down"},
		{302, "Location: /login?error=1", "", "login shop: step 1 (POST /login) was sent back to the login (302); trying again won't help", true, "refused by a redirect"},
		{200, "", "", "login shop: its answers set no cookie, and it has no take: name where the token is, such as take: response.body/access_token; trying again won't help", true, "nothing came of it"},
		{200, "", "response.body/access_token", "login shop: no answer has response.body/access_token", false, "another answer than was thought"},
		{200, "X-Token: a\x00b", "response.header.x-token", "login shop: what goes to request.header.authorization holds a control character", false, "it could not be sent"},
	} {
		s := &sender{answer: func(r *traffic.Request) *traffic.Exchange {
			if row.header == "" {
				return answered(r, row.status, "text/plain", "secret words")
			}
			return answered(r, row.status, "text/plain", "secret words", row.header)
		}}
		l := &credential.Login{Name: "shop", Sender: s, Steps: []credential.Step{{Method: "POST", Target: "/login?q=1"}}}
		if row.take != "" {
			l.Take = []credential.Take{{Path: row.take}}
		}
		_, err := l.Fetch(context.Background())
		if err == nil || err.Error() != row.want || errors.Is(err, credential.ErrPermanent) != row.permanent {
			t.Errorf("%s:\n got %v\nwant %s", row.reason, err, row.want)
		}
	}
	s := &sender{}
	l := &credential.Login{Name: "shop", Sender: s, Getenv: func(string) string { return "" }, Steps: []credential.Step{
		{Method: "POST", Target: "/a", Form: []credential.SecretParam{{"p", secret(t, "env:ONE")}}},
		{Method: "POST", Target: "/b", Header: []credential.SecretParam{{"X-P", secret(t, "env:TWO")}}},
	}}
	_, err := l.Fetch(context.Background())
	if want := "login shop: the variables ONE and TWO are not set, or empty: export them; trying again won't help"; err == nil || err.Error() != want || len(s.sent) > 0 {
		t.Errorf("before anything is sent: %v, sent %v", err, s.sent)
	}
}
