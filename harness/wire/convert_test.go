package wire_test

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/klauspost/compress/zstd"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/wire"
)

func TestRequestOf(t *testing.T) {
	rows := []struct {
		reason string
		in     traffic.Request
		want   wire.Request
	}{
		{"the target keeps its bytes, the fragment stays at home",
			traffic.Request{Method: "GET", URL: "https://user:secret@API.test/a%2Fb//c?x=[1]#top"},
			wire.Request{Method: "GET", Scheme: "https", Addr: "API.test:443", Host: "API.test", Target: "/a%2Fb//c?x=[1]"}},
		{"a query without a path",
			traffic.Request{Method: "GET", URL: "HTTP://api.test:8080?x=/y@z"},
			wire.Request{Method: "GET", Scheme: "http", Addr: "api.test:8080", Host: "api.test:8080", Target: "/?x=/y@z"}},
		{"an address of IPv6",
			traffic.Request{Method: "GET", URL: "http://[::1]/"},
			wire.Request{Method: "GET", Scheme: "http", Addr: "[::1]:80", Host: "[::1]", Target: "/"}},
		{"framing fields are left out in whatever case, and those that Connection names",
			traffic.Request{Method: "GET", URL: "http://api.test/", Header: header(
				"hOST", "other.test", "X-A", "1", "connection", "close, X-Hop", "x-hop", "1", "CONTENT-length", "5", "Te", "trailers",
				"Upgrade", "h2c", "http2-settings", "x", "Expect", "100-continue", "x-a", "2", "Keep-Alive", "1", "Proxy-Connection", "x")},
			wire.Request{Method: "GET", Scheme: "http", Addr: "api.test:80", Host: "other.test", Target: "/",
				Header: header("X-A", "1", "x-a", "2")}},
		{"pseudo-headers name the host, and the crumbs of a cookie are one again",
			traffic.Request{Method: "GET", URL: "https://api.test/", Header: header(
				":authority", "api.test", ":path", "/", "cookie", "a=1", "x", "y", "cookie", "b=2")},
			wire.Request{Method: "GET", Scheme: "https", Addr: "api.test:443", Host: "api.test", Target: "/",
				Header: header("cookie", "a=1; b=2", "x", "y")}},
		{"two cookie fields of HTTP/1.1 stay two",
			traffic.Request{Method: "GET", Proto: "HTTP/1.1", URL: "http://api.test/", Header: header("Cookie", "a=1", "Cookie", "b=2")},
			wire.Request{Method: "GET", Scheme: "http", Addr: "api.test:80", Host: "api.test", Target: "/",
				Header: header("Cookie", "a=1", "Cookie", "b=2")}},
		{"a body", traffic.Request{Method: "POST", URL: "http://api.test/", Body: traffic.NewBody("text/plain", []byte("hi"))},
			wire.Request{Method: "POST", Scheme: "http", Addr: "api.test:80", Host: "api.test", Target: "/", Body: []byte("hi")}},
		{"a form of which the recorder kept the parameters only",
			traffic.Request{Method: "POST", URL: "http://api.test/", Body: traffic.Body{
				MediaType: "application/x-www-form-urlencoded", Params: []traffic.Param{{Name: "a", Value: "1"}}}},
			wire.Request{Method: "POST", Scheme: "http", Addr: "api.test:80", Host: "api.test", Target: "/", Body: []byte("a=1")}},
		{"recorders note an empty body where there is none", traffic.Request{Method: "GET", URL: "http://api.test/", Body: traffic.NewBody("", nil)},
			wire.Request{Method: "GET", Scheme: "http", Addr: "api.test:80", Host: "api.test", Target: "/"}},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			got, err := wire.RequestOf(&row.in, 0)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(row.want, *got, cmpopts.EquateEmpty()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRequestOfRefuses(t *testing.T) {
	for _, row := range []struct {
		reason string
		in     traffic.Request
		text   string
	}{
		{"a line end in a field", traffic.Request{Method: "GET", URL: "http://a/", Header: header("X", "secret\r\n")}, "CR, LF or NUL"},
		{"a space in the URL", traffic.Request{Method: "GET", URL: "http://a/my secret"}, "%20"},
		{"a line end in the recorded Host", traffic.Request{Method: "GET", URL: "http://a/", Header: header("Host", "secret\n")}, "Host"},
		{"another scheme", traffic.Request{Method: "GET", URL: "wss://a/secret"}, "http or https"},
		{"no host", traffic.Request{Method: "GET", URL: "http:///secret"}, "http or https"},
		{"a relative URL", traffic.Request{Method: "GET", URL: "/secret"}, "http or https"},
		{"a body over the limit", traffic.Request{Method: "GET", URL: "http://a/", Body: traffic.NewBody("", []byte("secret secret"))}, "limit"},
	} {
		t.Run(row.reason, func(t *testing.T) {
			_, err := wire.RequestOf(&row.in, 8)
			var e *wire.Error
			if !errors.As(err, &e) || !errors.Is(err, wire.ErrUnsendable) || e.Stage != wire.Refused || e.Sent {
				t.Fatalf("%+v", err)
			}
			if !strings.Contains(e.Text, row.text) || strings.Contains(err.Error(), "secret") {
				t.Errorf("%q; want %q and no secret", err, row.text)
			}
		})
	}
}

// packed writes text through a compressor.
func packed[W io.WriteCloser](text string, open func(io.Writer) W) string {
	var b bytes.Buffer
	w := open(&b)
	io.WriteString(w, text)
	w.Close()
	return b.String()
}

func gzipped(s string) string {
	return packed(s, func(w io.Writer) *gzip.Writer { return gzip.NewWriter(w) })
}

func TestResponse(t *testing.T) {
	text := strings.Repeat("hello, world\n", 100)
	zlibbed := packed(text, func(w io.Writer) *zlib.Writer { return zlib.NewWriter(w) })
	deflated := packed(text, func(w io.Writer) *flate.Writer { f, _ := flate.NewWriter(w, 5); return f })
	brotlied := packed(text, func(w io.Writer) *brotli.Writer { return brotli.NewWriter(w) })
	zstded := packed(text, func(w io.Writer) *zstd.Encoder { z, _ := zstd.NewWriter(w); return z })
	bomb := gzipped(strings.Repeat("\x00", 1<<20))
	rows := []struct {
		reason, coding, body, want, err string
	}{
		{"no coding", "", text, text, ""},
		{"identity", "identity", text, text, ""},
		{"gzip", "gzip", gzipped(text), text, ""},
		{"its old name, in another case", "X-GZip", gzipped(text), text, ""},
		{"deflate is zlib (RFC 9110 section 8.4.1.2)", "deflate", zlibbed, text, ""},
		{"deflate without zlib, as some servers send it", "deflate", deflated, text, ""},
		{"brotli", "br", brotlied, text, ""},
		{"zstd", "zstd", zstded, text, ""},
		{"two layers, the last one outermost", "br, gzip", gzipped(brotlied), text, ""},
		{"four layers", "gzip, gzip, gzip, gzip", gzipped(gzipped(gzipped(gzipped(text)))), text, ""},
		{"five layers", "gzip, gzip, gzip, gzip, gzip", gzipped(gzipped(gzipped(gzipped(gzipped(text))))), "", "more than 4 layers"},
		{"an empty body, as answers to HEAD have", "gzip", "", "", ""},
		{"not what it says", "gzip", text, text, "not gzip"},
		{"cut off", "gzip", gzipped(text)[:30], gzipped(text)[:30], "ends early"},
		{"an unknown coding", "secret", text, text, "none of gzip, deflate, br and zstd"},
		{"a bomb", "gzip", bomb, bomb, "longer than 65536 bytes"},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			a := &wire.Answer{Status: 200, Header: header("Content-Type", "text/plain", "Content-Encoding", row.coding), Body: []byte(row.body), HeaderSize: 7}
			r := a.Response(traffic.Limits{Body: 64 << 10})
			got, err := r.Body.Bytes(0)
			if err != nil {
				t.Fatal(err)
			}
			want := row.want
			if row.err != "" {
				want = row.body // kept as it was sent
			}
			if string(got) != want || r.Body.MediaType != "text/plain" || r.Header.Get("Content-Encoding") != row.coding {
				t.Errorf("%d bytes, want %d; %+v", len(got), len(want), r)
			}
			if !strings.Contains(r.Error, row.err) || (r.Error == "") != (row.err == "") || strings.Contains(r.Error, "secret") {
				t.Errorf("error %q, want %q", r.Error, row.err)
			}
			sizes := traffic.Sizes{Header: 7, Body: int64(len(row.body)), Content: int64(len(want)), Compression: int64(len(want) - len(row.body))}
			if diff := cmp.Diff(sizes, r.Sizes); diff != "" {
				t.Error(diff)
			}
		})
	}
}
