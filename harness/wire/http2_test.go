package wire_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"github.com/replaydiff/replay/harness/wire"
)

// overTLS starts a server of net/http that speaks HTTP/2 and HTTP/1.1.
func overTLS(t testing.TB, h http.HandlerFunc, http2 bool) (*httptest.Server, *wire.Client) {
	s := httptest.NewUnstartedServer(h)
	s.EnableHTTP2 = http2
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	c := client(t, s.Listener.Addr().String())
	c.TLS = &tls.Config{RootCAs: roots}
	return s, c
}

func TestHTTP2(t *testing.T) {
	body := bytes.Repeat([]byte("0123456789abcdef"), 1<<16) // more than any first window
	var conns sync.Map
	s, c := overTLS(t, func(w http.ResponseWriter, r *http.Request) {
		conns.Store(r.RemoteAddr, nil)
		w.WriteHeader(http.StatusEarlyHints)
		got, _ := io.ReadAll(r.Body)
		w.Header().Set("Trailer", "X-Sum")
		w.Header().Set("X-Seen", fmt.Sprint(r.Method, " ", r.RequestURI, " ", r.Host, " ", r.Header["X-Twice"], " ", r.ContentLength))
		w.Write(got)
		w.Header().Set("X-Sum", fmt.Sprint(len(got)))
	}, true)
	var workers sync.WaitGroup
	for range 16 {
		workers.Go(func() {
			a, err := c.Do(t.Context(), &wire.Request{
				Method: "POST", Scheme: "https", Addr: s.Listener.Addr().String(), Target: "/a%2Fb//c?x=[1]", Host: "example.com",
				Header: header("X-Twice", "1", "x-twice", "2"), Body: body,
			})
			if err != nil {
				t.Error(err)
				return
			}
			if !bytes.Equal(a.Body, body) || a.Cut != nil {
				t.Errorf("%d bytes came back of %d: %v", len(a.Body), len(body), a.Cut)
			}
			if got, want := a.Header.Get("x-seen"), "POST /a%2Fb//c?x=[1] example.com [1 2] 1048576"; got != want {
				t.Errorf("seen: %s\nwant: %s", got, want)
			}
			if a.Proto != "HTTP/2.0" || a.Trailer.Get("x-sum") != "1048576" || len(a.Interim) != 1 || a.Interim[0].Status != 103 {
				t.Errorf("proto %s, trailer %v, interim %v", a.Proto, a.Trailer, a.Interim)
			}
		})
	}
	workers.Wait()
	n := 0
	conns.Range(func(_, _ any) bool { n++; return true })
	if n != 1 {
		t.Errorf("%d connections", n)
	}
}

// An h2Server speaks frames: after the preface each request's stream is
// handed to a function.
func serveFrames(t testing.TB, settings []http2.Setting, talk func(f *http2.Framer, c net.Conn, stream uint32)) *rawServer {
	return serve(t, func(c net.Conn) {
		preface := make([]byte, len(http2.ClientPreface))
		if _, err := io.ReadFull(c, preface); err != nil {
			return
		}
		f := http2.NewFramer(c, c)
		f.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
		f.WriteSettings(settings...)
		for {
			frame, err := f.ReadFrame()
			if err != nil {
				return
			}
			if h, ok := frame.(*http2.MetaHeadersFrame); ok {
				talk(f, c, h.StreamID)
			}
		}
	})
}

func block(pairs ...string) []byte {
	var b bytes.Buffer
	e := hpack.NewEncoder(&b)
	for i := 0; i < len(pairs); i += 2 {
		e.WriteField(hpack.HeaderField{Name: pairs[i], Value: pairs[i+1]})
	}
	return b.Bytes()
}

func answerHead(f *http2.Framer, stream uint32, end bool, pairs ...string) {
	f.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: block(pairs...), EndHeaders: true, EndStream: end})
}

