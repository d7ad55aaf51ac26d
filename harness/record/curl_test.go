package record_test

import (
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/replaydiff/replay/harness/record"
	"github.com/replaydiff/replay/harness/wire"
)

// TestCurl: curl trusts the authority by its file, and speaks what it wants to.
func TestCurl(t *testing.T) {
	curl, err := exec.LookPath("curl")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("curl is not installed, and CI has to have it")
		}
		t.Skip("curl is not installed")
	}
	server := serve(t, true, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, r.Proto+" "+r.Header.Get("X-Say"))
	})
	plain := serve(t, false, echo)
	a := authority(t)
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, a.PEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	forward := record.Proxy{Authority: a, TLS: trusting(server)}
	reverse := forward
	reverse.Target = server.URL
	rows := []struct {
		reason string
		proxy  record.Proxy
		args   string
		says   string
		proto  string
	}{
		{"a tunnel, HTTP/1.1", forward, "--http1.1 --proxy $PROXY --cacert $CA -H X-Say:one $SERVER/a", "HTTP/1.1 one", "HTTP/1.1"},
		{"a tunnel, HTTP/2", forward, "--http2 --proxy $PROXY --cacert $CA -H X-Say:two $SERVER/a", "HTTP/2.0 two", "HTTP/2.0"},
		{"in absolute form", forward, "--proxy $PROXY $PLAIN/a", `GET $PLAINHOST /a ""`, "HTTP/1.1"},
		{"in front of a server, TLS", reverse, "--http2 --cacert $CA -H X-Say:three $PROXY/a", "HTTP/2.0 three", "HTTP/2.0"},
		{"in front of a server, TLS and HTTP/1.1", reverse, "--http1.1 --cacert $CA -H X-Say:four $PROXY/a", "HTTP/1.1 four", "HTTP/1.1"},
		{"plain HTTP/2", record.Proxy{Target: server.URL, TLS: trusting(server)}, "--http2-prior-knowledge -H X-Say:five $PROXY/a", "HTTP/2.0 five", "HTTP/2.0"},
		{"HTTP/2 before a server of HTTP/1.1", record.Proxy{Target: plain.URL, Proto: wire.HTTP1}, "--http2-prior-knowledge -d 12345 $PROXY/a?b", `POST $PLAINHOST /a?b "12345"`, "HTTP/2.0"},
		{"HTTP/1.1 before a server of HTTP/2", record.Proxy{Target: server.URL, TLS: trusting(server), Proto: wire.HTTP2}, "-H X-Say:six $PROXY//a%2Fb", "HTTP/2.0 six", "HTTP/1.1"},
		{"leave to send a body", record.Proxy{Target: plain.URL}, "-H Expect:100-continue -d 12345 $PROXY/a", `POST $PLAINHOST /a "12345"`, "HTTP/1.1"},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			p, over := telling(row.proxy)
			l := listen(t, p)
			fill := strings.NewReplacer("$PROXY", l.URL, "$CA", file, "$SERVER", server.URL, "$PLAINHOST", plain.Listener.Addr().String(), "$PLAIN", plain.URL)
			args := append([]string{"-sS", "--max-time", "60", "--noproxy", ""}, strings.Fields(fill.Replace(row.args))...)
			out, err := exec.Command(curl, args...).CombinedOutput()
			if string(out) != fill.Replace(row.says) || err != nil {
				t.Fatalf("curl says %q %v", out, err)
			}
			x := ended(t, over, 1)[0]
			if x.Request.Proto != row.proto || text(t, x.Response.Body) != string(out) || !strings.HasPrefix(x.Request.URL, "http") {
				t.Errorf("recorded %s %s", x.Request.URL, x.Request.Proto)
			}
		})
	}
}

// TestWhoDoesNotTrust: a client that does not know the authority sends nothing,
// and that is told.
func TestWhoDoesNotTrust(t *testing.T) {
	server := serve(t, true, func(http.ResponseWriter, *http.Request) { t.Error("a request came") })
	told := make(chan error, 8)
	l := listen(t, record.Proxy{Authority: authority(t), TLS: trusting(server), Broken: func(err error) { told <- err }})
	if _, err := through(t, l, authority(t), true).Get(server.URL); err == nil {
		t.Error("it trusts anybody")
	}
	if err := <-told; !strings.Contains(err.Error(), "trust") {
		t.Error(err)
	}
	if n := l.Tape.Len(); n != 0 {
		t.Errorf("%d exchanges are recorded", n)
	}
}

// TestUnreadTunnel: without an authority, and of what is no HTTP, bytes go
// through and nothing is recorded.
func TestUnreadTunnel(t *testing.T) {
	server := serve(t, true, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") })
	l := listen(t, record.Proxy{})
	client := through(t, l, nil, true)
	client.Transport.(*http.Transport).TLSClientConfig = trusting(server)
	if _, body := get(t, client, server.URL); body != "hello" {
		t.Errorf("the client got %q", body)
	}
	if n := l.Tape.Len(); n != 0 {
		t.Errorf("%d exchanges are recorded", n)
	}
}

// TestViaAnotherProxy: a proxy on the way to the server is asked for a tunnel,
// for plain HTTP too.
func TestViaAnotherProxy(t *testing.T) {
	between := listen(t, record.Proxy{})
	via, err := url.Parse(between.URL)
	if err != nil {
		t.Fatal(err)
	}
	for _, secure := range []bool{false, true} {
		server := serve(t, secure, func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "hello "+r.URL.Path) })
		p := record.Proxy{Target: server.URL, Via: via}
		if secure {
			p.TLS = trusting(server)
		}
		if _, body := get(t, http.DefaultClient, listen(t, p).URL+"/there"); body != "hello /there" {
			t.Errorf("TLS %t: the client got %q", secure, body)
		}
	}
	// The one between saw the plain request alone.
	if c := between.Tape.Capture(); len(c.Exchanges) != 1 || !strings.HasSuffix(c.Exchanges[0].Request.URL, "/there") {
		t.Errorf("it recorded %d exchanges", len(c.Exchanges))
	}
}
