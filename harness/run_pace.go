package harness

import (
	"cmp"
	"slices"
	"time"

	"github.com/replaydiff/replay/diff/traffic/mask"
)

// timeline says when each entry is due: as recorded, so many times as fast,
// with gaps in which nothing was sent at all cut to maxGap. Entries without a
// time are due with the one before.
func (p *Plan) timeline(pace float64, maxGap time.Duration) []time.Duration {
	due := make([]time.Duration, len(p.Steps))
	var order []int
	for i := range p.Steps {
		if p.Steps[i].Skipped == "" {
			order = append(order, i)
		}
	}
	started := func(i int) time.Time { return p.Capture.Exchanges[i].Recorded.Started.Time }
	slices.SortStableFunc(order, func(a, b int) int {
		if started(a).IsZero() || started(b).IsZero() {
			return 0
		}
		return started(a).Compare(started(b))
	})
	var at time.Duration
	var last time.Time
	for _, i := range order {
		if now := started(i); !now.IsZero() {
			if !last.IsZero() {
				at += min(max(0, now.Sub(last)), maxGap)
			}
			last = now
		}
		due[i] = time.Duration(float64(at) / pace)
	}
	return due
}

func (r *Runner) concurrency() int {
	if r.Concurrency <= 0 {
		return DefaultConcurrency
	}
	return r.Concurrency
}

func (r *Runner) memory() int64 { return cmp.Or(r.Memory, DefaultMemory) }

func (r *Runner) maxGap() time.Duration { return cmp.Or(r.MaxGap, DefaultMaxGap) }

func (r *Runner) clock() time.Time {
	if r.Now == nil {
		return time.Now()
	}
	return r.Now()
}

func (r *Runner) masker() *mask.Masker {
	if r.Masker == nil {
		return &mask.Masker{}
	}
	return r.Masker
}
