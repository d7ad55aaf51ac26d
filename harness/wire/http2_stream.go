package wire

import (
	"fmt"
	"io"
	"strconv"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"github.com/replaydiff/replay/diff/traffic"
)

// A stream is one exchange on a conn2. The reader fills it in under mu; after
// done is closed it changes no more.
type stream struct {
	id     uint32
	reused bool  // the connection had another before
	window int64 // bytes that may be sent
	wake   chan struct{}

	headers int64 // bytes of header sections that may still come
	status  int   // final
	header  traffic.Header
	trailer traffic.Header
	interim []Interim
	body    []byte
	length  int64 // as Content-Length says; -1: not said
	first   time.Time

	done chan struct{}
	err  error // why it ended early
}

// onHeaders takes a header section: of an interim answer, of the answer, or
// the trailer section.
func (s *stream) onHeaders(f *http2.MetaHeadersFrame, now func() time.Time) error {
	for _, field := range f.Fields {
		s.headers -= int64(field.Size())
	}
	if f.Truncated || s.headers < 0 {
		return fmt.Errorf("%w: a header section", ErrTooLarge)
	}
	if s.first.IsZero() {
		s.first = now()
	}
	fields := received2(f.RegularFields())
	if s.status != 0 {
		s.trailer = fields
		if !f.StreamEnded() {
			return fmt.Errorf("%w: a second header section", ErrFraming)
		}
		return nil
	}
	status, err := strconv.Atoi(f.PseudoValue("status"))
	switch {
	case err != nil || status < 100 || status > 999:
		return fmt.Errorf("%w: no status code of three digits", ErrFraming)
	case status == 101: // RFC 9113 section 8.6
		return fmt.Errorf("%w: it switches protocols (101)", ErrFraming)
	case status < 200 && f.StreamEnded():
		return fmt.Errorf("%w: it ends with an interim answer", ErrFraming)
	case status < 200:
		s.interim = append(s.interim, Interim{status, fields})
		return nil
	}
	s.status, s.header = status, fields
	s.length, err = contentLength(fields)
	return err
}

func received2(fields []hpack.HeaderField) traffic.Header {
	if len(fields) == 0 {
		return nil
	}
	h := make(traffic.Header, len(fields))
	for i, f := range fields {
		h[i] = traffic.HeaderField{Name: f.Name, Value: f.Value}
	}
	return h
}

func (s *stream) onData(data []byte, limit int64) error {
	if s.status == 0 {
		return fmt.Errorf("%w: a body before the header section", ErrFraming)
	}
	if s.body == nil && s.length > 0 {
		s.body = make([]byte, 0, min(s.length, limit, trusted))
	}
	room := limit - int64(len(s.body))
	s.body = append(s.body, data[:min(int64(len(data)), room)]...)
	if int64(len(data)) > room {
		return tooLarge("body", limit)
	}
	return nil
}

func (s *stream) wakeUp() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// check tells an answer that ends in another place than it says (RFC 9113
// section 8.1.1).
func (s *stream) check(method string) error {
	if s.length < 0 || method == "HEAD" || s.status == 204 || s.status == 304 {
		return nil
	}
	switch n := int64(len(s.body)); {
	case n < s.length:
		return io.ErrUnexpectedEOF
	case n > s.length:
		return fmt.Errorf("%w: its body is longer than its Content-Length", ErrFraming)
	}
	return nil
}
