package traffic

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"regexp"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/klauspost/compress/zstd"
)

// unwrap takes off what is around a capture: compression, an archive, a byte
// order mark, a JSONP call.
func unwrap(src source, limits Limits) (source, error) {
	for layers, marks := 0, 0; ; {
		head, err := src.head(512)
		if err != nil {
			return src, err
		}
		open := compression(head)
		switch {
		case open != nil || isZip(head):
			if layers++; layers > limits.Layers {
				return src, limitError(src.name, "Layers", int64(limits.Layers), "layers of compression")
			}
			if open == nil {
				err = src.unzip(limits)
			} else {
				err = src.unpack(open, limits)
			}
		case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")) && marks < limits.Layers:
			src.from += 3
			marks++
			continue
		case bytes.HasPrefix(head, []byte("\xff\xfe")):
			err = src.unpack(utf16Reader(binary.LittleEndian), limits)
		case bytes.HasPrefix(head, []byte("\xfe\xff")):
			err = src.unpack(utf16Reader(binary.BigEndian), limits)
		default:
			return src.unwrapCall(head)
		}
		if err != nil {
			return src, err
		}
	}
}

type unpacker func(io.Reader) (io.Reader, error)

// compression tells by its magic number how a file is compressed.
func compression(head []byte) unpacker {
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b, 8}):
		return func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) }
	case bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		return func(r io.Reader) (io.Reader, error) {
			d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(64<<20))
			if err != nil {
				return nil, err
			}
			return d.IOReadCloser(), nil
		}
	case len(head) > 2 && head[0] == 0x78 && binary.BigEndian.Uint16(head)%31 == 0 && !utf8.Valid(head[:2]),
		len(head) > 2 && head[0] == 0x78 && (head[1] == 0x01 || head[1] == 0x5e):
		// RFC 1950 section 2.2: the first two bytes are a multiple of 31.
		return func(r io.Reader) (io.Reader, error) { return zlib.NewReader(r) }
	}
	return nil
}

// unpack replaces the file with what it unpacks to. One that is cut off gives
// what there is; the reader of the format notices.
func (s *source) unpack(open unpacker, limits Limits) error {
	r, err := open(io.NewSectionReader(s.file, s.from, s.to-s.from))
	if err == nil {
		var held *spooled
		held, err = spool(r, limits.Unpacked)
		if c, ok := r.(io.Closer); ok {
			c.Close()
		}
		if err == nil {
			s.file, s.from, s.to = held.file, 0, held.size
			s.closers.add(held)
			return nil
		}
	}
	return spoolError(s.name, err, limits)
}

func spoolError(name string, err error, limits Limits) error {
	if errors.Is(err, ErrLimit) {
		return limitError(name, "Unpacked", limits.Unpacked, "bytes after unpacking")
	}
	return &Error{File: name, Entry: -1, Text: "can't be unpacked: " + reason(err), Err: err}
}

// utf16Reader decodes UTF-16, as Windows shells write it.
func utf16Reader(order binary.ByteOrder) unpacker {
	return func(r io.Reader) (io.Reader, error) {
		return &utf16Decoder{r: r, order: order, buf: make([]byte, 0, 32<<10)}, nil
	}
}

type utf16Decoder struct {
	r     io.Reader
	order binary.ByteOrder
	buf   []byte // not decoded yet
	out   []byte
	err   error
}

func (d *utf16Decoder) Read(p []byte) (int, error) {
	for len(d.out) == 0 {
		if d.err != nil {
			return 0, d.err
		}
		var n int
		n, d.err = io.ReadFull(d.r, d.buf[len(d.buf):cap(d.buf)])
		d.buf = d.buf[:len(d.buf)+n]
		if d.err == io.ErrUnexpectedEOF {
			d.err = io.EOF
		}
		d.decode()
	}
	n := copy(p, d.out)
	d.out = d.out[n:]
	return n, nil
}

// decode leaves half a unit and half a surrogate pair for the next time.
func (d *utf16Decoder) decode() {
	d.out = d.out[:0]
	i := 0
	for i+2 <= len(d.buf) {
		r := rune(d.order.Uint16(d.buf[i:]))
		if utf16.IsSurrogate(r) {
			if i+4 > len(d.buf) && d.err == nil {
				break
			}
			if i+4 <= len(d.buf) {
				if pair := utf16.DecodeRune(r, rune(d.order.Uint16(d.buf[i+2:]))); pair != utf8.RuneError {
					r, i = pair, i+2
				}
			}
		}
		d.out = utf8.AppendRune(d.out, r)
		i += 2
	}
	d.buf = d.buf[:copy(d.buf, d.buf[i:])]
}

// call is the start of JSONP: a function's name and a parenthesis, maybe
// behind an empty comment (a guard against content sniffing).
var call = regexp.MustCompile(`^\s*(/\*[^*]*\*/\s*)?[\w$.\[\]"']+\s*\(\s*\{`)

// unwrapCall takes off a JSONP call. What stands behind the closing
// parenthesis is kept as part of the JSON unless it is a semicolon.
func (s source) unwrapCall(head []byte) (source, error) {
	at := call.FindIndex(head)
	if at == nil {
		return s, nil
	}
	const reach = 256
	tail := make([]byte, min(reach, s.to-s.from))
	n, err := s.file.ReadAt(tail, s.to-int64(len(tail)))
	if err != nil && err != io.EOF {
		return s, &Error{File: s.name, Entry: -1, Text: fmt.Sprint("can't be read: ", reason(err)), Err: err}
	}
	tail = bytes.TrimRight(tail[:n], " \t\r\n;")
	s.from += int64(at[1] - 1)
	if rest, found := bytes.CutSuffix(tail, []byte(")")); found {
		s.to -= min(reach, int64(n)) - int64(len(rest))
	}
	return s, nil
}
