package traffic

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
)

// inMemory is how many bytes of a stream are held in memory.
const inMemory = 4 << 20

// A spooled stream can be read at any place.
type spooled struct {
	file io.ReaderAt
	size int64
	temp *os.File
}

// spool reads a stream to its end. A compressed stream that breaks off gives
// what came before. More than limit bytes is ErrLimit.
func spool(r io.Reader, limit int64) (*spooled, error) {
	r = &tolerant{r: io.LimitReader(r, limit+1)}
	var memory bytes.Buffer
	n, err := io.CopyN(&memory, r, inMemory)
	if err != nil && err != io.EOF {
		return nil, err
	}
	if n > limit {
		return nil, ErrLimit
	}
	if err == io.EOF {
		return &spooled{file: bytes.NewReader(memory.Bytes()), size: n}, nil
	}
	temp, err := os.CreateTemp("", "replay-*") // with mode 0600
	if err != nil {
		return nil, fmt.Errorf("no room for a temporary file: %w", err)
	}
	s := &spooled{file: temp, temp: temp}
	os.Remove(temp.Name()) // nobody else can open it; Windows keeps it until Close
	if s.size, err = io.Copy(temp, io.MultiReader(&memory, r)); err == nil && s.size > limit {
		err = ErrLimit
	}
	if err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *spooled) Close() error {
	if s.temp == nil {
		return nil
	}
	err := s.temp.Close()
	os.Remove(s.temp.Name())
	return err
}

// A tolerant reader ends where a compressed stream breaks off.
type tolerant struct{ r io.Reader }

func (t *tolerant) Read(p []byte) (int, error) {
	n, err := t.r.Read(p)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = io.EOF
	}
	return n, err
}
