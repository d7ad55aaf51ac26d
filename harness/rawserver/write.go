package rawserver

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"

	"golang.org/x/net/http/httpguts"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/wire"
)

// write writes an answer, and tells whether the connection stays open.
func (c *conn) write(r *Request, a *wire.Answer) bool {
	var b []byte
	if r.Proto == "HTTP/1.1" {
		for _, i := range a.Interim {
			if i.Status != 100 && i.Status != 101 { // its body has come; nothing is switched to
				b = appendHead(b, i.Status, "", i.Header)
			}
		}
	}
	f := framingOf(r, a)
	fields := f.fields(a)
	stays := r.keeps() && !wire.HasOption(a.Header, "close") && a.Cut == nil && f != cutOff
	if !stays && !wire.HasOption(a.Header, "close") {
		fields = append(fields, traffic.HeaderField{Name: "Connection", Value: "close"})
	}
	b = appendHead(b, a.Status, a.Reason, fields)
	switch f {
	case byLength, cutOff:
		b = append(b, a.Body...)
	case byChunks:
		b = appendChunks(b, a)
	}
	_, err := c.Write(b)
	return err == nil && stays
}

func appendHead(b []byte, status int, phrase string, fields traffic.Header) []byte {
	b = append(b, "HTTP/1.1 "...)
	b = strconv.AppendInt(b, int64(status), 10)
	b = append(b, ' ')
	b = append(b, cmp.Or(oneLine.Replace(phrase), http.StatusText(status))...)
	b = append(b, "\r\n"...)
	return append(appendFields(b, fields), "\r\n"...)
}

func appendFields(b []byte, fields traffic.Header) []byte {
	for _, f := range fields {
		if !httpguts.ValidHeaderFieldName(f.Name) {
			continue // of HTTP/2, or what would end the head or begin another answer
		}
		b = append(b, f.Name...)
		b = append(b, ": "...)
		b = append(b, oneLine.Replace(f.Value)...)
		b = append(b, "\r\n"...)
	}
	return b
}

// oneLine keeps a value in its line, as a capture may hold lines that its
// recorder joined (RFC 9110 section 5.5).
var oneLine = strings.NewReplacer("\r", " ", "\n", " ", "\x00", " ")

// appendChunks writes one chunk. One that is cut has no last chunk, so that the
// client sees it too.
func appendChunks(b []byte, a *wire.Answer) []byte {
	if len(a.Body) > 0 {
		b = strconv.AppendInt(b, int64(len(a.Body)), 16)
		b = append(b, "\r\n"...)
		b = append(b, a.Body...)
		b = append(b, "\r\n"...)
	}
	if a.Cut != nil {
		return b
	}
	b = append(b, "0\r\n"...)
	return append(appendFields(b, a.Trailer), "\r\n"...)
}

// A framing is how the end of an answer's body is told.
type framing byte

const (
	noBody   framing = iota // fields stay: those of a HEAD say what GET would get
	byLength                // Content-Length
	byChunks
	cutOff // by the end of the connection; a Content-Length is not reached
)

func framingOf(r *Request, a *wire.Answer) framing {
	chunked := a.Header.Has("Transfer-Encoding") || len(a.Trailer) > 0
	switch {
	case r.Method == "HEAD" || a.Status == 204 || a.Status == 304:
		return noBody
	case a.Cut != nil && (a.Header.Has("Content-Length") || r.Proto == "HTTP/1.0"):
		return cutOff
	case (a.Cut != nil || chunked) && r.Proto == "HTTP/1.1":
		return byChunks
	}
	return byLength
}

// fields are those of the answer, with framing that is true.
func (f framing) fields(a *wire.Answer) traffic.Header {
	out := make(traffic.Header, 0, len(a.Header)+2)
	said := false
	for _, field := range a.Header {
		isLength, isCoding := strings.EqualFold(field.Name, "Content-Length"), strings.EqualFold(field.Name, "Transfer-Encoding")
		switch {
		case f == noBody || !isLength && !isCoding:
		case said || f == byChunks && isLength || f != byChunks && isCoding:
			continue
		case f == byLength:
			said, field.Value = true, strconv.Itoa(len(a.Body))
		case f == byChunks:
			said, field.Value = true, "chunked"
		default:
			said = true
		}
		out = append(out, field)
	}
	switch {
	case said || f == noBody:
	case f == byLength:
		out = append(out, traffic.HeaderField{Name: "Content-Length", Value: strconv.Itoa(len(a.Body))})
	case f == byChunks:
		out = append(out, traffic.HeaderField{Name: "Transfer-Encoding", Value: "chunked"})
	}
	return out
}
