package accesslog

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"strings"
	"time"
)

// Options are how a log is read. The zero value is the default.
type Options struct {
	Location *time.Location // of times that have no zone; nil: UTC
	MaxLine  int            // bytes after which a line is cut; 0: 64 KiB
	Workers  int            // goroutines that parse for [Stream]; 0: as many as Go uses, 8 at most
	Stdin    io.Reader      // what the name "-" stands for

	// Words has lines of no known format yielded as well: Format is Unknown, and
	// Message the line.
	Words bool
}

const defaultMaxLine = 64 << 10

// A Log is one log that is open: a file, plain or compressed with gzip or zstd,
// or a stream. It is read once, by [Log.All] or by [Stream].
type Log struct {
	Name string

	o       Options
	chunks  chunker
	close   []func() error
	err     error
	skipped Skipped
}

// Open opens a log; "-" is Options.Stdin. Compression is told by content.
func Open(name string, o Options) (*Log, error) {
	if name == "-" {
		if o.Stdin == nil {
			return nil, errors.New("-: there is no standard input")
		}
		return Read(o.Stdin, name, o)
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	if info, err := file.Stat(); err == nil && info.IsDir() {
		file.Close()
		return nil, fmt.Errorf("%s: it is a folder; name the logs in it", name)
	}
	l, err := Read(file, name, o)
	if err != nil {
		file.Close()
		return nil, err
	}
	l.close = append(l.close, file.Close)
	return l, nil
}

// Read reads a log from a stream that is named in messages as given.
func Read(r io.Reader, name string, o Options) (*Log, error) {
	if o.MaxLine <= 0 {
		o.MaxLine = defaultMaxLine
	}
	o.MaxLine = min(o.MaxLine, chunkSize)
	plain, closer, err := unpack(r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	l := &Log{Name: name, o: o, chunks: chunker{from: plain, maxLine: o.MaxLine, buf: make([]byte, chunkSize)}}
	if closer != nil {
		l.close = append(l.close, closer)
	}
	return l, nil
}

// All yields the records in the order of the file. A record is valid until the
// next one; its strings for longer (see [Record.Clone]). Lines that say nothing
// are left out. After it ended, [Log.Err] and [Log.Skipped] tell how.
func (l *Log) All() iter.Seq[*Record] {
	return func(yield func(*Record) bool) {
		p := Parser{Location: l.o.Location, words: l.o.Words}
		for {
			c, ok := l.next()
			if !ok {
				return
			}
			more := true
			l.skipped.add(c.each(&p, l.o.MaxLine, func(r *Record) bool {
				more = yield(r)
				return more
			}))
			if !more {
				return
			}
		}
	}
}

// next reads a chunk; it keeps the error that ends the log early.
func (l *Log) next() (chunk, bool) {
	c, err := l.chunks.next()
	if err != nil && err != io.EOF {
		l.err = fmt.Errorf("%s: behind line %d: %w", l.Name, l.chunks.line, err)
	}
	return c, c.text != ""
}

// Err is what ended the reading early: a device or a compressed stream that is
// broken. The records before it were read.
func (l *Log) Err() error { return l.err }

// Skipped tells of the lines that said nothing, so far.
func (l *Log) Skipped() Skipped { return l.skipped }

// Close closes the file.
func (l *Log) Close() error {
	var errs []error
	for _, c := range l.close {
		errs = append(errs, c())
	}
	l.close = nil
	return errors.Join(errs...)
}

// Skipped are the lines of a log that said nothing: blank ones do not count.
type Skipped struct {
	Lines  int64   // of no known format
	Cut    int64   // longer than Options.MaxLine; read as far as they were kept
	Places []int64 // the numbers of the first few lines of no known format
	Total  int64   // lines that were read, blank ones too
}

// maxPlaces is how many places Skipped names.
const maxPlaces = 5

func (s *Skipped) add(t Skipped) {
	s.Lines += t.Lines
	s.Cut += t.Cut
	s.Total += t.Total
	s.Places = append(s.Places, t.Places[:min(len(t.Places), maxPlaces-len(s.Places))]...)
}

// each parses the lines of a chunk.
func (c chunk) each(p *Parser, maxLine int, yield func(*Record) bool) (skipped Skipped) {
	var r Record
	number := c.first
	for rest := c.text; rest != ""; number++ {
		line := rest
		if i := strings.IndexByte(rest, '\n'); i >= 0 {
			line, rest = rest[:i], rest[i+1:]
		} else {
			rest = ""
		}
		skipped.Total++
		if len(line) > maxLine || c.cut {
			line = line[:min(len(line), maxLine)]
			skipped.Cut++
		}
		r.Line = number
		if p.parse(line, &r) {
			if !yield(&r) {
				return skipped
			}
			continue
		}
		if strings.TrimSpace(line) == "" {
			continue
		}
		skipped.Lines++
		if len(skipped.Places) < maxPlaces {
			skipped.Places = append(skipped.Places, number)
		}
	}
	return skipped
}
