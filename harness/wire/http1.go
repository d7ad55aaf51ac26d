package wire

import (
	"errors"
	"time"
)

// http1 runs the exchange on a connection of HTTP/1.1. again tells that the
// connection was found closed before a byte of the request was written, so
// that another connection may take it.
func (x *exchange) http1(w *conn, s *site) (again bool, err error) {
	reused := w.used
	if err := w.watch.begin(x.ctx, x.deadline); err != nil {
		w.close()
		return x.ctx.Err() == nil, x.fault(Write, false, err)
	}
	if reused && w.stale.isStale() {
		w.close()
		return true, nil
	}
	t := clock{begun: x.client.now()}
	wrote, open, err := x.speak(w, &t)
	w.watch.end()
	t.done = x.client.now()
	if err != nil {
		w.close()
		return !wrote.sent && x.ctx.Err() == nil, err
	}
	x.finish(w.ip, reused, t)
	if open && !x.request.Alone {
		w.rest(x.answer.Header)
		s.put(w, x.client.maxIdle())
	} else {
		w.close()
	}
	return false, nil
}

// speak writes the request and reads the answer. open tells that the
// connection can be used again.
func (x *exchange) speak(w *conn, t *clock) (wrote written, open bool, err error) {
	r := x.request
	w.out = appendHead(w.out[:0], r, x.client.viaProxy(r))
	var writing chan written
	if len(w.out)+len(r.Body) <= atOnce {
		wrote = w.send(r.Body)
		t.sent = x.client.now()
		if !wrote.sent {
			return wrote, false, x.fault(Write, false, wrote.err)
		}
	} else {
		writing = make(chan written, 1)
		go func() { writing <- w.send(r.Body) }()
	}
	// After an error of writing too: the server may have answered and closed
	// before it took all of the request (RFC 9112 section 9.6).
	open, err = x.read(w, t)
	if writing != nil {
		wrote = w.stopWriting(writing)
	}
	if err != nil && wrote.err != nil && !errors.Is(err, ErrFraming) && !errors.Is(err, ErrTooLarge) {
		return wrote, false, x.fault(Write, wrote.sent, wrote.err)
	}
	return wrote, open && wrote.err == nil, err
}

// grace is how long the writing of a request may go on after its answer was
// read: what the writer has handed over may be in the kernel's buffers still.
const grace = 50 * time.Millisecond

// stopWriting ends the writing of a request that was answered.
func (w *conn) stopWriting(writing chan written) written {
	select {
	case wrote := <-writing:
		return wrote
	case <-time.After(grace):
		w.SetWriteDeadline(longAgo())
		return <-writing
	}
}

// read reads the answer, and those of 1xx before it.
func (x *exchange) read(w *conn, t *clock) (open bool, err error) {
	a, left := &x.answer, x.client.maxHeader()
	for {
		if err := sniff(w.reader); err != nil {
			return false, x.fault(Header, true, err)
		}
		if t.first.IsZero() {
			t.first = x.client.now()
		}
		head, err := ReadHead(w.reader, left)
		if err != nil {
			return false, x.fault(Header, true, err)
		}
		left -= head.Size
		proto, status, reason, err := parseStatus(head.Start)
		if err != nil {
			return false, x.fault(Header, true, err)
		}
		if status == 101 {
			return false, x.fault(Header, true, errSwitched)
		}
		if status < 200 {
			a.Interim = append(a.Interim, Interim{status, head.Fields})
			continue
		}
		return x.readBody(w, left, Answer{Status: status, Reason: reason, Proto: proto, Header: head.Fields, HeaderSize: head.Size, Interim: a.Interim})
	}
}

func (x *exchange) readBody(w *conn, left int64, a Answer) (open bool, err error) {
	f, err := answerFraming(x.request.Method, a.Proto, a.Status, a.Header)
	if err != nil {
		return false, x.fault(Header, true, err)
	}
	got := readBody(w.reader, f, x.client.maxBody(), left)
	// The run was stopped: half an answer is of no use.
	if got.err != nil && x.ctx.Err() != nil {
		return false, x.fault(Body, true, got.err)
	}
	a.Body, a.Trailer = got.body, got.trailer
	if got.err != nil {
		a.Cut = x.fault(Body, true, got.err)
	}
	x.answer = a
	// Bytes behind the answer belong to no request.
	return f.kind != byClose && a.Cut == nil && w.reader.Buffered() == 0 && staysOpen(a.Proto, a.Header), nil
}

// viaProxy is how a proxy is asked for the request; nil where it is asked for
// a tunnel, or not at all.
func (c *Client) viaProxy(r *Request) *viaProxy {
	if c.Proxy == nil || r.Scheme == "https" {
		return nil
	}
	return &viaProxy{c.dialAddr(r.Addr), proxyAuthorization(c.Proxy)}
}
