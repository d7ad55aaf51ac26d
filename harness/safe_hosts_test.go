package harness

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/credential"
	"github.com/replaydiff/replay/harness/wire"
)

// An onlooker is a second server, which must see nothing: no request, not even
// a connection.
type onlooker struct {
	net.Listener
	seen atomic.Int64
}

func newOnlooker(t testing.TB) *onlooker {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o := &onlooker{Listener: l}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			o.seen.Add(1)
			c.Close()
		}
	}()
	t.Cleanup(func() {
		l.Close()
		if n := o.seen.Load(); n > 0 {
			t.Errorf("another host was dialled %d times", n)
		}
	})
	return o
}

// host is its address, as a URL has it.
func (o *onlooker) host() string { return o.Addr().String() }

// A dialler notes the addresses that are dialled. Names are never looked up.
type dialler struct {
	mu   sync.Mutex
	list map[string]bool
}

func (d *dialler) client() *wire.Client {
	d.list = map[string]bool{}
	return &wire.Client{DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		d.mu.Lock()
		d.list[addr] = true
		d.mu.Unlock()
		if host, _, _ := net.SplitHostPort(addr); net.ParseIP(host) == nil {
			return nil, fmt.Errorf("a name would be looked up")
		}
		return new(net.Dialer).DialContext(ctx, network, addr)
	}}
}

func (d *dialler) only(t *testing.T, addr string) {
	t.Helper()
	for dialled := range d.list {
		if dialled != addr {
			t.Errorf("%s was dialled, the target is %s", dialled, addr)
		}
	}
}

func addrIn(base string) string { return strings.TrimPrefix(base, "http://") }

