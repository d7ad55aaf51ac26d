package record

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/replaydiff/replay/diff/traffic"
)

// A spool keeps bodies in a file that has no name where the system allows that,
// and nobody else can open. It is made with the first body.
type spool struct {
	mu     sync.Mutex
	file   *os.File
	size   int64
	failed error // it can't be made
	closed bool
}

// inMemory is the length in bytes up to which a body stays in memory.
const inMemory = 256

// put keeps a body. Where there is no room for it, it is absent, and the error
// says why.
func (s *spool) put(mediaType string, content []byte) (traffic.Body, error) {
	if len(content) <= inMemory {
		return traffic.NewBody(mediaType, content), nil
	}
	at, err := s.write(content)
	if err != nil {
		return traffic.Body{MediaType: mediaType}, err
	}
	return traffic.BodyIn(mediaType, s.file, at, int64(len(content))), nil
}

func (s *spool) write(content []byte) (at int64, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.open(); err != nil {
		return 0, err
	}
	at = s.size
	n, err := s.file.WriteAt(content, at)
	s.size += int64(n)
	return at, err
}

func (s *spool) open() error {
	switch {
	case s.closed:
		return errClosed
	case s.file != nil, s.failed != nil:
		return s.failed
	}
	file, err := os.CreateTemp("", "replay-*") // with mode 0600
	if err != nil {
		s.failed = fmt.Errorf("no room for bodies in the folder of temporary files: %w", err)
		return s.failed
	}
	_ = os.Remove(file.Name()) // Windows keeps it until close
	s.file = file
	return nil
}

var errClosed = errors.New("the recording is closed")

func (s *spool) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed = true; s.file == nil {
		return nil
	}
	err := s.file.Close()
	_ = os.Remove(s.file.Name())
	return err
}

// A taken is what was kept of a body that goes by: up to a limit, the first part
// in pieces in the spool, so that long bodies don't fill the memory while they
// come. It is safe for concurrent use.
type taken struct {
	spool *spool
	limit int64

	mu     sync.Mutex
	all    int64 // bytes that went by
	kept   int64
	pieces []piece
	last   []byte         // not in the spool yet
	err    error          // no more is kept
	ended  traffic.Header // its trailer section, once all of it went by
}

// A piece of a body in the spool.
type piece struct{ at, n int64 }

// pieceSize is how much of one body is gathered in memory.
const pieceSize = 32 << 10

// Write takes what goes by; it never fails.
func (t *taken) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.all += int64(len(p))
	if t.err != nil {
		return len(p), nil
	}
	keep := p[:min(int64(len(p)), t.limit-t.kept)]
	t.kept += int64(len(keep))
	t.last = append(t.last, keep...)
	if len(t.last) >= pieceSize {
		at, err := t.spool.write(t.last)
		t.err = err
		t.pieces, t.last = append(t.pieces, piece{at, int64(len(t.last))}), t.last[:0]
	}
	return len(p), nil
}

// end takes the trailer section of a body that went by whole.
func (t *taken) end(trailer traffic.Header) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ended = trailer
}

// trailer is that of a body that went by whole. Who reads the body may be at it
// still.
func (t *taken) trailer() traffic.Header {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.ended
}

// content is what was kept, and how many bytes went by.
func (t *taken) content() (content []byte, all int64, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.err != nil {
		return nil, t.all, t.err
	}
	content = make([]byte, t.kept)
	at := content
	for _, p := range t.pieces {
		if _, err := t.spool.file.ReadAt(at[:p.n], p.at); err != nil && err != io.EOF {
			return nil, t.all, err
		}
		at = at[p.n:]
	}
	copy(at, t.last)
	return content, t.all, nil
}
