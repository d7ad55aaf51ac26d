package wire_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/replaydiff/replay/harness/wire"
)

// tunnels is a proxy that opens tunnels to the address that it is asked for,
// and keeps the heads that it saw.
func tunnels(t *testing.T) (*rawServer, func() []wire.Head) {
	var mu sync.Mutex
	var heads []wire.Head
	s := serve(t, func(c net.Conn) {
		r := bufio.NewReader(c)
		head, _, err := readRequest(r)
		if err != nil {
			return
		}
		mu.Lock()
		heads = append(heads, head)
		mu.Unlock()
		method, rest, _ := strings.Cut(head.Start, " ")
		if method != "CONNECT" {
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nproxy")
			return
		}
		addr, _, _ := strings.Cut(rest, " ")
		up, err := net.Dial("tcp", addr)
		if err != nil {
			return
		}
		defer up.Close()
		io.WriteString(c, "HTTP/1.1 200 Connection established\r\n\r\n")
		go func() { io.Copy(up, r); up.(*net.TCPConn).CloseWrite() }()
		io.Copy(c, up)
	})
	return s, func() []wire.Head {
		mu.Lock()
		defer mu.Unlock()
		return heads
	}
}

func TestProxyTunnel(t *testing.T) {
	s, c := overTLS(t, func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, r.Header.Get("Proxy-Authorization"), r.RequestURI)
	}, true)
	proxy, heads := tunnels(t)
	c.Proxy = &url.URL{Scheme: "http", Host: proxy.Addr, User: url.UserPassword("me", "secret")}
	addr := s.Listener.Addr().String()
	r := get(addr)
	r.Scheme, r.Host, r.Target = "https", "example.com", "/a%2Fb"
	a, err := c.Do(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	if string(a.Body) != "/a%2Fb" || a.Proto != "HTTP/2.0" {
		t.Errorf("%s %q", a.Proto, a.Body)
	}
	seen := heads()
	if len(seen) != 1 || seen[0].Start != "CONNECT "+addr+" HTTP/1.1" || seen[0].Fields.Get("Proxy-Authorization") != "Basic bWU6c2VjcmV0" {
		t.Errorf("%+v", seen)
	}
}

func TestProxyAbsoluteForm(t *testing.T) {
	proxy, heads := tunnels(t)
	for _, row := range []struct {
		reason                       string
		addr, host, target, resolved string
		want                         string
	}{
		{"the proxy is told the whole URL", "api.test:80", "api.test", "/a%2Fb?x=[1]", "", "http://api.test/a%2Fb?x=[1]"},
		{"Host is not what is allowed: the address goes", "127.0.0.1:8080", "api.test", "/", "", "http://127.0.0.1:8080/"},
		{"the whole server (RFC 9112 section 3.2.4)", "api.test:8080", "api.test:8080", "*", "", "http://api.test:8080"},
		{"the address of --resolve", "api.test:80", "api.test", "/", "10.0.0.1:81", "http://10.0.0.1:81/"},
	} {
		t.Run(row.reason, func(t *testing.T) {
			c := client(t, row.addr)
			c.Proxy = &url.URL{Scheme: "http", Host: proxy.Addr, User: url.User("me")}
			if row.resolved != "" {
				c.Resolve = map[string]string{row.addr: row.resolved}
			}
			_, err := c.Do(t.Context(), &wire.Request{Method: "GET", Scheme: "http", Addr: row.addr, Host: row.host, Target: row.target,
				Header: header("proxy-authorization", "recorded")})
			if err != nil {
				t.Fatal(err)
			}
			seen := heads()
			last := seen[len(seen)-1]
			if last.Start != "GET "+row.want+" HTTP/1.1" || last.Fields.Get("Host") != row.host {
				t.Errorf("%+v", last)
			}
			if got := last.Fields.Values("Proxy-Authorization"); len(got) != 1 || got[0] != "Basic bWU6" {
				t.Errorf("authorization %q", got)
			}
		})
	}
}

func TestProxyErrors(t *testing.T) {
	for _, row := range []struct{ reason, answer, text string }{
		{"a password is wanted", "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n", "put its user and password into --proxy"},
		{"the host is not allowed", "HTTP/1.1 403 secret\r\n\r\n", "refused the connection with 403"},
		{"no HTTP", "SSH-2.0-secret\r\n\r\n", "not HTTP"},
		{"an end", "", "closed the connection"},
		{"bytes behind the answer", "HTTP/1.1 200 OK\r\n\r\nsecret", "not HTTP"},
	} {
		t.Run(row.reason, func(t *testing.T) {
			s := serve(t, answering(row.answer, true))
			c := client(t, "api.test:443")
			c.Proxy = &url.URL{Scheme: "http", Host: s.Addr}
			r := get("api.test:443")
			r.Scheme = "https"
			_, err := c.Do(t.Context(), r)
			wantError(t, err, wire.Dial, false, err, row.text)
		})
	}
	c := client(t, "api.test:80")
	c.Proxy = &url.URL{Scheme: "socks5", Host: "127.0.0.1:1", User: url.UserPassword("me", "secret")}
	_, err := c.Do(t.Context(), get("api.test:80"))
	wantError(t, err, wire.Refused, false, wire.ErrUnsendable, "--proxy http://HOST:PORT")
}

// TestResolve dials another address than the request names.
func TestResolve(t *testing.T) {
	s := serve(t, func(c net.Conn) {
		head, _, _ := readRequest(bufio.NewReader(c))
		host := head.Fields.Get("Host")
		fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(host), host)
	})
	c := client(t, "api.test:80")
	c.Resolve = map[string]string{"API.test:80": s.Addr}
	r := get("api.test:80")
	r.Host = "api.test"
	a, err := c.Do(t.Context(), r)
	if err != nil || string(a.Body) != "api.test" {
		t.Fatal(a, err)
	}
}
