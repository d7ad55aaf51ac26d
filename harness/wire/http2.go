package wire

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// http2 runs the exchange on a stream of a connection of HTTP/2. again tells
// that the connection was found closed before the stream began.
func (x *exchange) http2(w *conn2) (again bool, err error) {
	t := clock{begun: x.client.now()}
	s, err := w.begin(x)
	if s == nil {
		return x.ctx.Err() == nil, x.fault(Write, false, err)
	}
	if !x.deadline.IsZero() {
		timer := time.AfterFunc(time.Until(x.deadline), func() { w.abandon(s, ErrTimeout) })
		defer timer.Stop()
	}
	if err == nil && w.sendBody(x, s) {
		t.sent = x.client.now()
	}
	select {
	case <-s.done:
	case <-x.ctx.Done():
		w.abandon(s, x.ctx.Err())
	}
	t.first, t.done = s.first, x.client.now()
	if err := x.take(s); err != nil {
		return false, err
	}
	x.finish(w.ip, s.reused, t)
	return false, nil
}

// take makes the answer of what the stream got.
func (x *exchange) take(s *stream) error {
	err := s.err
	if err == nil && s.status != 0 {
		err = s.check(x.request.Method)
	}
	switch {
	case err != nil && s.status == 0:
		return x.fault(Header, !errors.Is(err, errUnprocessed), err)
	case err != nil && x.ctx.Err() != nil:
		return x.fault(Body, true, err)
	case err != nil:
		x.answer.Cut = x.fault(Body, true, cutOff(err, 1))
	}
	a := &x.answer
	a.Status, a.Proto, a.HeaderSize = s.status, "HTTP/2.0", -1
	a.Header, a.Trailer, a.Interim, a.Body = s.header, s.trailer, s.interim, s.body
	if a.Body == nil && x.request.Method != "HEAD" && s.status != 204 && s.status != 304 {
		a.Body = []byte{}
	}
	return nil
}

// begin opens a stream and writes the header section: under one lock, for
// streams must begin in the order of their numbers (RFC 9113 section 5.1.1).
// What the kernel takes no more of waits for the server to read, until the
// exchange's time or its context ends. There is no stream where not one byte
// was written.
func (w *conn2) begin(x *exchange) (*stream, error) {
	w.writing.Lock()
	defer w.writing.Unlock()
	s, err := w.open(x.client.maxHeader())
	if err != nil {
		return nil, err
	}
	defer w.watch.end()
	if err := w.watch.begin(x.ctx, x.deadline); err != nil {
		w.end(s, err)
		return nil, s.err // why the connection ended, where that was before
	}
	return s, w.flush(w.writeHead(x.request, s.id))
}

// sendBody writes the body as the server lets it, and tells whether that was
// all of it: a server may answer before.
func (w *conn2) sendBody(x *exchange, s *stream) bool {
	body := x.request.Body
	for len(body) > 0 {
		n := w.take(s, len(body), x.ctx.Done())
		if n == 0 {
			w.stopBody(s)
			return false
		}
		chunk, last := body[:n], n == len(body)
		if w.writeData(x, s, chunk, last) != nil {
			return false
		}
		body = body[n:]
	}
	return true
}

func (w *conn2) writeData(x *exchange, s *stream, chunk []byte, last bool) error {
	w.writing.Lock()
	defer w.writing.Unlock()
	defer w.watch.end()
	if err := w.watch.begin(x.ctx, x.deadline); err != nil {
		return err
	}
	return w.flush(w.framer.WriteData(s.id, last, chunk))
}

// stopBody tells a server that has answered that the rest of the body does not
// come. A stream that was reset or is given up needs no such word.
func (w *conn2) stopBody(s *stream) {
	select {
	case <-s.done:
		if s.err == nil {
			go w.reset(s.id, http2.ErrCodeCancel)
		}
	default:
	}
}

// controlTime is how long the server may take to accept a frame that belongs
// to no exchange.
const controlTime = 5 * time.Second

// control writes a frame that belongs to no exchange.
func (w *conn2) control(frame func() error) error {
	w.writing.Lock()
	defer w.writing.Unlock()
	w.SetWriteDeadline(time.Now().Add(controlTime))
	return w.flush(frame())
}

// flush hands over what was written. An error ends the connection, as the
// server can't tell where the next frame begins.
func (w *conn2) flush(err error) error {
	if err == nil {
		err = w.buffer.Flush()
	}
	if err != nil {
		w.fail(err)
	}
	return err
}

// abandon ends a stream that nobody waits for any more.
func (w *conn2) abandon(s *stream, why error) {
	if w.end(s, why) {
		go w.reset(s.id, http2.ErrCodeCancel)
	}
}

// end ends a stream, and tells whether it was open.
func (w *conn2) end(s *stream, why error) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	open := w.streams[s.id] == s
	w.finish(s, why)
	return open
}

func (w *conn2) reset(id uint32, code http2.ErrCode) {
	w.control(func() error { return w.framer.WriteRSTStream(id, code) })
}

// writeHead writes the header section, in as many frames as it needs.
func (w *conn2) writeHead(r *Request, id uint32) error {
	w.block.Reset()
	w.encodeHead(r)
	const most = defaultFrame
	block := w.block.Bytes()
	part := block[:min(len(block), most)]
	err := w.framer.WriteHeaders(http2.HeadersFrameParam{
		StreamID:      id,
		BlockFragment: part,
		EndStream:     len(r.Body) == 0,
		EndHeaders:    len(part) == len(block),
	})
	for block = block[len(part):]; err == nil && len(block) > 0; block = block[len(part):] {
		part = block[:min(len(block), most)]
		err = w.framer.WriteContinuation(id, len(part) == len(block), part)
	}
	return err
}

// encodeHead compresses the fields in their order, with names in lower case
// (RFC 9113 section 8.2).
func (w *conn2) encodeHead(r *Request) {
	put := func(name, value string) {
		w.encoder.WriteField(hpack.HeaderField{Name: name, Value: value})
	}
	put(":method", r.Method)
	put(":authority", r.Host)
	put(":scheme", r.Scheme)
	put(":path", r.Target)
	for _, f := range r.Header {
		put(strings.ToLower(f.Name), f.Value)
	}
	if r.Body != nil || anticipatesContent(r.Method) {
		put("content-length", strconv.Itoa(len(r.Body)))
	}
}
