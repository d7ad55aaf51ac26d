package record

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/wire"
)

// errLeft is the cause of a context that ended as the client left.
var errLeft = errors.New("the client closed the connection before the answer was whole")

var errOver = errors.New("the exchange is over")

// An upload reads what a client of HTTP/1.1 sends during one exchange: its
// body, and after it the end of the connection, if the client does not wait for
// the answer.
type upload struct {
	c     *client
	body  *wire.Stream // nil: none
	taken *taken
	leave context.CancelCauseFunc

	mu       sync.Mutex // held while the body is read
	over     bool
	whole    bool
	watching chan struct{} // closed when nobody looks for the end any more
}

// Read reads the body.
func (u *upload) Read(p []byte) (int, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.over {
		return 0, errOver
	}
	n, err := u.body.Read(p)
	_, _ = u.taken.Write(p[:n])
	switch {
	case err == io.EOF:
		u.whole = true
		u.taken.end(u.body.Trailer)
		u.watch()
	case err != nil && !isTimeout(err):
		u.leave(errLeft)
	}
	return n, err
}

// watch looks for the end of the connection; mu is held.
func (u *upload) watch() {
	u.watching = make(chan struct{})
	go func() {
		defer close(u.watching)
		if _, err := u.c.reader.Peek(1); err != nil && !isTimeout(err) {
			u.leave(errLeft)
		}
	}()
}

// begin begins to look at once where there is no body.
func (u *upload) begin() {
	if u.body == nil {
		u.mu.Lock()
		defer u.mu.Unlock()
		u.whole = true
		u.watch()
	}
}

// stop ends all reading, and tells whether the next request can be read.
func (u *upload) stop() bool {
	_ = u.c.conn.SetReadDeadline(time.Unix(1, 0)) // a read that waits ends now
	u.mu.Lock()
	defer u.mu.Unlock()
	u.over = true
	if u.watching != nil {
		<-u.watching
	}
	return u.c.conn.SetReadDeadline(time.Time{}) == nil && u.whole
}

// A tee is the body of a request of HTTP/2.
type tee struct {
	mu    sync.Mutex // held while it is read, so that what is taken stays in order
	body  io.Reader
	taken *taken
	// trailer is that of the body, once it was read: it must not be asked for
	// before.
	trailer func() traffic.Header
}

func (t *tee) Read(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	n, err := t.body.Read(p)
	_, _ = t.taken.Write(p[:n])
	if err == io.EOF {
		t.taken.end(t.trailer())
	}
	return n, err
}

func isTimeout(err error) bool {
	var late interface{ Timeout() bool }
	return errors.As(err, &late) && late.Timeout()
}
