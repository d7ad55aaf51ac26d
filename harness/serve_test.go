package harness

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/oauth2/clientcredentials"
	"pgregory.net/rapid"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
)

const servedOrigin = "https://api.bakery.test"

// exchange writes one as an HTTP message is: a request line with a path or a
// URL, header lines, an empty line, a body; then the answer.
func exchange(request, answer string) *traffic.Exchange {
	x := &traffic.Exchange{Recorded: traffic.Recorded{Millis: -1}}
	line, header, body := message(request)
	method, address, _ := strings.Cut(line, " ")
	if strings.HasPrefix(address, "/") {
		address = servedOrigin + address
	}
	x.Request = traffic.Request{Method: method, URL: address, Header: header}
	if body != "" {
		x.Request.Body = traffic.NewBody(header.Get("Content-Type"), []byte(body))
	}
	if answer == "" {
		return x
	}
	line, header, body = message(answer)
	var status int
	_, _ = fmt.Sscan(line, &status)
	x.Response = &traffic.Response{Status: status, Header: header, Body: traffic.NewBody(header.Get("Content-Type"), []byte(body))}
	return x
}

func message(text string) (line string, header traffic.Header, body string) {
	head, body, _ := strings.Cut(text, "\n\n")
	lines := strings.Split(head, "\n")
	for _, field := range lines[1:] {
		name, value, _ := strings.Cut(field, ": ")
		header = append(header, traffic.HeaderField{Name: name, Value: value})
	}
	return lines[0], header, body
}

func recording(exchanges ...*traffic.Exchange) *traffic.Capture {
	c := &traffic.Capture{File: "ok.har", Format: traffic.HAR}
	for i, x := range exchanges {
		x.Index = i
		c.Exchanges = append(c.Exchanges, x)
	}
	return c
}

