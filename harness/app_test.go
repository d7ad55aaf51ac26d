package harness

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
)

// recordedOrigin is where the flows of these tests were recorded.
const recordedOrigin = "https://shop.alder.example"

// An app is a small shop: a login form with a CSRF token, a session that gets
// another id with every order, and an API with a token.
type app struct {
	mu       sync.Mutex
	sessions map[string]string // id: its CSRF token
	tokens   map[string]bool
	orders   int
	asked    map[string]int // "GET /path": how often

	cookie string // attributes of the session cookie
	broken bool   // every session is refused
}

func newApp() *app {
	return &app{sessions: map[string]string{}, tokens: map[string]bool{}, asked: map[string]int{}, cookie: "; Path=/; Secure; HttpOnly; SameSite=Lax", orders: 100 + int(random(1)[0])}
}

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return b
}

func secret() string { return hex.EncodeToString(random(16)) }

func (a *app) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.asked[r.Method+" "+r.URL.Path]++
	sid := ""
	if c, err := r.Cookie("sid"); err == nil {
		sid = c.Value
	}
	csrf, known := a.sessions[sid]
	known = known && !a.broken
	switch route := r.Method + " " + r.URL.Path; {
	case route == "GET /login":
		fmt.Fprintf(w, `<form method="post"><input type="hidden" name="csrf_token" value="%s"></form>`, a.begin(w))
	case route == "POST /login":
		if !known || r.FormValue("csrf_token") != csrf {
			http.Error(w, "CSRF token mismatch", http.StatusForbidden)
			return
		}
		delete(a.sessions, sid)
		a.begin(w)
		http.Redirect(w, r, "/account", http.StatusSeeOther)
	case strings.HasPrefix(route, "GET /static/"):
		fmt.Fprint(w, "body { color: black }")
	case route == "POST /token":
		token := secret()
		a.tokens[token] = true
		reply(w, map[string]any{"access_token": token, "token_type": "Bearer"})
	case strings.HasPrefix(route, "GET /api/"):
		if !a.tokens[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")] {
			w.Header().Set("WWW-Authenticate", `Bearer realm="api", error="invalid_token"`)
			http.Error(w, "invalid token", http.StatusUnauthorized)
			return
		}
		reply(w, map[string]any{"path": r.URL.Path})
	case !known:
		w.Header().Set("WWW-Authenticate", "Session")
		http.Error(w, "no session", http.StatusUnauthorized)
	case route == "GET /account":
		fmt.Fprintf(w, `<p>Hello</p><meta name="csrf-token" content="%s">`, csrf)
	case route == "POST /orders":
		if r.Header.Get("X-CSRF-Token") != csrf {
			http.Error(w, "CSRF token mismatch", http.StatusForbidden)
			return
		}
		a.orders++
		delete(a.sessions, sid)
		a.sessions[a.set(w)] = csrf
		w.Header().Set("Location", fmt.Sprintf("/orders/%d", a.orders))
		w.WriteHeader(http.StatusCreated)
		_ = json.NewEncoder(w).Encode(map[string]any{"id": a.orders})
	case strings.HasPrefix(route, "GET /orders/"):
		reply(w, map[string]any{"id": json.Number(strings.TrimPrefix(r.URL.Path, "/orders/")), "state": "open"})
	default:
		http.NotFound(w, r)
	}
}

