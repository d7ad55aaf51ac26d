package browse

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/chromedp/cdproto"
	cdpbrowser "github.com/chromedp/cdproto/browser"

	"github.com/replaydiff/replay/diff/traffic"
)

// A Browser is an installed Chromium or Chrome that is going to be recorded.
// The zero value opens an empty page of the first browser found, with a
// profile of its own.
type Browser struct {
	URL string // the first page; "" is an empty one

	// Program is the browser to start: a path, or a name that is looked for on
	// PATH. "" looks for Chromium, Chrome, Edge and Brave, see [Find].
	Program string

	// Profile is the directory of a profile (--user-data-dir), which is kept.
	// "" is a fresh one, which is deleted afterwards. No other browser may use
	// the profile meanwhile.
	Profile string

	// Headless starts no window. Without a display there is none anyway, which
	// Notice is told.
	Headless bool

	// DangerouslyNoSandbox runs pages without the sandbox. As root, where it
	// can't run, Chromium goes without it in any case, which Notice is told.
	DangerouslyNoSandbox bool

	Args []string // further switches of the browser

	// MaxBody is the length in bytes from which a body is left out, with a
	// note. 0 means that of [traffic.DefaultLimits].
	MaxBody int64

	// What is told while recording, each optional, always from one goroutine.
	// They and the function given to Record must not call each other.
	Started func(traffic.Product) // the browser and its version, once
	Page    func(traffic.Page)    // a page begins to load; again with the same ID when its title is known
	Notice  func(string)          // what the user should know: a sentence in lower case
}

// ErrNoBrowser is returned where no browser is installed, or not the one that
// was named.
var ErrNoBrowser = errors.New("no browser found")

// Record starts the browser and gives add each exchange of it that is complete,
// until ctx ends or its last window is closed; both are a good end and return
// nil. Requests that have no answer by then are added last. Add is called from
// one goroutine and may block: the browser waits.
//
// An exchange is added when it ends, so that a quick one comes before a slow one that
// began before it; Recorded.Started has the true order.
func (b *Browser) Record(ctx context.Context, add func(*traffic.Exchange)) error {
	p, err := b.start(ctx)
	if err != nil {
		return err
	}
	defer p.close()
	w := &wire{conn: p.conn, waiting: map[int64]call{}}
	in := w.messages(p.alive)
	r := newRecorder(b, w, add)
	if err := r.greet(in); err != nil {
		return p.failure(err)
	}
	r.begin()
	r.record(ctx, in)
	r.drain(in)
	r.flush()
	w.call("", cdpbrowser.CommandClose, struct{}{}, nil)
	p.drop(in)
	return nil
}

// greet asks who it is. A browser that can't run goes before it answers.
func (r *recorder) greet(in <-chan *cdproto.Message) error {
	var product string
	answered := false
	r.wire.call("", cdpbrowser.CommandGetVersion, struct{}{}, func(result json.RawMessage, err error) {
		var v struct{ Product string }
		answered = err == nil && json.Unmarshal(result, &v) == nil
		product = v.Product
	})
	for !answered {
		select {
		case m, ok := <-in:
			if !ok {
				return errNoStart
			}
			r.handle(m)
		case <-time.After(startLimit):
			return errNoStart
		}
	}
	name, version, _ := strings.Cut(product, "/")
	if r.Started != nil {
		r.Started(traffic.Product{Name: strings.TrimPrefix(name, "Headless"), Version: version})
	}
	return nil
}

// How long a browser may take to start, and to give the last bodies.
const (
	startLimit = time.Minute
	drainLimit = 5 * time.Second
	tick       = 200 * time.Millisecond
)

// record runs until the context ends or the last window closes.
func (r *recorder) record(ctx context.Context, in <-chan *cdproto.Message) {
	clock := time.NewTicker(tick)
	defer clock.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case m, ok := <-in:
			if !ok {
				r.wire.broken = true
				return
			}
			r.handle(m)
			if r.empty() {
				return
			}
		case <-clock.C:
		}
		r.settle()
	}
}

// drain waits for the bodies and raw headers of what has ended.
func (r *recorder) drain(in <-chan *cdproto.Message) {
	clock := time.NewTicker(tick)
	defer clock.Stop()
	limit := time.After(drainLimit)
	for r.pending() && !r.wire.broken {
		select {
		case m, ok := <-in:
			if !ok {
				r.wire.broken = true
				return
			}
			r.handle(m)
		case <-clock.C:
		case <-limit:
			return
		}
		r.settle()
	}
}
