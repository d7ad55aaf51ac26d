package record

import (
	"bufio"
	"cmp"
	"net"
	"net/http"
	"strconv"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/wire"
)

// answer1 hands an answer on to a client of HTTP/1.1.
type answer1 struct {
	conn    net.Conn
	writer  *bufio.Writer
	proto   string // of the client
	chunked bool
	keeps   bool // the connection stays open
}

func (a *answer1) interim(status int, h traffic.Header) error {
	if a.proto == "HTTP/1.0" { // RFC 9110 section 15.2
		return nil
	}
	a.section("HTTP/1.1 "+strconv.Itoa(status)+" "+http.StatusText(status), h)
	return a.writer.Flush()
}

// head writes the header as it came, and what tells the end of the body where
// that has to be told in another way.
func (a *answer1) head(r *reply) error {
	h := r.returned()
	a.chunked = r.body != nil && r.length < 0 && !r.closes() && a.proto == "HTTP/1.1"
	if r.body != nil && !a.chunked {
		h = without(h, "Transfer-Encoding")
	}
	if a.chunked && !h.Has("Transfer-Encoding") {
		h = append(h, traffic.HeaderField{Name: "Transfer-Encoding", Value: "chunked"})
	}
	if r.body != nil && r.length == 0 && !h.Has("Content-Length") { // HTTP/2 ended it with its header
		h = append(h, traffic.HeaderField{Name: "Content-Length", Value: "0"})
	}
	closes := r.closes() || r.body != nil && r.length < 0 && !a.chunked || !wire.KeepsOpen(cmp.Or(strings.TrimSuffix(r.proto, "2.0"), "HTTP/1.1"), r.header) && r.proto != "HTTP/2.0"
	a.keeps = a.keeps && !closes
	if !a.keeps && !wire.HasOption(h, "close") && r.status != 101 {
		h = append(without(h, "Connection"), traffic.HeaderField{Name: "Connection", Value: "close"})
	}
	reason := r.reason
	if r.proto == "HTTP/2.0" {
		reason = http.StatusText(r.status)
	}
	a.section("HTTP/1.1 "+strconv.Itoa(r.status)+" "+reason, h)
	return nil
}

// section writes a header section; errors stay in the writer.
func (a *answer1) section(start string, h traffic.Header) {
	_, _ = a.writer.WriteString(start + "\r\n")
	for _, f := range h {
		_, _ = a.writer.WriteString(f.Name + ": " + f.Value + "\r\n")
	}
	_, _ = a.writer.WriteString("\r\n")
}

func (a *answer1) write(p []byte) error { return writePiece(a.writer, p, a.chunked) }

func (a *answer1) flush() error { return a.writer.Flush() }

func (a *answer1) end(trailer traffic.Header) error {
	if a.chunked {
		return writeLast(a.writer, trailer)
	}
	return a.writer.Flush()
}

// abort ends the connection without the end of the message.
func (a *answer1) abort() {
	_ = a.writer.Flush()
	a.keeps = false
	_ = a.conn.Close()
}

func (a *answer1) own(status int, text string) {
	a.keeps = false
	a.section("HTTP/1.1 "+strconv.Itoa(status)+" "+http.StatusText(status), traffic.Header{
		{Name: "Content-Type", Value: "text/plain; charset=utf-8"}, {Name: "Content-Length", Value: strconv.Itoa(len(text) + 1)},
		{Name: "Connection", Value: "close"},
	})
	_, _ = a.writer.WriteString(text + "\n")
	_ = a.writer.Flush()
}

// writePiece writes a part of a body, as a chunk where the body is in chunks.
func writePiece(w *bufio.Writer, p []byte, chunked bool) error {
	if !chunked {
		_, err := w.Write(p)
		return err
	}
	_, _ = w.WriteString(strconv.FormatInt(int64(len(p)), 16) + "\r\n")
	_, _ = w.Write(p)
	_, err := w.WriteString("\r\n")
	return err
}

// writeLast writes the last chunk and the trailer section.
func writeLast(w *bufio.Writer, trailer traffic.Header) error {
	_, _ = w.WriteString("0\r\n")
	for _, f := range trailer {
		_, _ = w.WriteString(f.Name + ": " + f.Value + "\r\n")
	}
	_, _ = w.WriteString("\r\n")
	return w.Flush()
}

func without(h traffic.Header, name string) traffic.Header {
	out := h[:0:0]
	for _, f := range h {
		if !strings.EqualFold(f.Name, name) {
			out = append(out, f)
		}
	}
	return out
}
