package wire

import (
	"bufio"
	"io"
	"net/http/httputil"
	"slices"

	"github.com/replaydiff/replay/diff/traffic"
)

// trusted is how many bytes are allocated on the word of a Content-Length.
const trusted = 4 << 20

// A received is a body as far as it came.
type received struct {
	body    []byte
	trailer traffic.Header
	err     error // why it ended early
}

// readBody reads a body of at most limit bytes, and a trailer section of at
// most trailers.
func readBody(r *bufio.Reader, f framing, limit, trailers int64) received {
	switch f.kind {
	case noBody:
		return received{}
	case byLength:
		return readLength(r, f.length, limit)
	case byChunks:
		return readChunks(r, limit, trailers)
	}
	body, err := readUpTo(r, limit)
	return received{body: body, err: err}
}

// readLength allocates once for a length that can be trusted that far.
func readLength(r io.Reader, length, limit int64) received {
	body := make([]byte, 0, min(length, limit, trusted))
	for int64(len(body)) < min(length, limit) {
		if len(body) == cap(body) {
			body = slices.Grow(body, int(min(length, limit, 2*int64(len(body)))-int64(len(body))))
		}
		n, err := r.Read(body[len(body):min(int64(cap(body)), length, limit)])
		body = body[:len(body)+n]
		if err != nil && int64(len(body)) < length {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return received{body: body, err: err}
		}
	}
	if length > limit {
		return received{body: body, err: tooLarge("body", limit)}
	}
	return received{body: body}
}

// readChunks reads a chunked body with its trailer section (RFC 9112 section
// 7.1).
func readChunks(r *bufio.Reader, limit, trailers int64) received {
	body, err := readUpTo(httputil.NewChunkedReader(r), limit)
	if err != nil {
		return received{body: body, err: err}
	}
	trailer, _, err := readTrailer(r, trailers)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return received{body, trailer, err}
}

// readUpTo reads to the end, or to the limit.
func readUpTo(r io.Reader, limit int64) ([]byte, error) {
	body := make([]byte, 0, 512)
	for {
		// One byte beyond the limit tells a body that ends there from one
		// that does not.
		n, err := r.Read(body[len(body):min(int64(cap(body)), limit+1)])
		body = body[:len(body)+n]
		switch {
		case int64(len(body)) > limit:
			return body[:limit], tooLarge("body", limit)
		case err == io.EOF:
			return body, nil
		case err != nil:
			return body, err
		case len(body) == cap(body):
			body = slices.Grow(body, len(body))
		}
	}
}
