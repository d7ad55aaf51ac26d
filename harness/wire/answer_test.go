package wire_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/wire"
)

func header(pairs ...string) traffic.Header {
	var h traffic.Header
	for i := 0; i < len(pairs); i += 2 {
		h = append(h, traffic.HeaderField{Name: pairs[i], Value: pairs[i+1]})
	}
	return h
}

func TestAnswers(t *testing.T) {
	rows := []struct {
		reason string
		method string
		raw    string
		close  bool // the server closes behind it
		want   wire.Answer
		cut    error
		again  bool // the connection is used again
	}{{
		reason: "the header section is kept as received: order, case, repetition, empty values",
		raw:    "HTTP/1.1 200 OK\r\nsEt-cookie: a=1\r\nX-B:  two  words \r\nSet-Cookie: b=2\r\nX-Empty:\r\nContent-Length: 2\r\n\r\nhi",
		want: wire.Answer{Status: 200, Reason: "OK", Proto: "HTTP/1.1", Body: []byte("hi"),
			Header: header("sEt-cookie", "a=1", "X-B", "two  words", "Set-Cookie", "b=2", "X-Empty", "", "Content-Length", "2")},
		again: true,
	}, {
		reason: "no reason phrase, no space before it, lines that end in LF alone",
		raw:    "HTTP/1.1 204\nServer: x\n\n",
		want:   wire.Answer{Status: 204, Proto: "HTTP/1.1", Header: header("Server", "x")},
		again:  true,
	}, {
		reason: "a folded line is joined by a space (RFC 9112 section 5.2)",
		raw:    "HTTP/1.1 200 OK\r\nX-Long: one\r\n  two\r\n\tthree\r\nContent-Length: 0\r\n\r\n",
		want:   wire.Answer{Status: 200, Reason: "OK", Proto: "HTTP/1.1", Body: []byte{}, Header: header("X-Long", "one two three", "Content-Length", "0")},
		again:  true,
	}, {
		reason: "bytes that are no UTF-8 stay what they are",
		raw:    "HTTP/1.1 200 d\xe9j\xe0\r\nX-Latin: \xe9\r\nContent-Length: 0\r\n\r\n",
		want:   wire.Answer{Status: 200, Reason: "d\xe9j\xe0", Proto: "HTTP/1.1", Body: []byte{}, Header: header("X-Latin", "\xe9", "Content-Length", "0")},
		again:  true,
	}, {
		reason: "interim answers are noted and passed over",
		raw:    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx",
		want: wire.Answer{Status: 200, Reason: "OK", Proto: "HTTP/1.1", Body: []byte("x"), Header: header("Content-Length", "1"),
			Interim: []wire.Interim{{Status: 100}, {Status: 103, Header: header("Link", "</a.css>")}}},
		again: true,
	}, {
		reason: "the length of an answer to HEAD is that of a body that does not come",
		method: "HEAD",
		raw:    "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n",
		want:   wire.Answer{Status: 200, Reason: "OK", Proto: "HTTP/1.1", Header: header("Content-Length", "99")},
		again:  true,
	}, {
		reason: "304 has no body whatever it says",
		raw:    "HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n",
		want:   wire.Answer{Status: 304, Reason: "Not Modified", Proto: "HTTP/1.1", Header: header("Transfer-Encoding", "chunked")},
		again:  true,
	}, {
		reason: "chunks with extensions, and a trailer section",
		raw:    "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n3;a=b\r\nabc\r\n2\r\nde\r\n0\r\nX-Sum: 5\r\nx-sum: 6\r\n\r\n",
		want: wire.Answer{Status: 200, Reason: "OK", Proto: "HTTP/1.1", Body: []byte("abcde"),
			Header: header("Transfer-Encoding", "Chunked"), Trailer: header("X-Sum", "5", "x-sum", "6")},
		again: true,
	}, {
		reason: "a length said twice is one length (RFC 9110 section 8.6)",
		raw:    "HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\nContent-Length: 2\r\n\r\nhi",
		want: wire.Answer{Status: 200, Reason: "OK", Proto: "HTTP/1.1", Body: []byte("hi"),
			Header: header("Content-Length", "2, 2", "Content-Length", "2")},
		again: true,
	}, {
		reason: "without a length the close is the end",
		raw:    "HTTP/1.1 200 OK\r\n\r\nall of it",
		close:  true,
		want:   wire.Answer{Status: 200, Reason: "OK", Proto: "HTTP/1.1", Body: []byte("all of it")},
	}, {
		reason: "HTTP/1.0 closes",
		raw:    "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx",
		want:   wire.Answer{Status: 200, Reason: "OK", Proto: "HTTP/1.0", Body: []byte("x"), Header: header("Content-Length", "1")},
	}, {
		reason: "HTTP/1.0 with keep-alive does not",
		raw:    "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 1\r\n\r\nx",
		want: wire.Answer{Status: 200, Reason: "OK", Proto: "HTTP/1.0", Body: []byte("x"),
			Header: header("Connection", "Keep-Alive", "Content-Length", "1")},
		again: true,
	}, {
		reason: "close among other options closes",
		raw:    "HTTP/1.1 200 OK\r\nConnection: foo, Close\r\nContent-Length: 0\r\n\r\n",
		want: wire.Answer{Status: 200, Reason: "OK", Proto: "HTTP/1.1", Body: []byte{},
			Header: header("Connection", "foo, Close", "Content-Length", "0")},
	}, {
		reason: "a server that says it closes the idle connection at once is believed",
		raw:    "HTTP/1.1 200 OK\r\nKeep-Alive: max=5, timeout=1\r\nContent-Length: 0\r\n\r\n",
		want: wire.Answer{Status: 200, Reason: "OK", Proto: "HTTP/1.1", Body: []byte{},
			Header: header("Keep-Alive", "max=5, timeout=1", "Content-Length", "0")},
	}, {
		reason: "bytes behind the answer are no answer to the next request",
		raw:    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nxHTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n",
		want:   wire.Answer{Status: 200, Reason: "OK", Proto: "HTTP/1.1", Body: []byte("x"), Header: header("Content-Length", "1")},
	}, {
		reason: "a length that promises too much",
		raw:    "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf",
		close:  true,
		want:   wire.Answer{Status: 200, Reason: "OK", Proto: "HTTP/1.1", Body: []byte("half"), Header: header("Content-Length", "99")},
		cut:    io.ErrUnexpectedEOF,
	}, {
		reason: "a length that promises more than may be read is not allocated",
		raw:    "HTTP/1.1 200 OK\r\nContent-Length: 9000000000000000000\r\n\r\nhalf",
		close:  true,
		want:   wire.Answer{Status: 200, Reason: "OK", Proto: "HTTP/1.1", Body: []byte("half"), Header: header("Content-Length", "9000000000000000000")},
		cut:    io.ErrUnexpectedEOF,
	}, {
		reason: "chunks that end in the middle",
		raw:    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\nhalf",
		close:  true,
		want:   wire.Answer{Status: 200, Reason: "OK", Proto: "HTTP/1.1", Body: []byte("half"), Header: header("Transfer-Encoding", "chunked")},
		cut:    io.ErrUnexpectedEOF,
	}, {
		reason: "chunks without the last one",
		raw:    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
		close:  true,
		want:   wire.Answer{Status: 200, Reason: "OK", Proto: "HTTP/1.1", Body: []byte("half"), Header: header("Transfer-Encoding", "chunked")},
		cut:    io.ErrUnexpectedEOF,
	}, {
		reason: "a body over the limit is kept up to it",
		raw:    "HTTP/1.1 200 OK\r\n\r\n" + strings.Repeat("0123456789", 100),
		want:   wire.Answer{Status: 200, Reason: "OK", Proto: "HTTP/1.1", Body: []byte(strings.Repeat("0123456789", 50))},
		cut:    wire.ErrTooLarge,
	}, {
		reason: "a length over the limit is kept up to it",
		raw:    "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + strings.Repeat("0123456789", 100),
		want: wire.Answer{Status: 200, Reason: "OK", Proto: "HTTP/1.1", Header: header("Content-Length", "1000"),
			Body: []byte(strings.Repeat("0123456789", 50))},
		cut: wire.ErrTooLarge,
	}}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			s := serve(t, answering(row.raw, row.close))
			c := client(t, s.Addr)
			c.MaxBody = 500
			r := get(s.Addr)
			if row.method != "" {
				r.Method = row.method
			}
			for range 2 {
				a, err := c.Do(t.Context(), r)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(row.want, *a, cmpopts.IgnoreFields(wire.Answer{}, "Cut", "HeaderSize", "Reused", "ServerIP", "Started", "Timings"),
					cmpopts.EquateEmpty()); diff != "" {
					t.Error(diff)
				}
				if !errors.Is(a.Cut, row.cut) || (a.Cut == nil) != (row.cut == nil) {
					t.Errorf("cut: %v, want %v", a.Cut, row.cut)
				}
			}
			want := int64(2)
			if row.again {
				want = 1
			}
			if got := s.Accepted.Load(); got != want {
				t.Errorf("%d connections, want %d", got, want)
			}
		})
	}
}

