package rawserver_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/rawserver"
	"github.com/replaydiff/replay/harness/wire"
)

func listen(t testing.TB, c rawserver.Config) *rawserver.Server {
	t.Helper()
	s, err := rawserver.Listen(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// talk sends bytes and returns all that comes back until the server closes.
func talk(t testing.TB, s *rawserver.Server, sent string) string {
	t.Helper()
	c, err := net.Dial("tcp", s.Addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(time.Minute))
	if _, err := io.WriteString(c, sent); err != nil {
		t.Fatal(err)
	}
	c.(*net.TCPConn).CloseWrite()
	got, err := io.ReadAll(c)
	if err != nil {
		t.Fatal(err)
	}
	return string(got)
}

func fields(lines ...string) traffic.Header {
	var h traffic.Header
	for i := 0; i < len(lines); i += 2 {
		h = append(h, traffic.HeaderField{Name: lines[i], Value: lines[i+1]})
	}
	return h
}

func TestRequestsAsTheyWereSent(t *testing.T) {
	rows := []struct {
		reason string
		sent   string
		want   []rawserver.Request
	}{
		{"order, case and repetition stay", "GET /a%2Fb//c?x=[1] HTTP/1.1\r\nhost: a\r\nX-B: 1\r\nx-a: 2\r\nx-b:3\r\n\r\n",
			[]rawserver.Request{{Method: "GET", Target: "/a%2Fb//c?x=[1]", Proto: "HTTP/1.1", Header: fields("host", "a", "X-B", "1", "x-a", "2", "x-b", "3")}}},
		{"two on one connection, sent at once", "POST /1 HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcGET /2 HTTP/1.1\r\n\r\n",
			[]rawserver.Request{
				{Method: "POST", Target: "/1", Proto: "HTTP/1.1", Header: fields("Content-Length", "3"), Body: []byte("abc")},
				{Method: "GET", Target: "/2", Proto: "HTTP/1.1", Before: 1}}},
		{"a line that a client adds to a body is none of the next request", "POST /1 HTTP/1.1\r\nContent-Length: 1\r\n\r\na\r\nGET /2 HTTP/1.1\r\n\r\n",
			[]rawserver.Request{
				{Method: "POST", Target: "/1", Proto: "HTTP/1.1", Header: fields("Content-Length", "1"), Body: []byte("a")},
				{Method: "GET", Target: "/2", Proto: "HTTP/1.1", Before: 1}}},
		{"chunks and a trailer", "PUT /1 HTTP/1.1\r\ntransfer-encoding: Chunked\r\n\r\n2;ext=1\r\nab\r\n1\r\nc\r\n0\r\nX-Sum: 3\r\n\r\n",
			[]rawserver.Request{{Method: "PUT", Target: "/1", Proto: "HTTP/1.1", Header: fields("transfer-encoding", "Chunked"), Body: []byte("abc"), Trailer: fields("X-Sum", "3")}}},
		{"an empty body is not an absent one", "POST /1 HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
			[]rawserver.Request{{Method: "POST", Target: "/1", Proto: "HTTP/1.1", Header: fields("Content-Length", "0"), Body: []byte{}}}},
		{"a client of HTTP/1.0 asks once", "GET /1 HTTP/1.0\r\n\r\nGET /2 HTTP/1.0\r\n\r\n",
			[]rawserver.Request{{Method: "GET", Target: "/1", Proto: "HTTP/1.0"}}},
		{"as asked of a proxy", "GET http://a.test/x HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n",
			[]rawserver.Request{{Method: "GET", Target: "http://a.test/x", Proto: "HTTP/1.1", Header: fields("Host", "a.test", "Connection", "close")}}},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			var got []rawserver.Request
			s := listen(t, rawserver.Config{Answer: func(_ context.Context, r *rawserver.Request) *wire.Answer {
				got = append(got, *r)
				return &wire.Answer{Status: 204}
			}, Broken: func(err error) { t.Error(err) }})
			talk(t, s, row.sent)
			s.Close()
			ignored := cmpopts.IgnoreFields(rawserver.Request{}, "Connection", "Remote", "Started")
			if d := cmp.Diff(row.want, got, ignored); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func TestWhatIsNoRequestIsRefused(t *testing.T) {
	rows := []struct {
		reason, sent string
		status       int
	}{
		{"no request line", "hello\r\n\r\n", 400},
		{"empty lines, and no end of them", "\r\n\r\n\r\nGET / HTTP/1.1\r\n\r\n", 400},
		{"a space in the target", "GET /a b HTTP/1.1\r\n\r\n", 400},
		{"another version", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
		{"a field without a colon", "GET / HTTP/1.1\r\nnothing\r\n\r\n", 400},
		{"two lengths: one of them hides a request", "POST / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400},
		{"a length and chunks", "POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
		{"a coding that is not chunked", "POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 400},
		{"chunks of HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
		{"a body that ends early", "POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc", 400},
		{"a chunk that ends early", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc", 400},
		{"a long body", "POST / HTTP/1.1\r\nContent-Length: 11\r\n\r\n01234567890", 413},
		{"a long head", "GET / HTTP/1.1\r\nX: " + strings.Repeat("x", 300) + "\r\n\r\n", 431},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			var told []error
			s := listen(t, rawserver.Config{
				Answer: func(context.Context, *rawserver.Request) *wire.Answer {
					t.Error("it is taken for a request")
					return nil
				},
				Broken: func(err error) { told = append(told, err) }, MaxBody: 10, MaxHeader: 200,
			})
			got := talk(t, s, row.sent)
			if !strings.HasPrefix(got, fmt.Sprintf("HTTP/1.1 %d ", row.status)) {
				t.Errorf("it is answered %q", got)
			}
			s.Close()
			var e *rawserver.Error
			if len(told) != 1 || !errors.As(told[0], &e) || e.Status != row.status || strings.Contains(e.Text, "answer") {
				t.Errorf("it is told %v", told)
			}
		})
	}
}

func TestAnswersAsTheyAre(t *testing.T) {
	rows := []struct {
		reason, sent string
		answer       *wire.Answer
		want         string
	}{
		{"fields in order and spelled as they are", "GET / HTTP/1.1\r\n\r\n",
			&wire.Answer{Status: 200, Reason: "Fine", Header: fields("x-b", "1", "Content-length", "99", "X-A", "2", "x-B", "3"), Body: []byte("ok")},
			"HTTP/1.1 200 Fine\r\nx-b: 1\r\nContent-length: 2\r\nX-A: 2\r\nx-B: 3\r\n\r\nok"},
		{"a length where none is said", "GET / HTTP/1.1\r\n\r\n", &wire.Answer{Status: 401}, "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"},
		{"to HEAD the length of the GET", "HEAD / HTTP/1.1\r\n\r\n", &wire.Answer{Status: 200, Header: fields("Content-Length", "99"), Body: []byte("not sent")}, "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n"},
		{"no content has none", "GET / HTTP/1.1\r\n\r\n", &wire.Answer{Status: 304, Header: fields("ETag", "1")}, "HTTP/1.1 304 Not Modified\r\nETag: 1\r\n\r\n"},
		{"chunks where they are said", "GET / HTTP/1.1\r\n\r\n", &wire.Answer{Status: 200, Header: fields("Transfer-Encoding", "chunked"), Body: []byte("0123456789abcdef0"), Trailer: fields("X-Sum", "17")},
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n11\r\n0123456789abcdef0\r\n0\r\nX-Sum: 17\r\n\r\n"},
		{"HTTP/1.0 knows no chunks", "GET / HTTP/1.0\r\n\r\n", &wire.Answer{Status: 200, Header: fields("Transfer-Encoding", "chunked"), Body: []byte("ab")},
			"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nab"},
		{"who wants to close is told so", "GET / HTTP/1.1\r\nConnection: Close\r\n\r\n", &wire.Answer{Status: 204}, "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"},
		{"answers before the answer", "GET / HTTP/1.1\r\n\r\n", &wire.Answer{Status: 204, Interim: []wire.Interim{{Status: 100}, {Status: 103, Header: fields("Link", "</a>")}}},
			"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n"},
		{"what is cut stays cut", "GET / HTTP/1.1\r\n\r\n", &wire.Answer{Status: 200, Header: fields("Content-Length", "9"), Body: []byte("abc"), Cut: io.ErrUnexpectedEOF},
			"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nConnection: close\r\n\r\nabc"},
		{"and of chunks the last is missing", "GET / HTTP/1.1\r\n\r\n", &wire.Answer{Status: 200, Header: fields("Transfer-Encoding", "chunked"), Body: []byte("abc"), Cut: io.ErrUnexpectedEOF},
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n"},
		{"a value stays in its line", "GET / HTTP/1.1\r\n\r\n", &wire.Answer{Status: 204, Header: fields("X", "a\r\nSet-Cookie: b")}, "HTTP/1.1 204 No Content\r\nX: a  Set-Cookie: b\r\n\r\n"},
		{"so does a reason", "GET / HTTP/1.1\r\n\r\n", &wire.Answer{Status: 204, Reason: "a\r\nSet-Cookie: b"}, "HTTP/1.1 204 a  Set-Cookie: b\r\n\r\n"},
		{"a name that would end the head is left out", "GET / HTTP/1.1\r\n\r\n", &wire.Answer{Status: 204, Header: fields("X\r\n\r\nHTTP/1.1 200 OK\r\nY", "a", "Z ", "a", "", "a")}, "HTTP/1.1 204 No Content\r\n\r\n"},
		{"pseudo-fields are not of HTTP/1.1", "GET / HTTP/1.1\r\n\r\n", &wire.Answer{Status: 204, Header: fields(":status", "204")}, "HTTP/1.1 204 No Content\r\n\r\n"},
		{"who waits is asked for the body", "PUT / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx", &wire.Answer{Status: 204}, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n"},
		{"no answer", "GET / HTTP/1.1\r\n\r\n", nil, ""},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			s := listen(t, rawserver.Config{Answer: func(context.Context, *rawserver.Request) *wire.Answer { return row.answer }})
			if got := talk(t, s, row.sent); got != row.want {
				t.Errorf("got  %q\nwant %q", got, row.want)
			}
		})
	}
}

func TestTLS(t *testing.T) {
	borrowed := httptest.NewTLSServer(nil) // for its certificate
	borrowed.Close()
	var over []bool
	s := listen(t, rawserver.Config{TLS: borrowed.TLS, Answer: func(_ context.Context, r *rawserver.Request) *wire.Answer {
		over = append(over, r.TLS != nil)
		return &wire.Answer{Status: 200, Body: []byte(r.Proto)}
	}})
	roots := x509.NewCertPool()
	roots.AddCert(borrowed.Certificate())
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true}}
	defer client.CloseIdleConnections()
	for range 2 {
		resp, err := client.Get(s.URL)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if string(body) != "HTTP/1.1" {
			t.Errorf("it speaks %s", body)
		}
	}
	s.Close()
	if d := cmp.Diff([]bool{true, true}, over); d != "" {
		t.Error(d)
	}
}

func TestCloseEndsWhatIsOnItsWay(t *testing.T) {
	asked := make(chan bool)
	s := listen(t, rawserver.Config{Answer: func(ctx context.Context, _ *rawserver.Request) *wire.Answer {
		close(asked)
		<-ctx.Done()
		return nil
	}})
	c, err := net.Dial("tcp", s.Addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	io.WriteString(c, "GET / HTTP/1.1\r\n\r\n")
	<-asked
	s.Close()
	s.Close()
	c.SetDeadline(time.Now().Add(time.Minute))
	if _, err := bufio.NewReader(c).ReadByte(); err == nil {
		t.Error("it was answered")
	}
}
