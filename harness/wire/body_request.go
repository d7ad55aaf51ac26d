package wire

import (
	"bufio"
	"errors"
	"io"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
)

// ReadRequestBody reads the body of a request whose head [ReadHead] read, for
// those who stand on the server's side: of at most limit bytes, with a trailer
// section of at most trailers. The body is without its transfer coding, and nil
// where the head announces none.
//
// What two readers could take differently is [ErrFraming] (RFC 9112 section
// 6.3), a longer body [ErrTooLarge]; of one that ends early the error is
// io.ErrUnexpectedEOF, and body what came.
func ReadRequestBody(r *bufio.Reader, h Head, limit, trailers int64) (body []byte, trailer traffic.Header, err error) {
	f, err := requestFraming(h)
	if err != nil {
		return nil, nil, err
	}
	got := readBody(r, f, limit, trailers)
	switch {
	case f.kind == byChunks:
		got.err = chunkFault(got.err)
	case errors.Is(got.err, io.EOF):
		got.err = io.ErrUnexpectedEOF
	}
	return got.body, got.trailer, got.err
}

// HasBody tells whether the head of a request announces a body, so that a
// client may wait to be asked for it (RFC 9110 section 10.1.1).
func HasBody(h Head) bool {
	f, err := requestFraming(h)
	return err == nil && f.kind != noBody && (f.kind != byLength || f.length > 0)
}

// requestFraming is [answerFraming] for requests: without a length there is no
// body.
func requestFraming(h Head) (framing, error) {
	f, err := answerFraming("", h.Start[strings.LastIndexByte(h.Start, ' ')+1:], 200, h.Fields)
	if err == nil && f.kind == byClose {
		f.kind = noBody
	}
	return f, err
}
