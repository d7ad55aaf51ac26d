package rawserver_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/replaydiff/replay/harness/rawserver"
	"github.com/replaydiff/replay/harness/wire"
)

func TestForward(t *testing.T) {
	rows := []struct {
		reason string
		came   rawserver.Request
		want   wire.Request
	}{
		{"all that is of the request, as it is",
			rawserver.Request{Method: "PUT", Target: "//a%2F?://", Header: fields("X-b", "1", "host", "a:1", "content-Length", "1", "Authorization", "B t", "x-B", "2"), Body: []byte("x")},
			wire.Request{Method: "PUT", Target: "//a%2F?://", Host: "a:1", Header: fields("X-b", "1", "Authorization", "B t", "x-B", "2"), Body: []byte("x")}},
		{"what the connection's field names is the connection's",
			rawserver.Request{Method: "GET", Target: "/", Header: fields("Connection", "x-Hop, keep-alive", "X-hop", "1", "Keep-Alive", "5", "TE", "trailers", "X-End", "2")},
			wire.Request{Method: "GET", Target: "/", Header: fields("X-End", "2")}},
		{"as asked of a proxy: the target names the host",
			rawserver.Request{Method: "GET", Target: "http://a.test:1/b?c", Header: fields("Host", "other")},
			wire.Request{Method: "GET", Target: "/b?c", Host: "a.test:1", Header: fields()}},
		{"without a path",
			rawserver.Request{Method: "GET", Target: "http://a.test?c"},
			wire.Request{Method: "GET", Target: "/?c", Host: "a.test", Header: fields()}},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			got := row.came.Forward()
			if len(row.want.Header) == 0 {
				row.want.Header = got.Header[:0]
			}
			if d := cmp.Diff(&row.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func TestBack(t *testing.T) {
	a := &wire.Answer{Status: 200, Header: fields("A", "1", "connection", "close, x-hop", "X-Hop", "1", "Keep-Alive", "timeout=5", "Transfer-Encoding", "chunked", "Proxy-Authenticate", "Basic")}
	if d := cmp.Diff(fields("A", "1", "Transfer-Encoding", "chunked", "Proxy-Authenticate", "Basic"), rawserver.Back(a).Header); d != "" {
		t.Error(d)
	}
	if len(a.Header) != 6 {
		t.Error("the answer itself was changed")
	}
}

func TestIsUpgrade(t *testing.T) {
	rows := []struct {
		reason string
		came   rawserver.Request
		want   bool
	}{
		{"WebSocket", rawserver.Request{Method: "GET", Header: fields("connection", "keep-alive, Upgrade", "Upgrade", "websocket")}, true},
		{"a tunnel", rawserver.Request{Method: "CONNECT"}, true},
		{"an offer of HTTP/2, as curl makes", rawserver.Request{Method: "GET", Header: fields("Connection", "Upgrade, HTTP2-Settings", "Upgrade", "h2c")}, false},
		{"the field alone asks for nothing", rawserver.Request{Method: "GET", Header: fields("Upgrade", "websocket")}, false},
		{"browsers' wish for https", rawserver.Request{Method: "GET", Header: fields("Upgrade-Insecure-Requests", "1")}, false},
	}
	for _, row := range rows {
		if got := row.came.IsUpgrade(); got != row.want {
			t.Errorf("%s: got %t", row.reason, got)
		}
	}
}
