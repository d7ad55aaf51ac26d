package trail

import (
	"slices"
	"time"
)

// A skew is how far the clock of a log is ahead of where exchanges are
// expected.
type skew struct {
	by    time.Duration
	from  SkewFrom
	votes int
}

// agree is within which joins of one clock lie: logs have seconds, and note the
// begin of a request or its end.
const agree = 2 * time.Second

// settleSkew estimates the skew from the lines that were joined by id, else
// from requests that are in the log once and in the capture once.
func (c *collector) settleSkew() skew {
	if len(c.votes) > 0 {
		by, votes := c.densest(c.votes)
		return skew{by, SkewByID, votes}
	}
	votes := c.uniqueVotes()
	by, most := c.densest(votes)
	switch {
	case most >= 2 && 2*most >= len(votes), most == 1 && len(votes) == 1 && by.Abs() <= nearEnough:
		return skew{by, SkewByUnique, most}
	case c.byDate && !c.zoneless:
		return skew{from: SkewByDate}
	}
	return skew{}
}

// uniqueVotes are the distances of requests whose place is once in the log and
// once in the capture, and that agree in all that both sides tell.
func (c *collector) uniqueVotes() []time.Duration {
	var votes []time.Duration
	for k, own := range c.candidates {
		if own.count != 1 || len(k.entries) != 1 || k.stripped || len(votes) >= maxVotes {
			continue
		}
		entry, r := k.entries[0], own.list[0].record
		if c.expect[entry].known() && !r.Time.IsZero() && c.fits(entry, r) && sameStatus(c.capture.Exchanges[entry], r) {
			if off := c.expect[entry].off(r.Time); off.Abs() < farthest {
				votes = append(votes, off)
			}
		}
	}
	return votes
}

// farthest is how far two clocks can be apart: a wrong zone, and a little.
const farthest = 15 * time.Hour

// densest is the middle of the largest group of votes that agree, and its size.
func (c *collector) densest(votes []time.Duration) (by time.Duration, size int) {
	slices.Sort(votes)
	from, best := 0, 0
	for i, j := 0, 0; j < len(votes); j++ {
		for votes[j]-votes[i] > agree {
			i++
		}
		if n := j - i + 1; n > best {
			from, best = i, n
		}
	}
	if best == 0 {
		return 0, 0
	}
	by = votes[from+best/2]
	if by.Abs() < time.Second { // within what seconds can tell
		by = 0
	}
	return by, best
}
