package harness

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/wire"
)

// rawServer answers each request and keeps its head as it came.
func rawServer(t testing.TB) (base string, heads func() []wire.Head) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	got := make(chan wire.Head, 100)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			head, err := wire.ReadHead(bufio.NewReader(conn), 1<<20)
			if err == nil {
				got <- head
			}
			fmt.Fprint(conn, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
			conn.Close()
		}
	}()
	return "http://" + l.Addr().String(), func() (list []wire.Head) {
		for len(got) > 0 {
			list = append(list, <-got)
		}
		return list
	}
}

// TestFramingIsNeverCopied: fields that frame the recorded message or belong to
// its connection are written anew, in whatever case and however often.
func TestFramingIsNeverCopied(t *testing.T) {
	recorded := []string{
		"Content-Length: 3", "content-length: 4", "CONTENT-LENGTH: 5, 6", "Transfer-Encoding: chunked", "tRANSFER-eNCODING: identity", "Connection: close, X-Hop",
		"connection: X-Other", "Keep-Alive: 5", "Proxy-Connection: keep-alive", "TE: trailers, gzip", "te: deflate", "Trailer: X", "Upgrade: h2c", "HTTP2-Settings: AA",
		"Expect: 100-continue", "expect: 200-ok", ":method: DELETE", ":path: /admin", ":authority: evil.test", ":scheme: ftp", ":status: 200", ":Evil: 1",
		"X-Hop: 1", "x-hop: 2", "X-Other: 3", "Host: shop.alder.example", "HOST: shop.alder.example", "X-Kept: 1",
	}
	for _, method := range []string{"GET", "POST"} {
		t.Run(method, func(t *testing.T) {
			base, heads := rawServer(t)
			c := flow(method, recordedOrigin+"/a")
			for _, line := range recorded {
				at := strings.LastIndex(line, ": ")
				with(c.Exchanges[0], line[:at], line[at+2:])
			}
			if method == "POST" {
				c.Exchanges[0].Request.Body = traffic.NewBody("text/plain", []byte("eleven byte"))
			}
			replayed(t, &Runner{}, plan(t, c, PlanOptions{Target: Target{Base: base}, Unsafe: Unsafe{All: true}}))
			list := heads()
			if len(list) != 1 {
				t.Fatalf("%d requests came", len(list))
			}
			want := "Host: " + addrIn(base) + "\nX-Kept: 1\n"
			if method == "POST" {
				want += "Content-Length: 11\n"
			}
			got := ""
			for _, f := range list[0].Fields {
				got += f.Name + ": " + f.Value + "\n"
			}
			if got != want || list[0].Start != method+" /a HTTP/1.1" {
				t.Errorf("got\n%s\n%s\nwant\n%s", list[0].Start, got, want)
			}
		})
	}
}

// TestSmuggling: what would make another request of one is refused with its
// entry, all entries at once, before anything is dialled.
func TestSmuggling(t *testing.T) {
	const secret = "5ecret5ecret5ecret"
	header := func(name, value string) traffic.Request {
		return traffic.Request{Header: traffic.Header{{Name: name, Value: value}}}
	}
	rows := []struct {
		reason string
		traffic.Request
	}{
		{"CR LF in a value", header("X-A", secret+"\r\nX-B: 1")},
		{"LF alone", header("X-A", secret+"\nX-B: 1")},
		{"CR alone", header("X-A", secret+"\rX-B: 1")},
		{"a folded value", header("X-A", secret+"\r\n folded")},
		{"NUL", header("X-A", secret+"\x00")},
		{"a whole request", header("X-A", "1\r\nContent-Length: 0\r\n\r\nGET /admin HTTP/1.1\r\nHost: evil")},
		{"LF in a name", header("X-A\nX-B", secret)},
		{"CR LF in a name", header("X-A: 1\r\nX-B", secret)},
		{"a blank before the colon", header("Content-Length ", "5")},
		{"a tab before the colon", header("Transfer-Encoding\t", "chunked")},
		{"a colon in the name", header("Transfer-Encoding:", "chunked")},
		{"a blank before the name, as of a folded line", header(" X-A", secret)},
		{"no name", header("", secret)},
		{"a name beyond ASCII", header("Contentſ-Length", "5")},
		{"a name that only Unicode's case makes one that frames", header("Content-\u017fength", "1")},
		{"a cookie with a line end", header("Cookie", "a="+secret+"\r\nX-B: 1")},
		{"a Host with a line end", header("Host", "h\r\nX-B: 1")},
		{"a Host with a blank", header("Host", "h evil")},
		{"a Host with a path", header("Host", "h/evil")},
		{"an authority with NUL", header(":authority", "h\x00")},
		{"a method with a blank", traffic.Request{Method: "GET /admin HTTP/1.1\r\nX:"}},
		{"a method with a line end", traffic.Request{Method: "GET\n"}},
		{"a method beyond ASCII", traffic.Request{Method: "GÉT"}},
		{"a blank in the path", traffic.Request{URL: recordedOrigin + "/a HTTP/1.1"}},
		{"CR LF in the path", traffic.Request{URL: recordedOrigin + "/a\r\nX-B: 1"}},
		{"a tab in the query", traffic.Request{URL: recordedOrigin + "/a?x=\t" + secret}},
		{"DEL in the path", traffic.Request{URL: recordedOrigin + "/\x7f"}},
		{"a megabyte in a field", header("X-A", strings.Repeat(secret, 70_000))},
	}
	var dials atomic.Int64
	base := serve(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { dials.Add(1) }))
	all := &traffic.Capture{File: "ok.har"}
	for i, row := range rows {
		x := &traffic.Exchange{Request: row.Request, Response: &traffic.Response{Status: 200}}
		if x.Request.Method == "" {
			x.Request.Method = "GET"
		}
		if x.Request.URL == "" {
			x.Request.URL = fmt.Sprintf("%s/p/%d", recordedOrigin, i)
		}
		for _, keep := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/keep=%v", row.reason, keep), func(t *testing.T) {
				_, err := NewPlan(&traffic.Capture{File: "ok.har", Exchanges: []*traffic.Exchange{x}},
					PlanOptions{Target: Target{Base: base, KeepHost: keep, KeepOrigin: keep}, Unsafe: Unsafe{All: true}})
				var refused *Refused
				if !errors.As(err, &refused) || len(refused.Mistakes) != 1 || !strings.HasPrefix(err.Error(), "ok.har: entry 0 (") || strings.Contains(err.Error(), secret) {
					t.Errorf("got %v", err)
				}
			})
		}
		copied := *x
		copied.Index = i
		all.Exchanges = append(all.Exchanges, &copied)
	}
	two := *all.Exchanges[0]
	two.Request.Header = traffic.Header{{Name: "X-A", Value: "\n"}, {Name: "X-B", Value: "\r"}, {Name: "X C", Value: ""}}
	t.Run("several in one entry, several entries", func(t *testing.T) {
		flow := &traffic.Capture{File: "ok.har", Exchanges: append([]*traffic.Exchange{&two}, all.Exchanges[1:8]...)}
		_, err := NewPlan(flow, PlanOptions{Target: Target{Base: base}, Unsafe: Unsafe{All: true}})
		var refused *Refused
		if !errors.As(err, &refused) || len(refused.Mistakes) != 8 || strings.Count(refused.Mistakes[0], ";") < 2 {
			t.Errorf("got %v", err)
		}
		t.Log(err)
	})
	if dials.Load() > 0 {
		t.Error("a request came")
	}
}

