package scenarios

import (
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
)

// A View is what detectors look at: a comparison, its decisive pair, and the
// facts drawn from both captures. Facts are drawn when they are first asked
// for. A View belongs to one goroutine.
type View struct {
	*diff.Comparison

	// Decisive is the index into Pairs of the pair that is explained, -1 where
	// the failing exchange has no counterpart or there is one capture alone.
	Decisive int

	// Good is the exchange that worked, nil where there is none; Failed the
	// one that fails, never nil.
	Good, Failed *traffic.Exchange

	// Changes are those of the decisive pair, noise included.
	Changes []diff.Change

	facts facts
}

// Change returns the first change of that side and part; name "" is any.
func (v *View) Change(side diff.Side, part diff.Part, name string) (diff.Change, bool) {
	for _, c := range v.Changes {
		if c.Side == side && c.Part == part && (name == "" || strings.EqualFold(c.Name, name)) {
			return c, true
		}
	}
	return diff.Change{}, false
}

// Matter returns the changes of the failing request that are no noise.
func (v *View) Matter() []diff.Change {
	var list []diff.Change
	for _, c := range v.Changes {
		if c.Side == diff.Request && c.Noise == "" {
			list = append(list, c)
		}
	}
	return list
}

// Works tells whether an exchange ended as its client wanted.
func Works(x *traffic.Exchange) bool {
	return x.Response != nil && !diff.OutcomeOf(x).Failed()
}

// changed makes evidence of a change in the decisive pair.
func (v *View) changed(s Strength, c diff.Change, note string) Evidence {
	source := FromRequest
	if c.Side == diff.Response {
		source = FromStatus
	}
	return Evidence{Strength: s, Source: source, Side: Bad, Entry: v.Failed.Index, At: c.Edit, Note: note}
}

// observed makes evidence of something seen in the failing exchange.
func (v *View) observed(s Strength, source Source, at diff.Edit, note string) Evidence {
	return Evidence{Strength: s, Source: source, Side: Bad, Entry: v.Failed.Index, At: at, Note: note}
}

// seen is a value at a place, for Evidence.At.
func seen(side diff.Side, part diff.Part, name, value string) diff.Edit {
	e := diff.Edit{Side: side, Part: part, Name: name}
	e.Op, e.New = diff.Add, value
	return e
}

// against makes counter-evidence or a veto.
func (v *View) against(s Strength, source Source, note string) Evidence {
	return Evidence{Strength: s, Source: source, Side: Bad, Entry: v.Failed.Index, Note: note}
}
