package record_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/record"
	"github.com/replaydiff/replay/harness/wire"
)

// TestByteForByte: what the server is sent and what the client gets is what the
// other side said, in order and spelling, but for what belongs to a connection.
func TestByteForByte(t *testing.T) {
	rows := []struct {
		reason, sent, arrives  string
		answered, comes        string
		forward                bool
		keepHost               bool
		url, request, response string // as recorded
	}{
		{
			reason:   "order, case, repetition and the path stay",
			sent:     "GET /a%2Fb//c?x=[1]&y HTTP/1.1\r\nX-B: 1\r\nhost: 127.0.0.1\r\nx-a: 2\r\nx-b:3\r\n\r\n",
			arrives:  "GET /a%2Fb//c?x=[1]&y HTTP/1.1\r\nX-B: 1\r\nhost: $SERVER\r\nx-a: 2\r\nx-b: 3\r\n\r\n",
			answered: "HTTP/1.1 200 Fine\r\nX-Z: 1\r\nset-cookie: a=1; Domain=shop.test\r\nSet-Cookie: b=2\r\ncontent-length: 2\r\nLocation: http://$SERVER/x\r\n\r\nok",
			comes:    "HTTP/1.1 200 Fine\r\nX-Z: 1\r\nset-cookie: a=1; Domain=shop.test\r\nSet-Cookie: b=2\r\ncontent-length: 2\r\nLocation: http://$SERVER/x\r\n\r\nok",
			url:      "http://$SERVER/a%2Fb//c?x=[1]&y", request: "X-B host x-a x-b", response: "X-Z set-cookie Set-Cookie content-length Location",
		},
		{
			reason:   "fields of a connection are not passed on, nor those that it names",
			sent:     "GET / HTTP/1.1\r\nHost: h\r\nKeep-Alive: timeout=5\r\nX-Hop: 1\r\nConnection: keep-alive, X-Hop\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\nTE: gzip\r\n\r\n",
			arrives:  "GET / HTTP/1.1\r\nHost: $SERVER\r\nConnection: keep-alive\r\n\r\n",
			answered: "HTTP/1.1 204 No Content\r\nKeep-Alive: timeout=9\r\nX-Hop: 2\r\nConnection: x-hop\r\n\r\n",
			comes:    "HTTP/1.1 204 No Content\r\n\r\n",
			url:      "http://$SERVER/", request: "Host Connection", response: "Keep-Alive X-Hop Connection",
		},
		{
			reason:   "a body in chunks stays one, with its trailer section",
			sent:     "POST /p HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n",
			arrives:  "POST /p HTTP/1.1\r\nHost: $SERVER\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n",
			answered: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nde\r\n0\r\nX-Sum: 2\r\n\r\n",
			comes:    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nde\r\n0\r\nX-Sum: 2\r\n\r\n",
			url:      "http://$SERVER/p", request: "Host Transfer-Encoding Trailer", response: "Transfer-Encoding",
		},
		{
			reason:   "an answer that ends with its connection does so for the client",
			sent:     "GET / HTTP/1.1\r\nHost: h\r\n\r\n",
			arrives:  "GET / HTTP/1.1\r\nHost: $SERVER\r\n\r\n",
			answered: "HTTP/1.0 200 OK\r\nServer: old\r\n\r\nall",
			comes:    "HTTP/1.1 200 OK\r\nServer: old\r\nConnection: close\r\n\r\nall",
			url:      "http://$SERVER/", request: "Host", response: "Server",
		},
		{
			reason:   "the client's Host, where that is asked for",
			sent:     "GET / HTTP/1.1\r\nHost: shop.test\r\nAccept: */*\r\n\r\n",
			arrives:  "GET / HTTP/1.1\r\nHost: shop.test\r\nAccept: */*\r\n\r\n",
			answered: "HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\nContent-Length: 7\r\n\r\n",
			comes:    "HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\nContent-Length: 7\r\n\r\n",
			keepHost: true,
			url:      "http://$SERVER/", request: "Host Accept", response: "ETag Content-Length",
		},
		{
			reason:   "a proxy is asked in absolute form; what was for it is not passed on",
			sent:     "GET http://$SERVER/x?y HTTP/1.1\r\nHost: other.test\r\nProxy-Connection: keep-alive\r\nProxy-Authorization: Basic YTpi\r\nAccept: */*\r\n\r\n",
			arrives:  "GET /x?y HTTP/1.1\r\nHost: $SERVER\r\nAccept: */*\r\n\r\n",
			answered: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
			comes:    "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
			forward:  true,
			url:      "http://$SERVER/x?y", request: "Host Accept", response: "Content-Length",
		},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			arrived := make(chan string, 1)
			address := script(t, func(c net.Conn, r *bufio.Reader) {
				fill := func(s string) string { return strings.ReplaceAll(s, "$SERVER", c.LocalAddr().String()) }
				got := make([]byte, len(fill(row.arrives)))
				n, _ := io.ReadFull(r, got)
				arrived <- string(got[:n])
				_, _ = io.WriteString(c, fill(row.answered))
			})
			fill := func(s string) string { return strings.ReplaceAll(s, "$SERVER", address) }
			p := record.Proxy{KeepHost: row.keepHost}
			if !row.forward {
				p.Target = "http://" + address
			}
			p, over := telling(p)
			c, r := dial(t, listen(t, p))
			if _, err := io.WriteString(c, fill(row.sent)); err != nil {
				t.Fatal(err)
			}
			got := make([]byte, len(fill(row.comes)))
			n, err := io.ReadFull(r, got)
			if diff := cmp.Diff(fill(row.comes), string(got[:n])); diff != "" || err != nil {
				t.Errorf("the client got (-want +got)\n%s %v", diff, err)
			}
			if diff := cmp.Diff(fill(row.arrives), <-arrived); diff != "" {
				t.Errorf("the server got (-want +got)\n%s", diff)
			}
			x := ended(t, over, 1)[0]
			if x.Request.URL != fill(row.url) || names(x.Request.Header) != row.request || names(x.Response.Header) != row.response {
				t.Errorf("recorded %s\n%s\n%s", x.Request.URL, names(x.Request.Header), names(x.Response.Header))
			}
		})
	}
}

