package wire_test

import (
	"bufio"
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/replaydiff/replay/harness/wire"
)

// TestAloneOnAConnection: the requests before and after share one, whatever is
// spoken.
func TestAloneOnAConnection(t *testing.T) {
	for _, proto := range []string{"HTTP/1.1", "HTTP/2.0"} {
		t.Run(proto, func(t *testing.T) {
			var mu sync.Mutex
			var from []string
			s, c := overTLS(t, func(w http.ResponseWriter, r *http.Request) {
				mu.Lock()
				defer mu.Unlock()
				from = append(from, r.RemoteAddr)
			}, proto == "HTTP/2.0")
			addr := s.Listener.Addr().String()
			for _, alone := range []bool{false, true, true, false} {
				a, err := c.Do(t.Context(), &wire.Request{Method: "GET", Scheme: "https", Addr: addr, Target: "/", Host: "example.com", Alone: alone})
				if err != nil {
					t.Fatal(err)
				}
				if a.Proto != proto || alone && a.Reused {
					t.Errorf("answered over %s, on a used connection: %t", a.Proto, a.Reused)
				}
			}
			mu.Lock()
			defer mu.Unlock()
			got := []bool{from[0] == from[1], from[1] == from[2], from[0] == from[3]}
			if d := cmp.Diff([]bool{false, false, true}, got); d != "" {
				t.Errorf("1 and 2, 2 and 3, 1 and 4 come on the same connection (-want +got):\n%s", d)
			}
		})
	}
}

// TestServerName: a proxy that puts another Host into a request still asks the
// server that its certificate is for.
func TestServerName(t *testing.T) {
	s, c := overTLS(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.TLS.ServerName+" "+r.Host) }, false)
	request := &wire.Request{Method: "GET", Scheme: "https", Addr: s.Listener.Addr().String(), Target: "/", Host: "app.internal:8080", ServerName: "example.com"}
	a, err := c.Do(t.Context(), request)
	if err != nil || string(a.Body) != "example.com app.internal:8080" {
		t.Errorf("got %+v, %v", a, err)
	}
	request.ServerName = ""
	var unknown *tls.CertificateVerificationError
	if _, err := c.Do(t.Context(), request); !errors.As(err, &unknown) {
		t.Errorf("the certificate is not checked for the Host: %v", err)
	}
}

func TestRequestBodies(t *testing.T) {
	rows := []struct {
		reason, head, body string
		want               []byte
		err                error
	}{
		{"none is announced", "GET / HTTP/1.1", "abc", nil, nil},
		{"a length", "POST / HTTP/1.1\r\nContent-Length: 2", "abc", []byte("ab"), nil},
		{"the same length twice", "POST / HTTP/1.1\r\nContent-Length: 2, 2", "abc", []byte("ab"), nil},
		{"chunks", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked", "2\r\nab\r\n0\r\n\r\n", []byte("ab"), nil},
		{"chunks and a length", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 2", "ab", nil, wire.ErrFraming},
		{"chunks that are none", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked", "xyz\r\n", nil, wire.ErrFraming},
		{"a body that ends early", "POST / HTTP/1.1\r\nContent-Length: 3", "ab", []byte("ab"), io.ErrUnexpectedEOF},
		{"a long body", "POST / HTTP/1.1\r\nContent-Length: 9", "abcdefghi", []byte("abcd"), wire.ErrTooLarge},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			r := bufio.NewReader(strings.NewReader(row.head + "\r\n\r\n" + row.body))
			head, err := wire.ReadHead(r, 1<<10)
			if err != nil {
				t.Fatal(err)
			}
			body, _, err := wire.ReadRequestBody(r, head, 4, 1<<10)
			if !errors.Is(err, row.err) {
				t.Errorf("got %v, want %v", err, row.err)
			}
			if row.err == nil || len(body) > 0 {
				if d := cmp.Diff(row.want, body); d != "" {
					t.Error(d)
				}
			}
		})
	}
}
