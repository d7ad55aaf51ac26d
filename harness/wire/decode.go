package wire

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"

	"github.com/replaydiff/replay/diff/traffic"
)

// maxLayers is how many codings one body may be wrapped in.
const maxLayers = 4

var errCoding = errors.New("the content coding can't be taken off")

// decode takes the content codings off a body (RFC 9110 section 8.4), the last
// one first. The result is not longer than the limit.
func decode(body []byte, h traffic.Header, limit int64) ([]byte, error) {
	codings := contentCodings(h)
	if len(codings) > maxLayers {
		return nil, fmt.Errorf("%w: it has more than %d layers", errCoding, maxLayers)
	}
	if len(codings) == 0 || len(body) == 0 {
		return body, nil
	}
	var r io.Reader = bytes.NewReader(body)
	for _, coding := range slices.Backward(codings) {
		next, done, err := unwrap(coding, r)
		if err != nil {
			return nil, err
		}
		defer done()
		r = next
	}
	decoded, err := readUpTo(r, limit)
	switch {
	case errors.Is(err, ErrTooLarge):
		return nil, fmt.Errorf("%w: what it holds is longer than %d bytes", errCoding, limit)
	case err != nil:
		return nil, fmt.Errorf("%w: the body is not valid in it, or ends early", errCoding)
	}
	return decoded, nil
}

func contentCodings(h traffic.Header) []string {
	var codings []string
	for _, f := range h.All("Content-Encoding") {
		for coding := range strings.SplitSeq(f.Value, ",") {
			coding = strings.ToLower(trimSpace(coding))
			if coding != "" && coding != "identity" {
				codings = append(codings, coding)
			}
		}
	}
	return codings
}

// unwrap takes off one layer. The name of a coding is a registered word, and
// an unknown one is not repeated.
func unwrap(coding string, r io.Reader) (io.Reader, func(), error) {
	var err error
	switch coding {
	case "gzip", "x-gzip":
		r, err = gzip.NewReader(r)
	case "deflate":
		r, err = inflate(r)
	case "br":
		r = brotli.NewReader(r)
	case "zstd":
		return unzstd(r)
	default:
		return nil, nil, fmt.Errorf("%w: it is none of gzip, deflate, br and zstd", errCoding)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("%w: the body is not %s", errCoding, coding)
	}
	return r, func() {}, nil
}

// inflate reads the zlib format that the standard asks for, and the bare
// stream that some servers send in its place (RFC 9110 section 8.4.1.2).
func inflate(r io.Reader) (io.Reader, error) {
	b := bufio.NewReader(r)
	head, err := b.Peek(2)
	if err == nil && head[0]&0x0f == 8 && (int(head[0])<<8|int(head[1]))%31 == 0 {
		return zlib.NewReader(b)
	}
	return flate.NewReader(b), nil
}

// unzstd bounds the window to the 8 MiB that a receiver must support (RFC 9659
// section 3).
func unzstd(r io.Reader) (io.Reader, func(), error) {
	d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(8<<20))
	if err != nil {
		return nil, nil, fmt.Errorf("%w: the body is not zstd", errCoding)
	}
	return d, d.Close, nil
}
