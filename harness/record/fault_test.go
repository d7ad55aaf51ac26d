package record_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/record"
	"github.com/replaydiff/replay/harness/wire"
)

// TestServersThatFail: the client sees that it has no answer, or not all of it,
// and the recording says why.
func TestServersThatFail(t *testing.T) {
	reset := func(c net.Conn) { _ = c.(*net.TCPConn).SetLinger(0) }
	rows := []struct {
		reason string
		answer string
		before func(net.Conn)
		status int // as the client sees it
		cut    bool
		says   string // in the recording
	}{
		{"it closes without a word", "", nil, 502, false, "closed the connection without an answer"},
		{"it resets without a word", "", reset, 502, false, "reset the connection"},
		{"it is no HTTP", "SSH-2.0-OpenSSH_9.6\r\n", nil, 502, false, "answer is not valid HTTP"},
		{"it closes in the header", "HTTP/1.1 200 OK\r\nContent-", nil, 502, false, "ends early"},
		{"it promises more than it sends", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", nil, 200, true, "ends early"},
		{"it closes in a chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc", nil, 200, true, "ends early"},
		{"its chunks are none", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nabc", nil, 200, true, "not valid HTTP"},
		{"two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc", nil, 502, false, "both Content-Length and Transfer-Encoding"},
		{"it switches to what nobody asked for", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", nil, 502, false, "not valid HTTP"},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			address := script(t, func(c net.Conn, r *bufio.Reader) {
				_, _ = readHead(r)
				_, _ = io.WriteString(c, row.answer)
				if row.before != nil {
					row.before(c)
				}
			})
			p, over := telling(record.Proxy{Target: "http://" + address})
			r, err := http.Get(listen(t, p).URL + "/x?token=secret-in-a-query")
			if err != nil {
				t.Fatal(err)
			}
			defer r.Body.Close()
			body, err := io.ReadAll(r.Body)
			if r.StatusCode != row.status || row.cut != (err != nil) || strings.Contains(string(body), "secret-in") {
				t.Errorf("the client got %d %q %v", r.StatusCode, body, err)
			}
			x := ended(t, over, 1)[0]
			if !strings.Contains(x.Response.Error, row.says) || row.cut != (x.Response.Status == 200) {
				t.Errorf("recorded %d %q", x.Response.Status, x.Response.Error)
			}
		})
	}
}

// TestNobodyIsThere: no connection, no trust.
func TestNobodyIsThere(t *testing.T) {
	untrusted := serve(t, true, func(http.ResponseWriter, *http.Request) { t.Error("a request came to a server that is not trusted") })
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := closed.Addr().String()
	_ = closed.Close()
	for _, row := range []struct{ reason, target, says string }{
		{"nobody listens", "http://" + address, "connection refused"},
		{"its certificate is not trusted", untrusted.URL, "certificate"},
	} {
		p, over := telling(record.Proxy{Target: row.target})
		r, body := get(t, http.DefaultClient, listen(t, p).URL)
		x := ended(t, over, 1)[0]
		if r.StatusCode != 502 || !strings.Contains(body, row.says) || !strings.Contains(x.Response.Error, row.says) || x.Response.Status != 0 {
			t.Errorf("%s: %d %q, recorded %q", row.reason, r.StatusCode, body, x.Response.Error)
		}
	}
}

// TestAtMostOnce: a server that takes a request and closes is not asked again,
// on a connection that served one before either.
func TestAtMostOnce(t *testing.T) {
	var mu sync.Mutex
	asked := map[string]int{}
	address := script(t, func(c net.Conn, r *bufio.Reader) {
		for {
			head, err := readHead(r)
			if err != nil {
				return
			}
			path := strings.Fields(head)[1]
			mu.Lock()
			asked[path]++
			mu.Unlock()
			if path == "/lost" {
				return
			}
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
		}
	})
	l := listen(t, record.Proxy{Target: "http://" + address})
	c, r := dial(t, l)
	_, _ = io.WriteString(c, "GET /first HTTP/1.1\r\nHost: h\r\n\r\n")
	if _, err := readHead(r); err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(c, "GET /lost HTTP/1.1\r\nHost: h\r\n\r\n")
	if got, err := io.ReadAll(r); len(got) > 0 || err != nil {
		t.Errorf("the client got %q %v: it has to see the closed connection, as without the proxy", got, err)
	}
	mu.Lock()
	defer mu.Unlock()
	if asked["/lost"] != 1 {
		t.Errorf("the server was asked %v", asked)
	}
}

