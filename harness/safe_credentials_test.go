package harness

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/credential"
)

// An ear notes what requests carried, as "METHOD /path: field=value".
type ear struct {
	mu    sync.Mutex
	heard []string
}

func (e *ear) listen(t testing.TB, answer http.HandlerFunc) string {
	return serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var carried []string
		for _, name := range []string{"Authorization", "Cookie", "X-Api-Key", "X-Access-Token", "Proxy-Authorization"} {
			for _, v := range r.Header.Values(name) {
				carried = append(carried, strings.ToLower(name)+"="+v)
			}
		}
		e.mu.Lock()
		e.heard = append(e.heard, strings.TrimSpace(r.Method+" "+r.URL.RequestURI()+" "+strings.Join(carried, " ")))
		e.mu.Unlock()
		if answer != nil {
			answer(w, r)
		}
	}))
}

// last is what the last request carried.
func (e *ear) last() string {
	_, carried, _ := strings.Cut(strings.TrimPrefix(e.heard[len(e.heard)-1], "GET "), " ")
	return carried
}

func (e *ear) sorted() []string { return slices.Sorted(slices.Values(e.heard)) }

// fixed is a source of one credential.
type fixed credential.Credential

func (f fixed) Fetch(context.Context) (credential.Credential, error) {
	return credential.Credential(f), nil
}

func authorization(value string) credential.Credential {
	return credential.Credential{Fields: []traffic.HeaderField{{Name: "Authorization", Value: value}}}
}

// with adds a field to an exchange.
func with(x *traffic.Exchange, fields ...string) {
	for i := 0; i+1 < len(fields); i += 2 {
		x.Request.Header = append(x.Request.Header, traffic.HeaderField{Name: fields[i], Value: fields[i+1]})
	}
}

const (
	mainOf  = "https://www.alder.example"
	apiOf   = "https://api.alder.example"
	otherOf = "https://maps.other.example"

	oldToken   = "Bearer 0ld0ld0ld0ld0ld0ld0ld0ld"
	otherToken = "Bearer 07her07her07her07her07her"
	session    = "sid=5e55105e55105e55105e5510"
)