func handled(t testing.TB, o ServeOptions, exchanges ...*traffic.Exchange) *Served {
	t.Helper()
	s, err := ServeHandler(recording(exchanges...), o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// ask sends a request as exchange writes it, and returns status and body.
func ask(t testing.TB, client *http.Client, request string) (int, string) {
	t.Helper()
	x := exchange(request, "")
	body, err := x.Request.Body.Bytes(0)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequest(x.Request.Method, x.Request.URL, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = x.Request.Header.HTTP()
	response, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(answer)
}

const order = "POST /orders?shop=3\nAuthorization: Bearer abcdef0123456789\nX-Tenant: acme\nCookie: sid=9d8c7b6a5f4e3d2c\nContent-Type: application/json\n\n" +
	`{"items":[{"sku":"rye","qty":2}],"note":"cut"}`

// TestWhatFits: the same request but for what differs between two runs of one
// program fits; what a program gets wrong does not, and the miss says it.
func TestWhatFits(t *testing.T) {
	change := func(old, new string) string {
		if !strings.Contains(order, old) {
			t.Fatalf("%q is not in the order", old)
		}
		return strings.Replace(order, old, new, 1)
	}
	rows := []struct {
		reason  string
		request string
		says    string // "": it fits
	}{
		{"the very same", order, ""},
		{"a new token is of a new day", change("abcdef0123456789", "0123456789abcdef"), ""},
		{"a new session too", change("9d8c7b6a5f4e3d2c", "1111222233334444"), ""},
		{"JSON is compared as JSON", change(`{"items":[{"sku":"rye","qty":2}],"note":"cut"}`, "{ \"note\": \"cut\",\n \"items\": [ {\"qty\":2, \"sku\":\"rye\"} ] }"), ""},
		{"a client names itself", change("X-Tenant", "User-Agent: mine/2\nAccept: */*\nX-Tenant"), ""},
		{"a trace id is of one request", change("X-Tenant", "Traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\nX-Tenant"), ""},
		{"a cache-buster is there to differ", change("shop=3", "shop=3&_=1793181000"), ""},
		{"another value in the body", change(`"qty":2`, `"qty":3`), "body /items/0/qty  2 → 3"},
		{"a member is missing", change(`,"note":"cut"`, ""), "body /note  missing, was cut"},
		{"a member is new", change(`"note":"cut"`, `"note":"cut","gift":true`), "body /gift  not recorded, is true"},
		{"a tenant is missing", change("X-Tenant: acme\n", ""), "header x-tenant  missing, was acme"},
		{"another tenant", change("acme", "umbrella"), "header x-tenant  acme → umbrella"},
		{"the scheme is lost", change("Bearer ", ""), "header authorization scheme  missing, was Bearer"},
		{"another scheme", change("Bearer", "Token"), "header authorization scheme  Bearer → Token"},
		{"no credentials", change("Authorization: Bearer abcdef0123456789\n", ""), "header authorization  missing, was Bearer ‹token 1›"},
		{"no session", change("Cookie: sid=9d8c7b6a5f4e3d2c\n", ""), "header cookie  missing, was sid=‹session 1›"},
		{"another parameter", change("shop=3", "shop=4"), "query shop  3 → 4"},
		{"a parameter is missing", change("?shop=3", ""), "query  missing, was shop=3"},
		{"another method", change("POST", "PUT"), "method  POST → PUT"},
		{"another path", change("/orders", "/orders/drafts"), "path segment 1  not recorded, is drafts"},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			s := handled(t, ServeOptions{}, exchange(order, "201\nContent-Type: text/plain\n\nmade"))
			status, body := ask(t, s.Client(), row.request)
			if row.says == "" {
				if status != 201 || body != "made" || s.Verify() != nil {
					t.Errorf("does not fit: %d %s", status, body)
				}
				return
			}
			if status != ServeStatus || !strings.Contains(body, row.says) || !strings.Contains(body, "nearest is entry 0 (POST /orders)") {
				t.Errorf("got %d %s, want %q", status, body, row.says)
			}
			if len(matter(s.Missed()[0].Changes)) != 1 {
				t.Errorf("not one change matters: %v", s.Missed()[0].Changes)
			}
		})
	}
}

// TestMissReasons: why nothing answers is a value, too.
func TestMissReasons(t *testing.T) {
	list := exchange("GET /orders", "200\n\n[]")
	one := exchange("GET /orders/17", "200\n\n{}")
	socket := exchange("GET /live\nUpgrade: websocket\nSec-WebSocket-Key: x", "101\n\n")
	rows := []struct {
		reason string
		o      ServeOptions
		ask    []string
		want   []MissReason
	}{
		{"each answers once", ServeOptions{}, []string{"GET /orders", "GET /orders"}, []MissReason{"", MissUsedUp}},
		{"unless it may answer again", ServeOptions{Repeat: true}, []string{"GET /orders", "GET /orders"}, []MissReason{"", ""}},
		{"the order is free", ServeOptions{}, []string{"GET /orders/17", "GET /orders"}, []MissReason{"", ""}},
		{"unless it is asked for", ServeOptions{InOrder: true}, []string{"GET /orders/17", "GET /orders", "GET /orders/17", "GET /orders"}, []MissReason{MissTurn, "", "", MissUsedUp}},
		{"an id counts", ServeOptions{}, []string{"GET /orders/18"}, []MissReason{MissDifferent}},
		{"but not leniently", ServeOptions{Lenient: true}, []string{"GET /orders/18", "GET /orders/18"}, []MissReason{"", ""}},
		{"leniently the method counts", ServeOptions{Lenient: true}, []string{"DELETE /orders/17"}, []MissReason{MissDifferent}},
		{"leniently a HEAD is half a GET", ServeOptions{Lenient: true}, []string{"HEAD /orders"}, []MissReason{""}},
		{"nothing alike", ServeOptions{}, []string{"GET /health"}, []MissReason{MissNothing}},
		{"another host", ServeOptions{}, []string{"GET https://else.test/orders"}, []MissReason{MissNoOrigin}},
		{"a WebSocket", ServeOptions{Lenient: true}, []string{"GET /live\nUpgrade: websocket\nSec-WebSocket-Key: x"}, []MissReason{MissUpgrade}},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			s := handled(t, row.o, list, one, socket)
			var got []MissReason
			for _, request := range row.ask {
				before := len(s.Missed())
				ask(t, s.Client(), request)
				reason := MissReason("")
				if missed := s.Missed(); len(missed) > before {
					reason = missed[before].Reason
				}
				got = append(got, reason)
			}
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s%v", diff, s.Verify())
			}
		})
	}
}