// TestManyAtOnce: a thousand exchanges that are all on their way at once are
// recorded, each with its own answer.
func TestManyAtOnce(t *testing.T) {
	const many = 1000
	var here sync.WaitGroup
	here.Add(many)
	server := serve(t, false, func(w http.ResponseWriter, r *http.Request) {
		here.Done()
		here.Wait()
		body, _ := io.ReadAll(r.Body)
		_, _ = w.Write(body)
	})
	p, over := telling(record.Proxy{Target: server.URL})
	l := listen(t, p)
	client := clientOf(t, nil, false, nil)
	client.Timeout = 5 * time.Minute
	var asking sync.WaitGroup
	for n := range many {
		asking.Go(func() {
			sent := strings.Repeat(string(rune('a'+n%26)), 300+n)
			r, err := client.Post(l.URL+"/"+sent[:1], "text/plain", strings.NewReader(sent))
			if err != nil {
				t.Error(err)
				here.Done()
				return
			}
			defer r.Body.Close()
			if got, err := io.ReadAll(r.Body); string(got) != sent || err != nil {
				t.Errorf("exchange %d: the client got %d bytes (%v)", n, len(got), err)
			}
		})
	}
	asking.Wait()
	ended(t, over, many)
	c := l.Tape.Capture()
	if len(c.Exchanges) != many {
		t.Fatalf("%d exchanges are recorded", len(c.Exchanges))
	}
	for i, x := range c.Exchanges {
		sent := text(t, x.Request.Body)
		if x.Index != i || sent != text(t, x.Response.Body) || !strings.HasSuffix(x.Request.URL, "/"+sent[:1]) || x.Response.Error != "" {
			t.Fatalf("%s: %s", x.Where("many"), x.Response.Error)
		}
		if i > 0 && x.Recorded.Started.Time.Before(c.Exchanges[i-1].Recorded.Started.Time) {
			t.Fatalf("exchange %d began before the one before it", i)
		}
	}
}

// TestRefusals: what is not passed on, and why. No server is asked.
func TestRefusals(t *testing.T) {
	server := serve(t, false, func(_ http.ResponseWriter, r *http.Request) { t.Errorf("a request came: %s", r.Method) })
	target := record.Proxy{Target: server.URL}
	rows := []struct {
		reason string
		proxy  record.Proxy
		sent   string
		status string
		says   string
	}{
		{"a tunnel through a reverse proxy", target, "CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\n\r\n", "501", "--forward"},
		{"another server through a reverse proxy", target, "GET http://169.254.169.254/ HTTP/1.1\r\nHost: 169.254.169.254\r\n\r\n", "421", "--forward"},
		{"a forward proxy is no server", record.Proxy{}, "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n", "400", "as the proxy"},
		{"a tunnel to nowhere", record.Proxy{}, "CONNECT nowhere HTTP/1.1\r\nHost: nowhere\r\n\r\n", "400", "HOST:PORT"},
		{"another scheme", record.Proxy{}, "GET ftp://a.test/ HTTP/1.1\r\nHost: a.test\r\n\r\n", "400", "http://"},
		{"a name and a password in the address", record.Proxy{}, "GET http://a:b@c.test/ HTTP/1.1\r\nHost: c.test\r\n\r\n", "400", "http://"},
		{"no request at all", target, "nonsense\r\n\r\n", "400", "request line"},
		{"two lengths", target, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "400", "Content-Length"},
		{"a length and chunks", target, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400", "both"},
	}
	for _, row := range rows {
		c, r := dial(t, listen(t, row.proxy))
		_, _ = io.WriteString(c, row.sent)
		answer, err := http.ReadResponse(r, nil)
		if err != nil {
			t.Errorf("%s: %v", row.reason, err)
			continue
		}
		body, _ := io.ReadAll(answer.Body)
		if !strings.HasPrefix(answer.Status, row.status) || !strings.Contains(string(body), row.says) {
			t.Errorf("%s: %s %s", row.reason, answer.Status, body)
		}
	}
}

// TestNoLoop: a proxy does not ask itself.
func TestNoLoop(t *testing.T) {
	l := listen(t, record.Proxy{})
	for _, host := range []string{l.Addr, "localhost" + l.Addr[strings.LastIndex(l.Addr, ":"):]} {
		for _, sent := range []string{"GET http://" + host + "/ HTTP/1.1\r\nHost: h\r\n\r\n", "CONNECT " + host + " HTTP/1.1\r\nHost: h\r\n\r\n"} {
			c, r := dial(t, l)
			_, _ = io.WriteString(c, sent)
			if answer, err := http.ReadResponse(r, nil); err != nil || answer.StatusCode != http.StatusLoopDetected {
				t.Errorf("%q: %v %v", sent, answer, err)
			}
		}
	}
}

// TestListensOnLoopback: nobody else can send requests from here.
func TestListensOnLoopback(t *testing.T) {
	for _, address := range []string{"0.0.0.0:0", ":0", "[::]:0", "192.0.2.1:0"} {
		if l, err := (record.Proxy{Addr: address}).Listen(); err == nil || !strings.Contains(err.Error(), "--dangerously-open-proxy") {
			t.Errorf("%s: %v", address, err)
			if err == nil {
				_ = l.Close()
			}
		}
	}
	l, err := (record.Proxy{Addr: "0.0.0.0:0", DangerouslyOpen: true}).Listen()
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}

// TestWhatIsGoingOnIsUnfinished: it is on the tape, and says so.
func TestWhatIsGoingOnIsUnfinished(t *testing.T) {
	arrived := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-r.Context().Done()
	}))
	defer server.Close()
	l := listen(t, record.Proxy{Target: server.URL, Proto: wire.HTTP1})
	c, _ := dial(t, l)
	_, _ = io.WriteString(c, "GET /slow HTTP/1.1\r\nHost: h\r\n\r\n")
	<-arrived
	l.Tape.Stop()
	_ = l.Close()
	x := l.Tape.Capture().Exchanges[0]
	if x.Response.Error != traffic.Unfinished || x.Response.Status != 0 {
		t.Errorf("recorded %+v", x.Response)
	}
	l.Tape.Add(&traffic.Exchange{})
	if n := l.Tape.Len(); n != 1 {
		t.Errorf("a tape that was stopped has %d exchanges", n)
	}
}