// TestCredentialsGoToTheirOrigin: what is given takes the place of what one
// recorded origin was sent. Another mapped origin is not told.
func TestCredentialsGoToTheirOrigin(t *testing.T) {
	const carriesOld, carriesNew = "authorization=" + oldToken, "authorization=Bearer new"
	rows := []struct {
		reason           string
		main, api, other []string // recorded fields
		given            credential.Credential
		everywhere       bool
		want             []string // what each carries now
	}{
		{reason: "the API alone had a token, pages had a session", given: authorization("Bearer new"),
			main: []string{"Cookie", session}, api: []string{"Authorization", oldToken}, other: []string{"X-Api-Key", "k3yk3yk3yk3yk3yk3y"},
			want: []string{"cookie=" + session, carriesNew, "x-api-key=k3yk3yk3yk3yk3yk3y"}},
		{reason: "both had the same one", given: authorization("Bearer new"),
			main: []string{"Authorization", oldToken}, api: []string{"Authorization", oldToken}, want: []string{carriesNew, carriesNew, ""}},
		{reason: "the other one knows the user by a token of its own", given: authorization("Bearer new"),
			main: []string{"Authorization", oldToken}, other: []string{"Authorization", otherToken}, want: []string{carriesNew, "", "authorization=" + otherToken}},
		{reason: "nobody had one, and it was asked for everywhere", given: authorization("Bearer new"), everywhere: true, want: []string{carriesNew, "", ""}},
		{reason: "a token goes where one stood, at the site of the pages before any other", given: credential.Credential{Token: "new"},
			main: []string{"Cookie", session}, api: []string{"X-Access-Token", "0ld0ld0ld0ld0ld0ld"}, other: []string{"Authorization", otherToken},
			want: []string{"cookie=" + session, "x-access-token=new", "authorization=" + otherToken}},
		{reason: "a key by its name", given: credential.Credential{Fields: []traffic.HeaderField{{Name: "X-Api-Key", Value: "new"}}},
			main: []string{"Cookie", session}, api: []string{"X-Api-Key", "0ldk3y0ldk3y0ldk3y"}, other: []string{"X-Api-Key", "k3yk3yk3yk3yk3yk3y"},
			want: []string{"cookie=" + session, "x-api-key=new", "x-api-key=k3yk3yk3yk3yk3yk3y"}},
		{reason: "a cookie by its name", given: credential.Credential{Cookies: []traffic.Param{{Name: "sid", Value: "new"}}},
			main: []string{"Cookie", session}, other: []string{"Cookie", "token=0ther0ther0ther0ther"},
			want: []string{"cookie=sid=new", "", "cookie=token=0ther0ther0ther0ther"}},
		{reason: "a password for a proxy is no business of the server's", given: authorization("Bearer new"),
			main: []string{"Proxy-Authorization", "Basic cHJveHk6cGFzcw=="}, want: []string{"", "", ""}},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			var e, f, g ear
			c := flow("GET", mainOf+"/1", "GET", mainOf+"/2", "GET", mainOf+"/3", "GET", apiOf+"/api", "GET", otherOf+"/map")
			for i, x := range c.Exchanges {
				with(x, [][]string{row.main, row.main, row.main, row.api, row.other}[i]...)
			}
			o := PlanOptions{Keeper: &credential.Keeper{Source: fixed(row.given)}, Everywhere: row.everywhere, Target: Target{
				Base: e.listen(t, nil), Map: []Mapping{{apiOf, f.listen(t, nil)}, {otherOf, g.listen(t, nil)}}}}
			replayed(t, &Runner{Concurrency: 1}, plan(t, c, o))
			got := []string{e.last(), f.last(), g.last()}
			if d := cmp.Diff(row.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestCookiesStayApart: two recorded origins that one target takes the place
// of share no cookie that they did not share, and no recorded cookie goes to
// another origin's target.
func TestCookiesStayApart(t *testing.T) {
	var e ear
	base := e.listen(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/in":
			w.Header().Add("Set-Cookie", "sid=11ve11ve11ve11ve11ve; Path=/; HttpOnly")
			w.Header().Add("Set-Cookie", "evil=1; Domain=other.example; Path=/")
			w.Header().Add("Set-Cookie", "wide=11ve; Domain=alder.example; Path=/")
			w.Header().Add("Set-Cookie", "widest=1; Domain=example; Path=/")
			w.Header().Add("Set-Cookie", "ip=1; Domain=127.0.0.1; Path=/")
		}
	})
	c := flow("GET", mainOf+"/in", "GET", mainOf+"/main", "GET", apiOf+"/api", "GET", otherOf+"/other", "GET", mainOf+"/main2")
	c.Exchanges[0].Response.Header = traffic.Header{{Name: "Set-Cookie", Value: session + "; Path=/; HttpOnly"}, {Name: "Set-Cookie", Value: "wide=was; Domain=alder.example; Path=/"}}
	with(c.Exchanges[1], "Cookie", session+"; wide=was")
	with(c.Exchanges[2], "Cookie", "wide=was")
	with(c.Exchanges[3], "Cookie", "visitor=07her07her07her07her")
	with(c.Exchanges[4], "Cookie", session+"; wide=was")
	o := PlanOptions{Target: Target{Base: base, Map: []Mapping{{apiOf, base + "/v1"}, {otherOf, base + "/v2"}}}}
	c.Creator.Name, c.Browser.Name = "WebInspector", "Chrome"
	replayed(t, &Runner{Concurrency: 1}, plan(t, c, o))
	want := []string{
		"GET /in",
		"GET /main cookie=sid=11ve11ve11ve11ve11ve; wide=11ve; ip=1",
		"GET /main2 cookie=sid=11ve11ve11ve11ve11ve; wide=11ve; ip=1",
		"GET /v1/api cookie=wide=11ve",
		"GET /v2/other cookie=visitor=07her07her07her07her",
	}
	if d := cmp.Diff(want, e.sorted()); d != "" {
		t.Error(d)
	}
}

// TestFollowedRedirects: credentials go along within the origin, and a method
// that may change data is sent once.
func TestFollowedRedirects(t *testing.T) {
	for _, row := range []struct {
		reason string
		method string
		status [2]int // of /a, of /b
		want   []string
	}{
		{"GET", "GET", [2]int{302, 307}, []string{"GET /a authorization=" + oldToken, "GET /b authorization=" + oldToken, "GET /c authorization=" + oldToken}},
		{"POST becomes GET and stays it", "POST", [2]int{302, 307}, []string{"GET /b authorization=" + oldToken, "GET /c authorization=" + oldToken, "POST /a authorization=" + oldToken}},
		{"POST that is to be repeated", "POST", [2]int{307, 307}, []string{"POST /a authorization=" + oldToken}},
		{"DELETE that is to be repeated at another place", "DELETE", [2]int{308, 308}, []string{"DELETE /a authorization=" + oldToken}},
	} {
		t.Run(row.reason, func(t *testing.T) {
			var e ear
			base := e.listen(t, func(w http.ResponseWriter, r *http.Request) {
				switch r.URL.Path {
				case "/a":
					w.Header().Set("Location", "/b")
					w.WriteHeader(row.status[0])
				case "/b":
					w.Header().Set("Location", "/c")
					w.WriteHeader(row.status[1])
				}
			})
			c := flow(row.method, recordedOrigin+"/a")
			with(c.Exchanges[0], "Authorization", oldToken)
			done := replayed(t, &Runner{}, plan(t, c, PlanOptions{Target: Target{Base: base}, Follow: true, Unsafe: Unsafe{All: true}}))
			if d := cmp.Diff(row.want, e.sorted()); d != "" {
				t.Error(d)
			}
			if got := done.Live.Exchanges[0].Request.Method; got != row.method {
				t.Errorf("the answer stands for %s", got)
			}
		})
	}
}

// TestPreflightsAreBare: they carry no credential, whatever a recorder noted,
// the user gave or the jar holds.
func TestPreflightsAreBare(t *testing.T) {
	for _, alone := range []bool{false, true} {
		t.Run(fmt.Sprintf("alone=%v", alone), func(t *testing.T) {
			var e ear
			base := e.listen(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
				w.Header().Set("Access-Control-Allow-Credentials", "true")
				w.Header().Set("Access-Control-Allow-Methods", "PUT")
				w.Header().Set("Access-Control-Allow-Headers", "authorization,x-tenant")
				w.Header().Set("Set-Cookie", "sid=11ve; Path=/")
			})
			c := flow("GET", apiOf+"/in", "OPTIONS", apiOf+"/put", "PUT", apiOf+"/put")
			for _, x := range c.Exchanges {
				with(x, "Origin", mainOf, "Cookie", session, "Authorization", oldToken, "Sec-Fetch-Mode", "cors")
			}
			with(c.Exchanges[1], "Access-Control-Request-Method", "PUT", "Access-Control-Request-Headers", "authorization")
			c.Exchanges[1].Response.Header = traffic.Header{{Name: "Access-Control-Allow-Origin", Value: mainOf}, {Name: "Access-Control-Allow-Methods", Value: "PUT"},
				{Name: "Access-Control-Allow-Headers", Value: "authorization"}, {Name: "Access-Control-Allow-Credentials", Value: "true"}}
			o := PlanOptions{Target: Target{Base: base}, Keeper: &credential.Keeper{Source: fixed(authorization("Bearer new"))}, Everywhere: true,
				Set: []Setting{{"header", "X-Api-Key", "s3t"}, {"cookie", "s3t", "1"}}, Unsafe: Unsafe{All: !alone}}
			replayed(t, &Runner{}, plan(t, c, o))
			var asked []string
			for _, line := range e.heard {
				if strings.HasPrefix(line, "OPTIONS") {
					asked = append(asked, line)
				}
			}
			if d := cmp.Diff([]string{"OPTIONS /in", "OPTIONS /put"}, asked); d != "" {
				t.Error(d)
			}
		})
	}
}