func TestHTTP2KeepsOrder(t *testing.T) {
	s := serveFrames(t, nil, func(f *http2.Framer, c net.Conn, id uint32) {
		answerHead(f, id, true, ":status", "200", "set-cookie", "b=1", "server", "x", "set-cookie", "a=2")
	})
	c := client(t, s.Addr)
	c.Proto = wire.HTTP2
	a, err := c.Do(t.Context(), get(s.Addr))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(header("set-cookie", "b=1", "server", "x", "set-cookie", "a=2"), a.Header); diff != "" {
		t.Error(diff)
	}
}

func TestBrokenHTTP2(t *testing.T) {
	rows := []struct {
		reason string
		talk   func(f *http2.Framer, c net.Conn, id uint32)
		stage  wire.Stage
		sent   bool
		is     error
		text   string
	}{
		{"GOAWAY below the stream: it was not processed", func(f *http2.Framer, c net.Conn, id uint32) {
			f.WriteGoAway(0, http2.ErrCodeNo, nil)
		}, wire.Header, false, nil, "can be sent again"},
		{"GOAWAY that covers the stream, then the end: it may have been", func(f *http2.Framer, c net.Conn, id uint32) {
			f.WriteGoAway(id, http2.ErrCodeNo, nil)
			c.Close()
		}, wire.Header, true, wire.ErrClosed, "not sent again"},
		{"a refused stream", func(f *http2.Framer, c net.Conn, id uint32) {
			f.WriteRSTStream(id, http2.ErrCodeRefusedStream)
		}, wire.Header, false, nil, "REFUSED_STREAM"},
		{"a reset stream", func(f *http2.Framer, c net.Conn, id uint32) {
			f.WriteRSTStream(id, http2.ErrCodeInternal)
		}, wire.Header, true, nil, "INTERNAL_ERROR"},
		{"a closed connection", func(f *http2.Framer, c net.Conn, id uint32) { c.Close() }, wire.Header, true, wire.ErrClosed, "the request was sent"},
		{"no status", func(f *http2.Framer, c net.Conn, id uint32) { answerHead(f, id, true, "server", "secret") },
			wire.Header, true, wire.ErrFraming, "status"},
		{"an upper-case name", func(f *http2.Framer, c net.Conn, id uint32) {
			answerHead(f, id, true, ":status", "200", "Server", "secret")
		}, wire.Header, true, wire.ErrFraming, "PROTOCOL_ERROR"},
		{"a body without a header section", func(f *http2.Framer, c net.Conn, id uint32) { f.WriteData(id, true, []byte("secret")) },
			wire.Header, true, wire.ErrFraming, "before the header section"},
		{"a header section without an end", func(f *http2.Framer, c net.Conn, id uint32) {
			long := bytes.Repeat([]byte("x"), 8<<10)
			f.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: block(":status", "200")})
			for range 100 {
				if f.WriteContinuation(id, false, block("x-long", string(long))) != nil {
					return
				}
			}
		}, wire.Header, true, nil, ""},
		{"an interim answer at the end", func(f *http2.Framer, c net.Conn, id uint32) { answerHead(f, id, true, ":status", "103") },
			wire.Header, true, wire.ErrFraming, "interim"},
		{"a push that was switched off", func(f *http2.Framer, c net.Conn, id uint32) {
			f.WritePushPromise(http2.PushPromiseParam{StreamID: id, PromiseID: 2, BlockFragment: block(":method", "GET"), EndHeaders: true})
		}, wire.Header, true, wire.ErrFraming, "PROTOCOL_ERROR"},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			s := serveFrames(t, nil, row.talk)
			c := client(t, s.Addr)
			c.Proto, c.MaxHeader = wire.HTTP2, 64<<10
			a, err := c.Do(t.Context(), get(s.Addr))
			if err == nil {
				t.Fatalf("an answer: %+v", a)
			}
			is := row.is
			if is == nil {
				is = err
			}
			wantError(t, err, row.stage, row.sent, is, row.text)
		})
	}
}