func names(h traffic.Header) string {
	var list []string
	for _, f := range h {
		list = append(list, f.Name)
	}
	return strings.Join(list, " ")
}

// TestInterimAnswers: answers of 1xx come through before the final one, and the
// body of a request that waits for leave is sent when the server asks for it.
func TestInterimAnswers(t *testing.T) {
	address := script(t, func(c net.Conn, r *bufio.Reader) {
		if _, err := readHead(r); err != nil {
			return
		}
		_, _ = io.WriteString(c, "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n")
		body := make([]byte, 4)
		if _, err := io.ReadFull(r, body); err != nil {
			return
		}
		_, _ = fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n%s", body)
	})
	p, over := telling(record.Proxy{Target: "http://" + address})
	c, r := dial(t, listen(t, p))
	_, _ = io.WriteString(c, "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n")
	for _, want := range []string{"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\n"} {
		if got, err := readHead(r); got != want || err != nil {
			t.Fatalf("%q, want %q (%v)", got, want, err)
		}
	}
	_, _ = io.WriteString(c, "body")
	if got, err := readHead(r); !strings.HasPrefix(got, "HTTP/1.1 200 OK") || err != nil {
		t.Fatalf("%q %v", got, err)
	}
	x := ended(t, over, 1)[0]
	if text(t, x.Request.Body) != "body" || !strings.Contains(string(x.Unknown.Get("/response/_interim")), `"status":103`) {
		t.Errorf("recorded %+v", x.Unknown)
	}
}

// TestOneConnectionForOne: a connection of a client has one of its own to the
// server, for there are logins that belong to a connection.
func TestOneConnectionForOne(t *testing.T) {
	address := script(t, func(c net.Conn, r *bufio.Reader) {
		for n := 1; ; n++ {
			if _, err := readHead(r); err != nil {
				return
			}
			_, _ = fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n%d", n)
		}
	})
	l := listen(t, record.Proxy{Target: "http://" + address})
	one, first := dial(t, l)
	other, second := dial(t, l)
	ask := func(c net.Conn, r *bufio.Reader) string {
		t.Helper()
		_, _ = io.WriteString(c, "GET / HTTP/1.1\r\nHost: h\r\n\r\n")
		if _, err := readHead(r); err != nil {
			t.Fatal(err)
		}
		b, err := r.ReadByte()
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	if got := ask(one, first) + ask(one, first) + ask(other, second) + ask(one, first); got != "1213" {
		t.Errorf("the requests were number %s of their connections", got)
	}
	c := l.Tape.Capture()
	if c.Exchanges[0].Recorded.Timings.Connect < 0 || c.Exchanges[1].Recorded.Timings.Connect != -1 {
		t.Errorf("connecting took %v and %v", c.Exchanges[0].Recorded.Timings, c.Exchanges[1].Recorded.Timings)
	}
}

// TestNoBodyOfHTTP2: an answer that HTTP/2 ends with its header says no length.
// A client of HTTP/1.1 is told one, for it would wait for the end of the
// connection (RFC 9112 section 6.3).
func TestNoBodyOfHTTP2(t *testing.T) {
	server := serve(t, true, func(w http.ResponseWriter, _ *http.Request) { w.Header()["Content-Length"] = nil })
	l := listen(t, record.Proxy{Target: server.URL, TLS: trusting(server), Proto: wire.HTTP2})
	c, r := dial(t, l)
	for range 2 {
		_, _ = io.WriteString(c, "GET / HTTP/1.1\r\nHost: h\r\n\r\n")
		if got, err := readHead(r); !strings.HasPrefix(got, "HTTP/1.1 200 OK\r\n") || !strings.Contains(got, "\r\nContent-Length: 0\r\n") || err != nil {
			t.Fatalf("%q %v", got, err)
		}
	}
	if p := l.Tape.Capture().Exchanges[0].Response; p.Proto != "HTTP/2.0" || p.Header.Has("Content-Length") {
		t.Errorf("recorded %s %v, not what came", p.Proto, p.Header)
	}
}
