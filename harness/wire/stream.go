package wire

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http/httputil"

	"github.com/replaydiff/replay/diff/traffic"
)

// A StatusLine is the first line of an answer of HTTP/1.
type StatusLine struct {
	Proto  string // "HTTP/1.1", "HTTP/1.0"
	Status int
	Reason string
}

// ReadAnswerHead is [ReadHead] for an answer. What is no answer is
// [ErrFraming], with a word on what it may be.
func ReadAnswerHead(r *bufio.Reader, limit int64) (Head, StatusLine, error) {
	if err := sniff(r); err != nil {
		return Head{}, StatusLine{}, err
	}
	head, err := ReadHead(r, limit)
	if err != nil {
		return head, StatusLine{}, err
	}
	proto, status, reason, err := parseStatus(head.Start)
	return head, StatusLine{proto, status, reason}, err
}

// A Stream is the body of a message of HTTP/1 while it comes. What Read returns
// is without the transfer coding.
type Stream struct {
	Length  int64          // as announced; -1: by chunks, or by the end of the connection
	Chunked bool           //
	Trailer traffic.Header // behind a chunked body, once Read has returned io.EOF

	src    *bufio.Reader
	r      io.Reader
	left   int64 // of Length
	limit  int64 // bytes of the trailer section
	result error
}

// RequestStream is the body that the head of a request announces, nil where it
// announces none. What two readers could take differently is [ErrFraming] (RFC
// 9112 section 6.3).
func RequestStream(r *bufio.Reader, h Head) (*Stream, error) {
	f, err := requestFraming(h)
	return newStream(r, f), err
}

// AnswerStream is the body that the head of an answer to a request with that
// method announces, nil where it can have none.
func AnswerStream(r *bufio.Reader, method string, s StatusLine, h traffic.Header) (*Stream, error) {
	f, err := answerFraming(method, s.Proto, s.Status, h)
	return newStream(r, f), err
}

func newStream(r *bufio.Reader, f framing) *Stream {
	switch f.kind {
	case byLength:
		return &Stream{Length: f.length, left: f.length, src: r}
	case byChunks:
		return &Stream{Length: -1, Chunked: true, src: r, r: httputil.NewChunkedReader(r), limit: DefaultMaxHeader}
	case byClose:
		return &Stream{Length: -1, src: r, r: r}
	}
	return nil
}

// Read returns what is there; io.EOF means that the body is whole, and
// io.ErrUnexpectedEOF that it is not. What is no body is [ErrFraming].
func (s *Stream) Read(p []byte) (int, error) {
	if s.result != nil {
		return 0, s.result
	}
	n, err := s.read(p)
	s.result = err
	return n, err
}

func (s *Stream) read(p []byte) (int, error) {
	switch {
	case s.r == nil && s.left == 0:
		return 0, io.EOF
	case s.r == nil:
		n, err := s.src.Read(p[:min(int64(len(p)), s.left)])
		if s.left -= int64(n); s.left == 0 {
			err = io.EOF
		} else if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return n, err
	case !s.Chunked:
		return s.r.Read(p)
	}
	n, err := s.r.Read(p)
	if err == io.EOF {
		if s.Trailer, _, err = readTrailer(s.src, s.limit); err == nil {
			return n, io.EOF
		}
	}
	return n, chunkFault(err)
}

// chunkFault tells what is no chunk from what did not come: the reader of chunks
// has no sentinels.
func chunkFault(err error) error {
	var network interface{ Timeout() bool }
	switch {
	case err == nil, errors.Is(err, ErrFraming), errors.Is(err, ErrTooLarge), errors.As(err, &network):
		return err
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return io.ErrUnexpectedEOF
	}
	return fmt.Errorf("%w: %w", ErrFraming, err)
}

// KeepsOpen tells whether the sender of an answer keeps its connection for
// another one (RFC 9112 section 9.3).
func KeepsOpen(proto string, h traffic.Header) bool { return staysOpen(proto, h) }