func TestHTTP2Cut(t *testing.T) {
	rows := []struct {
		reason string
		talk   func(f *http2.Framer, c net.Conn, id uint32)
		body   string
		text   string
	}{
		{"reset in the body", func(f *http2.Framer, c net.Conn, id uint32) {
			answerHead(f, id, false, ":status", "200")
			f.WriteData(id, false, []byte("half"))
			f.WriteRSTStream(id, http2.ErrCodeInternal)
		}, "half", "INTERNAL_ERROR"},
		{"the connection ends in the body", func(f *http2.Framer, c net.Conn, id uint32) {
			answerHead(f, id, false, ":status", "200")
			f.WriteData(id, false, []byte("half"))
			c.Close()
		}, "half", "ends early"},
		{"a length that promises too much", func(f *http2.Framer, c net.Conn, id uint32) {
			answerHead(f, id, false, ":status", "200", "content-length", "9")
			f.WriteData(id, true, []byte("half"))
		}, "half", "ends early"},
		{"a length that promises too little", func(f *http2.Framer, c net.Conn, id uint32) {
			answerHead(f, id, false, ":status", "200", "content-length", "1")
			f.WriteData(id, true, []byte("half"))
		}, "half", "longer than its Content-Length"},
		{"a body over the limit", func(f *http2.Framer, c net.Conn, id uint32) {
			answerHead(f, id, false, ":status", "200")
			f.WriteData(id, false, bytes.Repeat([]byte("x"), 20))
		}, "xxxxxxxxxxxxxxxx", "more than 16 bytes"},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			s := serveFrames(t, nil, row.talk)
			c := client(t, s.Addr)
			c.Proto, c.MaxBody = wire.HTTP2, 16
			a, err := c.Do(t.Context(), get(s.Addr))
			if err != nil {
				t.Fatal(err)
			}
			if a.Cut == nil || string(a.Body) != row.body {
				t.Fatalf("cut %v, body %q", a.Cut, a.Body)
			}
			wantError(t, a.Cut, wire.Body, true, a.Cut, row.text)
		})
	}
}

// TestHTTP2AtMostOnce drops connections under many streams.
func TestHTTP2AtMostOnce(t *testing.T) {
	var streams atomic.Int64
	s := serveFrames(t, nil, func(f *http2.Framer, c net.Conn, id uint32) {
		if streams.Add(1)%3 == 0 {
			c.Close()
			return
		}
		answerHead(f, id, true, ":status", "204")
	})
	c := client(t, s.Addr)
	c.Proto = wire.HTTP2
	var workers sync.WaitGroup
	var sent atomic.Int64
	for range 8 {
		workers.Go(func() {
			for range 125 {
				if _, err := c.Do(t.Context(), get(s.Addr)); err == nil || err.(*wire.Error).Sent {
					sent.Add(1)
				}
			}
		})
	}
	workers.Wait()
	if streams.Load() > sent.Load() {
		t.Errorf("%d requests, %d received", sent.Load(), streams.Load())
	}
}

// TestHTTP2Stall has the server take no more of a body: the exchange ends in
// time, and others on the connection go on.
func TestHTTP2Stall(t *testing.T) {
	var stalled atomic.Bool
	s := serveFrames(t, nil, func(f *http2.Framer, c net.Conn, id uint32) {
		if !stalled.Load() {
			answerHead(f, id, true, ":status", "204")
		}
	})
	c := client(t, s.Addr)
	c.Proto = wire.HTTP2
	if _, err := c.Do(t.Context(), get(s.Addr)); err != nil { // the connection is there
		t.Fatal(err)
	}
	r := get(s.Addr)
	r.Method, r.Body = "POST", make([]byte, 1<<20)
	stalled.Store(true)
	err := patiently(wire.Header, func(patience time.Duration) error {
		c.Timeout = patience
		_, err := c.Do(t.Context(), r)
		return err
	})
	wantError(t, err, wire.Header, true, wire.ErrTimeout, "--timeout")
	stalled.Store(false)
	c.Timeout = time.Minute
	a, err := c.Do(t.Context(), get(s.Addr))
	if err != nil || !a.Reused {
		t.Fatal("the connection is lost: ", err)
	}
}