func reply(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

// begin starts a session and returns its CSRF token.
func (a *app) begin(w http.ResponseWriter) string {
	csrf := secret()
	a.sessions[a.set(w)] = csrf
	return csrf
}

func (a *app) set(w http.ResponseWriter) string {
	sid := secret()
	w.Header().Add("Set-Cookie", "sid="+sid+a.cookie)
	return sid
}

// A recorder is a transport that keeps a capture, as recorded from
// recordedOrigin.
type recorder struct {
	t       testing.TB
	server  *httptest.Server
	mu      sync.Mutex
	capture *traffic.Capture
	at      time.Time
}

func newRecorder(t testing.TB, h http.Handler) *recorder {
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return &recorder{t: t, server: server, at: time.Date(2026, 5, 4, 8, 0, 0, 0, time.UTC),
		capture: &traffic.Capture{File: "ok.har", Format: traffic.HAR, Version: "1.2", Creator: traffic.Product{Name: "tester"}}}
}

func (r *recorder) RoundTrip(request *http.Request) (*http.Response, error) {
	recordedURL := request.URL.String()
	var body []byte
	if request.Body != nil {
		body, _ = io.ReadAll(request.Body)
	}
	x := &traffic.Exchange{Request: traffic.Request{Method: request.Method, URL: recordedURL, Proto: "HTTP/1.1"}}
	x.Request.Header = append(x.Request.Header, traffic.HeaderField{Name: "Host", Value: request.URL.Host})
	x.Request.Header = append(x.Request.Header, fields(request.Header)...)
	if body != nil {
		x.Request.Body = traffic.NewBody(request.Header.Get("Content-Type"), body)
	}
	sent := request.Clone(request.Context())
	target, _ := url.Parse(r.server.URL)
	sent.URL.Scheme, sent.URL.Host, sent.Body = target.Scheme, target.Host, io.NopCloser(strings.NewReader(string(body)))
	sent.ContentLength = int64(len(body))
	answer, err := http.DefaultTransport.RoundTrip(sent)
	if err != nil {
		return nil, err
	}
	content, _ := io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	answer.Body = io.NopCloser(strings.NewReader(string(content)))
	x.Response = &traffic.Response{Status: answer.StatusCode, StatusText: http.StatusText(answer.StatusCode), Proto: "HTTP/1.1", Header: fields(answer.Header),
		Body: traffic.NewBody(answer.Header.Get("Content-Type"), content)}
	r.mu.Lock()
	defer r.mu.Unlock()
	x.Index, r.at = len(r.capture.Exchanges), r.at.Add(time.Second)
	x.Recorded.Started, x.Recorded.Millis = traffic.Timestamp{Time: r.at, Text: r.at.Format(time.RFC3339)}, 5
	r.capture.Exchanges = append(r.capture.Exchanges, x)
	return answer, nil
}

func fields(h http.Header) traffic.Header {
	var list traffic.Header
	for name, values := range h {
		for _, v := range values {
			list = append(list, traffic.HeaderField{Name: name, Value: v})
		}
	}
	return list
}

// A visitor is a client with a jar of its own.
type visitor struct {
	t      testing.TB
	client *http.Client
}

func (r *recorder) visitor() *visitor {
	jar, _ := cookiejar.New(nil)
	return &visitor{r.t, &http.Client{Transport: r, Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

func (v *visitor) do(method, path, body string, header ...string) string {
	request, err := http.NewRequest(method, recordedOrigin+path, strings.NewReader(body))
	if err != nil {
		v.t.Fatal(err)
	}
	if body == "" {
		request.Body = nil
	}
	request.Header.Set("User-Agent", "tester/1.0")
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	answer, err := v.client.Do(request)
	if err != nil {
		v.t.Fatal(err)
	}
	content, _ := io.ReadAll(answer.Body)
	return string(content)
}

// shop logs in, buys and looks at the order.
func (v *visitor) shop() {
	token := between(v.do("GET", "/login", ""), `value="`, `"`)
	v.do("POST", "/login", "user=ada&csrf_token="+token, "Content-Type", "application/x-www-form-urlencoded")
	csrf := between(v.do("GET", "/account", ""), `content="`, `"`)
	var made struct{ ID int }
	answer := v.do("POST", "/orders", `{"item":7}`, "Content-Type", "application/json", "X-CSRF-Token", csrf)
	if err := json.Unmarshal([]byte(answer), &made); err != nil {
		v.t.Fatalf("the app does not work: %s", answer)
	}
	v.do("GET", fmt.Sprintf("/orders/%d", made.ID), "")
}

// api asks for a token and uses it.
func (v *visitor) api() {
	var granted struct {
		Token string `json:"access_token"`
	}
	_ = json.Unmarshal([]byte(v.do("POST", "/token", "grant_type=client_credentials", "Content-Type", "application/x-www-form-urlencoded")), &granted)
	v.do("GET", "/api/me", "", "Authorization", "Bearer "+granted.Token)
	v.do("GET", "/api/orders", "", "Authorization", "Bearer "+granted.Token)
}

func between(s, from, to string) string {
	_, s, _ = strings.Cut(s, from)
	s, _, _ = strings.Cut(s, to)
	return s
}

// serve starts an app and returns its base URL.
func serve(t testing.TB, h http.Handler) string {
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.URL
}
