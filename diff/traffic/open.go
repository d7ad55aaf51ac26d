package traffic

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Open reads a capture from a file; "-" is Options.Stdin. The format is told
// by the content, not by the name. The capture may keep the file open: close
// it when its bodies have been used.
func Open(name string, o Options) (*Capture, error) {
	if name == "-" {
		if o.Stdin == nil {
			return nil, &Error{File: name, Entry: -1, Text: "there is no standard input"}
		}
		return Read(o.Stdin, name, o)
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, &Error{File: name, Entry: -1, Text: reason(err), Err: err}
	}
	info, err := file.Stat()
	switch {
	case err != nil:
		file.Close()
		return nil, &Error{File: name, Entry: -1, Text: reason(err), Err: err}
	case info.IsDir():
		file.Close()
		return nil, &Error{File: name, Entry: -1, Text: "is a folder; name a file in it"}
	case !info.Mode().IsRegular(): // a pipe, a device
		defer file.Close()
		return Read(file, name, o)
	}
	src := source{name: name, file: file, to: info.Size(), folder: filepath.Dir(name), closers: new(closers)}
	src.closers.add(file)
	return open(src, o)
}

// Read reads a capture from a stream that is named in messages as given.
// What is too long for memory is kept in a temporary file, which has no name
// where the system allows that.
func Read(r io.Reader, name string, o Options) (*Capture, error) {
	src := source{name: name, closers: new(closers)}
	held, err := spool(r, o.Limits.orDefault().Unpacked)
	if err != nil {
		return nil, spoolError(name, err, o.Limits.orDefault())
	}
	src.file, src.to = held.file, held.size
	src.closers.add(held)
	return open(src, o)
}

// open takes over the closers of src.
func open(src source, o Options) (*Capture, error) {
	o.Limits = o.Limits.orDefault()
	src, err := unwrap(src, o.Limits)
	if err != nil {
		src.closers.Close()
		return nil, err
	}
	c, err := readFormat(src, o)
	if err != nil {
		src.closers.Close()
		return nil, err
	}
	c.File = src.name
	if c.Format != HAR { // its bodies are in memory
		return c, src.closers.Close()
	}
	c.backing = src.closers
	return c, nil
}

func readFormat(src source, o Options) (*Capture, error) {
	kind, err := sniff(src)
	if err != nil {
		return nil, err
	}
	switch kind {
	case HAR:
		return readHAR(src, o)
	case CassetteV1:
		return readWhole(src, o, readCassette)
	default:
		return readWhole(src, o, readCurl)
	}
}

// readWhole reads a format that needs all of the file at once.
func readWhole(src source, o Options, read func([]byte, string, Options) (*Capture, error)) (*Capture, error) {
	if n := src.to - src.from; n > o.Limits.WholeFile {
		return nil, limitError(src.name, "WholeFile", o.Limits.WholeFile, "bytes of a file that is read whole")
	}
	data := make([]byte, src.to-src.from)
	n, err := src.file.ReadAt(data, src.from)
	if err != nil && err != io.EOF {
		return nil, &Error{File: src.name, Entry: -1, Text: "can't be read: " + reason(err), Err: err}
	}
	return read(data[:n], src.name, o)
}

// Write writes a capture in a format. Bodies are copied one after the other.
func Write(w io.Writer, c *Capture, f Format) error { return WriteEach(w, c, f, nil) }

// An Each changes an exchange on its way into a file, as a redactor does. It
// returns a copy, and keeps its number. Nil changes nothing.
type Each func(*Exchange) (*Exchange, error)

// WriteEach is [Write] for a capture whose exchanges are changed as they are
// written, so that a long one is never there twice.
func WriteEach(w io.Writer, c *Capture, f Format, each Each) error {
	written := *c
	written.each = each
	switch f {
	case HAR:
		return writeHAR(w, &written)
	case CassetteV1, CassetteV2:
		return writeCassette(w, &written, f)
	case Curl:
		return writeCurl(w, &written)
	}
	return fmt.Errorf("%w %q: known are %s, %s, %s and %s", ErrFormat, f, HAR, CassetteV1, CassetteV2, Curl)
}

// written is an exchange as it is written.
func (c *Capture) written(i int) (*Exchange, error) {
	if c.each == nil {
		return c.Exchanges[i], nil
	}
	return c.each(c.Exchanges[i])
}
