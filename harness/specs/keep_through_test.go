package specs

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"github.com/onsi/gomega"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/through"
)

// proxyBefore is a proxy that forwards to a stand, and does what change says to
// requests.
func proxyBefore(t *testing.T, s *through.Stand, change func(*http.Request)) string {
	t.Helper()
	behind, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	p := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(behind)
		r.Out.Host = r.In.Host
		r.SetXForwarded()
		change(r.Out)
	}})
	t.Cleanup(p.Close)
	return p.URL
}

func flowWithToken() *traffic.Capture {
	return &traffic.Capture{File: "ok.har", Exchanges: []*traffic.Exchange{{
		Request: traffic.Request{Method: "GET", URL: "https://api.shop.example/orders", Proto: "HTTP/1.1",
			Header: traffic.Header{{Name: "Authorization", Value: "Bearer not-a-token"}, {Name: "X_Shop", Value: "tea"}}},
		Response: &traffic.Response{Status: 200, Proto: "HTTP/1.1", Header: traffic.Header{{Name: "Content-Type", Value: "application/json"}}, Body: traffic.NewBody("application/json", []byte(`{"n":1}`))},
	}}}
}

func openStand(t *testing.T) *through.Stand {
	t.Helper()
	s, err := through.Listen("127.0.0.1:0", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestKeepThrough(t *testing.T) {
	s := openStand(t)
	right := proxyBefore(t, s, func(*http.Request) {})
	broken := proxyBefore(t, s, func(r *http.Request) { r.Header.Del("Authorization") })
	g := gomega.NewWithT(t)
	g.Expect(flowWithToken()).To(KeepThrough(right).Behind(s).WithProbe("encoded-slash", "kept"))
	g.Expect(flowWithToken()).NotTo(KeepThrough(broken).Behind(s))
	var failures []string
	failing := gomega.NewGomega(func(message string, _ ...int) { failures = append(failures, message) })
	failing.Expect(flowWithToken()).To(KeepThrough(broken).Behind(s))
	failing.Expect(flowWithToken()).NotTo(KeepThrough(right).Behind(s))
	failing.Expect(flowWithToken()).To(KeepThrough(right).Behind(s).WithProbe("trailer", "made a field of the head"))
	failing.Expect(flowWithToken()).To(KeepThrough(right).Behind(s).WithProbe("trailers", "kept"))
	failing.Expect(17).To(KeepThrough(right).Behind(s))
	for i, want := range []string{
		"The proxy drops Authorization before the app sees it.",
		"to change something of the flow, but\n\n1 of 1 requests came through the proxy unchanged",
		"probe trailer: ",
		`there is no probe "trailers"`,
		"has to be a *traffic.Capture or the name of a capture file, not a int",
	} {
		if i >= len(failures) || !strings.Contains(failures[i], want) {
			t.Errorf("failure %d of these has no %q:\n%s", i, want, strings.Join(failures, "\n--\n"))
		}
	}
	if strings.Contains(strings.Join(failures, ""), "not-a-token") {
		t.Error("a secret is in the message")
	}
}
