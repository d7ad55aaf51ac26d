package damage_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/damage"
	"github.com/replaydiff/replay/harness/rawserver"
	"github.com/replaydiff/replay/harness/wire"
	"github.com/replaydiff/replay/scenarios"
)

func listen(t testing.TB, target string, o damage.Options) *damage.Listener {
	t.Helper()
	l, err := damage.Listen(target, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// client is one whose every connection goes to the proxy, whatever it is named.
func client(t testing.TB, l *damage.Listener, roots *x509.CertPool) *http.Client {
	_, addr, _ := strings.Cut(l.URL, "://")
	transport := &http.Transport{
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, addr)
		},
		TLSClientConfig: &tls.Config{RootCAs: roots},
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: time.Minute}
}

func get(t testing.TB, c *http.Client, url string) (int, string) {
	t.Helper()
	r, err := http.NewRequest("GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer t")
	r.Header.Set("Cookie", "session=1")
	resp, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, strings.TrimSpace(string(body))
}

// echo tells what a server of net/http sees.
func echo(w http.ResponseWriter, r *http.Request) {
	http.SetCookie(w, &http.Cookie{Name: "session", Value: "2"})
	if !strings.HasPrefix(r.Header.Get("Authorization"), "Bearer ") {
		w.WriteHeader(401)
	}
	fmt.Fprintf(w, "%s %s cookie=%s proto=%s", r.Host, r.RequestURI, r.Header.Get("Cookie"), r.Header.Get("X-Forwarded-Proto"))
}

func TestDamageBetweenARealClientAndServer(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(echo))
	defer server.Close()
	rows := []struct {
		reason string
		damage []scenarios.Damage
		status int
		body   string // HOST stands for that of the proxy
	}{
		{"nothing is damaged, so the server sees the client's own host", nil, 200, "HOST /api/v1?x=1 cookie=session=1 proto="},
		{"Authorization is lost", []scenarios.Damage{{Do: scenarios.DropRequestField, Name: "authorization"}}, 401, "HOST /api/v1?x=1 cookie=session=1 proto="},
		{"the cookie is lost", []scenarios.Damage{{Do: scenarios.DropRequestField, Name: "cookie"}}, 200, "HOST /api/v1?x=1 cookie= proto="},
		{"TLS seems to have ended elsewhere", []scenarios.Damage{{Do: scenarios.SetRequestField, Name: "x-forwarded-proto", Value: "http"}}, 200, "HOST /api/v1?x=1 cookie=session=1 proto=http"},
		{"an inner host", []scenarios.Damage{{Do: scenarios.SetRequestField, Name: "host", Value: "app.internal:8080"}}, 200, "app.internal:8080 /api/v1?x=1 cookie=session=1 proto="},
		{"the prefix is gone", []scenarios.Damage{{Do: scenarios.StripPrefix, Value: "/api"}}, 200, "HOST /v1?x=1 cookie=session=1 proto="},
		{"the proxy asks for a password", []scenarios.Damage{{Do: scenarios.AnswerItself, Status: 401, Name: "www-authenticate", Value: "Basic"}}, 401,
			"<html><head><title>401 Unauthorized</title></head><body><h1>401 Unauthorized</h1><hr>proxy</body></html>"},
		{"the client itself drops Authorization at the other name", []scenarios.Damage{{Do: scenarios.RedirectTo, Status: 307}}, 401, "HOST /api/v1?x=1 cookie= proto="},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			l := listen(t, server.URL, damage.Options{Damage: row.damage})
			status, body := get(t, client(t, l, nil), l.URL+"/api/v1?x=1")
			if want := strings.ReplaceAll(row.body, "HOST", strings.TrimPrefix(l.URL, "http://")); status != row.status || body != want {
				t.Errorf("got  %d %s\nwant %d %s", status, body, row.status, want)
			}
		})
	}
}

func TestHangUp(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(echo))
	defer server.Close()
	l := listen(t, server.URL, damage.Options{Damage: []scenarios.Damage{{Do: scenarios.Hang}}})
	_, err := client(t, l, nil).Get(l.URL)
	if !errors.Is(err, io.EOF) {
		t.Errorf("the client sees %v", err)
	}
	if l.Requests() != 1 {
		t.Errorf("%d requests came", l.Requests())
	}
}

func TestDamageOfARouteAndForATime(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(echo))
	defer server.Close()
	drop := []scenarios.Damage{{Do: scenarios.DropRequestField, Name: "authorization"}}
	l := listen(t, server.URL, damage.Options{Routes: []damage.Route{{"GET /orders/{id}", drop}, {"/admin/{rest...}", drop}, {"POST /", drop}}})
	c := client(t, l, nil)
	rows := []struct {
		reason, path string
		status       int
	}{
		{"any segment", "/orders/7?x", 401},
		{"another path", "/orders", 200},
		{"a longer path", "/orders/7/items", 200},
		{"all that is below", "/admin/a/b", 401},
		{"a directory itself is not below", "/admin", 200},
		{"another method", "/", 200},
	}
	for _, row := range rows {
		if status, _ := get(t, c, l.URL+row.path); status != row.status {
			t.Errorf("%s: %s is answered %d, want %d", row.reason, row.path, status, row.status)
		}
	}
	if err := l.Set(nil); err != nil {
		t.Fatal(err)
	}
	if status, _ := get(t, c, l.URL+"/orders/7"); status != 200 {
		t.Errorf("what is mended is answered %d", status)
	}
	err := l.Set(nil, damage.Route{Route: "orders", Damage: drop}, damage.Route{Route: "/x", Damage: []scenarios.Damage{{Do: "burn"}}})
	if !errors.Is(err, damage.ErrDeed) || !strings.Contains(err.Error(), `route "orders"`) || !strings.Contains(err.Error(), `route "/x"`) {
		t.Errorf("both mistakes should be told: %v", err)
	}
}

