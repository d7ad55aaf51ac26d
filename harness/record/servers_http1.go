package record

import (
	"context"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/wire"
)

// times are when an exchange came how far. Those that are zero did not happen.
type times struct {
	begun, sent, first time.Time
	fresh              bool // its connection was made for it
}

// send1 sends a request on a connection of HTTP/1.1 and reads the head of the
// answer to it. Answers of 1xx go through as they come.
func (s *servers) send1(ctx context.Context, l *link, in *asked, f *flight, interim func(int, traffic.Header) error) (*reply, error) {
	stop := context.AfterFunc(ctx, func() { _ = l.Close() })
	sent := make(chan error, 1)
	if err := l.writeHead(in); err != nil {
		stop()
		_ = l.Close()
		return nil, wire.Fault(ctx, in.to.addr, wire.Write, true, err)
	}
	if in.body == nil {
		f.sent(s.l.now())
		sent <- nil
	} else {
		go func() {
			err := l.writeBody(in)
			if err == nil {
				f.sent(s.l.now())
			}
			sent <- err
		}()
	}
	r, err := l.readHead(in, f, interim)
	if err != nil {
		stop()
		_ = l.Close()
		select {
		case wrote := <-sent:
			if wrote != nil && errors.Is(err, io.EOF) {
				err = wrote
			}
		default:
		}
		return nil, wire.Fault(ctx, in.to.addr, wire.Header, true, err)
	}
	r.sent = func(patience <-chan time.Time) {
		select {
		case err := <-sent:
			sent <- err
		case <-patience:
		}
	}
	r.done = func(whole bool) {
		kept := stop()
		select {
		case err := <-sent:
			kept = kept && err == nil
		default: // the answer was there before the request was
			kept = false
		}
		if l.used = true; whole && kept && !r.closes() && l.reader.Buffered() == 0 && wire.KeepsOpen(r.proto, r.header) {
			s.put(l)
		} else {
			_ = l.Close()
		}
	}
	return r, nil
}

// writeHead writes the head as it is, and what it lacks to frame the body.
func (l *link) writeHead(in *asked) error {
	w := l.writer
	_, _ = w.WriteString(in.method + " " + in.target + " HTTP/1.1\r\n")
	framed := false
	for _, f := range in.header {
		if strings.HasPrefix(f.Name, ":") {
			continue // of HTTP/2
		}
		framed = framed || strings.EqualFold(f.Name, "Content-Length") || strings.EqualFold(f.Name, "Transfer-Encoding")
		_, _ = w.WriteString(f.Name + ": " + f.Value + "\r\n")
	}
	if in.body != nil && !framed {
		if in.length >= 0 {
			_, _ = w.WriteString("Content-Length: " + strconv.FormatInt(in.length, 10) + "\r\n")
		} else {
			_, _ = w.WriteString("Transfer-Encoding: chunked\r\n")
		}
	}
	_, _ = w.WriteString("\r\n")
	return w.Flush()
}

// writeBody passes the body on, piece by piece as it comes. A client that leaves
// half-way leaves the server with half a body, too.
func (l *link) writeBody(in *asked) error {
	buf := make([]byte, bufferSize)
	for {
		n, err := in.body.Read(buf)
		if n > 0 {
			if err := writePiece(l.writer, buf[:n], in.length < 0); err != nil {
				return err
			}
			if err := l.writer.Flush(); err != nil {
				return err
			}
		}
		switch {
		case err == io.EOF && in.length < 0:
			return writeLast(l.writer, in.trailer())
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
	}
}

// readHead reads up to the head of the final answer.
func (l *link) readHead(in *asked, f *flight, interim func(int, traffic.Header) error) (*reply, error) {
	left := int64(wire.DefaultMaxHeader)
	for {
		if _, err := l.reader.Peek(1); err != nil {
			return nil, err
		}
		f.first()
		head, line, err := wire.ReadAnswerHead(l.reader, left)
		if err != nil {
			return nil, err
		}
		left -= head.Size
		r := &reply{status: line.Status, reason: line.Reason, proto: line.Proto, header: head.Fields, headerSize: head.Size, link: l}
		switch {
		case line.Status == 101 && in.upgrade != "":
			return r, nil
		case line.Status == 101:
			return nil, wire.ErrFraming
		case line.Status < 200:
			if err := interim(line.Status, head.Fields); err != nil {
				return nil, err
			}
			continue
		}
		body, err := wire.AnswerStream(l.reader, in.method, line, head.Fields)
		if err != nil {
			return nil, err
		}
		r.trailer = func() traffic.Header { return nil }
		r.waits = func() bool { return l.reader.Buffered() == 0 }
		if body != nil {
			r.body, r.length, r.chunked = body, body.Length, body.Chunked
			r.trailer = func() traffic.Header { return body.Trailer }
		}
		return r, nil
	}
}
