package servers_test

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/replaydiff/replay/harness/servers"
)

// kinds are the servers with a site that passes everything on.
var kinds = []struct {
	name, conf, tls string
	start           func(testing.TB, string, servers.Values) *servers.Server
}{
	{"nginx", `server { listen {{listen}}; location / { proxy_pass http://{{upstream}}; } }`,
		`server { listen {{listen}} ssl; ssl_certificate {{certificate}}; ssl_certificate_key {{certificate}};
			location / { proxy_pass http://{{upstream}}; } }`, servers.NGINX},
	{"apache", `ProxyPass / http://{{upstream}}/`,
		"SSLEngine on\nSSLCertificateFile {{certificate}}\nProxyPass / http://{{upstream}}/", servers.Apache},
	{"haproxy", "listen site\n\tbind {{listen}}\n\tserver app {{upstream}}\n",
		"listen site\n\tbind {{listen}} ssl crt {{certificate}}\n\tserver app {{upstream}}\n", servers.HAProxy},
	{"caddy", "http://{{listen}} {\n\treverse_proxy {{upstream}}\n}\n",
		"https://{{listen}} {\n\ttls {{certificate}} {{certificate}}\n\treverse_proxy {{upstream}}\n}\n", servers.Caddy},
}

func upstream(t *testing.T) string {
	t.Helper()
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "app got %s", r.URL.Path)
	}))
	t.Cleanup(app.Close)
	return app.Listener.Addr().String()
}

func TestServersPassOn(t *testing.T) {
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			s := kind.start(t, kind.conf, servers.Values{"upstream": upstream(t)})
			if got := get(t, http.DefaultTransport, s.URL+"/tea"); got != "app got /tea" {
				t.Errorf("through %s: %q\n%s", kind.name, got, s.Log())
			}
		})
	}
}

func TestServersEndTLS(t *testing.T) {
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			file, pool := servers.Certificate(t)
			s := kind.start(t, kind.tls, servers.Values{"upstream": upstream(t), "certificate": file})
			if !strings.HasPrefix(s.URL, "https://") {
				t.Fatalf("URL of a server with a certificate is %s", s.URL)
			}
			transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}
			defer transport.CloseIdleConnections()
			if got := get(t, transport, s.URL+"/tea"); got != "app got /tea" {
				t.Errorf("through %s: %q\n%s", kind.name, got, s.Log())
			}
		})
	}
}

// Two servers of a test don't take each other's port, and both are gone after
// it.
func TestServersEndWithTheTest(t *testing.T) {
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			var addrs []string
			t.Run("inner", func(t *testing.T) {
				values := servers.Values{"upstream": upstream(t)}
				for range 2 {
					s := kind.start(t, kind.conf, values)
					addrs = append(addrs, s.Addr)
				}
			})
			for _, addr := range addrs {
				if listens(addr, time.Minute) {
					t.Errorf("%s still listens on %s", kind.name, addr)
				}
			}
		})
	}
}

// listens tells whether somebody still listens there after that long.
func listens(addr string, patience time.Duration) bool {
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		c, err := net.DialTimeout("tcp", addr, time.Second)
		if err != nil {
			return false
		}
		c.Close()
	}
	return true
}

func get(t *testing.T, transport http.RoundTripper, url string) string {
	t.Helper()
	resp, err := (&http.Client{Transport: transport}).Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}
