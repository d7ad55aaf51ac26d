package traffic

import (
	"bytes"
	"errors"
	"hash/maphash"
	"io"
	"unicode/utf8"
)

// lazyFrom is the length in bytes from which a string of JSON stays in the
// file: bodies, for the most part.
const lazyFrom = 1 << 10

// errBadString is a control character or an unknown escape in a long string.
var errBadString = errors.New("invalid string")

// A cutter gives a JSON file to the decoder with "" in place of each long
// string. The decoder holds every token whole, so that its memory would grow
// with the largest body; and a body is skipped faster here.
type cutter struct {
	file      io.ReaderAt
	next, end int64 // the part of file that is still to be read

	buf  []byte
	r, w int   // the part of buf that was not looked at yet
	base int64 // where buf begins in file

	out   []byte // what the decoder gets next
	given int64  // bytes given so far, out included
	long  bool   // a long string begins at r
	bad   int64  // where in file a string holds what it must not, or -1

	cuts     []cut // those that the reader has not come to
	last     cut   // the one that it came to last
	literals bool  // rewrite NaN and Infinity, which are not JSON
	hash     maphash.Hash
}

// A cut is a string that the decoder sees as "".
type cut struct {
	at   int64 // in the bytes given
	file int64 // in the file, at the opening quote
	n    int64 // its bytes in the file, quotes included
	sum  uint64
	odd  bool // invalid UTF-8 or a lone surrogate
}

func newCutter(file io.ReaderAt, from, to int64) *cutter {
	c := &cutter{
		file: file, next: from, end: to, base: from, bad: -1,
		buf:  make([]byte, 128<<10),
		last: cut{at: -2, file: from},
	}
	c.hash.SetSeed(rawSeed)
	return c
}

func (c *cutter) Read(p []byte) (int, error) {
	for len(c.out) == 0 {
		if err := c.advance(); err != nil {
			return 0, err
		}
	}
	n := copy(p, c.out)
	c.out = c.out[n:]
	return n, nil
}

// advance finds the next bytes to give.
func (c *cutter) advance() error {
	if c.bad >= 0 {
		return errBadString
	}
	if c.long {
		return c.cutString()
	}
	if c.w-c.r <= lazyFrom && c.next < c.end {
		if err := c.fill(); err != nil {
			return err
		}
	}
	if c.r == c.w {
		return io.EOF
	}
	s := c.plain()
	c.give(c.buf[c.r:s])
	c.r = s
	return nil
}

// plain returns the end of what can be given as it is: it stands before the
// next long string, or before a string whose length can't be told yet.
func (c *cutter) plain() int {
	for s := c.r; ; {
		i := bytes.IndexByte(c.buf[s:c.w], '"')
		if i < 0 {
			return c.gap(s, c.w)
		}
		q := c.gap(s, s+i)
		window := c.buf[q+1 : min(c.w, q+1+lazyFrom)]
		n, stop, _ := scanString(window)
		switch {
		case stop == stopClosed:
			s = q + 1 + n
		case stop == stopBad:
			return c.w // the decoder says better what is wrong
		case len(window) == lazyFrom:
			c.long = true
			return q
		case c.next < c.end:
			return q
		default:
			return c.w // cut off
		}
	}
}

// gap prepares what stands between strings.
func (c *cutter) gap(from, to int) int {
	if !c.literals {
		return to
	}
	gap := c.buf[from:to]
	for _, l := range []struct{ bad, good string }{
		{"-Infinity", "-1       "}, {"Infinity", "-1      "}, {"NaN", "-1 "},
	} {
		for {
			i := bytes.Index(gap, []byte(l.bad))
			if i < 0 {
				break
			}
			copy(gap[i:], l.good)
		}
	}
	const longest = len("-Infinity")
	if to == c.w && c.next < c.end && len(gap) > longest {
		return to - longest // its other half may follow
	}
	return to
}

// cutString skips the long string at r and gives "" instead.
func (c *cutter) cutString() error {
	found := cut{at: c.given, file: c.base + int64(c.r)}
	c.hash.Reset()
	c.r++
	for {
		n, stop, odd := scanString(c.buf[c.r:c.w])
		text := c.buf[c.r : c.r+n]
		c.r += n
		found.odd = found.odd || odd || !utf8.Valid(text)
		switch stop {
		case stopBad:
			c.bad = c.base + int64(c.r)
			return errBadString
		case stopClosed:
			c.hash.Write(text[:n-1])
			found.n = c.base + int64(c.r) - found.file
			found.sum = c.hash.Sum64()
			c.cuts = append(c.cuts, found)
			c.long = false
			c.give(quotes)
			return nil
		}
		c.hash.Write(text)
		if c.next == c.end {
			c.long, c.r = false, c.w
			c.give(quotes[:1])
			return nil
		}
		if err := c.fill(); err != nil {
			return err
		}
	}
}

var quotes = []byte(`""`)

func (c *cutter) give(p []byte) {
	c.out = p
	c.given += int64(len(p))
}

// fill reads on behind what was not looked at.
func (c *cutter) fill() error {
	c.base += int64(c.r)
	c.w = copy(c.buf, c.buf[c.r:c.w])
	c.r = 0
	n := int(min(int64(len(c.buf)-c.w), c.end-c.next))
	n, err := c.file.ReadAt(c.buf[c.w:c.w+n], c.next)
	c.w += n
	c.next += int64(n)
	if err == io.EOF { // shorter than it was
		c.end, err = c.next, nil
	}
	return err
}

// take returns the first cut that stands in the given bytes before end, and
// removes it: the reader comes to each of them once, in order.
func (c *cutter) take(end int64) (cut, bool) {
	if len(c.cuts) == 0 || c.cuts[0].at >= end {
		return cut{}, false
	}
	c.last = c.cuts[0]
	c.cuts = c.cuts[1:]
	return c.last, true
}

// place tells where a byte that was given stands in the file.
func (c *cutter) place(at int64) int64 {
	last := c.last
	for _, next := range c.cuts {
		if next.at >= at {
			break
		}
		last = next
	}
	if at < last.at+2 { // within the quotes
		return last.file + at - last.at
	}
	return last.file + last.n + at - (last.at + 2)
}
