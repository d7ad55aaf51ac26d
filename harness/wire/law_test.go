package wire_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/net/http2"
	"pgregory.net/rapid"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/wire"
)

// TestArrivesByteForByte: what is sent is what arrives, and what is answered
// is what is read.
func TestArrivesByteForByte(t *testing.T) {
	type exchange struct {
		got    []byte
		answer string
	}
	turns := make(chan exchange, 1)
	s := serve(t, func(c net.Conn) {
		for {
			var raw bytes.Buffer
			r := bufio.NewReader(io.TeeReader(c, &raw))
			if _, _, err := readRequest(r); err != nil {
				return
			}
			turn := <-turns
			io.WriteString(c, turn.answer)
			turn.got = raw.Bytes()
			turns <- turn
		}
	})
	c := client(t, s.Addr)
	name := rapid.StringMatching("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,20}").Filter(func(s string) bool { return !wire.IsFraming(s) })
	value := rapid.StringMatching(`([!-~\x{80}-\x{ff}]([ -~\t]{0,30}[!-~])?)?`)
	field := rapid.Custom(func(t *rapid.T) traffic.HeaderField {
		return traffic.HeaderField{Name: name.Draw(t, "name"), Value: value.Draw(t, "value")}
	})
	rapid.Check(t, func(t *rapid.T) {
		r := get(s.Addr)
		r.Method = rapid.StringMatching("[A-Z]{1,8}").Filter(func(m string) bool { return m != "HEAD" && m != "CONNECT" }).Draw(t, "method")
		r.Target = rapid.StringMatching(`/[!-~\x{80}-\x{ff}]{0,40}`).Draw(t, "target")
		r.Header = rapid.SliceOfN(field, 0, 20).Draw(t, "header")
		r.Body = []byte(rapid.SampledFrom([]string{"", "x", strings.Repeat("y", 20_000)}).Draw(t, "body"))
		fields := rapid.SliceOfN(field, 0, 20).Filter(func(h []traffic.HeaderField) bool { return len(h) != 1 }).Draw(t, "answer")
		fields = append(fields, traffic.HeaderField{Name: "Content-Length", Value: "5"})

		want := fmt.Sprintf("%s %s HTTP/1.1\r\nHost: %s\r\n", r.Method, r.Target, r.Host)
		for _, f := range r.Header {
			want += f.Name + ": " + f.Value + "\r\n"
		}
		want += fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(r.Body), r.Body)
		answer := "HTTP/1.1 200 fine\r\n"
		for _, f := range fields {
			answer += f.Name + ": " + f.Value + "\r\n"
		}

		turns <- exchange{answer: answer + "\r\nhello"}
		a, err := c.Do(t.Context(), r)
		turn := <-turns
		if err != nil {
			t.Fatal(err)
		}
		if string(turn.got) != want {
			t.Errorf("arrived:\n%q\nsent:\n%q", turn.got, want)
		}
		if diff := cmp.Diff(traffic.Header(fields), a.Header, cmpopts.EquateEmpty()); diff != "" {
			t.Error(diff)
		}
		if string(a.Body) != "hello" {
			t.Errorf("body %q", a.Body)
		}
	})
	if got := s.Accepted.Load(); got != 1 {
		t.Errorf("%d connections", got)
	}
}

// FuzzReadHead: a head is read or refused, never half of it; what was read and
// is written again reads the same.
func FuzzReadHead(f *testing.F) {
	for _, seed := range []string{
		"HTTP/1.1 200 OK\r\nA: b\r\n\r\nrest", "HTTP/1.1 204\nA:b\n\n", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "\r\n\r\n", "",
		"HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\td\r\n\r\n", "HTTP/1.1 200 OK\r\n b: c\r\n\r\n", "HTTP/1.1 200 OK\r\nA b: c\r\n\r\n",
		"HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n", "HTTP/1.1 200 OK\r\nA: \x00\r\n\r\n", "HTTP/1.1 200 OK\r\nA:\r\n \r\n\r\n",
		"HTTP/1.1 200 OK\r\nX: " + strings.Repeat("long", 20) + "\r\n\r\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		const limit = 4096
		head, err := wire.ReadHead(bufio.NewReaderSize(strings.NewReader(raw), 16), limit)
		whole, err2 := wire.ReadHead(bufio.NewReaderSize(strings.NewReader(raw), 8192), limit)
		if (err == nil) != (err2 == nil) || cmp.Diff(head, whole) != "" {
			t.Fatalf("depends on the buffer: %v, %v", err, err2)
		}
		if err != nil {
			for _, known := range []error{wire.ErrFraming, wire.ErrTooLarge, io.EOF, io.ErrUnexpectedEOF} {
				if errors.Is(err, known) {
					return
				}
			}
			t.Fatal(err)
		}
		if head.Size > limit || head.Size > int64(len(raw)) {
			t.Fatalf("size %d of %d", head.Size, len(raw))
		}
		again := head.Start + "\r\n"
		for _, f := range head.Fields {
			again += f.Name + ": " + f.Value + "\r\n"
		}
		if head.Start == "" {
			return
		}
		second, err := wire.ReadHead(bufio.NewReader(strings.NewReader(again+"\r\n")), 2*limit)
		if err != nil || second.Start != head.Start || cmp.Diff(second.Fields, head.Fields, cmpopts.EquateEmpty()) != "" {
			t.Fatalf("%v\n%s", err, cmp.Diff(head, second))
		}
	})
}

