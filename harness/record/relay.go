package record

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/wire"
)

// exchange passes one request of HTTP/1.1 on, and tells whether the connection
// stays open for another.
func (c *client) exchange(in *asked) bool {
	f := c.begin(in)
	ctx, cancel := context.WithCancelCause(c.ctx)
	defer cancel(nil)
	up := &upload{c: c, body: in.stream, taken: f.up, leave: cancel}
	if in.stream != nil {
		in.body = up
	}
	up.begin()
	out := &answer1{conn: c.conn, writer: bufio.NewWriterSize(c.conn, bufferSize), proto: in.proto, keeps: in.keeps}
	r := c.relay(ctx, cancel, in, out, f)
	whole := up.stop()
	if r != nil && r.status == 101 {
		c.switched(ctx, r, f)
		return false
	}
	return out.keeps && whole && context.Cause(ctx) == nil
}

// relay passes a request on and its answer back, and writes both down. What is
// written down is so before the client has the last of it. The answer is nil
// where there was none.
func (c *client) relay(ctx context.Context, cancel context.CancelCauseFunc, in *asked, out answerer, f *flight) *reply {
	r, err := c.servers.send(ctx, in, f, func(status int, h traffic.Header) error {
		f.interim(status, h)
		return out.interim(status, h)
	})
	if err != nil {
		c.unanswered(ctx, in, out, f, err)
		return nil
	}
	f.answered(r)
	c.settle(in, r)
	if r.status == 101 {
		if out.head(r) != nil || out.flush() != nil {
			cancel(errLeft)
		}
		return r
	}
	whole := false
	defer func() { r.done(whole) }()
	if !r.hasBody() {
		f.end(nil)
		whole = out.head(r) == nil && out.end(nil) == nil
		return r
	}
	err = c.passBody(r, out, f)
	switch {
	case err == nil:
		whole = true
	case context.Cause(ctx) != nil || errors.Is(err, errLeft):
		cancel(errLeft)
		f.end(c.why(ctx, errLeft))
		out.abort()
	default:
		f.end(wire.Fault(ctx, in.to.addr, wire.Body, true, err))
		out.abort()
	}
	return r
}

// settle waits for what the client still sends of a short request, before it
// sees the answer: then it may stop sending.
func (c *client) settle(in *asked, r *reply) {
	if in.body != nil && r.sent != nil && in.comesAnyway() {
		late := time.NewTimer(cmp.Or(c.proxy.Patience, DefaultPatience))
		defer late.Stop()
		r.sent(late.C)
	}
}

// why is the reason of an exchange that was ended from here.
func (c *client) why(ctx context.Context, err error) error {
	switch cause := context.Cause(ctx); {
	case c.Listener.ctx.Err() != nil:
		return errEnded
	case errors.Is(cause, errLeft):
		return errLeft
	}
	return err
}

var errEnded = errors.New("the proxy was ended before the answer was whole")

// unanswered says what a server did in place of an answer.
func (c *client) unanswered(ctx context.Context, in *asked, out answerer, f *flight, err error) {
	err = c.why(ctx, err)
	f.end(err)
	var fault *wire.Error
	switch {
	case errors.Is(err, errLeft), errors.Is(err, errEnded):
		out.abort()
	case errors.Is(err, wire.ErrClosed) && f.reused() && !in.first:
		// The server may have closed the connection just before: to the client
		// it must look as if it had asked the server itself, so that it can
		// decide to ask again (RFC 9112 section 9.3.1).
		out.abort()
	case errors.Is(err, wire.ErrTimeout):
		out.own(504, "no answer of the server behind this proxy: "+err.Error())
	case errors.As(err, &fault):
		out.own(502, "no answer of the server behind this proxy: "+err.Error())
	default:
		out.own(502, "no answer of the server behind this proxy")
	}
}

// send sends a request on a connection to its server.
func (s *servers) send(ctx context.Context, in *asked, f *flight, interim func(int, traffic.Header) error) (*reply, error) {
	l, fresh, err := s.lease(ctx, in)
	if err != nil {
		return nil, err
	}
	f.begun(l, fresh)
	if l.two != nil {
		return s.send2(ctx, l, in, f, interim)
	}
	return s.send1(ctx, l, in, f, interim)
}

// buffers are those of bodies on their way.
type buffers struct{ pool sync.Pool }

func (b *buffers) get() *[]byte {
	if p, ok := b.pool.Get().(*[]byte); ok {
		return p
	}
	p := make([]byte, 32<<10)
	return &p
}

// passBody passes the body of an answer on, piece by piece as it comes. What
// waits for more is sent on before.
func (c *client) passBody(r *reply, out answerer, f *flight) error {
	if err := out.head(r); err != nil {
		return errLeft
	}
	buf := c.buffers.get()
	defer c.buffers.pool.Put(buf)
	if r.waits() {
		if out.flush() != nil {
			return errLeft
		}
	}
	for left := r.length; ; {
		n, err := r.body.Read(*buf)
		_, _ = f.down.Write((*buf)[:n])
		if left -= int64(n); err == io.EOF || left == 0 && !r.header.Has("Trailer") {
			f.trailer(r.trailer())
			f.end(nil)
		}
		if n > 0 && out.write((*buf)[:n]) != nil {
			return errLeft
		}
		switch {
		case err == io.EOF:
			if out.end(r.trailer()) != nil {
				return errLeft
			}
			return nil
		case err != nil:
			return err
		case r.waits() && out.flush() != nil:
			return errLeft
		}
	}
}
