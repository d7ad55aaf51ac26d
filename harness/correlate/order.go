package correlate

import (
	"cmp"
	"slices"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
)

// A moment is when an exchange happened. Recorders write in order of
// completion, so the order of the file is not that of what was known when.
type moment struct {
	sent     int64 // nanoseconds
	answered int64 // the first byte of the answer
}

// moments are those of all exchanges. A capture with an exchange of which the
// time is unknown has the order of the file.
func moments(c *traffic.Capture) []moment {
	all := make([]moment, len(c.Exchanges))
	clock := int64(time.Second) // the finest step of the recorder's clock
	if !hasClock(c) {
		for i := range all {
			all[i] = moment{int64(2 * i), int64(2*i + 1)}
		}
		return all
	}
	for i, x := range c.Exchanges {
		r := &x.Recorded
		start := r.Started.Time.UnixNano()
		if start%int64(time.Second) != 0 {
			clock = int64(time.Millisecond)
		}
		all[i] = moment{start, start + int64(untilAnswered(r)*float64(time.Millisecond))}
	}
	// Within a step of the clock an answer may seem to come after what used it.
	for i := range all {
		all[i].answered = max(all[i].sent, all[i].answered-clock)
	}
	return all
}

// hasClock tells whether a capture says when each exchange was, and not the
// same of all.
func hasClock(c *traffic.Capture) bool {
	different := len(c.Exchanges) < 2
	for _, x := range c.Exchanges {
		if !x.Recorded.Started.Known() {
			return false
		}
		different = different || !x.Recorded.Started.Time.Equal(c.Exchanges[0].Recorded.Started.Time)
	}
	return different
}

// precedes tells whether the answer to a was known when b was sent.
func precedes(all []moment, a, b int) bool {
	if all[a].sent > all[b].sent || all[a].sent == all[b].sent && a >= b {
		return false
	}
	return all[a].answered <= all[b].sent
}

// untilAnswered is how many milliseconds went by until the first byte of the
// answer: a browser uses a page while it is still being received.
func untilAnswered(r *traffic.Recorded) float64 {
	if r.Millis <= 0 {
		return 0
	}
	if r.Timings.Wait >= 0 && r.Timings.Receive > 0 && r.Timings.Receive <= r.Millis {
		return r.Millis - r.Timings.Receive
	}
	return r.Millis
}

// inOrder are the indices of the exchanges in the order they were sent in.
func inOrder(all []moment) []int {
	order := make([]int, len(all))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(all[a].sent, all[b].sent) })
	return order
}
