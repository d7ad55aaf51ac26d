package wire

import (
	"bufio"
	"net"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
)

// idleFor is how long a connection is kept idle unless its server says less.
// Most servers keep one longer; a request that meets the end of it is lost,
// for it may not be sent twice.
const idleFor = 30 * time.Second

// A conn is a connection that speaks HTTP/1.1.
type conn struct {
	net.Conn
	below  *meter // the connection below TLS; nil without TLS
	reader *bufio.Reader
	out    []byte // the request as it is written, kept for its memory
	ip     string

	used  bool
	until time.Time // idle no longer than this
	keep  time.Duration

	stale staleCheck
	watch watch
}

func newConn(d *dialled) *conn {
	w := &conn{Conn: d.Conn, ip: d.ip, keep: idleFor}
	w.reader = bufio.NewReaderSize(d.Conn, 16<<10)
	w.watch.set = d.SetDeadline
	if d.meter != nil {
		w.below = d.meter
		w.stale.of(d.meter.Conn)
	} else {
		w.stale.of(d.Conn)
	}
	return w
}

// write writes and tells whether a byte of it may have left.
func (w *conn) write(b []byte) (sent bool, err error) {
	if w.below == nil {
		n, err := w.Write(b)
		return n > 0 || err == nil, err
	}
	before := w.below.written.Load()
	_, err = w.Write(b)
	return w.below.written.Load() > before || err == nil, err
}

func (w *conn) close() {
	w.watch.release()
	w.Close()
}

// rest makes the connection idle.
func (w *conn) rest(h traffic.Header) {
	w.used = true
	if seconds, ok := keepAlive(h); ok {
		// One second is for the way back of the server's close.
		w.keep = min(idleFor, max(0, seconds-time.Second))
	}
	w.until = time.Now().Add(w.keep)
}

// keepAlive returns the timeout that the server names: "timeout=5, max=100".
func keepAlive(h traffic.Header) (time.Duration, bool) {
	for _, f := range h.All("Keep-Alive") {
		for option := range strings.SplitSeq(f.Value, ",") {
			name, value, _ := strings.Cut(trimSpace(option), "=")
			if n, err := strconv.Atoi(value); err == nil && n >= 0 && n < 1<<20 && strings.EqualFold(name, "timeout") {
				return time.Duration(n) * time.Second, true
			}
		}
	}
	return 0, false
}

// A meter counts what is written below TLS, where an error does not tell.
type meter struct {
	net.Conn
	written atomic.Int64
}

func (m *meter) Write(b []byte) (int, error) {
	n, err := m.Conn.Write(b)
	m.written.Add(int64(n))
	return n, err
}
