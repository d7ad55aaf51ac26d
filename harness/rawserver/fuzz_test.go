package rawserver

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/replaydiff/replay/harness/wire"
)

// silent is a connection whose bytes go nowhere.
type silent struct{ net.Conn }

func (silent) Write(b []byte) (int, error) { return len(b), nil }
func (silent) RemoteAddr() net.Addr        { return nil }

func FuzzRequests(f *testing.F) {
	for _, seed := range []string{
		"GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.0\r\n\r\n",
		"POST / HTTP/1.1\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\nabc",
		"PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2;a=b\r\nab\r\n0\r\nX: 1\r\n\r\n",
		"POST / HTTP/1.1\r\nContent-Length: 3, 3\r\n\r\nabcGET",
		"GET / HTTP/1.1\nX: 1\n y\n\n",
		"PUT / HTTP/1.1\nTransfer-Encoding: chunked\n\n0\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, sent []byte) {
		s := &Server{config: Config{MaxHeader: 1 << 10, MaxBody: 1 << 10}}
		c := &conn{Conn: silent{}, server: s, reader: bufio.NewReader(bytes.NewReader(sent))}
		for n := range len(sent) + 1 {
			r, err := c.read(n)
			if err != nil {
				if Status(err) == 0 && !errors.Is(err, io.EOF) && !errors.Is(err, errTLS) { // who speaks TLS can read no status
					t.Errorf("%v is not told to the client", err)
				}
				return
			}
			if r.Method == "" || r.Target == "" || strings.ContainsAny(r.Target, " \r\n") || int64(len(r.Body)) > s.config.MaxBody {
				t.Errorf("read as %+v", r)
			}
			// What was read can be answered, in whatever framing.
			c.write(r, &wire.Answer{Status: 200, Header: r.Header, Body: r.Body, Trailer: r.Trailer})
		}
		t.Error("more requests than bytes")
	})
}