func TestHTTP2NotSpoken(t *testing.T) {
	s := serve(t, func(c net.Conn) {
		io.WriteString(c, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
		io.Copy(io.Discard, c)
	})
	c := client(t, s.Addr)
	c.Proto = wire.HTTP2
	_, err := c.Do(t.Context(), get(s.Addr))
	var e *wire.Error
	if !errors.As(err, &e) {
		t.Fatalf("%T: %v", err, err)
	}
	// The server does not wait for the request before it shows what it is.
	stage := wire.Write
	if e.Sent {
		stage = wire.Header
	}
	wantError(t, err, stage, e.Sent, err, "the server does not speak HTTP/2; leave out --http2")
}

// TestHTTP2GoesAwayAtOnce: a server that lets no stream begin is asked once,
// not again and again.
func TestHTTP2GoesAwayAtOnce(t *testing.T) {
	s := serve(t, func(c net.Conn) {
		f := http2.NewFramer(c, c)
		f.WriteSettings()
		f.WriteGoAway(0, http2.ErrCodeEnhanceYourCalm, nil)
		io.Copy(io.Discard, c)
	})
	c := client(t, s.Addr)
	c.Proto = wire.HTTP2
	_, err := c.Do(t.Context(), get(s.Addr))
	var e *wire.Error
	if !errors.As(err, &e) || e.Sent || !strings.Contains(e.Text, "can be sent again") {
		t.Errorf("%+v", err)
	}
	if got := s.Accepted.Load(); got != 1 {
		t.Errorf("%d connections", got)
	}
}

// TestHTTP2EarlyAnswer: the answer comes before the server has taken the body.
func TestHTTP2EarlyAnswer(t *testing.T) {
	resets := make(chan bool, 1)
	s := serve(t, func(c net.Conn) {
		io.ReadFull(c, make([]byte, len(http2.ClientPreface)))
		f := http2.NewFramer(c, c)
		f.WriteSettings()
		for {
			frame, err := f.ReadFrame()
			if err != nil {
				return
			}
			switch frame.Header().Type {
			case http2.FrameHeaders:
				answerHead(f, frame.Header().StreamID, true, ":status", "413")
			case http2.FrameRSTStream:
				resets <- true
			}
		}
	})
	c := client(t, s.Addr)
	c.Proto = wire.HTTP2
	r := get(s.Addr)
	r.Method, r.Body = "POST", make([]byte, 1<<20)
	a, err := c.Do(t.Context(), r)
	if err != nil || a.Status != 413 {
		t.Fatal(a, err)
	}
	<-resets
}

// TestHTTP2Blocked has the server read no more at all, so that the kernel
// takes no byte: the exchange ends all the same, by time and by context.
func TestHTTP2Blocked(t *testing.T) {
	for _, want := range []error{wire.ErrTimeout, context.Canceled} {
		ctx, cancel := context.WithCancel(t.Context())
		over := make(chan bool)
		s := serve(t, func(c net.Conn) {
			f := http2.NewFramer(c, c)
			f.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 1<<31 - 1})
			f.WriteWindowUpdate(0, 1<<30)
			if want == context.Canceled {
				io.ReadFull(c, make([]byte, 1<<16))
				cancel()
			}
			<-over
		})
		c := client(t, s.Addr)
		c.Proto = wire.HTTP2
		if want == wire.ErrTimeout {
			c.Timeout = 300 * time.Millisecond
		}
		r := get(s.Addr)
		r.Method, r.Body = "POST", make([]byte, 64<<20)
		if _, err := c.Do(ctx, r); !errors.Is(err, want) {
			t.Errorf("%v is not %v", err, want)
		}
		cancel()
		close(over)
	}
}
