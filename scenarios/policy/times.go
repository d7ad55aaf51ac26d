package policy

import (
	"cmp"
	"slices"
	"time"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios"
)

// longest is how long an exchange may have taken; what says more is mistaken.
const longest = 24 * time.Hour

// A timeline knows when the exchanges of a flow happened, by the client's clock.
type timeline struct {
	flow  *traffic.Capture
	view  *scenarios.View
	start []time.Time // zero: unknown
	end   []time.Time
	order []int // entries as they began
}

func newTimeline(flow *traffic.Capture) *timeline {
	t := &timeline{
		flow: flow,
		view: &scenarios.View{Comparison: &diff.Comparison{OK: &traffic.Capture{}, Bad: flow}},
	}
	known := true
	for i, x := range flow.Exchanges {
		start, end := t.of(x)
		t.start, t.end, t.order = append(t.start, start), append(t.end, end), append(t.order, i)
		known = known && !start.IsZero()
	}
	if known { // proxies write entries down as they end
		slices.SortStableFunc(t.order, func(a, b int) int { return t.start[a].Compare(t.start[b]) })
	}
	return t
}

// of is when an exchange began and ended. Where the recorder has no clock, the
// Date of the answer has to do.
func (t *timeline) of(x *traffic.Exchange) (start, end time.Time) {
	if x.Recorded.Started.Known() {
		start = x.Recorded.Started.Time
		return start, start.Add(min(time.Duration(max(x.Recorded.Millis, 0)*float64(time.Millisecond)), longest))
	}
	if x.Response == nil || x.Response.Header.Get("date") == "" {
		return time.Time{}, time.Time{}
	}
	at, _, ok := t.view.ServerTime(scenarios.Bad, x)
	if !ok {
		return time.Time{}, time.Time{}
	}
	return at, at
}

// known tells whether all of the entries have a time.
func (t *timeline) known(entries ...int) bool {
	return !slices.ContainsFunc(entries, func(i int) bool { return t.start[i].IsZero() })
}

// after tells whether one exchange began when the other had ended. Without
// times, the order of the flow counts.
func (t *timeline) after(later, earlier int) bool {
	if !t.known(later, earlier) {
		return later > earlier
	}
	if c := t.start[later].Compare(t.end[earlier]); c != 0 {
		return c > 0
	}
	return later > earlier
}

// overlap tells whether both were under way at one time.
func (t *timeline) overlap(a, b int) bool {
	return t.known(a, b) && t.start[a].Before(t.end[b]) && t.start[b].Before(t.end[a])
}

// ahead is how far the server's clock is ahead at an exchange, and how sure
// that is.
func (t *timeline) ahead(entry int) (offset, slack time.Duration, ok bool) {
	at, slack, ok := t.view.ServerTime(scenarios.Bad, t.flow.Exchanges[entry])
	if !ok || t.start[entry].IsZero() {
		return 0, 0, false
	}
	middle := t.start[entry].Add(t.end[entry].Sub(t.start[entry]) / 2)
	return at.Sub(middle), slack, true
}

// gap is the time between the end of one exchange and the start of another; 0
// where it is not known.
func (t *timeline) gap(from, to int) time.Duration {
	if !t.known(from, to) {
		return 0
	}
	return max(0, t.start[to].Sub(t.end[from]))
}

// ascending sorts entries in place and leaves each once.
func ascending(entries []int) []int {
	slices.SortFunc(entries, cmp.Compare[int])
	return slices.Compact(entries)
}
