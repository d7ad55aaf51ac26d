package record

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
)

// A Keeper writes a tape to a file while it grows: when something is new, and
// so seldom that writing takes a small share of the time, however long the
// recording is.
type Keeper struct {
	Tape   *Tape
	Format traffic.Format // zero: HAR

	// Redactor masks what is written; nil: nothing is masked.
	Redactor *mask.Redactor

	// Save replaces the file by what write writes, or leaves it as it is where
	// that fails.
	Save func(write func(io.Writer) error) error

	Every  time.Duration    // 0: DefaultEvery
	Failed func(error)      // told when a save fails; the next one is tried. nil: nobody is
	Now    func() time.Time // nil: time.Now

	learnt  map[*traffic.Exchange]bool // whose secrets are known
	saved   int                        // changes of the tape that are in the file
	written int                        // exchanges in the file
	skipped int                        // exchanges that the format has no place for
}

// DefaultEvery is how long a keeper waits between two saves at least.
const DefaultEvery = 2 * time.Second

// share is how many times longer a keeper waits than the last save took.
const share = 9

// Run saves until the context ends. Call [Keeper.Keep] then, for the rest.
func (k *Keeper) Run(ctx context.Context) {
	now := k.Now
	if now == nil {
		now = time.Now
	}
	least := k.Every
	if least <= 0 {
		least = DefaultEvery
	}
	pause := least
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
		began := now()
		if err := k.Keep(); err != nil && k.Failed != nil {
			k.Failed(err)
		}
		pause = max(least, share*now().Sub(began))
	}
}

// Keep saves what is new; where nothing is, it does nothing.
func (k *Keeper) Keep() error {
	changed := k.Tape.changed()
	if changed == k.saved {
		return nil
	}
	c := k.Tape.Capture()
	if err := k.frame(c); err != nil {
		return err
	}
	c, k.skipped = replayable(c, k.format())
	err := k.Save(func(w io.Writer) error { return traffic.WriteEach(w, c, k.format(), k.redacted) })
	if err != nil {
		return err
	}
	k.saved, k.written = changed, len(c.Exchanges)
	return nil
}

// Written is how many exchanges are in the file, and how many of the tape's are
// not, for a cassette has no place for a request without an answer.
func (k *Keeper) Written() (written, skipped int) { return k.written, k.skipped }

func (k *Keeper) format() traffic.Format {
	if k.Format == "" {
		return traffic.HAR
	}
	return k.Format
}

// replayable leaves out of a cassette what had no answer.
func replayable(c *traffic.Capture, f traffic.Format) (_ *traffic.Capture, skipped int) {
	if f != traffic.CassetteV1 && f != traffic.CassetteV2 {
		return c, 0
	}
	kept := c.Exchanges[:0]
	for _, x := range c.Exchanges {
		if x.Response != nil && x.Response.Status != 0 {
			kept = append(kept, x)
		}
	}
	skipped = len(c.Exchanges) - len(kept)
	c.Exchanges = kept
	return c, skipped
}

// frame learns the secrets of what is new, before anything is written: what is
// one in one place is masked in all. And it masks what is around exchanges.
func (k *Keeper) frame(c *traffic.Capture) error {
	if k.Redactor == nil {
		return nil
	}
	fresh := *c
	fresh.Exchanges = nil
	learnt := make(map[*traffic.Exchange]bool, len(c.Exchanges)) // without those that moved on the tape
	for _, x := range c.Exchanges {
		if !k.learnt[x] {
			fresh.Exchanges = append(fresh.Exchanges, x)
		}
		if !x.Response.Unfinished() {
			learnt[x] = true
		}
	}
	k.Redactor.Learn(&fresh)
	k.learnt = learnt
	fresh.Exchanges = nil
	around, err := k.Redactor.Capture(&fresh)
	if err != nil {
		return err
	}
	c.Pages, c.Browser, c.Creator, c.Comment = around.Pages, around.Browser, around.Creator, around.Comment
	return nil
}

// redacted is an exchange as it is written. One whose body can't be looked into
// is written without it.
func (k *Keeper) redacted(x *traffic.Exchange) (*traffic.Exchange, error) {
	if k.Redactor == nil {
		return x, nil
	}
	out, err := k.Redactor.Exchange(x)
	if err == nil {
		return out, nil
	}
	bare := *x
	bare.Request.Body = traffic.Body{MediaType: x.Request.Body.MediaType}
	if x.Response != nil {
		response := *x.Response
		response.Body = traffic.Body{MediaType: response.Body.MediaType}
		bare.Response = &response
	}
	bare.Recorded.Comment = fmt.Sprintf("the bodies are left out, for they can't be redacted: %v", err)
	return k.Redactor.Exchange(&bare)
}