// TestAnswersInTurn: exchanges of one request answer in their order; leniently
// the last goes on.
func TestAnswersInTurn(t *testing.T) {
	states := []*traffic.Exchange{exchange("GET /job", "200\n\nqueued"), exchange("GET /job", "200\n\nrunning"), exchange("GET /job", "200\n\ndone")}
	s := handled(t, ServeOptions{Lenient: true, AllUsed: true}, states...)
	if diff := cmp.Diff([]int{0, 1, 2}, s.Unused()); diff != "" {
		t.Error(diff)
	}
	for _, want := range []string{"queued", "running", "done", "done"} {
		if _, body := ask(t, s.Client(), "GET /job"); body != want {
			t.Errorf("got %s, want %s", body, want)
		}
		if want == "queued" {
			if err := s.Verify(); err == nil || !strings.Contains(err.Error(), "ok.har: entry 1 (GET /job) was not asked for") {
				t.Errorf("Verify says %v", err)
			}
		}
	}
	if err := s.Verify(); err != nil {
		t.Error(err)
	}
}

// TestNotModified: who has an answer is told to use it, who has none gets one.
func TestNotModified(t *testing.T) {
	s := handled(t, ServeOptions{Lenient: true}, exchange("GET /logo", "304\nETag: \"7\"\n\n"), exchange("GET /logo", "200\nETag: \"7\"\n\ndrawn"))
	if status, body := ask(t, s.Client(), "GET /logo"); status != 200 || body != "drawn" {
		t.Errorf("without a cache: %d %s", status, body)
	}
	s = handled(t, ServeOptions{}, exchange("GET /logo", "304\nETag: \"7\"\n\n"), exchange("GET /logo", "200\nETag: \"7\"\n\ndrawn"))
	if status, _ := ask(t, s.Client(), "GET /logo\nIf-None-Match: \"7\""); status != 304 {
		t.Errorf("with one: %d", status)
	}
}

// TestSessionsSideBySide: two clients ask the same; each gets what was answered
// to its credentials, whatever the order.
func TestSessionsSideBySide(t *testing.T) {
	me := func(token, name string) *traffic.Exchange {
		return exchange("GET /me\nAuthorization: Bearer "+token, "200\n\n"+name)
	}
	for _, o := range []ServeOptions{{}, {Lenient: true}} {
		s := handled(t, o, me("aaaaaaaa11111111", "Ada"), me("bbbbbbbb22222222", "Bob"))
		if _, body := ask(t, s.Client(), "GET /me\nAuthorization: Bearer bbbbbbbb22222222"); body != "Bob" {
			t.Errorf("Bob is told that he is %s", body)
		}
	}
}

func gzipped(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(text))
	_ = w.Close()
	return b.String()
}

