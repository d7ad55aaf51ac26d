package record_test

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/record"
)

// soon bounds what a test waits for; it is generous, for machines are busy.
const soon = time.Minute

// listen starts a proxy that ends with the test.
func listen(t testing.TB, p record.Proxy) *record.Listener {
	t.Helper()
	l, err := p.Listen()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = l.Close()
		_ = l.Tape.Close()
	})
	return l
}

func authority(t testing.TB) *record.Authority {
	t.Helper()
	a, err := record.NewAuthority(nil)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// serve starts a server of net/http, with TLS and HTTP/2 where that is asked for.
func serve(t testing.TB, secure bool, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.EnableHTTP2 = secure
	if secure {
		s.StartTLS()
	} else {
		s.Start()
	}
	t.Cleanup(s.Close)
	return s
}

// trusting is a configuration that trusts a server of httptest.
func trusting(s *httptest.Server) *tls.Config {
	pool := x509.NewCertPool()
	pool.AddCert(s.Certificate())
	return &tls.Config{RootCAs: pool}
}

// through is a client that goes through a forward proxy and trusts it.
func through(t testing.TB, l *record.Listener, a *record.Authority, two bool) *http.Client {
	t.Helper()
	proxy, err := url.Parse(l.URL)
	if err != nil {
		t.Fatal(err)
	}
	return clientOf(t, a, two, http.ProxyURL(proxy))
}

func clientOf(t testing.TB, a *record.Authority, two bool, proxy func(*http.Request) (*url.URL, error)) *http.Client {
	t.Helper()
	pool := x509.NewCertPool()
	if a != nil {
		pool.AddCert(a.Certificate)
	}
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	protocols.SetHTTP2(two)
	transport := &http.Transport{Proxy: proxy, Protocols: &protocols, TLSClientConfig: &tls.Config{RootCAs: pool}, DisableCompression: true, MaxIdleConnsPerHost: 64}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: soon, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// get asks and reads all of the answer.
func get(t testing.TB, c *http.Client, address string) (*http.Response, string) {
	t.Helper()
	r, err := c.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r, string(body)
}

// A script is a server that reads one head and then does as it is told with the
// connection.
func script(t testing.TB, play func(net.Conn, *bufio.Reader)) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				_ = c.SetDeadline(time.Now().Add(soon))
				play(c, bufio.NewReader(c))
			}()
		}
	}()
	return l.Addr().String()
}

// readHead reads up to the empty line.
func readHead(r *bufio.Reader) (string, error) {
	head := ""
	for {
		line, err := r.ReadString('\n')
		head += line
		if err != nil || line == "\r\n" {
			return head, err
		}
	}
}

// dial connects to a proxy.
func dial(t testing.TB, l *record.Listener) (net.Conn, *bufio.Reader) {
	t.Helper()
	c, err := net.Dial("tcp", l.Addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	_ = c.SetDeadline(time.Now().Add(soon))
	return c, bufio.NewReader(c)
}

// ended waits until the tape has n exchanges that are over.
func ended(t testing.TB, over <-chan *traffic.Exchange, n int) []*traffic.Exchange {
	t.Helper()
	var list []*traffic.Exchange
	for range n {
		select {
		case x := <-over:
			list = append(list, x)
		case <-time.After(soon):
			t.Fatalf("%d of %d exchanges ended", len(list), n)
		}
	}
	return list
}

// telling is a proxy that tells of each exchange that is over.
func telling(p record.Proxy) (record.Proxy, <-chan *traffic.Exchange) {
	over := make(chan *traffic.Exchange, 4096)
	p.Ended = func(x *traffic.Exchange) { over <- x }
	return p, over
}

func text(t testing.TB, b traffic.Body) string {
	t.Helper()
	s, err := b.Text(1 << 30)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// insecure trusts everybody: what is compared with is on loopback.
func insecure() *tls.Config { return &tls.Config{InsecureSkipVerify: true} }

// sorted is a header section whose order does not count.
func sorted(h traffic.Header) string {
	var lines []string
	for _, f := range h {
		lines = append(lines, strings.ToLower(f.Name)+": "+f.Value)
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}