// TestRedirectsLeadNowhereElse: whatever an answer says about where to go next,
// no other host is looked up or dialled. EVIL is another listener, TARGET the
// target's own address.
func TestRedirectsLeadNowhereElse(t *testing.T) {
	rows := []struct {
		reason, field, value string
		body                 string
	}{
		{reason: "absolute", field: "Location", value: "http://EVIL/x"},
		{reason: "no scheme", field: "Location", value: "//EVIL/x"},
		{reason: "three slashes", field: "Location", value: "///EVIL/x"},
		{reason: "backslashes are slashes to browsers", field: "Location", value: `\\EVIL\x`},
		{reason: "one of each", field: "Location", value: `/\EVIL/x`},
		{reason: "a scheme without slashes", field: "Location", value: "http:EVIL/x"},
		{reason: "a scheme with backslashes", field: "Location", value: `http:\\EVIL\x`},
		{reason: "a tab in the scheme, which browsers take out", field: "Location", value: "ht\ttp://EVIL/x"},
		{reason: "blanks around it", field: "Location", value: "   http://EVIL/x  "},
		{reason: "the target as a user", field: "Location", value: "http://TARGET@EVIL/x"},
		{reason: "the target as a user with a password", field: "Location", value: "http://a:TARGET@EVIL/"},
		{reason: "the target in the fragment", field: "Location", value: "http://EVIL#@TARGET/"},
		{reason: "a backslash before the @", field: "Location", value: `http://EVIL\@TARGET/x`},
		{reason: "the target as a query", field: "Location", value: "http://EVIL?@TARGET/"},
		{reason: "the recorded host as a user", field: "Location", value: "https://shop.alder.example@EVIL/"},
		{reason: "the recorded host with another scheme", field: "Location", value: "http://shop.alder.example/x"},
		{reason: "a name that begins as the recorded one", field: "Location", value: "https://shop.alder.example.evil.test/"},
		{reason: "another host of the recorded site", field: "Location", value: "https://pay.alder.example/"},
		{reason: "https of the target", field: "Location", value: "https://TARGET/x"},
		{reason: "an upper-case scheme", field: "Location", value: "HTTP://EVIL/x"},
		{reason: "IPv6 with a zone", field: "Location", value: "http://[fe80::1%25lo]/x"},
		{reason: "IPv6 that holds IPv4", field: "Location", value: "http://[::ffff:127.0.0.1]/x"},
		{reason: "an address as one number", field: "Location", value: "http://2130706433/x"},
		{reason: "an address in octal", field: "Location", value: "http://0177.0.0.1/x"},
		{reason: "a script", field: "Location", value: "javascript:fetch('http://EVIL')"},
		{reason: "data", field: "Location", value: "data:text/html,<img src=http://EVIL>"},
		{reason: "a file", field: "Location", value: "file:///etc/passwd"},
		{reason: "ftp", field: "Location", value: "ftp://EVIL/x"},
		{reason: "two of them", field: "Location", value: "/fine, http://EVIL/x"},
		{reason: "Refresh", field: "Refresh", value: "0; url=http://EVIL/"},
		{reason: "Link", field: "Link", value: "<http://EVIL/x>; rel=preload, <http://EVIL>; rel=preconnect"},
		{reason: "Alt-Svc", field: "Alt-Svc", value: `http/1.1="EVIL"; ma=3600; persist=1, h2="EVIL"`},
		{reason: "Content-Location", field: "Content-Location", value: "http://EVIL/x"},
		{reason: "a report endpoint", field: "Report-To", value: `{"endpoints":[{"url":"http://EVIL/"}]}`},
		{reason: "meta refresh", body: `<meta http-equiv=refresh content="0;url=http://EVIL/"><base href="http://EVIL/"><img src="//EVIL/x">`},
		{reason: "the next page in JSON", body: `{"next":"http://EVIL/orders?page=2","links":{"self":"//EVIL/"}}`},
	}
	evil := newOnlooker(t)
	for _, row := range rows {
		for _, status := range []int{200, 301, 303, 307, 308} {
			for _, follow := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/%d/follow=%v", row.reason, status, follow), func(t *testing.T) {
					t.Parallel()
					var target string
					fill := strings.NewReplacer("EVIL", evil.host(), "TARGET", "TARGET")
					base := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
						if r.Host != target {
							t.Errorf("asked as %s", r.Host)
						}
						if row.field != "" {
							w.Header()[row.field] = []string{strings.ReplaceAll(fill.Replace(row.value), "TARGET", target)}
						}
						w.WriteHeader(status)
						fmt.Fprint(w, strings.ReplaceAll(fill.Replace(row.body), "TARGET", target))
					}))
					target = addrIn(base)
					var d dialler
					c := flow("GET", recordedOrigin+"/a", "POST", recordedOrigin+"/b", "GET", recordedOrigin+"/c")
					for _, x := range c.Exchanges { // a session with cookies
						x.Request.Header = traffic.Header{{Name: "Cookie", Value: "sid=" + strings.Repeat("5e", 12)}, {Name: "Authorization", Value: "Bearer " + strings.Repeat("0a", 12)}}
					}
					replayed(t, &Runner{Client: d.client(), Learn: 1}, plan(t, c, PlanOptions{Target: Target{Base: base}, Follow: follow, Unsafe: Unsafe{All: true}}))
					d.only(t, target)
				})
			}
		}
	}
}

// TestCapturesLeadNowhereElse: nor does what a capture says.
func TestCapturesLeadNowhereElse(t *testing.T) {
	evil := newOnlooker(t)
	rows := []struct{ reason, url, host string }{
		{reason: "another origin", url: "http://EVIL/x"},
		{reason: "a presigned URL", url: "http://EVIL/bucket/key?X-Amz-Signature=00&X-Amz-Credential=a"},
		{reason: "the main origin as a user", url: "https://shop.alder.example@EVIL/x"},
		{reason: "the main origin as a user, with a backslash", url: `https://shop.alder.example\@EVIL/x`},
		{reason: "another host behind a backslash", url: `https://EVIL\.shop.alder.example/x`},
		{reason: "a fragment before the host's end", url: "https://EVIL#.shop.alder.example/x"},
		{reason: "no scheme", url: "//EVIL/x"},
		{reason: "a Host field that names another", url: recordedOrigin + "/x", host: "EVIL"},
		{reason: "an authority that names another", url: recordedOrigin + "//EVIL/x"},
		{reason: "a target in absolute form", url: recordedOrigin + "/http://EVIL/x"},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			base := serve(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
			c := flow("GET", recordedOrigin+"/a", "GET", recordedOrigin+"/b", "GET", strings.ReplaceAll(row.url, "EVIL", evil.host()))
			c.Exchanges[0].Response = &traffic.Response{Status: 302, Header: traffic.Header{{Name: "Location", Value: "http://" + evil.host() + "/x"}}}
			if row.host != "" {
				c.Exchanges[2].Request.Header = traffic.Header{{Name: "Host", Value: evil.host()}, {Name: ":authority", Value: evil.host()}}
			}
			var d dialler
			p, err := NewPlan(c, PlanOptions{Target: Target{Base: base}, Follow: true})
			if err != nil {
				t.Log(err)
				return
			}
			replayed(t, &Runner{Client: d.client()}, p)
			d.only(t, addrIn(base))
		})
	}
}

