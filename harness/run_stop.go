package harness

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/credential"
	"github.com/replaydiff/replay/harness/results"
)

// maxLost is how often connecting may fail before the first answer, until the
// run ends: a server that is not there is not asked a thousand times. One that
// went away gets some time to restart.
const (
	maxLost      = 3
	maxLostLater = 30
)

// errStopped ends a session when the run ended.
var errStopped = errors.New("the run has ended")

// ended tells whether nothing more is to be sent.
func (o *run) ended(ctx context.Context) bool { return ctx.Err() != nil || o.stop.Load() != nil }

// halt ends the run; the first reason counts.
func (o *run) halt(reason results.StopReason, text string) {
	o.stop.CompareAndSwap(nil, &results.Stop{Reason: reason, Text: text})
}

func (o *run) stopped() *results.Stop { return o.stop.Load() }

// unreachable ends the run where connecting fails again and again.
func (o *run) unreachable(err error) {
	if !atDial(err) {
		return
	}
	lost := o.lost.Add(1)
	switch {
	case o.reached.Load() && lost >= maxLostLater:
		o.halt(results.Network, fmt.Sprintf("the target went away, so no more was sent: %s", err))
	case o.reached.Load():
	default:
		o.lastLost.Store(&err)
		if lost >= maxLost {
			o.halt(results.Network, o.networkText(err))
		}
	}
}

func (o *run) networkText(err error) string {
	by := ""
	if o.role != "" {
		by = " by the target " + o.role
	}
	return fmt.Sprintf("nothing was answered%s, so no more was sent: %s", by, err)
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
	if live.Response.Status != 401 && o.guard.Calm() {
		return
	}
	recorded := 0
	if x.Response != nil {
		recorded = x.Response.Status
	}
	carried := len(identities(live)) > 0 || o.keeper != nil
	err := o.guard.Saw(credential.Answer{Entry: x.Index, Recorded: recorded, Live: live.Response.Status, Carried: carried})
	if err == nil {
		return
	}
	text := err.Error()
	switch {
	case o.judge != nil:
		text += o.judge.why(x, live)
	case o.acceptedElsewhere(o.guard.Entries()):
		text = fmt.Sprintf("%s: the last %d answers are 401 after and were not before, from entry %d on; the same credentials were good there, so what refuses them is between the two targets",
			credential.ErrHammering, len(o.guard.Entries()), slices.Min(o.guard.Entries()))
	}
	o.halt(results.Refusals, text)
}

// acceptedElsewhere tells whether the other target let all of these in.
func (o *run) acceptedElsewhere(entries []int) bool {
	return o.was != nil && !slices.ContainsFunc(entries, func(i int) bool {
		return o.was[i] == nil || o.was[i].Response == nil || o.was[i].Response.Status == 401
	})
}

// conclude says why a run ended that did not reach its end.
func (o *run) conclude(ctx context.Context) {
	if ctx.Err() != nil {
		o.halt(results.Interrupted, interruptedText(o.cut.Load()))
	}
	if err := o.lastLost.Load(); err != nil && !o.reached.Load() {
		o.halt(results.Network, o.networkText(*err))
	}
}

// interruptedText does not leave out what was cut off: its answer is unknown,
// not whether it was carried out.
func interruptedText(cut int64) string {
	const text = "interrupted: this is the report of what was done until then"
	switch cut {
	case 0:
		return text
	case 1:
		return text + "; the request that was under way may have arrived"
	}
	return fmt.Sprintf("%s; the %d requests that were under way may have arrived", text, cut)
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
	return pause(ctx, left)
}
