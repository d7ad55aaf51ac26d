package record

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/replaydiff/replay/diff/traffic"
)

// TestTrailerBehindItsBody: net/http writes the trailer section of a request
// while its body is read, so it is asked for at the end of the body and by the
// one who reads it.
func TestTrailerBehindItsBody(t *testing.T) {
	read := false
	body := &taken{spool: new(spool), limit: 100}
	in := &tee{body: io.MultiReader(strings.NewReader("abc"), &ending{func() { read = true }}), taken: body, trailer: func() traffic.Header {
		if !read {
			t.Error("the trailer section was asked for before the end of the body")
		}
		return traffic.Header{{Name: "x-sum", Value: "1"}}
	}}
	if _, err := io.ReadFull(in, make([]byte, 3)); err != nil || len(body.trailer()) != 0 {
		t.Errorf("%v, %v before the end", err, body.trailer())
	}
	if _, err := io.Copy(io.Discard, in); err != nil || body.trailer().Get("x-sum") != "1" {
		t.Errorf("%v, %v at the end", err, body.trailer())
	}
}

// An ending tells of the end of what is read.
type ending struct{ reached func() }

func (e *ending) Read([]byte) (int, error) { e.reached(); return 0, io.EOF }

// TestNoRoomForABody: what goes by where nothing can be kept does not fill the
// memory instead.
func TestNoRoomForABody(t *testing.T) {
	full := &spool{failed: errors.New("no space left on device")}
	body := &taken{spool: full, limit: 16 << 20}
	piece := make([]byte, pieceSize)
	for range 100 {
		if n, err := body.Write(piece); n != len(piece) || err != nil {
			t.Fatal(n, err)
		}
	}
	if _, all, err := body.content(); err == nil || all != 100*pieceSize || cap(body.last) > 2*pieceSize {
		t.Errorf("%v after %d bytes, %d in memory", err, all, cap(body.last))
	}
}
