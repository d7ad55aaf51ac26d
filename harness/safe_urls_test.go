package harness

import (
	"context"
	"errors"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/replaydiff/replay/harness/wire"
)

// strangeURLs are addresses that two readers take differently, or that lead to
// what nobody means. PORT is that of a listener of another. A target is dialled
// as browsers read it (URL Standard, host parsing), "" where it is refused.
var strangeURLs = []struct{ reason, url, target string }{
	{"a file", "file:///etc/passwd", ""},
	{"gopher", "gopher://127.0.0.1:PORT/_GET%20/", ""},
	{"dict", "dict://127.0.0.1:PORT/x", ""},
	{"data", "data:text/html,x", ""},
	{"a blob", "blob:http://127.0.0.1:PORT/1", ""},
	{"about", "about:blank", ""},
	{"a WebSocket", "ws://127.0.0.1:PORT/", ""},
	{"a WebSocket over TLS", "wss://127.0.0.1:PORT/", ""},
	{"credentials", "http://user:secretpassword@127.0.0.1:PORT/", ""},
	{"the target as a user", "http://shop.alder.example@127.0.0.1:PORT/", ""},
	{"a backslash before the @", `http://shop.alder.example\@127.0.0.1:PORT/`, ""},
	{"a fragment before the host", "http://127.0.0.1:PORT#@shop.alder.example/", ""},
	{"no scheme", "//127.0.0.1:PORT/", ""},
	{"no slashes", "http:127.0.0.1:PORT", ""},
	{"backslashes", `http:\\127.0.0.1:PORT\`, ""},
	{"a scheme in capitals", "HTTP://127.0.0.1:PORT/", "127.0.0.1:PORT"},
	{"a decimal address", "http://2130706433:PORT/", "127.0.0.1:PORT"},
	{"an octal address", "http://0177.0.0.1:PORT/", "127.0.0.1:PORT"},
	{"a hexadecimal address", "http://0x7f000001:PORT/", "127.0.0.1:PORT"},
	{"a short address", "http://127.1:PORT/", "127.0.0.1:PORT"},
	{"IPv4 in IPv6", "http://[::ffff:127.0.0.1]:PORT/", "[::ffff:7f00:1]:PORT"},
	{"a zone", "http://[fe80::1%25lo]:PORT/", ""},
	{"metadata of a cloud", "http://169.254.169.254/latest/meta-data/", "169.254.169.254:80"},
	{"metadata over IPv6", "http://[fd00:ec2::254]/latest/", "[fd00:ec2::254]:80"},
	{"metadata by name", "http://metadata.google.internal/", "metadata.google.internal:80"},
	{"any address", "http://0.0.0.0:PORT/", "0.0.0.0:PORT"},
	{"port 0", "http://127.0.0.1:0/", ""},
	{"a port beyond all", "http://127.0.0.1:99999/", ""},
	{"a negative port", "http://127.0.0.1:-1/", ""},
	{"no port behind the colon", "http://127.0.0.1:/", ""},
	{"no host", "http://:PORT/", ""},
	{"nothing", "http://", ""},
	{"a percent-encoded host", "http://%31%32%37.0.0.1:PORT/", ""},
	{"a percent-encoded dot", "http://127%2e0.0.1:PORT/", ""},
	{"the recorded host with a dot at its end", "http://shop.alder.example.:PORT/", ""},
	{"dots that are none", "http://127。0。0。1:PORT/", "127.0.0.1:PORT"},
	{"digits in circles", "http://①②⑦.⓪.⓪.①:PORT/", "127.0.0.1:PORT"},
	{"letters that look alike", "http://ѕhор.alder.example:PORT/", "xn--h-1tbg5f.alder.example:PORT"},
	{"an IDN", "http://bücher.example:PORT/", "xn--bcher-kva.example:PORT"},
	{"a host with a line end", "http://127.0.0.1:PORT\r\nX-Evil: 1/", ""},
	{"a host with a tab", "http://127.0.0\t.1:PORT/", ""},
	{"two ports", "http://127.0.0.1:PORT:80/", ""},
	{"an unclosed bracket", "http://[::1", ""},
	{"a bracket for a name", "http://[127.0.0.1]:PORT/", ""},
	{"a comma", "http://127.0.0.1,shop.alder.example:PORT/", ""},
}

// TestStrangeRecordedURLs: whatever URL a capture holds, nothing is dialled but
// the target.
func TestStrangeRecordedURLs(t *testing.T) {
	evil := newOnlooker(t)
	port := evil.host()[strings.LastIndexByte(evil.host(), ':')+1:]
	for _, row := range strangeURLs {
		for _, method := range []string{"GET", "TRACE", "CONNECT", "PRI", "gEt", "BREW", "M-SEARCH"} {
			t.Run(row.reason+"/"+method, func(t *testing.T) {
				var mu sync.Mutex
				var asked []string
				base := serve(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
					mu.Lock()
					defer mu.Unlock()
					asked = append(asked, r.Method)
				}))
				c := flow("GET", recordedOrigin+"/a", method, strings.ReplaceAll(row.url, "PORT", port), "GET", recordedOrigin+"/b")
				for _, x := range c.Exchanges {
					with(x, "Cookie", session, "Authorization", "Bearer "+strings.Repeat("5e", 12))
				}
				for _, unsafe := range []bool{false, true} {
					p, err := NewPlan(c, PlanOptions{Target: Target{Base: base}, Follow: true, Unsafe: Unsafe{All: unsafe}})
					if err != nil {
						if strings.Contains(err.Error(), "5e5e") || strings.Contains(err.Error(), "secretpassword") {
							t.Errorf("a secret is told: %v", err)
						}
						continue
					}
					var d dialler
					replayed(t, &Runner{Client: d.client(), Concurrency: 1, Refusals: -1}, p)
					d.only(t, addrIn(base))
					mu.Lock()
					for _, m := range asked {
						if m == "CONNECT" || m == "PRI" || !unsafe && m != "GET" {
							t.Errorf("%s was sent", m)
						}
					}
					mu.Unlock()
				}
			})
		}
	}
}

// TestStrangeTargets: a target is refused, or exactly the address that it names
// is dialled, which is never another one under the same spelling.
func TestStrangeTargets(t *testing.T) {
	for _, row := range strangeURLs {
		t.Run(row.reason, func(t *testing.T) {
			target := strings.ReplaceAll(row.url, "PORT", "9")
			p, err := NewPlan(many(1), PlanOptions{Target: Target{Base: target, Flag: "--target"}})
			if err != nil {
				if row.target != "" || strings.Contains(err.Error(), "secretpassword") || strings.ContainsAny(err.Error(), "\r\t") {
					t.Errorf("refused: %v", err)
				}
				return
			}
			var got []string // and nothing is dialled: some are real
			client := &wire.Client{DialContext: func(_ context.Context, _, addr string) (net.Conn, error) {
				got = append(got, addr)
				return nil, errors.New("not in a test")
			}}
			replayed(t, &Runner{Client: client, Concurrency: 1}, p)
			if want := strings.ReplaceAll(row.target, "PORT", "9"); !slices.Equal(got, []string{want}) {
				t.Errorf("%q dials %q, want %q", target, got, want)
			}
		})
	}
}

// TestForbiddenMethods: CONNECT is never sent, whatever is allowed; TRACE, which
// echoes credentials, and methods that nobody knows wait for leave.
func TestForbiddenMethods(t *testing.T) {
	for _, row := range []struct {
		reason, method string
		unsafe         Unsafe
		sent           bool
	}{
		{"a tunnel", "CONNECT", Unsafe{All: true}, false},
		{"an echo", "TRACE", Unsafe{}, false},
		{"a method that nobody knows", "BREW", Unsafe{}, false},
		{"another case is another method", "get", Unsafe{}, false},
		{"with leave", "BREW", Unsafe{All: true}, true},
	} {
		t.Run(row.reason, func(t *testing.T) {
			base, heads := rawServer(t)
			p, err := NewPlan(flow("GET", recordedOrigin+"/a", row.method, recordedOrigin+"/b"), PlanOptions{Target: Target{Base: base}, Unsafe: row.unsafe})
			if err == nil {
				replayed(t, &Runner{Concurrency: 1}, p)
			}
			sent := slices.ContainsFunc(heads(), func(h wire.Head) bool { return strings.HasPrefix(h.Start, row.method+" ") })
			if sent != row.sent {
				t.Errorf("sent: %v, %v", sent, err)
			}
		})
	}
}
