package scenarios

import (
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
)

// flowFacts are what was asked about the histories of values so far, and the
// bodies that were read for it.
type flowFacts struct {
	sides map[Side]*flowSide
}

// An Issue is the response that handed out a value.
type Issue struct {
	Side  Side
	Entry int
	At    diff.Edit
}

// minTraced is the length from which a value is followed: shorter ones occur by
// chance.
const minTraced = 8

// IssuedBy finds the last response before an entry that handed out the value:
// in Set-Cookie, a JSON or form field, a header, a redirect, an HTML form. Values
// shorter than 8 bytes are not followed, and bodies above 64 KiB not searched.
func (v *View) IssuedBy(side Side, before int, value string) (Issue, bool) {
	issue, ok := lastBefore(v.flowSide(side).issues(value), before)
	issue.Side = side
	return issue, ok
}

// A Trace follows values of one capture back to what handed them out, as
// [View.IssuedBy] does. It belongs to one goroutine.
type Trace struct{ side *flowSide }

// NewTrace begins with a capture that will not change.
func NewTrace(c *traffic.Capture) *Trace { return &Trace{newFlowSide(c)} }

// IssuedBy is [View.IssuedBy] for the one capture; Side of the issue is "".
func (t *Trace) IssuedBy(before int, value string) (Issue, bool) {
	return lastBefore(t.side.issues(value), before)
}

func lastBefore(issues []Issue, entry int) (Issue, bool) {
	for i := len(issues) - 1; i >= 0; i-- {
		if issues[i].Entry < entry {
			return issues[i], true
		}
	}
	return Issue{}, false
}

// UsedBefore returns the entries before one whose requests carried the value.
func (v *View) UsedBefore(side Side, before int, value string) []int {
	uses := v.flowSide(side).uses(value)
	for i, entry := range uses {
		if entry >= before {
			return uses[:i:i]
		}
	}
	return uses
}

func (v *View) flowSide(side Side) *flowSide {
	if v.facts.flow == nil {
		v.facts.flow = &flowFacts{sides: map[Side]*flowSide{}}
	}
	s := v.facts.flow.sides[side]
	if s == nil {
		s = newFlowSide(v.capture(side))
		v.facts.flow.sides[side] = s
	}
	return s
}

// A flowSide answers questions about one capture. Bodies are read once, those
// that are likely to hand something out first, up to a budget; a question then
// is a search for a word in text that is in memory.
type flowSide struct {
	capture  *traffic.Capture
	answers  []heldBody // of responses, by entry
	requests []heldBody
	read     bool
	issuesOf map[string][]Issue // ascending entries
	usesOf   map[string][]int
}

func newFlowSide(c *traffic.Capture) *flowSide {
	return &flowSide{capture: c, issuesOf: map[string][]Issue{}, usesOf: map[string][]int{}}
}

func (s *flowSide) issues(value string) []Issue {
	if len(value) < minTraced {
		return nil
	}
	found, known := s.issuesOf[value]
	if known {
		return found
	}
	s.load()
	needle := plainest(value)
	next := 0 // among the bodies
	for _, x := range s.capture.Exchanges {
		if x.Response == nil {
			continue
		}
		at, ok := issuedInHeader(x.Response, value)
		for next < len(s.answers) && s.answers[next].entry < x.Index {
			next++
		}
		if !ok && next < len(s.answers) && s.answers[next].entry == x.Index && strings.Contains(s.answers[next].text, needle) {
			at, ok = issuedInBody(x.Response, s.answers[next].text, value)
		}
		if ok {
			found = append(found, Issue{Entry: x.Index, At: at})
		}
	}
	s.issuesOf[value] = found
	return found
}

func (s *flowSide) uses(value string) []int {
	if len(value) < minTraced {
		return nil
	}
	found, known := s.usesOf[value]
	if known {
		return found
	}
	s.load()
	escaped := newSpelling(value)
	next := 0
	for _, x := range s.capture.Exchanges {
		for next < len(s.requests) && s.requests[next].entry < x.Index {
			next++
		}
		used := carries(&x.Request, escaped)
		if !used && next < len(s.requests) && s.requests[next].entry == x.Index {
			used = escaped.in(s.requests[next].text)
		}
		if used {
			found = append(found, x.Index)
		}
	}
	s.usesOf[value] = found
	return found
}

func carries(r *traffic.Request, value spelling) bool {
	for _, f := range r.Header {
		if value.in(f.Value) {
			return true
		}
	}
	for _, c := range r.Cookies {
		if value.in(c.Value) {
			return true
		}
	}
	for _, p := range r.Body.Params {
		if value.in(p.Value) {
			return true
		}
	}
	return value.in(r.URL)
}