// TestAnswers: what is sent, over a socket and without one.
func TestAnswers(t *testing.T) {
	then := time.Date(2026, 10, 28, 9, 50, 0, 0, time.UTC)
	now := then.Add(48 * time.Hour)
	rows := []struct {
		reason, method, answer string
		want                   func(*http.Response, string) bool
	}{
		{"a body that the recorder decoded", "GET", "200\nContent-Encoding: gzip\nContent-Length: 7\nTransfer-Encoding: chunked\n\nhello, rye", func(r *http.Response, body string) bool {
			return body == "hello, rye" && r.Header.Get("Content-Encoding") == "" && r.ContentLength == 10 && !r.Uncompressed
		}},
		{"a body that it did not", "GET", "200\nContent-Encoding: gzip\n\n" + gzipped("hello, rye"), func(r *http.Response, body string) bool { return body == "hello, rye" }},
		{"fields of one connection", "GET", "200\nConnection: keep-alive, X-Hop\nX-Hop: 1\nKeep-Alive: timeout=5\nAlt-Svc: h3=\":443\"\nX-End: 2\n\n", func(r *http.Response, _ string) bool {
			return r.Header.Get("X-Hop")+r.Header.Get("Keep-Alive")+r.Header.Get("Alt-Svc") == "" && r.Header.Get("X-End") == "2"
		}},
		{"repeated fields", "GET", "200\nset-cookie: a=1; Path=/\nset-cookie: b=2\n\n", func(r *http.Response, _ string) bool {
			return slices.Equal(r.Header.Values("Set-Cookie"), []string{"a=1; Path=/", "b=2"})
		}},
		{"two cookies in one value", "GET", "200\nSet-Cookie: a=1\tb\n\n", func(r *http.Response, _ string) bool { return len(r.Header.Values("Set-Cookie")) == 1 }},
		{"no Content-Type is guessed", "GET", "200\n\n<html>", func(r *http.Response, _ string) bool { return len(r.Header.Values("Content-Type")) == 0 }},
		{"one that is spelled low is not doubled", "GET", "200\ncontent-type: text/x-rye\n\n<html>", func(r *http.Response, _ string) bool {
			return slices.Equal(r.Header.Values("Content-Type"), []string{"text/x-rye"})
		}},
		{"a HEAD keeps the length", "HEAD", "200\nContent-Length: 1234\n\n", func(r *http.Response, body string) bool { return r.ContentLength == 1234 && body == "" }},
		{"204 has no body", "DELETE", "204\nContent-Length: 5\n\nstray", func(r *http.Response, body string) bool {
			return r.StatusCode == 204 && body == "" && r.Header.Get("Content-Length") == ""
		}},
		{"304 has none either", "GET", "304\nETag: \"7\"\n\n", func(r *http.Response, body string) bool {
			return r.StatusCode == 304 && body == "" && r.Header.Get("ETag") == `"7"`
		}},
		{"304 of a browser's cache, asked without one", "GET", "304\nETag: \"7\"\n\ncached", func(r *http.Response, body string) bool {
			return r.StatusCode == 200 && body == "cached" && r.Header.Get("ETag") == `"7"`
		}},
		{"an odd status", "GET", "777\n\nodd", func(r *http.Response, body string) bool { return r.StatusCode == 777 && body == "odd" }},
		{"a challenge", "GET", "401\nWWW-Authenticate: Basic realm=\"a\"\nWWW-Authenticate: Bearer\n\n", func(r *http.Response, _ string) bool {
			return r.StatusCode == 401 && len(r.Header.Values("WWW-Authenticate")) == 2
		}},
		{"a redirect elsewhere is left alone", "GET", "302\nLocation: https://pay.test/x\n\n", func(r *http.Response, _ string) bool { return r.Header.Get("Location") == "https://pay.test/x" }},
		{"a relative redirect too", "GET", "302\nLocation: /x?a=1#b\n\n", func(r *http.Response, _ string) bool { return r.Header.Get("Location") == "/x?a=1#b" }},
		{"a cookie lives as long as it did", "GET", "200\nDate: Wed, 28 Oct 2026 09:50:00 GMT\nSet-Cookie: a=1; Expires=Wed, 28 Oct 2026 10:50:00 GMT; Secure\n\n", func(r *http.Response, _ string) bool {
			return r.Header.Get("Set-Cookie") == "a=1; Expires=Fri, 30 Oct 2026 10:50:00 GMT; Secure" && r.Header.Get("Date") == "Fri, 30 Oct 2026 09:50:00 GMT"
		}},
		{"a cookie that was deleted stays deleted", "GET", "200\nDate: Wed, 28 Oct 2026 09:50:00 GMT\nSet-Cookie: a=; expires=Thu, 01 Jan 1970 00:00:00 GMT\n\n", func(r *http.Response, _ string) bool {
			return r.Header.Get("Set-Cookie") == "a=; expires=Thu, 01 Jan 1970 00:00:00 GMT"
		}},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			c := recording(exchange(row.method+" /", row.answer))
			s, err := Serve(c, ServeOptions{Repeat: true, Now: func() time.Time { return now }})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			socket := &http.Client{Transport: &http.Transport{}}
			defer socket.CloseIdleConnections()
			for name, way := range map[string]struct {
				client *http.Client
				base   string
			}{"socket": {socket, s.URL}, "process": {s.Client(), servedOrigin}} {
				way.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
				r, err := http.NewRequest(row.method, way.base+"/", nil)
				if err != nil {
					t.Fatal(err)
				}
				response, err := way.client.Do(r)
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				body, err := io.ReadAll(response.Body)
				response.Body.Close()
				if err != nil || !row.want(response, string(body)) {
					t.Errorf("%s: %v %d %v %q", name, err, response.StatusCode, response.Header, body)
				}
			}
		})
	}
}