// TestALoginOfAConnection: NTLM and Negotiate log a connection in, so a proxy
// that takes another one for each request breaks them.
func TestALoginOfAConnection(t *testing.T) {
	var mu sync.Mutex
	in := map[string]bool{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if r.URL.Path == "/login" {
			in[r.RemoteAddr] = true
		}
		if !in[r.RemoteAddr] {
			w.WriteHeader(401)
		}
	}))
	defer server.Close()
	for _, row := range []struct {
		reason string
		damage []scenarios.Damage
		status int
	}{
		{"a connection of the client is one to the server", nil, 200},
		{"each request has its own", []scenarios.Damage{{Do: scenarios.FreshConnection}}, 401},
	} {
		t.Run(row.reason, func(t *testing.T) {
			l := listen(t, server.URL, damage.Options{Damage: row.damage})
			c := client(t, l, nil)
			get(t, c, l.URL+"/login")
			if status, _ := get(t, c, l.URL+"/"); status != row.status {
				t.Errorf("after the login it is answered %d, want %d", status, row.status)
			}
			if status, _ := get(t, client(t, l, nil), l.URL+"/"); status != 401 {
				t.Errorf("another client is logged in with it: %d", status)
			}
		})
	}
}

func TestTLSOnBothSides(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(echo))
	defer server.Close()
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	l := listen(t, server.URL, damage.Options{
		TLS: &tls.Config{Certificates: server.TLS.Certificates}, Target: &tls.Config{RootCAs: roots},
		Host: "shop.test", Damage: []scenarios.Damage{{Do: scenarios.DropRequestField, Name: "authorization"}},
	})
	if status, body := get(t, client(t, l, roots), l.URL+"/x"); status != 401 || body != "shop.test /x cookie=session=1 proto=" {
		t.Errorf("got %d %s", status, body)
	}
}

func TestWhatCantBeCarriedIsSaid(t *testing.T) {
	server, err := rawserver.Listen(rawserver.Config{Answer: func(context.Context, *rawserver.Request) *wire.Answer { return nil }})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	l := listen(t, server.URL, damage.Options{})
	r, _ := http.NewRequest("GET", l.URL, nil)
	r.Header.Set("Connection", "Upgrade")
	r.Header.Set("Upgrade", "websocket")
	resp, err := client(t, l, nil).Do(r)
	if err != nil || resp.StatusCode != 501 {
		t.Errorf("an upgrade is answered %v, %v", resp, err)
	}
	if status, body := get(t, client(t, l, nil), l.URL); status != 502 || !strings.Contains(body, "closed the connection without an answer") {
		t.Errorf("a server that closes is told as %d %s", status, body)
	}
	for _, target := range []string{"", "127.0.0.1:80", "ftp://a", "http://a/base", "http://u:p@a"} {
		if _, err := damage.Listen(target, damage.Options{}); err == nil || strings.Contains(err.Error(), "u:p") {
			t.Errorf("the target %q is taken, or repeated: %v", target, err)
		}
	}
}

// TestWhatIsNotNamedGoesThrough is the law of the package, on the wire.
func TestWhatIsNotNamedGoesThrough(t *testing.T) {
	seen := make(chan rawserver.Request, 1)
	answer := &wire.Answer{Status: 207, Reason: "As it is", Proto: "HTTP/1.1", Body: []byte("\x00\xff"),
		Header:  traffic.Header{{Name: "x-b", Value: "1"}, {Name: "SET-cookie", Value: "a"}, {Name: "X-B", Value: "2"}, {Name: "transfer-encoding", Value: "chunked"}},
		Trailer: traffic.Header{{Name: "x-Sum", Value: "2"}}}
	server, err := rawserver.Listen(rawserver.Config{Answer: func(_ context.Context, r *rawserver.Request) *wire.Answer {
		seen <- *r
		return answer
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	l := listen(t, server.URL, damage.Options{Damage: []scenarios.Damage{{Do: scenarios.DropRequestField, Name: "x-gone"}}})
	addr := strings.TrimPrefix(l.URL, "http://")
	c := &wire.Client{Allow: []string{addr}, Timeout: time.Minute}
	defer c.Close()
	sent := traffic.Header{{Name: "x-Z", Value: "1"}, {Name: "AUTHORIZATION", Value: "Bearer t"}, {Name: "X-a", Value: ""}, {Name: "x-z", Value: "2"}, {Name: "Via", Value: "1.1 a"}}
	got, err := c.Do(t.Context(), &wire.Request{Method: "PATCH", Scheme: "http", Addr: addr, Host: "Shop.test", Target: "//a%2f/../b?%zz", Header: sent, Body: []byte{0}})
	if err != nil {
		t.Fatal(err)
	}
	r := <-seen
	want := append(append(traffic.Header{{Name: "Host", Value: "Shop.test"}}, sent...), traffic.HeaderField{Name: "Content-Length", Value: "1"})
	if d := cmp.Diff(want, r.Header); d != "" || r.Method != "PATCH" || r.Target != "//a%2f/../b?%zz" || string(r.Body) != "\x00" {
		t.Errorf("the server got %s %s with the body %q (-sent +got):\n%s", r.Method, r.Target, r.Body, d)
	}
	if d := cmp.Diff(answer.Header, got.Header); d != "" || got.Status != 207 || got.Reason != "As it is" || string(got.Body) != "\x00\xff" || got.Trailer.Get("X-Sum") != "2" {
		t.Errorf("the client got %+v\n%s", got, d)
	}
}
