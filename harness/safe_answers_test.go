package harness

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/results"
	"github.com/replaydiff/replay/harness/wire"
)

// speaking serves connections with whatever is written to them, after each
// request that came.
func speaking(t testing.TB, answer func(io.Writer)) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				if _, err := conn.Read(make([]byte, 64<<10)); err == nil {
					answer(conn)
				}
			}()
		}
	}()
	return "http://" + l.Addr().String()
}

// endless writes a piece until nobody takes it any more.
func endless(start, piece string) func(io.Writer) {
	return func(w io.Writer) {
		_, err := io.WriteString(w, start)
		block := strings.Repeat(piece, max(1, 8000/len(piece)))
		for err == nil {
			_, err = io.WriteString(w, block)
		}
	}
}

func said(text string) func(io.Writer) {
	return func(w io.Writer) { _, _ = io.WriteString(w, text) }
}

func coded(coding string, body []byte) func(io.Writer) {
	return said(fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\nContent-Length: %d\r\n\r\n%s", coding, len(body), body))
}

// heavy is so many, or fewer where the race detector makes each five times as
// long.
func heavy(n int) int {
	if raceEnabled {
		return n / 4
	}
	return n
}

// bomb is a body that comes to 256 MiB, 64 under the race detector.
func bomb(t testing.TB, writer func(io.Writer) (io.WriteCloser, error)) []byte {
	var b bytes.Buffer
	w, err := writer(&b)
	if err != nil {
		t.Fatal(err)
	}
	zeros := make([]byte, 1<<20)
	for range heavy(256) {
		_, _ = w.Write(zeros)
	}
	w.Close()
	return b.Bytes()
}

// escapes are what a terminal, a browser or a pull request would act on.
const escapes = "\x1b]0;owned\x07\x1b[2J\x9b31m\x7f\b\u202e\u2066<script>alert(1)</script><img src=x onerror=alert(1)>[a](javascript:x)`]]>::error::x%0A | x @everyone \xff\xfe"

// TestHostileAnswers: whatever a server sends, the run comes to its end, memory
// stays bounded, and reports stay inert.
func TestHostileAnswers(t *testing.T) {
	rows := []struct {
		reason string
		answer func(io.Writer)
	}{
		{"header fields without end", endless("HTTP/1.1 200 OK\r\n", "X-A: b\r\n")},
		{"a header field without end", endless("HTTP/1.1 200 OK\r\nX-A: ", "a")},
		{"a status line without end", endless("HTTP/1.1 200 ", "a")},
		{"a body without end", endless("HTTP/1.1 200 OK\r\n\r\n", "body ")},
		{"chunks without end", endless("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "8\r\nabcdefgh\r\n")},
		{"a chunk extension without end", endless("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;a=", "a")},
		{"chunks of one byte with long extensions", endless("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "1;"+strings.Repeat("e", 200)+"\r\na\r\n")},
		{"a chunk of all the bytes there are", said("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nabc")},
		{"trailers without end", endless("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "X-T: a\r\n")},
		{"interim answers without end", endless("", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")},
		{"a byte at a time", func(w io.Writer) {
			_, err := io.WriteString(w, "HTTP/1.1 200 OK\r\n\r\n")
			for err == nil {
				_, err = io.WriteString(w, "a")
				time.Sleep(5 * time.Millisecond)
			}
		}},
		{"nothing at all", func(w io.Writer) { _, _ = w.(net.Conn).Read(make([]byte, 1)) }},
		{"a length beyond any memory", said("HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775807\r\n\r\nabc")},
		{"a length that is too short", said("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nabc HTTP/1.1 200 OK\r\n\r\n")},
		{"lengths that differ", said("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nabc")},
		{"a gzip bomb", coded("gzip", bomb(t, func(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriter(w), nil }))},
		{"a brotli bomb", coded("br", bomb(t, func(w io.Writer) (io.WriteCloser, error) { return brotli.NewWriterLevel(w, 1), nil }))},
		{"a zstd bomb", coded("zstd", bomb(t, func(w io.Writer) (io.WriteCloser, error) { return zstd.NewWriter(w) }))},
		{"40 layers", coded(strings.Repeat("gzip, ", 39)+"gzip", []byte("\x1f\x8b"))},
		{"a coding nobody knows", coded("\x1b[31mevil", []byte("abc"))},
		{"3000 cookies", said("HTTP/1.1 200 OK\r\n" + strings.Repeat("Set-Cookie: a=b; Path=/x\r\n", 3000) + "Content-Length: 0\r\n\r\n")},
		{"a cookie of half a megabyte", said("HTTP/1.1 200 OK\r\nSet-Cookie: a=" + strings.Repeat("x", 500_000) + "\r\nContent-Length: 0\r\n\r\n")},
		{"a header of almost a megabyte, no two alike", func(w io.Writer) {
			fmt.Fprintf(w, "HTTP/1.1 200 OK\r\nX-%x: %s\r\nContent-Length: 0\r\n\r\n", random(8), strings.Repeat(secret(), 30_000))
		}},
		{"control characters everywhere", said("HTTP/1.1 500 " + escapes + "\r\nX-A: " + escapes + "\r\nSet-Cookie: " + escapes + "=" + escapes + "\r\nWWW-Authenticate: " + escapes +
			"\r\nLocation: http://" + escapes + "\r\nAccess-Control-Allow-Origin: " + escapes + "\r\nContent-Type: application/json\r\n\r\n{\"" + `\u001b]0;owned` + "\":\"" + escapes + "\"}")},
		{"a redirect with control characters", said("HTTP/1.1 302 " + escapes + "\r\nLocation: /" + escapes + "\r\nContent-Length: 0\r\n\r\n")},
		{"a page with control characters", said("HTTP/1.1 401 x\r\nContent-Type: text/html\r\nServer: " + escapes + "\r\n\r\n<title>" + escapes + "</title>")},
		{"JSON that is deep", said("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" + strings.Repeat("[", heavy(100_000)))},
		{"JSON that is wide", said("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[" + strings.Repeat(`{"a":1},`, heavy(100_000)) + "0]")},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			base := speaking(t, row.answer)
			client := &wire.Client{Timeout: 300 * time.Millisecond}
			defer client.Close()
			c := flow("GET", recordedOrigin+"/a", "GET", recordedOrigin+"/b", "POST", apiOf+"/c", "GET", recordedOrigin+"/d")
			for _, x := range c.Exchanges {
				with(x, "Cookie", session, "Origin", mainOf, "Sec-Fetch-Mode", "cors")
				x.Response.Header = traffic.Header{{Name: "Content-Type", Value: "application/json"}, {Name: "Access-Control-Allow-Origin", Value: "*"}}
				x.Response.Body = traffic.NewBody("application/json", []byte(`{"a":1}`))
			}
			o := PlanOptions{Target: Target{Base: base, Map: []Mapping{{apiOf, base}}}, Unsafe: Unsafe{All: true}, Follow: true}
			done := replayed(t, &Runner{Client: client, Concurrency: 2}, plan(t, c, o))
			counts := done.Report.Counts
			if counts.Sent+counts.Unsent != counts.Recorded || counts.Sent == 0 {
				t.Errorf("the report does not add up: %+v", counts)
			}
			for format, text := range everyFormat(t, done.Report) {
				inert(t, format, text)
			}
			if curl := results.CurlLine(&done.Sent().Exchanges[0].Request, nil); strings.ContainsFunc(curl, active) {
				t.Errorf("curl: %q", curl)
			}
		})
	}
}

// active tells what a terminal acts on. Reports have line ends and tabs.
func active(r rune) bool {
	return unicode.Is(unicode.Cf, r) || unicode.IsControl(r) && r != '\n' && r != '\t'
}

func inert(t *testing.T, format, text string) {
	t.Helper()
	if i := strings.IndexFunc(text, active); i >= 0 {
		t.Errorf("%s: %q", format, text[max(0, i-40):min(len(text), i+40)])
	}
	if !utf8.ValidString(text) {
		t.Errorf("%s is not UTF-8", format)
	}
	if len(text) > 4<<20 {
		t.Errorf("%s has %d bytes", format, len(text))
	}
	// Raw, these would be acted on in the format that knows them.
	if format == "markdown" {
		text = withoutCode(text)
	}
	markup := map[string][]string{"junit": {"<script", "<img"}, "markdown": {"<script", "<img", "](javascript:"}, "annotations": {"\n::error::x"}}
	for _, bad := range markup[format] {
		if i := strings.Index(text, bad); i >= 0 {
			t.Errorf("%s: %q", format, text[max(0, i-80):min(len(text), i+40)])
		}
	}
}

// withoutCode leaves out the code spans of a Markdown text: what stands between
// two runs of as many backquotes is not acted on.
func withoutCode(text string) string {
	var out strings.Builder
	for line := range strings.SplitSeq(text, "\n") {
		for {
			start := strings.IndexByte(line, '`')
			if start < 0 {
				break
			}
			rest := strings.TrimLeft(line[start:], "`")
			run := len(line) - start - len(rest)
			end := closing(rest, run)
			if end < 0 {
				break
			}
			out.WriteString(line[:start])
			line = rest[end+run:]
		}
		out.WriteString(line + "\n")
	}
	return out.String()
}

// closing finds a run of exactly so many backquotes.
func closing(s string, run int) int {
	for at := 0; at < len(s); {
		i := strings.IndexByte(s[at:], '`')
		if i < 0 {
			return -1
		}
		at += i
		n := len(s[at:]) - len(strings.TrimLeft(s[at:], "`"))
		if n == run {
			return at
		}
		at += n
	}
	return -1
}

// TestMemoryIsBounded: answers that are all large are not all kept.
func TestMemoryIsBounded(t *testing.T) {
	if testing.Short() || raceEnabled {
		t.Skip("measures memory")
	}
	for _, row := range []struct {
		reason string
		answer func(io.Writer)
	}{
		{"bodies", func(w io.Writer) {
			fmt.Fprintf(w, "HTTP/1.1 200 OK\r\nContent-Length: 640000\r\n\r\n%s", strings.Repeat(secret(), 20_000))
		}},
		{"headers", func(w io.Writer) {
			fmt.Fprintf(w, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-A: %s\r\n\r\n", strings.Repeat(secret(), 20_000))
		}},
	} {
		t.Run(row.reason, func(t *testing.T) {
			base := speaking(t, row.answer)
			const n, budget = 300, 4 << 20
			done := replayed(t, &Runner{Memory: budget}, plan(t, many(n), PlanOptions{Target: Target{Base: base}}))
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			if m.HeapAlloc > 64<<20 {
				t.Errorf("%d MiB are kept of %d answers", m.HeapAlloc>>20, n)
			}
			runtime.KeepAlive(done)
		})
	}
}

// TestComparedBeforeItIsDropped: what memory has no room for is compared all
// the same.
func TestComparedBeforeItIsDropped(t *testing.T) {
	base := speaking(t, said("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\nConnection: close\r\n\r\nnew"))
	c := many(5)
	for _, x := range c.Exchanges {
		x.Response.Header = traffic.Header{{Name: "Content-Type", Value: "text/plain"}}
		x.Response.Body = traffic.NewBody("text/plain", []byte("old"))
	}
	for _, memory := range []int64{1, 1 << 20} {
		if got := replayed(t, &Runner{Memory: memory}, plan(t, c, PlanOptions{Target: Target{Base: base}})).Report.Counts; got.Different != 5 {
			t.Errorf("with %d bytes: %+v", memory, got)
		}
	}
}
