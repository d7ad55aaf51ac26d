package credential

import (
	"context"
	"errors"
	"time"
)

// A flight is one fetch that any number of workers wait for.
type flight struct {
	done    chan struct{}
	err     error
	waiters int
	cancel  context.CancelFunc
}

// fetch gets another credential, once for all who ask at the same time. It is
// called with k.mu held, and gives it up while it waits.
//
// The fetch does not end with the context of the worker that began it, which
// may be the deadline of one request, but when nobody waits for it any more.
func (k *Keeper) fetch(ctx context.Context, refused bool) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		f := k.flight
		if f == nil {
			if err := k.givenUp(); err != nil {
				return err
			}
			f = k.begin(ctx, refused)
		}
		if f.waiters == 0 {
			// Its last waiter left, so it was cancelled: wait until it is over.
			if err := k.await(ctx, f); err != nil {
				return err
			}
			continue
		}
		f.waiters++
		err := k.await(ctx, f)
		f.waiters--
		if f.waiters == 1 { // the one that stands for the flight itself
			f.waiters = 0
			f.cancel()
		}
		if err != nil {
			return err
		}
		return f.err
	}
}

// await waits for a flight without holding k.mu.
func (k *Keeper) await(ctx context.Context, f *flight) error {
	k.mu.Unlock()
	defer k.mu.Lock()
	select {
	case <-f.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// begin starts a flight.
func (k *Keeper) begin(ctx context.Context, refused bool) *flight {
	timeout := k.Timeout
	if timeout <= 0 {
		timeout = defaultTimeout
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), timeout)
	f := &flight{done: make(chan struct{}), waiters: 1, cancel: cancel}
	k.flight = f
	go func() {
		c, err := k.Source.Fetch(ctx)
		k.mu.Lock()
		defer k.mu.Unlock()
		defer close(f.done)
		defer cancel()
		k.flight = nil
		switch {
		case err == nil && c.Empty():
			err = errors.New("the source gave no credential")
			k.failed(err)
		case err == nil:
			k.store(c, refused)
		case f.waiters == 0 && errors.Is(err, context.Canceled):
			// Nobody wanted it any more: no failure of the source.
		case ctx.Err() != nil && errors.Is(err, ctx.Err()):
			err = timedOut(timeout)
			k.failed(err)
		default:
			k.failed(err)
		}
		f.err = err
	}()
	return f
}

func timedOut(after time.Duration) error {
	return errors.New("no credential was given within " + after.String())
}