// TestEnvironmentIsNotAsked: no variable sends a request another way.
func TestEnvironmentIsNotAsked(t *testing.T) {
	evil := newOnlooker(t)
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "REQUEST_METHOD", "SOCKS_PROXY"} {
		t.Setenv(name, "http://"+evil.host())
		t.Setenv(strings.ToLower(name), "http://"+evil.host())
	}
	t.Setenv("NO_PROXY", "")
	var asked atomic.Int64
	base := serve(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	replayed(t, &Runner{}, plan(t, many(3), PlanOptions{Target: Target{Base: base}}))
	if asked.Load() != 3 {
		t.Errorf("%d requests came, want 3", asked.Load())
	}
}

// TestTokensStayWithTheirEndpoint: a token endpoint is asked where it was
// named, and what it answers leads nowhere.
func TestTokensStayWithTheirEndpoint(t *testing.T) {
	evil := newOnlooker(t)
	var asked atomic.Int64
	base := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { asked.Add(1) }))
	for _, row := range []struct {
		reason, location string
		named            bool
		sent             int
	}{
		{"not named", "", false, 0},
		{"named, and it redirects to another host", "http://" + evil.host() + "/", true, 1},
		{"named, and it redirects to the target", base + "/", true, 1},
		{"named, and it redirects to the recorded host", recordedOrigin + "/", true, 1},
	} {
		t.Run(row.reason, func(t *testing.T) {
			var granted atomic.Int64
			endpoint := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				granted.Add(1)
				w.Header().Set("Location", row.location)
				w.WriteHeader(307)
			}))
			defer endpoint.Close()
			var d dialler
			sender := &LoginSender{Target: Target{Base: base}, Capture: many(1), Client: d.client()}
			if row.named {
				sender.TokenHosts = []string{addrIn(endpoint.URL)}
			}
			secret, _ := credential.ParseSecret("c1ientsecret", "")
			source := &credential.OAuth2{Name: "a", TokenURL: endpoint.URL + "/token", ClientID: "c", ClientSecret: secret, Transport: sender}
			_, err := source.Fetch(t.Context())
			if err == nil || strings.Contains(err.Error(), "c1ientsecret") {
				t.Errorf("got %v", err)
			}
			if int(granted.Load()) != row.sent || asked.Load() != 0 {
				t.Errorf("the endpoint was asked %d times, the target %d times", granted.Load(), asked.Load())
			}
			t.Log(err)
		})
	}
}

// TestLoginsStayWithTheTarget: a login that is written down goes where the
// target is, also when its answers redirect.
func TestLoginsStayWithTheTarget(t *testing.T) {
	evil := newOnlooker(t)
	base := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://"+evil.host()+"/", http.StatusTemporaryRedirect)
	}))
	for _, target := range []string{"/login", "http://" + evil.host() + "/login", "//" + evil.host() + "/login", `\\` + evil.host() + `\login`, "@" + evil.host() + "/"} {
		t.Run(target, func(t *testing.T) {
			var d dialler
			sender := &LoginSender{Target: Target{Base: base}, Capture: many(1), Client: d.client()}
			login := &credential.Login{Name: "ada", Sender: sender, Steps: []credential.Step{{Method: "POST", Target: target}}}
			_, err := login.Fetch(t.Context())
			t.Log(err)
			d.only(t, addrIn(base))
		})
	}
}
