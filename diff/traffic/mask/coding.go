package mask

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

// Bounds of what is unpacked.
const (
	maxLayers   = 4
	maxUnpacked = 16 << 20 // bytes
)

var errUnpacked = fmt.Errorf("it unpacks to more than %d bytes; take it out, or keep the capture to yourself", maxUnpacked)

// A coding is one content coding (RFC 9110 section 8.4.1).
type coding struct {
	begins string // its first bytes, "" where there are none to tell it by
	named  string // in Content-Encoding; needed where begins is empty
	open   func(io.Reader) (io.Reader, error)
	write  func(io.Writer) (io.WriteCloser, error)
}

var codings = []coding{
	{"\x1f\x8b\x08", "gzip", openGzip, func(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriter(w), nil }},
	{"\x28\xb5\x2f\xfd", "zstd", openZstd, func(w io.Writer) (io.WriteCloser, error) { return zstd.NewWriter(w, zstd.WithEncoderConcurrency(1)) }},
	{"\x78\x01", "deflate", openZlib, writeZlib},
	{"\x78\x5e", "deflate", openZlib, writeZlib},
	{"\x78\x9c", "deflate", openZlib, writeZlib},
	{"\x78\xda", "deflate", openZlib, writeZlib},
	{"", "deflate", openFlate, writeFlate}, // the bare stream that some servers send (RFC 9110 section 8.4.1.2)
	{"", "br", openBrotli, func(w io.Writer) (io.WriteCloser, error) { return brotli.NewWriter(w), nil }},
}

func openGzip(r io.Reader) (io.Reader, error)       { return gzip.NewReader(r) }
func openZlib(r io.Reader) (io.Reader, error)       { return zlib.NewReader(r) }
func openFlate(r io.Reader) (io.Reader, error)      { return flate.NewReader(r), nil }
func openBrotli(r io.Reader) (io.Reader, error)     { return brotli.NewReader(r), nil }
func writeZlib(w io.Writer) (io.WriteCloser, error) { return zlib.NewWriter(w), nil }
func writeFlate(w io.Writer) (io.WriteCloser, error) {
	return flate.NewWriter(w, flate.DefaultCompression)
}
func openZstd(r io.Reader) (io.Reader, error) {
	d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(64<<20))
	if err != nil {
		return nil, err
	}
	return d.IOReadCloser(), nil
}

// unpack takes one coding off a body; nil where there is none. Most recorders
// have taken all off whatever the header says, so the body itself decides, and
// the header only where a coding has no mark to be told by. Of a body that is
// cut off it returns what there is.
func unpack(text string, named []string) (*coding, string, error) {
	header := strings.ToLower(strings.Join(named, ","))
	for i := range codings {
		c := &codings[i]
		if !strings.HasPrefix(text, c.begins) || c.begins == "" && (!strings.Contains(header, c.named) || utf8.ValidString(text)) {
			continue
		}
		inner, err := c.unpack(text)
		if errors.Is(err, errUnpacked) {
			return nil, "", err
		}
		if err == nil || c.begins != "" && inner != "" {
			return c, inner, nil
		}
	}
	return nil, "", nil
}

func (c *coding) unpack(text string) (string, error) {
	r, err := c.open(strings.NewReader(text))
	if err != nil {
		return "", err
	}
	if closer, ok := r.(io.Closer); ok {
		defer closer.Close() // it holds memory alone
	}
	inner, err := io.ReadAll(io.LimitReader(r, maxUnpacked+1))
	if len(inner) > maxUnpacked {
		return "", errUnpacked
	}
	return string(inner), err
}

func (c *coding) pack(text string) (string, error) {
	var b bytes.Buffer
	w, err := c.write(&b)
	if err != nil {
		return "", err
	}
	_, err = io.WriteString(w, text)
	err = errors.Join(err, w.Close())
	return b.String(), err
}