func TestBrokenAnswers(t *testing.T) {
	rows := []struct {
		reason string
		raw    string
		open   bool // the server keeps the connection open
		is     error
		text   string
	}{
		{"nothing", "", false, wire.ErrClosed, "closed the connection without an answer"},
		{"an end in the status line", "HTTP/1.1 20", false, io.ErrUnexpectedEOF, "ends early"},
		{"an end in the first word", "HT", false, io.ErrUnexpectedEOF, "ends early"},
		{"an end in the header section", "HTTP/1.1 200 OK\r\nServer: x\r\n", false, io.ErrUnexpectedEOF, "ends early"},
		{"an end behind an interim answer", "HTTP/1.1 100 Continue\r\n\r\n", false, wire.ErrClosed, "without an answer"},
		{"both framings are what smuggling is made of", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", true, wire.ErrFraming, "both Content-Length and Transfer-Encoding"},
		{"two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", true, wire.ErrFraming, "two Content-Lengths that differ"},
		{"two lengths in one field", "HTTP/1.1 200 OK\r\nContent-Length: 3, 4\r\n\r\nabcd", true, wire.ErrFraming, "two Content-Lengths that differ"},
		{"a length with a sign", "HTTP/1.1 200 OK\r\nContent-Length: +3\r\n\r\nabc", true, wire.ErrFraming, "not a number"},
		{"a length that overflows", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nabc", true, wire.ErrFraming, "not a number"},
		{"an empty length", "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\nabc", true, wire.ErrFraming, "not a number"},
		{"chunked twice", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", true, wire.ErrFraming, "not just chunked"},
		{"a coding that was not asked for", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", true, wire.ErrFraming, "not just chunked"},
		{"chunked in HTTP/1.0 (RFC 9112 section 6.1)", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", true, wire.ErrFraming, "HTTP/1.0 does not know"},
		{"101 though nothing was upgraded", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n", true, wire.ErrFraming, "101"},
		{"HTTP/2 in a status line", "HTTP/2.0 200 OK\r\n\r\n", true, wire.ErrFraming, "neither HTTP/1.1 nor HTTP/1.0"},
		{"a status of two digits", "HTTP/1.1 20 OK\r\n\r\n", true, wire.ErrFraming, "three digits"},
		{"a status that is a word", "HTTP/1.1 two hundred\r\n\r\n", true, wire.ErrFraming, "three digits"},
		{"a status that Unicode calls digits", "HTTP/1.1 ٢ OK\r\n\r\n", true, wire.ErrFraming, "three digits"},
		{"a line without a colon", "HTTP/1.1 200 OK\r\nServer: x\r\nsecret\r\n\r\n", true, wire.ErrFraming, "line 3 has no colon"},
		{"a name with a space", "HTTP/1.1 200 OK\r\nmy secret: x\r\n\r\n", true, wire.ErrFraming, "line 2 has no valid field name"},
		{"a folded line first", "HTTP/1.1 200 OK\r\n secret: x\r\n\r\n", true, wire.ErrFraming, "line 2"},
		{"a lone CR", "HTTP/1.1 200 OK\r\nX: secret\rY: 1\r\n\r\n", true, wire.ErrFraming, "control character in line 2"},
		{"a NUL", "HTTP/1.1 200 OK\r\nX: secret\x00\r\n\r\n", true, wire.ErrFraming, "control character in line 2"},
		{"an endless line", "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("secret", 20_000), true, wire.ErrTooLarge, "more than 65536 bytes"},
		{"endless fields", "HTTP/1.1 200 OK\r\n" + strings.Repeat("X: secret\r\n", 20_000), true, wire.ErrTooLarge, "more than 65536 bytes"},
		{"endless interim answers", strings.Repeat("HTTP/1.1 100 Continue\r\n\r\n", 20_000), true, wire.ErrTooLarge, "more than"},
		{"an SSH server greets first", "SSH-2.0-OpenSSH_9.9\r\n", true, wire.ErrFraming, "speaks SSH"},
		{"a mail server", "220 mail ESMTP\r\n", true, wire.ErrFraming, "mail or FTP"},
		{"Redis", "-ERR unknown command 'GET'\r\n", true, wire.ErrFraming, "Redis"},
		{"an alert of TLS", "\x15\x03\x01\x00\x02\x02\x0a", true, wire.ErrFraming, "use https://"},
		{"SETTINGS of HTTP/2", "\x00\x00\x06\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x64", true, wire.ErrFraming, "--http2"},
		{"HTTP/0.9", "<html>secret</html>", true, wire.ErrFraming, "HTTP/0.9"},
		{"garbage", "\xde\xad\xbe\xef\xde\xad\xbe\xef", true, wire.ErrFraming, "first bytes are not HTTP/1"},
		{"an empty line first", "\r\nHTTP/1.1 200 OK\r\n\r\n", true, wire.ErrFraming, "first bytes are not HTTP/1"},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			s := serve(t, answering(row.raw, !row.open))
			c := client(t, s.Addr)
			c.MaxHeader = 64 << 10
			a, err := c.Do(t.Context(), get(s.Addr))
			if err == nil {
				t.Fatalf("an answer: %+v", a)
			}
			wantError(t, err, wire.Header, true, row.is, row.text)
		})
	}
}

// wantError checks what every error must keep to.
func wantError(t *testing.T, err error, stage wire.Stage, sent bool, is error, text string) {
	t.Helper()
	var e *wire.Error
	if !errors.As(err, &e) {
		t.Fatalf("%T: %v", err, err)
	}
	if e.Stage != stage || e.Sent != sent {
		t.Errorf("stage %s, sent %v; want %s, %v: %v", e.Stage, e.Sent, stage, sent, err)
	}
	if !errors.Is(err, is) {
		t.Errorf("%v is not %v", err, is)
	}
	if !strings.Contains(err.Error(), text) {
		t.Errorf("error %q does not say %q", err, text)
	}
	if strings.Contains(err.Error(), "secret") {
		t.Errorf("error %q tells a captured value", err)
	}
}