// TestNoAnswer: where the recorded client got none, there is none.
func TestNoAnswer(t *testing.T) {
	rows := []struct{ reason, answer string }{
		{"a request that failed", "0\n\n"},
		{"an interim answer alone", "103\n\n"},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			s, err := Serve(recording(exchange("POST /\nContent-Type: text/plain", row.answer)), ServeOptions{Repeat: true})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if r, err := http.Post(s.URL+"/", "text/plain", nil); err == nil {
				r.Body.Close()
				t.Errorf("socket: answered with %d", r.StatusCode)
			}
			if r, err := s.Client().Post(servedOrigin+"/", "text/plain", nil); err == nil {
				r.Body.Close()
				t.Errorf("process: answered with %d", r.StatusCode)
			} else if !errors.Is(err, errNoAnswer) {
				t.Error(err)
			}
			if err := s.Verify(); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestOrigins: each recorded origin has an address, and what names one leads to
// the other.
func TestOrigins(t *testing.T) {
	c := recording(
		exchange("GET /start", "302\nLocation: https://login.bakery.test/authorize?redirect_uri=https%3A%2F%2Fapi.bakery.test%2Fback\n\n"),
		exchange("GET https://login.bakery.test/authorize?redirect_uri=https%3A%2F%2Fapi.bakery.test%2Fback", "302\nLocation: https://api.bakery.test/back?code=1\n\n"),
		exchange("GET /back?code=1\nReferer: https://login.bakery.test/authorize", "200\n\nin"),
		exchange("GET /back?code=2", "200\n\nout"),
	)
	o := ServeOptions{Repeat: true}
	s, err := Serve(c, o)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	login, err := s.At("https://login.bakery.test")
	if err != nil {
		t.Fatal(err)
	}
	if main, err := s.At("HTTPS://API.bakery.test:443"); err != nil || main != s.URL {
		t.Errorf("the main origin is at %s, %v", main, err)
	}
	if _, err := s.At("https://else.test"); err == nil || !strings.Contains(err.Error(), "https://login.bakery.test") {
		t.Errorf("At says %v", err)
	}
	plain := httptest.NewServer(func() http.Handler { h, _ := ServeHandler(c, o); return h }())
	defer plain.Close()
	proxy, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	rows := []struct {
		reason string
		client *http.Client
		base   string
	}{
		{"addresses of its own", &http.Client{}, s.URL},
		{"recorded names in the process", s.Client(), servedOrigin},
		{"a handler in a server of somebody else", &http.Client{}, plain.URL},
		{"the main address knows all origins", &http.Client{CheckRedirect: func(r *http.Request, _ []*http.Request) error {
			r.URL.Host = strings.TrimPrefix(s.URL, "http://")
			return nil
		}}, s.URL},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			r, err := row.client.Get(row.base + "/start")
			if err != nil {
				t.Fatal(err)
			}
			defer r.Body.Close()
			body, _ := io.ReadAll(r.Body)
			if string(body) != "in" {
				t.Errorf("got %d %s", r.StatusCode, body)
			}
		})
	}
	t.Run("as a proxy", func(t *testing.T) {
		client := &http.Client{Transport: &http.Transport{Proxy: http.ProxyURL(proxy)}}
		r, err := client.Get("http://else.test/")
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
		if why := r.Header.Get(ServeHeader); r.StatusCode != ServeStatus || !strings.Contains(why, "nothing was recorded of") {
			t.Errorf("got %d %s", r.StatusCode, why)
		}
	})
	if !strings.HasPrefix(login, "http://127.0.0.1:") {
		t.Errorf("served at %s", login)
	}
}

