package harness

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/credential"
	"github.com/replaydiff/replay/harness/results"
)

// maxLost is how often connecting may fail before the first answer, until the
// run ends: a server that is not there is not asked a thousand times.
const maxLost = 3

// errStopped ends a session when the run ended.
var errStopped = errors.New("the run has ended")

// ended tells whether nothing more is to be sent.
func (o *run) ended(ctx context.Context) bool { return ctx.Err() != nil || o.stop.Load() != nil }

// halt ends the run; the first reason counts.
func (o *run) halt(reason results.StopReason, text string) {
	o.stop.CompareAndSwap(nil, &results.Stop{Reason: reason, Text: text})
}

func (o *run) stopped() *results.Stop { return o.stop.Load() }

// unreachable ends the run where nothing was ever answered.
func (o *run) unreachable(err error) {
	if o.reached.Load() || !atDial(err) {
		return
	}
	o.lastLost.Store(&err)
	if o.lost.Add(1) >= maxLost {
		o.halt(results.Network, networkText(err))
	}
}

func networkText(err error) string {
	return fmt.Sprintf("nothing was answered, so no more was sent: %s", err)
}

// stopFor ends the run for want of a credential.
func (o *run) stopFor(ctx context.Context, err error) error {
	if isCut(ctx, err) {
		return err
	}
	o.halt(results.Refusals, fmt.Sprintf("no credential to send with: %s", err))
	return errStopped
}

// hammering ends the run where what worked is refused again and again.
func (o *run) hammering(x, live *traffic.Exchange) {
	recorded := 0
	if x.Response != nil {
		recorded = x.Response.Status
	}
	carried := len(identities(live)) > 0 || o.plan.options.Keeper != nil
	err := o.guard.Saw(credential.Answer{Entry: x.Index, Recorded: recorded, Live: live.Response.Status, Carried: carried})
	if err == nil {
		return
	}
	text := err.Error()
	if o.judge != nil {
		text += o.judge.why(x, live)
	}
	o.halt(results.Refusals, text)
}

// conclude says why a run ended that did not reach its end.
func (o *run) conclude(ctx context.Context) {
	if ctx.Err() != nil {
		o.halt(results.Interrupted, "interrupted: this is the report of what was done until then")
	}
	if err := o.lastLost.Load(); err != nil && !o.reached.Load() {
		o.halt(results.Network, networkText(*err))
	}
}

// pause waits until an entry is due at the recorded pace.
func (o *run) pause(ctx context.Context, entry int) error {
	if o.due == nil {
		return nil
	}
	left := o.due[entry] - o.now().Sub(o.started)
	if left <= 0 {
		return nil
	}
	timer := time.NewTimer(left)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