// FuzzFrames: any bytes behind the preface of HTTP/2 are an answer or an error.
func FuzzFrames(f *testing.F) {
	frames := func(write func(f *http2.Framer)) {
		var b bytes.Buffer
		framer := http2.NewFramer(&b, nil)
		framer.WriteSettings()
		write(framer)
		f.Add(b.Bytes())
	}
	frames(func(f *http2.Framer) { answerHead(f, 1, true, ":status", "204") })
	frames(func(f *http2.Framer) {
		answerHead(f, 1, false, ":status", "103", "link", "x")
		answerHead(f, 1, false, ":status", "200", "content-length", "4")
		f.WriteData(1, false, []byte("half"))
		answerHead(f, 1, true, "x-sum", "4")
	})
	frames(func(f *http2.Framer) { f.WriteGoAway(0, http2.ErrCodeNo, nil) })
	frames(func(f *http2.Framer) { f.WriteRSTStream(1, http2.ErrCodeRefusedStream) })
	frames(func(f *http2.Framer) {
		f.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 1}, http2.Setting{ID: http2.SettingHeaderTableSize, Val: 0})
		f.WriteWindowUpdate(0, 1<<31-1)
	})
	f.Add([]byte("HTTP/1.1 400 Bad Request\r\n\r\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		s := serve(t, func(c net.Conn) {
			io.ReadFull(c, make([]byte, len(http2.ClientPreface)+64))
			c.Write(raw)
			c.(*net.TCPConn).CloseWrite()
			io.Copy(io.Discard, c)
		})
		c := client(t, s.Addr)
		c.Proto, c.MaxBody, c.MaxHeader = wire.HTTP2, 4096, 4096
		a, err := c.Do(t.Context(), get(s.Addr))
		if err == nil {
			if int64(len(a.Body)) > c.MaxBody || a.Status < 200 {
				t.Fatalf("%+v", a)
			}
			return
		}
		var e *wire.Error
		if !errors.As(err, &e) || errors.Is(err, wire.ErrTimeout) || e.Text == "" {
			t.Fatal(err)
		}
	})
}

// FuzzResponse: any bytes in any coding are decoded within the limit, or kept.
func FuzzResponse(f *testing.F) {
	f.Add("gzip", []byte(gzipped("hello")))
	f.Add("zstd", []byte("\x28\xb5\x2f\xfd\x04\x00\x09\x00\x00x\x99\xe9\xd8\x51"))
	f.Add("br, deflate", []byte("\x0b\x02\x80hello\x03"))
	f.Fuzz(func(t *testing.T, coding string, body []byte) {
		a := &wire.Answer{Header: header("Content-Encoding", coding), Body: body}
		r := a.Response(traffic.Limits{Body: 4096})
		got, err := r.Body.Bytes(0)
		if err != nil {
			t.Fatal(err)
		}
		if r.Error != "" && !bytes.Equal(got, body) || r.Error == "" && len(got) > 4096 && len(got) > len(body) {
			t.Fatalf("%q: %d bytes of %d", r.Error, len(got), len(body))
		}
	})
}

// FuzzAnswer: any bytes are an answer or an error, and neither hangs.
func FuzzAnswer(f *testing.F) {
	for _, seed := range []string{
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nA: b\r\n\r\n",
		"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.0 200\r\n\r\nto the end", "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhi",
		"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b\x08", "\x15\x03\x01", "SSH-2.0",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		s := serve(t, answering(raw, true))
		c := client(t, s.Addr)
		c.MaxBody, c.MaxHeader = 4096, 4096
		a, err := c.Do(t.Context(), get(s.Addr))
		if err == nil {
			if int64(len(a.Body)) > c.MaxBody || a.Status < 200 {
				t.Fatalf("%+v", a)
			}
			a.Response(traffic.Limits{})
			return
		}
		var e *wire.Error
		if !errors.As(err, &e) || errors.Is(err, wire.ErrTimeout) || e.Text == "" {
			t.Fatal(err)
		}
	})
}
