package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/replaydiff/replay/harness/rawserver"
	"github.com/replaydiff/replay/harness/wire"
)

// commands that send, to ONE (and TWO).
var sendingCommands = []string{
	"run OK --target ONE --allow-unsafe", "run OK --target ONE --follow", "compare OK --before ONE --after TWO --allow-unsafe", "isolate OK BAD --target ONE --allow-unsafe",
	"test SUITE --target ONE --allow-unsafe", "through ONE OK --listen 127.0.0.1:0", "run OK --target ONE --login ada",
}

// flowOf writes two captures, a suite and settings with a login.
func flowOf(t *testing.T, folder, target string) func(command string) []string {
	t.Helper()
	at := func(name string) string { return filepath.Join(folder, name) }
	plain := []hostileValue{{text: "plain"}, {text: "other"}}
	write(t, at("ok.har"), hostileHAR(plain, 200, true))
	write(t, at("bad.har"), hostileHAR(plain[1:], 401, true))
	write(t, at(".replay.yaml"), "logins:\n  ada:\n    requests:\n      - request: POST /login\n        form: {user: ada, password: env:REPLAY_TEST_PASSWORD}\n")
	if _, stderr, code := outputs(t, "new", at("ok.har"), "-o", at("flow.replay.yaml"), "--force"); code != exitSame {
		t.Fatal(stderr)
	}
	fill := strings.NewReplacer("OK", at("ok.har"), "BAD", at("bad.har"), "ONE", target, "TWO", target+"/two", "SUITE", at("flow.replay.yaml"))
	return func(command string) []string { return strings.Fields(fill.Replace(command)) }
}

// TestServersThatDoNotSpeak: whatever comes over the wire, each command that
// sends comes to its end, and says so without a captured value.
func TestServersThatDoNotSpeak(t *testing.T) {
	t.Setenv("REPLAY_TEST_PASSWORD", "of-the-login-4711")
	over := make(chan struct{})
	t.Cleanup(func() { close(over) })
	endless := func(start, piece string) func(net.Conn) {
		return func(c net.Conn) {
			_, err := io.WriteString(c, start)
			for block := strings.Repeat(piece, 1+4000/len(piece)); err == nil; {
				_, err = io.WriteString(c, block)
			}
		}
	}
	said := func(text string) func(net.Conn) { return func(c net.Conn) { _, _ = io.WriteString(c, text) } }
	rows := []struct {
		reason string
		answer func(net.Conn)
	}{
		{"closes at once", func(net.Conn) {}},
		{"stalls", func(net.Conn) { <-over }},
		{"resets", func(c net.Conn) { _ = c.(*net.TCPConn).SetLinger(0) }},
		{"resets in the body", func(c net.Conn) {
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
			_ = c.(*net.TCPConn).SetLinger(0)
		}},
		{"trickles", func(c net.Conn) {
			for _, err := io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\n"); err == nil; _, err = io.WriteString(c, "x") {
				select {
				case <-over:
				case <-time.After(10 * time.Millisecond):
				}
			}
		}},
		{"garbage", said("\x00\xff\x1b]0;x\a garbage \r\n\r\n")},
		{"HTTP/0.9", said("<html>plain-secret-4711</html>")},
		{"another protocol", said("SSH-2.0-x\r\n")},
		{"TLS", said("\x15\x03\x01\x00\x02\x02\x0a")},
		{"two framings", said("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")},
		{"a bad chunk", said("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\nx")},
		{"10 GB, and no byte", said("HTTP/1.1 200 OK\r\nContent-Length: 10737418240\r\n\r\n")},
		{"a length that is too short", said("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nabc HTTP/1.1 200 OK\r\n\r\n")},
		{"interim answers without end", endless("", "HTTP/1.1 103 Early Hints\r\n\r\n")},
		{"fields without end", endless("HTTP/1.1 200 OK\r\n", "X-A: b\r\n")},
		{"trailers without end", endless("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "X-A: b\r\n")},
		{"10,000 cookies", said("HTTP/1.1 200 OK\r\n" + strings.Repeat("Set-Cookie: a=b\r\n", 10_000) + "Content-Length: 0\r\n\r\n")},
		{"a cookie of a megabyte", said("HTTP/1.1 200 OK\r\nSet-Cookie: a=" + strings.Repeat("x", 1_000_000) + "\r\nContent-Length: 0\r\n\r\n")},
		{"a redirect to itself", said("HTTP/1.1 307 x\r\nLocation: /\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")},
		{"a login for ever", said("HTTP/1.1 401 x\r\nWWW-Authenticate: Bearer\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			args := flowOf(t, t.TempDir(), "http://"+speaks(t, row.answer))
			for _, command := range sendingCommands {
				stdout, stderr, code := outputs(t, append(args(command), "--timeout", "200ms")...)
				inert(t, stdout+stderr)
				if len(stdout)+len(stderr) > 1<<20 || stdout+stderr == "" {
					t.Errorf("%s: %d bytes are told", command, len(stdout)+len(stderr))
				}
				for _, secret := range []string{"of-nothing-4711", "of-the-login-4711", "plain-secret-4711"} {
					if strings.Contains(stdout+stderr, secret) {
						t.Errorf("%s tells %s", command, secret)
					}
				}
				if code < exitSame || code > exitNetwork {
					t.Errorf("%s ends with %d", command, code)
				}
			}
		})
	}
}

// speaks serves connections with whatever is written to them after a request.
func speaks(t testing.TB, answer func(net.Conn)) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				if _, err := c.Read(make([]byte, 64<<10)); err == nil {
					answer(c)
				}
			}()
		}
	}()
	return l.Addr().String()
}

// TestProxyVariables: no variable of the environment sends anything another
// way. The target is a name, for net/http takes loopback addresses out.
func TestProxyVariables(t *testing.T) {
	var strangers atomic.Int64
	evil := speaks(t, func(net.Conn) { strangers.Add(1) })
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "FTP_PROXY", "SOCKS_PROXY", "http_proxy", "https_proxy", "all_proxy"} {
		t.Setenv(name, "http://"+evil)
	}
	t.Setenv("NO_PROXY", "")
	t.Setenv("no_proxy", "")
	t.Setenv("REPLAY_TEST_PASSWORD", "x")
	var asked atomic.Int64
	s, err := rawserver.Listen(rawserver.Config{Answer: func(context.Context, *rawserver.Request) *wire.Answer {
		asked.Add(1)
		return &wire.Answer{Status: 200}
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	_, port, _ := net.SplitHostPort(s.Addr)
	args := flowOf(t, t.TempDir(), "http://replay.test:"+port)
	for _, command := range sendingCommands {
		asked.Store(0)
		_, stderr, _ := outputs(t, append(args(command), "--resolve", fmt.Sprintf("replay.test:%s:127.0.0.1", port))...)
		if asked.Load() == 0 {
			t.Errorf("%s asked nobody: %s", command, stderr)
		}
	}
	if n := strangers.Load(); n > 0 {
		t.Errorf("the proxy of the environment was asked %d times", n)
	}
}
