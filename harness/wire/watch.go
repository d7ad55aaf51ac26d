package wire

import (
	"context"
	"sync"
	"time"
)

// A watch ends what a connection waits for when the context of the current
// exchange ends. One context is mostly that of many exchanges, so it stays
// registered between them.
type watch struct {
	mu   sync.Mutex
	set  func(time.Time) error // deadline of what is watched
	busy bool
	done <-chan struct{} // of the registered context; nil: none
	stop func() bool
}

// begin starts an exchange that ends at the deadline, or with ctx.
func (w *watch) begin(ctx context.Context, deadline time.Time) error {
	w.register(ctx)
	if err := w.set(deadline); err != nil {
		return err
	}
	// A context that ended before busy was set did not reach the connection.
	return ctx.Err()
}

func (w *watch) register(ctx context.Context) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.busy = true
	done := ctx.Done()
	if done == w.done {
		return
	}
	if w.stop != nil {
		w.stop()
	}
	w.done, w.stop = done, nil
	if done != nil {
		w.stop = context.AfterFunc(ctx, func() { w.cancel(done) })
	}
}

func (w *watch) cancel(done <-chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.busy && w.done == done {
		w.set(longAgo())
	}
}

// end ends the exchange; its context has no say any more.
func (w *watch) end() {
	w.mu.Lock()
	w.busy = false
	w.mu.Unlock()
}

// release forgets the context, before the connection is closed.
func (w *watch) release() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stop != nil {
		w.stop()
	}
	w.done, w.stop = nil, nil
}

// longAgo is a deadline that ends reads and writes at once.
func longAgo() time.Time { return time.Unix(1, 0) }
