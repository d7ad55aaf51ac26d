package wire

import (
	"bufio"
	"bytes"
	"fmt"
	"math"
	"net"
	"sync"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// A conn2 is a connection that speaks HTTP/2 (RFC 9113). Many exchanges share
// it. The frames and their header compression are golang.org/x/net's; the
// streams are kept here, for a request must keep the order of its fields, an
// answer that of its own, and a refused stream must be told from a lost one.
//
// Two locks: writing holds the order of frames and the compression state, mu
// all that the reader changes. mu may be taken while writing is held.
type conn2 struct {
	net.Conn
	ip    string
	now   func() time.Time
	limit int64 // bytes of a body

	writing sync.Mutex
	watch   watch // of writing
	buffer  *bufio.Writer
	framer  *http2.Framer
	block   bytes.Buffer
	encoder *hpack.Encoder

	mu         sync.Mutex
	used       bool
	streams    map[uint32]*stream
	reserved   int
	next       uint32 // stream
	concurrent int    // streams that the server allows
	window     int64  // bytes that may be sent on the connection
	initial    int64  // bytes that may be sent on a new stream
	frame      int    // bytes of a frame that the server takes
	over       error  // why no stream may begin any more; nil: they may
	dead       bool

	unread int64 // bytes of the server's window that were used up; the reader's own
}

// Bounds of what the server may send (RFC 9113 section 6.9). A stream's window
// is that of the longest body, so it never needs an update.
const (
	connectionWindow = 1 << 30
	maxWindow        = math.MaxInt32
	defaultWindow    = 65535
	defaultFrame     = 16 << 10
	presumedStreams  = 100 // before the server's SETTINGS (RFC 9113 section 6.5.2)
)

// newConn2 starts a connection, with a stream reserved for whom it was made.
func newConn2(d *dialled, c *Client) *conn2 {
	w := &conn2{
		Conn:       d.Conn,
		ip:         d.ip,
		now:        c.now,
		limit:      min(c.maxBody(), maxWindow-defaultWindow),
		buffer:     bufio.NewWriterSize(d.Conn, 32<<10),
		streams:    make(map[uint32]*stream),
		reserved:   1,
		next:       1,
		concurrent: presumedStreams,
		window:     defaultWindow,
		initial:    defaultWindow,
		frame:      defaultFrame,
	}
	w.framer = http2.NewFramer(w.buffer, bufio.NewReaderSize(d.Conn, 32<<10))
	w.framer.SetReuseFrames()
	w.framer.SetMaxReadFrameSize(defaultFrame)
	w.framer.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	w.framer.MaxHeaderListSize = uint32(min(c.maxHeader(), math.MaxUint32))
	w.encoder = hpack.NewEncoder(&w.block)
	w.watch.set = d.SetWriteDeadline
	w.greet()
	go w.readFrames()
	return w
}

// greet writes the preface (RFC 9113 section 3.4), which leaves with the first
// request.
func (w *conn2) greet() {
	w.buffer.WriteString(http2.ClientPreface)
	w.framer.WriteSettings(
		http2.Setting{ID: http2.SettingEnablePush, Val: 0},
		http2.Setting{ID: http2.SettingInitialWindowSize, Val: uint32(w.limit + defaultWindow)},
		http2.Setting{ID: http2.SettingMaxHeaderListSize, Val: w.framer.MaxHeaderListSize},
	)
	w.framer.WriteWindowUpdate(0, connectionWindow-defaultWindow)
}

// reserve takes one of the streams that the server allows.
func (w *conn2) reserve() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.over != nil || len(w.streams)+w.reserved >= w.concurrent || w.next > math.MaxInt32 {
		return false
	}
	w.reserved++
	return true
}

// isOver tells that no stream will ever begin here again.
func (w *conn2) isOver() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.over != nil || w.next > math.MaxInt32
}

// retire lets no new stream begin, and closes the connection with the last.
func (w *conn2) retire() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.over == nil {
		w.over = errStale
	}
	w.closeIfDone()
}

func (w *conn2) closeIfDone() {
	if w.over != nil && len(w.streams) == 0 && w.reserved == 0 {
		go w.close()
	}
}

// fail ends the connection and all that is on it.
func (w *conn2) fail(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.dead {
		return
	}
	w.dead = true
	if w.over == nil {
		w.over = err
	}
	for _, s := range w.streams {
		w.finish(s, err)
	}
	go w.close()
}

// close waits for TLS to say goodbye, which is not for those who hold mu.
func (w *conn2) close() {
	w.watch.release()
	w.Close()
}

// open begins a stream for a reservation.
func (w *conn2) open(headers int64) (*stream, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.reserved--
	if w.over != nil {
		w.closeIfDone()
		return nil, fmt.Errorf("%w: %w", errUnprocessed, w.over)
	}
	s := &stream{
		id: w.next, reused: w.used, window: w.initial, headers: headers, length: -1,
		done: make(chan struct{}), wake: make(chan struct{}, 1),
	}
	w.used = true
	w.next += 2
	w.streams[s.id] = s
	return s, nil
}

// finish ends a stream; mu is held.
func (w *conn2) finish(s *stream, err error) {
	if w.streams[s.id] != s {
		return
	}
	delete(w.streams, s.id)
	s.err = err
	close(s.done)
	w.closeIfDone()
}

// take waits for the right to send up to want bytes of a body. 0 means that
// the stream is over.
func (w *conn2) take(s *stream, want int, stop <-chan struct{}) int {
	for {
		w.mu.Lock()
		if w.streams[s.id] != s {
			w.mu.Unlock()
			return 0
		}
		n := min(int64(want), s.window, w.window, int64(w.frame))
		if n > 0 {
			s.window -= n
			w.window -= n
			w.mu.Unlock()
			return int(n)
		}
		w.mu.Unlock()
		select {
		case <-s.wake:
		case <-s.done:
			return 0
		case <-stop:
			return 0
		}
	}
}