// TestServedPreflights: a page elsewhere is let through as the recorded one was.
func TestServedPreflights(t *testing.T) {
	page := "https://www.bakery.test"
	allowed := exchange("PUT /cart\nOrigin: "+page+"\nX-Csrf: 1", "200\nAccess-Control-Allow-Origin: "+page+"\nAccess-Control-Allow-Credentials: true\n\nput")
	refused := exchange("PUT /admin\nOrigin: "+page, "200\n\nput")
	s := handled(t, ServeOptions{}, allowed, refused)
	rows := []struct {
		reason, path, origin string
		status               int
	}{
		{"what its request was allowed", "/cart", page, 204},
		{"the recorded page alone", "/cart", "https://evil.test", ServeStatus},
		{"what was refused", "/admin", page, ServeStatus},
	}
	for _, row := range rows {
		r, _ := http.NewRequest("OPTIONS", servedOrigin+row.path, nil)
		r.Header.Set("Origin", row.origin)
		r.Header.Set("Access-Control-Request-Method", "PUT")
		r.Header.Set("Access-Control-Request-Headers", "x-csrf")
		answer, err := s.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != row.status {
			t.Errorf("%s: got %d", row.reason, answer.StatusCode)
		}
		if h := answer.Header; row.status == 204 && (h.Get("Access-Control-Allow-Origin") != page || h.Get("Access-Control-Allow-Headers") != "x-csrf" ||
			h.Get("Access-Control-Allow-Credentials") != "true") {
			t.Errorf("%s: %v", row.reason, h)
		}
	}
}

