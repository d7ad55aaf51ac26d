package record_test

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"github.com/replaydiff/replay/harness/rawserver"
	"github.com/replaydiff/replay/harness/record"
	"github.com/replaydiff/replay/harness/wire"
)

// FuzzRequest: whatever a client sends, the server is sent valid requests, or
// one that ends early; and the proxy ends when the client does.
func FuzzRequest(f *testing.F) {
	f.Add("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
	f.Add("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabcGET / HTTP/1.1\r\n\r\n")
	f.Add("POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX: y\r\n\r\n")
	f.Add("POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
	f.Add("GET http://127.0.0.1/ HTTP/1.1\r\nConnection: host, content-length, upgrade\r\nUpgrade: websocket\r\n\r\n")
	f.Add("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
	f.Add("\x16\x03\x01")
	f.Fuzz(func(t *testing.T, sent string) {
		server, err := rawserver.Listen(rawserver.Config{
			Answer: func(context.Context, *rawserver.Request) *wire.Answer { return rawserver.Text(200, "fine") },
			Broken: func(err error) {
				if !errors.Is(err, io.ErrUnexpectedEOF) {
					t.Errorf("the server was sent what is no request: %v", err)
				}
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		defer server.Close()
		l, err := (record.Proxy{Target: server.URL}).Listen()
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		c, err := net.Dial("tcp", l.Addr)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		_ = c.SetDeadline(time.Now().Add(soon))
		_, _ = io.WriteString(c, sent)
		_ = c.(*net.TCPConn).CloseWrite()
		if _, err := io.Copy(io.Discard, c); err != nil && errors.Is(err, os.ErrDeadlineExceeded) {
			t.Error("the proxy does not end")
		}
	})
}
