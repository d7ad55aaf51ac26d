package accesslog

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"io"

	"github.com/klauspost/compress/zstd"
)

// chunkSize is how much is read at once, in bytes. A chunk becomes one string
// that all records of its lines share: so reading makes no garbage by the line.
const chunkSize = 1 << 20

// A chunk is some whole lines.
type chunk struct {
	text  string
	first int64 // number of its first line
	cut   bool  // it is the beginning of one line that is longer than a chunk
}

// A chunker cuts a stream at line breaks.
type chunker struct {
	from    io.Reader
	maxLine int
	buf     []byte
	kept    int   // bytes of buf that are the beginning of the next line
	line    int64 // lines that were handed out
	err     error
}

// next returns the next chunk, and at the end an empty one with the error that
// ended the stream.
func (c *chunker) next() (chunk, error) {
	if c.err != nil && c.kept == 0 {
		return chunk{}, c.err
	}
	n := c.kept
	if c.err == nil {
		n += c.fill(n)
	}
	whole := n
	if c.err == nil {
		whole = bytes.LastIndexByte(c.buf[:n], '\n') + 1
	}
	if whole == 0 && n > 0 {
		return c.long(n)
	}
	out := chunk{text: string(c.buf[:whole]), first: c.line + 1}
	c.line += int64(bytes.Count(c.buf[:whole], []byte{'\n'}))
	c.kept = copy(c.buf, c.buf[whole:n])
	if out.text == "" {
		return out, c.err
	}
	return out, nil
}

// fill reads until the buffer is full. It is not io.ReadFull, whose error for a
// stream that ends is that of gzip for one that was cut off.
func (c *chunker) fill(from int) (read int) {
	for c.err == nil && from+read < len(c.buf) {
		var n int
		n, c.err = c.from.Read(c.buf[from+read:])
		read += n
	}
	return read
}

// long hands out the beginning of a line that does not fit, and passes over
// the rest of it.
func (c *chunker) long(n int) (chunk, error) {
	c.line++
	out := chunk{text: string(c.buf[:min(n, c.maxLine)]), first: c.line, cut: true}
	c.kept = 0
	for c.err == nil {
		var read int
		read, c.err = c.from.Read(c.buf)
		if i := bytes.IndexByte(c.buf[:read], '\n'); i >= 0 {
			c.kept = copy(c.buf, c.buf[i+1:read])
			break
		}
	}
	return out, nil
}

// unpack takes the compression away that the stream begins with.
func unpack(r io.Reader) (io.Reader, func() error, error) {
	b := bufio.NewReaderSize(r, 64<<10)
	magic, _ := b.Peek(4)
	switch {
	case bytes.HasPrefix(magic, []byte{0x1f, 0x8b}): // RFC 1952 section 2.3.1
		z, err := gzip.NewReader(b)
		return z, nil, err
	case bytes.HasPrefix(magic, []byte{0x28, 0xb5, 0x2f, 0xfd}): // RFC 8878 section 3.1.1
		z, err := zstd.NewReader(b, zstd.WithDecoderMaxMemory(maxWindow), zstd.WithDecoderMaxWindow(maxWindow), zstd.WithDecoderConcurrency(1))
		if err != nil {
			return nil, nil, err
		}
		return z, func() error { z.Close(); return nil }, nil
	}
	return b, nil, nil
}

// maxWindow bounds what a zstd stream may make its reader keep, in bytes: that
// of zstd's highest ordinary level.
const maxWindow = 128 << 20
