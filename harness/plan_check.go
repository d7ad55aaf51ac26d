package harness

import (
	"errors"
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/credential"
	"github.com/replaydiff/replay/harness/wire"
	"github.com/replaydiff/replay/scenarios"
)

// maxMistakes bounds how many entries with mistakes of one kind are named.
const maxMistakes = 20

// sendable refuses what can't be written as a request: CR, LF or NUL in a
// field, a method that is none. All entries are looked at before anything is
// dialled.
func (p *Plan) sendable() error {
	var wrong mistakes
	left := 0
	for i := range p.Steps {
		s := &p.Steps[i]
		if s.Skipped != "" {
			continue
		}
		x := p.Capture.Exchanges[i]
		bare := traffic.Request{Method: x.Request.Method, URL: s.URL, Header: x.Request.Header}
		_, err := wire.RequestOf(&bare, 0)
		if err == nil {
			continue
		}
		if len(wrong) >= maxMistakes {
			left++
			continue
		}
		wrong.add("%s: %s", p.where(i), unsendable(err))
	}
	if left > 0 {
		wrong.add("%d more entries can't be sent either", left)
	}
	return wrong.err()
}

// unsendable is the text of an error without the address, which is that of
// every entry.
func unsendable(err error) string {
	var e *wire.Error
	if errors.As(err, &e) {
		return e.Text
	}
	return err.Error()
}

// preflights finds the recorded preflights that a request of the plan
// takes over: they are asked anew right before it.
func (p *Plan) preflights() {
	p.order = map[int][]int{}
	for i := range p.Steps {
		s := &p.Steps[i]
		x := p.Capture.Exchanges[i]
		if s.Skipped != "" || diff.IsPreflight(x) {
			continue
		}
		cross, known := scenarios.CrossOriginOf(p.Capture, x)
		if !known || cross.Preflight == nil {
			continue
		}
		if f := &p.Steps[cross.Preflight.Index]; f.Skipped == "" && f.Announces < 0 && f.Entry != i {
			f.Announces = i
			p.order[i] = append(p.order[i], f.Entry)
		}
	}
}

// credentials refuses a capture that lost its credentials where none are given
// in their place.
func (p *Plan) credentials() error {
	if p.options.Keeper != nil {
		return nil
	}
	redacted := credential.Redacted(p.Capture)
	p.doubt = redacted.Doubt
	redacted.List = slices.DeleteFunc(redacted.List, func(r credential.Redaction) bool {
		return p.Steps[r.Entry].Skipped != "" || p.isSet(r.Path)
	})
	if p.isSet("request.header.authorization") || redacted.Stripped != "" && p.Steps[redacted.Entry].Skipped != "" {
		redacted.Stripped = ""
	}
	if redacted.None() {
		return nil
	}
	return redacted.Refusal(p.Capture)
}

// isSet tells whether the user gives a value for a place.
func (p *Plan) isSet(path string) bool {
	return slices.ContainsFunc(p.options.Set, func(set Setting) bool {
		return strings.EqualFold(path, "request."+set.Part+"."+set.Name)
	})
}