// TestLiveValuesDoNotSmuggle: nor does what a hostile server hands out for
// later requests.
func TestLiveValuesDoNotSmuggle(t *testing.T) {
	const was = "0123456789abcdef0123456789abcdef"
	for _, now := range []string{`a\r\nX-Evil: 1\r\n\r\nGET /admin HTTP/1.1`, `a\nX-Evil: 1`, `a\u0000`, `a b HTTP/1.1\r\nX-Evil: 1`, `//evil.test/`, `@evil.test`, `\\\\evil.test`} {
		t.Run(now, func(t *testing.T) {
			evil := newOnlooker(t)
			base := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Header.Get("X-Evil") != "" || r.URL.Path == "/admin" {
					t.Errorf("smuggled: %s %v", r.URL, r.Header)
				}
				w.Header().Set("Content-Type", "application/json")
				fmt.Fprintf(w, `{"token":"%s"}`, strings.ReplaceAll(now, "evil.test", evil.host()))
			}))
			c := flow("GET", recordedOrigin+"/token", "GET", recordedOrigin+"/a", "GET", recordedOrigin+"/p/"+was, "GET", recordedOrigin+"/q?t="+was, "GET", recordedOrigin+"/c")
			c.Exchanges[0].Response.Header = traffic.Header{{Name: "Content-Type", Value: "application/json"}}
			c.Exchanges[0].Response.Body = traffic.NewBody("application/json", []byte(`{"token":"`+was+`"}`))
			with(c.Exchanges[1], "Authorization", "Bearer "+was)
			with(c.Exchanges[4], "Cookie", "t="+was)
			p := plan(t, c, PlanOptions{Target: Target{Base: base}})
			if len(p.Links) == 0 {
				t.Fatal("nothing is carried on")
			}
			var d dialler
			replayed(t, &Runner{Client: d.client()}, p)
			d.only(t, addrIn(base))
		})
	}
}

// TestTargetsWithOddBytes: a target is an address and nothing more.
func TestTargetsWithOddBytes(t *testing.T) {
	for _, target := range []string{
		"http://h\r\nX-Evil: 1", "http://h/\r\nX", "http://h\x00", "http://h h", " http://h", "http://h ", "http://h\t", "http://h/a b", "http://h/\u202e", "http://h\u202e.test",
		"http://h\u00ad", "http://evil.test\\@h", "http://u@h", "http://h,i", "http://h#", "http://[::1", "http://[::1]x", "http://[fe80::1%25lo\r\n]", "http://h:80:80", "http://h:+80", "http://h%0d%0a",
		"http://h%00", "http://%68", "http:h", "http:/h", "javascript:alert(1)", "http://h?x", "//h",
	} {
		p, err := NewPlan(many(1), PlanOptions{Target: Target{Base: target}})
		if err == nil {
			t.Logf("%q goes to %q, %q", target, p.Steps[0].URL, p.routes.list[0].addr)
			if strings.ContainsFunc(p.Steps[0].URL+p.routes.list[0].addr+p.routes.list[0].host, func(r rune) bool { return r <= ' ' || r > '~' }) {
				t.Errorf("%q is taken as it is", target)
			}
			continue
		}
		if strings.ContainsAny(err.Error(), "\r\x00\u202e") || strings.Count(err.Error(), "\n") > 1 {
			t.Errorf("%q is repeated in %q", target, err)
		}
	}
}
