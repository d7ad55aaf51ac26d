package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/replaydiff/replay/harness/rawserver"
	"github.com/replaydiff/replay/harness/wire"
)

// TestInjectionByFlags: a value of a flag stays in its place, or is refused
// before anything is sent. There is never a field or a request more.
func TestInjectionByFlags(t *testing.T) {
	var mu sync.Mutex
	var came []string
	var broken []error
	note := func(target string, evil bool) {
		mu.Lock()
		defer mu.Unlock()
		if evil {
			target += " with a field of its own"
		}
		came = append(came, target)
	}
	one, err := rawserver.Listen(rawserver.Config{
		Answer: func(_ context.Context, r *rawserver.Request) *wire.Answer {
			note(r.Target, r.Header.Has("X-Evil"))
			return &wire.Answer{Status: 200}
		},
		Broken: func(err error) {
			mu.Lock()
			defer mu.Unlock()
			broken = append(broken, err)
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer one.Close()
	two := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { note(r.RequestURI, r.Header["X-Evil"] != nil) }))
	two.Config.Protocols = new(http.Protocols)
	two.Config.Protocols.SetUnencryptedHTTP2(true)
	two.Start()
	defer two.Close()
	servers := map[string]string{"--http1": one.URL, "--http2": two.URL}
	folder := t.TempDir()
	ok := filepath.Join(folder, "ok.har")
	write(t, ok, hostileHAR([]hostileValue{{text: "plain"}}, 200, true))
	injections := []struct{ reason, text string }{
		{"CR LF", "a\r\nX-Evil: 1"}, {"LF", "a\nX-Evil: 1"}, {"CR", "a\rX-Evil: 1"}, {"NUL", "a\x00"}, {"a request of its own", "a\r\n\r\nGET /evil HTTP/1.1\r\nHost: a\r\n\r\n"},
		{"a blank and a version", "a HTTP/1.1\r\nX-Evil: 1\r\n"}, {"encoded", "a%0d%0aX-Evil: 1"}, {"UTF-8 that is cut to CR LF", "a\u010d\u010aX-Evil: 1"},
	}
	flags := []string{
		"--set request.header.x-a=VALUE", "--set request.header.VALUE=1", "--set request.cookie.a=VALUE", "--set request.cookie.VALUE=1", "--set request.query.a=VALUE", "--set request.query.VALUE=1", "--set request.body/a=VALUE",
		"--auth Bearer VALUE", "--auth X-Key: VALUE", "--auth VALUE: x", "--auth cookie:a=VALUE", "--auth Basic u:VALUE", "--auth Basic VALUE:p", "--map https://shop.alder.example=VALUE", "--no-carry VALUE",
		"--resolve VALUE:80:127.0.0.1", "--proxy http://127.0.0.1:1/VALUE", "--shard VALUE",
	}
	tried := 0
	for _, flag := range flags {
		for _, protocol := range []string{"--http1", "--http2"} {
			for _, injected := range injections {
				t.Run(fmt.Sprintf("%s, %s, %s", flag, injected.reason, protocol), func(t *testing.T) {
					mu.Lock()
					came, broken = nil, nil
					mu.Unlock()
					name, value, _ := strings.Cut(strings.ReplaceAll(flag, "VALUE", injected.text), " ")
					stdout, stderr, code := outputs(t, "run", ok, "--target", servers[protocol], "--allow-unsafe", "--auth-everywhere", protocol, "--timeout", "20s", name, value)
					inert(t, stderr)
					mu.Lock()
					defer mu.Unlock()
					if (code == exitRefused || code == exitTrouble) && (len(came) > 0 || !strings.Contains(stderr, "replay: ")) {
						t.Errorf("refused with %d, and %d requests came: %s", code, len(came), stderr)
					}
					if len(came) > 2 || len(broken) > 0 {
						t.Errorf("%d requests and %v came, 2 were recorded", len(came), broken)
					}
					for _, target := range came {
						tried++
						if strings.Contains(target, "with a field") || !strings.HasPrefix(target, "/0/") && !strings.HasPrefix(target, "/1/") {
							t.Error(target)
						}
					}
					if code == exitSame && len(came) == 0 {
						t.Errorf("nothing was sent: %s %s", stdout, stderr)
					}
				})
			}
		}
	}
	if tried == 0 {
		t.Error("no value stayed in its place")
	}
}