func TestServedOverTLS(t *testing.T) {
	s, err := Serve(recording(exchange("GET /", "200\n\nsafe")), ServeOptions{TLS: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	transport := http.DefaultTransport.(*http.Transport).Clone()
	defer transport.CloseIdleConnections()
	transport.TLSClientConfig.RootCAs = s.Certificates()
	if status, body := ask(t, &http.Client{Transport: transport}, "GET "+s.URL+"/"); status != 200 || body != "safe" {
		t.Errorf("got %d %s", status, body)
	}
}

// TestServedByOAuth2: the library gets its token from the capture, with another
// secret than the recorded one, and asks with it.
func TestServedByOAuth2(t *testing.T) {
	form := "POST /token\nContent-Type: application/x-www-form-urlencoded\nAuthorization: Basic " + "d2ViOnNlY3JldC1vZi15ZXN0ZXJkYXk=" + "\n\ngrant_type=client_credentials&scope=orders"
	s, err := Serve(recording(
		exchange(form, "200\nContent-Type: application/json\n\n"+`{"access_token":"tok-1","token_type":"Bearer","expires_in":3600}`),
		exchange("GET /orders\nAuthorization: Bearer tok-1", "200\n\n[]"),
	), ServeOptions{AllUsed: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	config := clientcredentials.Config{ClientID: "web", ClientSecret: "secret-of-today", TokenURL: s.URL + "/token", Scopes: []string{"orders"}, AuthStyle: 2}
	r, err := config.Client(context.Background()).Get(s.URL + "/orders")
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	if err := s.Verify(); err != nil || r.StatusCode != 200 {
		t.Errorf("got %d, %v", r.StatusCode, err)
	}
}

// TestServedPace: as slow as recorded, until the client has enough.
func TestServedPace(t *testing.T) {
	slow := exchange("GET /", "200\n\nslow")
	slow.Recorded.Millis = 20
	s := handled(t, ServeOptions{Pace: 0.5, Repeat: true}, slow)
	begun := time.Now()
	ask(t, s.Client(), "GET /")
	if took := time.Since(begun); took < 40*time.Millisecond {
		t.Errorf("answered in %s", took)
	}
	slow.Recorded.Millis = 1e9
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	r, _ := http.NewRequestWithContext(ctx, "GET", servedOrigin+"/", nil)
	if _, err := s.Client().Do(r); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

// A fakeTest is a test that fails without failing this one.
type fakeTest struct {
	failed  []string
	cleanup []func()
}

func (f *fakeTest) Helper()          {}
func (f *fakeTest) Cleanup(g func()) { f.cleanup = append(f.cleanup, g) }
func (f *fakeTest) Errorf(format string, args ...any) {
	f.failed = append(f.failed, fmt.Sprintf(format, args...))
}
func (f *fakeTest) Fatalf(format string, args ...any) { f.Errorf(format, args...) }
func (f *fakeTest) end() {
	for _, g := range slices.Backward(f.cleanup) {
		g()
	}
}

// TestMustServe: two lines in a test, and what went wrong fails it.
func TestMustServe(t *testing.T) {
	file := filepath.Join(t.TempDir(), "ok.har")
	var har bytes.Buffer
	if err := traffic.Write(&har, recording(exchange("GET /orders", "200\n\n[]")), traffic.HAR); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, har.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	var good, bad, none fakeTest
	ask(t, http.DefaultClient, "GET "+MustServe(&good, file, ServeOptions{AllUsed: true}).URL+"/orders")
	ask(t, http.DefaultClient, "GET "+MustServe(&bad, file).URL+"/order")
	good.end()
	bad.end()
	if len(good.failed) > 0 {
		t.Error(good.failed)
	}
	if len(bad.failed) != 1 || !strings.Contains(bad.failed[0], "no recorded exchange for GET /order: nearest is entry 0 (GET /orders)") {
		t.Errorf("got %q", bad.failed)
	}
	if MustServe(&none, file+".missing"); len(none.failed) != 1 {
		t.Errorf("got %q", none.failed)
	}
}

// TestServeRefuses: what can't be served is told before.
func TestServeRefuses(t *testing.T) {
	get := exchange("GET /", "200\n\n")
	rows := []struct {
		reason, says string
		c            *traffic.Capture
		o            ServeOptions
	}{
		{"an empty capture", "no exchange to serve", recording(), ServeOptions{}},
		{"requests alone", "holds no answers", recording(exchange("GET /", "")), ServeOptions{}},
		{"a socket alone", "no exchange that can be served", recording(exchange("GET wss://a.test/", "101\n\n")), ServeOptions{}},
		{"two modes", "not both", recording(get), ServeOptions{Lenient: true, InOrder: true}},
		{"a broken pattern", "malformed", recording(get), ServeOptions{Ignore: diff.Ignore{""}}},
		{"an address that others reach", "loopback alone", recording(get), ServeOptions{Listen: "0.0.0.0:0"}},
		{"no address", "host:port", recording(get), ServeOptions{Listen: "here"}},
	}
	for _, row := range rows {
		if s, err := Serve(row.c, row.o); err == nil || !strings.Contains(err.Error(), row.says) {
			t.Errorf("%s: got %v", row.reason, err)
			if err == nil {
				s.Close()
			}
		}
	}
}

// TestMissesHideSecrets: neither the recorded values nor those that came are in
// what is told.
func TestMissesHideSecrets(t *testing.T) {
	s := handled(t, ServeOptions{}, exchange(order, "200\n\n"))
	request := strings.NewReplacer("9d8c7b6a5f4e3d2c", "ffff0000eeee1111", "abcdef0123456789", "zyxwvu9876543210", "Bearer ", "Basic ", "sid=", "session=",
		`"note":"cut"`, `"password":"hunter2hunter2","note":"cut"`).Replace(order)
	_, body := ask(t, s.Client(), strings.Replace(request, "shop=3", "shop=3&api_key=qqqqwwwwee112233", 1))
	told := body + s.Verify().Error()
	for _, secret := range []string{"9d8c7b6a5f4e3d2c", "ffff0000eeee1111", "abcdef0123456789", "zyxwvu9876543210", "hunter2hunter2", "qqqqwwwwee112233"} {
		if strings.Contains(told, secret) {
			t.Errorf("%s is told: %s", secret, told)
		}
	}
	if !strings.Contains(told, "/password") || !strings.Contains(told, "api_key") {
		t.Errorf("too little is told: %s", told)
	}
}

// TestMissesAreBounded: a client that asks for hours fills no memory, and none
// of its requests is forgotten in the count.
func TestMissesAreBounded(t *testing.T) {
	s := handled(t, ServeOptions{}, exchange("GET /orders", "200\n\n"))
	for range maxMissed + 7 {
		ask(t, s.Client(), "GET /other")
	}
	if n := len(s.Missed()); n != maxMissed {
		t.Errorf("%d misses are kept", n)
	}
	if err := s.Verify(); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("and %d more", maxMissed+7-maxTold)) {
		t.Errorf("told is %v", err)
	}
}

// TestServedSideBySide: many clients at once use each exchange once.
func TestServedSideBySide(t *testing.T) {
	var list []*traffic.Exchange
	for i := range 60 {
		list = append(list, exchange(fmt.Sprintf("GET /things?page=%d", i%20), fmt.Sprintf("200\n\n%d", i)))
	}
	s, err := Serve(recording(list...), ServeOptions{AllUsed: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var mu sync.Mutex
	seen := map[string]int{}
	var wait sync.WaitGroup
	for i := range 60 {
		wait.Go(func() {
			r, err := http.Get(fmt.Sprintf("%s/things?page=%d", s.URL, i%20))
			if err != nil {
				t.Error(err)
				return
			}
			defer r.Body.Close()
			body, _ := io.ReadAll(r.Body)
			mu.Lock()
			defer mu.Unlock()
			seen[string(body)]++
		})
	}
	wait.Wait()
	if err := s.Verify(); err != nil || len(seen) != 60 {
		t.Errorf("%d answers of 60, %v", len(seen), err)
	}
}

// TestCookiesOfAnOldCapture: a client with a jar walks through a flow whose
// cookies ended long ago.
func TestCookiesOfAnOldCapture(t *testing.T) {
	s := handled(t, ServeOptions{AllUsed: true},
		exchange("POST /login\nContent-Type: application/x-www-form-urlencoded\n\nuser=ada&password=hunter2hunter2",
			"303\nDate: Mon, 05 Jan 2015 10:00:00 GMT\nSet-Cookie: sid=9d8c7b6a5f4e3d2c; Domain=bakery.test; Path=/; Secure; Expires=Mon, 05 Jan 2015 11:00:00 GMT\nLocation: /account\n\n"),
		exchange("GET /account\nCookie: sid=9d8c7b6a5f4e3d2c", "200\n\nAda"))
	client := s.Client()
	client.Jar, _ = cookiejar.New(nil)
	r, err := client.PostForm(servedOrigin+"/login", url.Values{"user": {"ada"}, "password": {"another-one"}})
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	if err := s.Verify(); err != nil {
		t.Error(err)
	}
}

// TestEveryRecordedRequestFits: whatever was recorded is answered when it is
// asked again, in any order, and nothing is left over.
func TestEveryRecordedRequestFits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[a-z]{1,6}`)
		n := rapid.IntRange(1, 8).Draw(t, "n")
		var list []*traffic.Exchange
		for i := range n {
			path := "/" + word.Draw(t, "path") + rapid.SampledFrom([]string{"", "/17", "/a%2Fb", "/{x}"}).Draw(t, "tail")
			query := rapid.SampledFrom([]string{"", "?", "?a=1", "?b=%20&b=2", "?token=abcdef0123456789"}).Draw(t, "query")
			body := rapid.SampledFrom([]string{"", `{"a":1}`, "a=1&b=2", "\x00\xff"}).Draw(t, "body")
			list = append(list, exchange(fmt.Sprintf("POST %s%s\nX-A: %s\n\n%s", path, query, word.Draw(t, "header"), body), fmt.Sprintf("200\n\n%d", i)))
		}
		s, err := ServeHandler(recording(list...), ServeOptions{AllUsed: true})
		if err != nil {
			t.Fatal(err)
		}
		order := rapid.Permutation(list).Draw(t, "order")
		for _, x := range order {
			body, _ := x.Request.Body.Bytes(0)
			r := httptest.NewRequest(x.Request.Method, strings.TrimPrefix(x.Request.URL, servedOrigin), bytes.NewReader(body))
			r.Header = x.Request.Header.HTTP()
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			if w.Code != 200 {
				t.Fatalf("%s", w.Body)
			}
		}
		if err := s.Verify(); err != nil {
			t.Fatal(err)
		}
	})
}
