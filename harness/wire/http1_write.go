package wire

import (
	"strconv"

	"github.com/replaydiff/replay/diff/traffic"
)

// atOnce is how many bytes are written in one go before the answer is read. A
// longer request is written while the answer is read, for a server may answer
// before it has taken all of it, and the answer must not be lost.
const atOnce = 8 << 10

// appendHead writes the head of a request: Host first (RFC 9112 section 3.2),
// the fields as they are, the length last.
func appendHead(b []byte, r *Request, via *viaProxy) []byte {
	b = append(b, r.Method...)
	b = append(b, ' ')
	b = append(b, via.target(r)...)
	b = append(b, " HTTP/1.1\r\nHost: "...)
	b = append(b, r.Host...)
	b = append(b, "\r\n"...)
	for _, f := range via.fields(r.Header) {
		b = appendField(b, f)
	}
	if r.Body != nil || anticipatesContent(r.Method) {
		b = append(b, "Content-Length: "...)
		b = strconv.AppendInt(b, int64(len(r.Body)), 10)
		b = append(b, "\r\n"...)
	}
	return append(b, "\r\n"...)
}

func appendField(b []byte, f traffic.HeaderField) []byte {
	b = append(b, f.Name...)
	b = append(b, ": "...)
	b = append(b, f.Value...)
	return append(b, "\r\n"...)
}

// anticipatesContent tells the methods whose length is said even if it is 0
// (RFC 9110 section 8.6).
func anticipatesContent(method string) bool {
	return method == "POST" || method == "PUT" || method == "PATCH"
}

// A written is how far the writing of a request came.
type written struct {
	sent bool
	err  error
}

// send writes head and body, the body behind the head in one piece where both
// are short.
func (w *conn) send(body []byte) written {
	if len(body) > 0 && len(w.out)+len(body) <= atOnce {
		w.out = append(w.out, body...)
		body = nil
	}
	sent, err := w.write(w.out)
	if err == nil && len(body) > 0 {
		_, err = w.write(body)
	}
	return written{sent, err}
}
