package harness

import (
	"context"
	"fmt"
	"slices"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/wire"
)

// A Trial is one playing of a single entry of a capture, with what it needs
// before it and by a client of its own, in which requests are changed.
type Trial struct {
	Entry int

	// Edit changes a request that is ready to be sent: in terms of the
	// recording, with today's cookies, credentials and carried-on values. It
	// returns the request it was given where it changes nothing, and never
	// changes that one itself. Nil: nothing is changed.
	Edit func(entry int, asked *traffic.Request) (*traffic.Request, error)

	// Drop are entries before it that are left out.
	Drop []int
}

// A Tried is what a trial came to.
type Tried struct {
	// Exchange is the entry as it was asked and answered, in terms of the
	// recording. Without a response there was no answer; Lost says why.
	Exchange *traffic.Exchange
	Lost     string

	Before   []int            // the entries that were sent before it
	Flow     *traffic.Capture // the capture, with what was asked and answered in the place of what was recorded
	Requests int              // that were sent, preflights included
}

// Try plays an entry. The plan must have been made for all of its capture. An
// error means that the entry was not sent.
func (r *Runner) Try(ctx context.Context, p *Plan, t Trial) (*Tried, error) {
	s := r.stage(p)
	defer s.close()
	return s.try(ctx, t)
}

// Leading are the entries that a trial of one sends before it, in their order.
func (p *Plan) Leading(entry int) ([]int, error) {
	if err := p.holds(entry); err != nil {
		return nil, err
	}
	if p.Steps[entry].Session < 0 {
		return nil, fmt.Errorf("%s is not sent: %s", p.where(entry), p.text(&p.Steps[entry]))
	}
	return p.leadingTo(entry), nil
}

func (p *Plan) holds(entry int) error {
	if entry < 0 || entry >= len(p.Steps) {
		return fmt.Errorf("%s has no entry %d", p.Capture.File, entry)
	}
	return nil
}

// A stage is where trials of one plan are played, with one client.
type stage struct {
	base   *run
	client *wire.Client
	close  func()
}

func (r *Runner) stage(p *Plan) *stage {
	client := r.clientFor(p)
	return &stage{base: r.begin(p, client), client: client, close: func() { r.release(client) }}
}

func (s *stage) try(ctx context.Context, t Trial) (*Tried, error) {
	if err := s.base.plan.holds(t.Entry); err != nil {
		return nil, err
	}
	p, err := s.base.play(t.Entry)
	if err != nil {
		return nil, err
	}
	p.alter.request = t.Edit
	done := &Tried{}
	for _, i := range p.before {
		if slices.Contains(t.Drop, i) {
			continue
		}
		if _, err := p.to(ctx, i); err != nil {
			return nil, err
		}
		done.Before = append(done.Before, i)
	}
	if done.Exchange, err = p.to(ctx, t.Entry); err != nil {
		return nil, err
	}
	done.Lost, done.Flow, done.Requests = p.run.errors[t.Entry], p.flow(), p.requests()
	return done, nil
}
