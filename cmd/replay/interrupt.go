package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"
)

// interruptible is a context that ends with Ctrl-C. A second Ctrl-C ends the
// program at once.
func interruptible(ctx context.Context) (context.Context, context.CancelFunc) {
	return (&endFlag{}).until(ctx)
}

// endFlag says when a command ends that goes on until somebody ends it.
type endFlag struct{ during time.Duration }

func (f *endFlag) add(cmd *cobra.Command) {
	cmd.Flags().DurationVar(&f.during, "for", 0, "end after so long; 0: with Ctrl-C")
}

func (f *endFlag) check() error { return notNegative("for", f.during) }

// until is a context that ends with Ctrl-C, or after the time of --for.
func (f *endFlag) until(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, begin, stop := f.onceBegun(ctx)
	begin()
	return ctx, stop
}

// onceBegun is until, for what takes a while to start: the time of --for counts
// from begin on, which is called once.
func (f *endFlag) onceBegun(ctx context.Context) (_ context.Context, begin func(), _ context.CancelFunc) {
	ctx, unhook := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	ctx, cancel := context.WithCancel(ctx)
	context.AfterFunc(ctx, unhook) // Ctrl-C from then on ends the program at once
	begin = func() {
		if f.during > 0 {
			time.AfterFunc(f.during, cancel)
		}
	}
	return ctx, begin, func() { cancel(); unhook() }
}

func notNegative(flag string, d time.Duration) error {
	if d < 0 {
		return fmt.Errorf("--%s %s: it can't be negative", flag, d)
	}
	return nil
}
