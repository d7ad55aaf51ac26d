package record

import (
	"context"
	"io"
	"net"
	"sync"

	"github.com/replaydiff/replay/diff/traffic"
)

// switched passes on what comes after a server switched protocols (RFC 9110
// section 15.2.2). The messages of a WebSocket are written down.
func (c *client) switched(ctx context.Context, r *reply, f *flight) {
	defer r.link.Close()
	up, down := io.Writer(io.Discard), io.Writer(io.Discard)
	if f.in.upgrade == "websocket" {
		m := newMessages(c.now, c.limit(), r.header)
		up, down = m.side("send"), m.side("receive")
		f.switched(m)
	}
	server := &buffered{r.link.Conn, r.link.reader}
	stop := context.AfterFunc(ctx, func() { _ = r.link.Close() })
	splice(&buffered{c.conn, c.reader}, server, up, down)
	stop()
	var why error
	if c.Listener.ctx.Err() != nil {
		why = errEnded
	}
	f.end(why)
}

// splice passes bytes on in both directions until both ends are over.
func splice(client, server net.Conn, up, down io.Writer) {
	var both sync.WaitGroup
	pass := func(to, from net.Conn, seen io.Writer) {
		if _, err := io.Copy(io.MultiWriter(seen, to), onlyReader{from}); err != nil {
			_ = client.Close()
			_ = server.Close()
			return
		}
		if half, ok := to.(interface{ CloseWrite() error }); ok {
			_ = half.CloseWrite()
		}
	}
	both.Go(func() { pass(server, client, up) })
	pass(client, server, down)
	both.Wait()
}

type onlyReader struct{ io.Reader }

// deflates tells whether messages may be compressed (RFC 7692), and whether
// each side begins anew with each message.
func deflates(h traffic.Header) (on, clientAnew, serverAnew bool) {
	for _, f := range h.All("Sec-WebSocket-Extensions") {
		for name, parameters := range extensions(f.Value) {
			if name == "permessage-deflate" {
				on = true
				clientAnew, serverAnew = parameters["client_no_context_takeover"], parameters["server_no_context_takeover"]
			}
		}
	}
	return on, clientAnew, serverAnew
}
