package record

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/wire"
)

// clientConn speaks HTTP/2 on a connection that was made.
func clientConn(ctx context.Context, made *wire.Link, to place) (*http.ClientConn, error) {
	var protocols http.Protocols
	protocols.SetHTTP2(to.scheme == "https")
	protocols.SetUnencryptedHTTP2(to.scheme == "http")
	dial := func(context.Context, string, string) (net.Conn, error) { return made.Conn, nil }
	t := &http.Transport{DialContext: dial, DialTLSContext: dial, DisableCompression: true, Protocols: &protocols, MaxResponseHeaderBytes: wire.DefaultMaxHeader}
	return t.NewClientConn(ctx, to.scheme, to.addr)
}

// send2 sends a request on a stream of HTTP/2.
func (s *servers) send2(ctx context.Context, l *link, in *asked, f *flight, interim func(int, traffic.Header) error) (*reply, error) {
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		WroteRequest:         func(httptrace.WroteRequestInfo) { f.sent(s.l.now()) },
		GotFirstResponseByte: f.first,
		Got1xxResponse: func(status int, h textproto.MIMEHeader) error {
			return interim(status, lower(traffic.HeaderOf(http.Header(h))))
		},
	})
	out, err := in.http(ctx)
	if err != nil {
		return nil, wire.Fault(ctx, in.to.addr, wire.Write, false, err)
	}
	got, err := l.two.RoundTrip(out)
	l.used = true
	if err != nil {
		return nil, wire.Fault(ctx, in.to.addr, wire.Header, true, err)
	}
	r := &reply{
		status: got.StatusCode, proto: "HTTP/2.0", header: lower(traffic.HeaderOf(got.Header)), headerSize: -1, link: l,
		body: got.Body, length: got.ContentLength,
		trailer: func() traffic.Header { return lower(traffic.HeaderOf(got.Trailer)) },
		sent: func(patience <-chan time.Time) {
			if body, ok := out.Body.(*trailed); ok {
				select {
				case <-body.rest:
				case <-patience:
				}
			}
		},
		waits: func() bool { return true },
		done:  func(bool) { _ = got.Body.Close() },
	}
	if in.method == http.MethodHead || got.StatusCode == 204 || got.StatusCode == 304 {
		r.body = nil
	}
	return r, nil
}

// http is a request for net/http, whose path is sent byte for byte.
func (in *asked) http(ctx context.Context) (*http.Request, error) {
	u := &url.URL{Scheme: in.to.scheme, Host: in.to.addr, Opaque: in.target}
	if strings.HasPrefix(in.target, "//") { // an Opaque like that would name a host
		path, query, _ := strings.Cut(in.target, "?")
		plain, err := url.PathUnescape(path)
		if err != nil {
			return nil, err
		}
		u = &url.URL{Scheme: in.to.scheme, Host: in.to.addr, Path: plain, RawPath: path, RawQuery: query}
	}
	out := (&http.Request{Method: in.method, URL: u, Host: in.to.host, Header: http.Header{}, ContentLength: in.length}).WithContext(ctx)
	out.Header["User-Agent"] = []string{""} // else net/http says its own
	for _, f := range in.header {
		switch name := strings.ToLower(f.Name); {
		case name == "host":
			out.Host = f.Value
		case name[0] == ':', name == "connection", name == "content-length", name == "transfer-encoding", name == "upgrade":
		case name == "user-agent":
			out.Header["User-Agent"] = []string{f.Value}
		default:
			name = textproto.CanonicalMIMEHeaderKey(name)
			out.Header[name] = append(out.Header[name], f.Value)
		}
	}
	if in.body == nil {
		out.ContentLength, out.Body = 0, http.NoBody
		return out, nil
	}
	out.Trailer = http.Header{}
	for f := range strings.SplitSeq(out.Header.Get("Trailer"), ",") {
		if f = strings.TrimSpace(f); f != "" {
			out.Trailer[textproto.CanonicalMIMEHeaderKey(f)] = nil
		}
	}
	out.Header.Del("Trailer")
	out.Body = &trailed{in: in, trailer: out.Trailer, rest: make(chan struct{})}
	return out, nil
}

// trailed is a body that hands its trailer section over at its end. What the
// server did not wait for is read when it is closed, for the recording.
type trailed struct {
	in      *asked
	trailer http.Header
	closing sync.Once
	rest    chan struct{} // closed when no more is read
}

func (t *trailed) Read(p []byte) (int, error) {
	n, err := t.in.body.Read(p)
	if err == io.EOF {
		for _, f := range t.in.trailer() {
			name := textproto.CanonicalMIMEHeaderKey(f.Name)
			if _, announced := t.trailer[name]; announced {
				t.trailer[name] = append(t.trailer[name], f.Value)
			}
		}
	}
	return n, err
}

func (t *trailed) Close() error {
	t.closing.Do(func() {
		go func() {
			defer close(t.rest)
			if t.in.comesAnyway() {
				_, _ = io.Copy(io.Discard, t.in.body)
			}
		}()
	})
	return nil
}

// lower is a section as it was on the wire (RFC 9113 section 8.2).
func lower(h traffic.Header) traffic.Header {
	for i := range h {
		h[i].Name = strings.ToLower(h[i].Name)
	}
	return h
}
