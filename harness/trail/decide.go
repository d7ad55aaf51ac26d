package trail

import (
	"cmp"
	"slices"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/accesslog"
)

// sighting decides which lines are of an exchange.
func (c *collector) sighting(entry int, by skew, log Log) Sighting {
	s := Sighting{Lines: c.lines[entry], More: c.more[entry], Covered: c.covered(entry, by)}
	for _, line := range c.shared {
		if c.isShared(entry, line) {
			s.Lines = append(s.Lines, line)
		}
	}
	slices.SortFunc(s.Lines, inOrder)
	if len(s.Lines) > maxLines {
		s.More += len(s.Lines) - maxLines
		s.Lines = s.Lines[:maxLines]
	}
	if slices.ContainsFunc(s.Lines, func(l Line) bool { return l.Record.IsRequest() }) {
		return s
	}
	near := c.near(entry, by)
	switch {
	case len(near) == 0:
	case (len(near) == 1 || ofOne(near)) && allSameStatus(c.capture.Exchanges[entry], near):
		s.Lines = append(s.Lines, near...)
	case len(s.Lines) == 0:
		s.Ambiguous = true
		s.More = max(0, len(near)-maxAmbiguous)
		s.Lines = near[:min(len(near), maxAmbiguous)]
	}
	if len(s.Lines) == 0 && (c.traits.requests == 0 || c.onOtherPath(entry) || c.moved(entry, by)) {
		s.Covered = false // a log that has no requests misses none
	}
	return s
}

func inOrder(a, b Line) int { return cmp.Compare(a.Record.Line, b.Record.Line) }

// allSameStatus tells whether lines that nothing but time and place joins have
// the answer's status: one with another may be another client's.
func allSameStatus(e *traffic.Exchange, lines []Line) bool {
	return !slices.ContainsFunc(lines, func(l Line) bool { return !sameStatus(e, &l.Record) })
}

// onOtherPath tells whether the log may have an exchange on a path that a proxy
// wrote anew.
func (c *collector) onOtherPath(entry int) bool {
	return c.elsewhere[entry] || slices.ContainsFunc(c.keys[entry], func(k *key) bool { return c.rewritten[k] })
}

// moved tells whether a log whose clock nothing confirms may have the exchange
// at another time: it has such a request once, or whole quarters of an hour away,
// as in another zone.
func (c *collector) moved(entry int, by skew) bool {
	if by.from == SkewByID || by.from == SkewByUnique {
		return false
	}
	for _, k := range c.keys[entry] {
		own := c.candidates[k]
		if own == nil {
			continue
		}
		for _, candidate := range own.list {
			r := candidate.record
			if r.Time.IsZero() || candidate.off <= nearEnough || !c.fits(entry, r) || !sameStatus(c.capture.Exchanges[entry], r) {
				continue
			}
			if own.count == 1 || withoutZone(c.expect[entry].off(r.Time)).Abs() <= agree {
				return true
			}
		}
	}
	return false
}

// maxAmbiguous bounds the lines that are shown of which one may be meant.
const maxAmbiguous = 5

// covered tells whether the log has lines from before and after an exchange.
func (c *collector) covered(entry int, by skew) bool {
	at := c.expect[entry]
	if !at.known() || c.first.IsZero() || by.from == SkewUnknown && c.zoneless {
		return false
	}
	return !at.start.Add(by.by).Before(c.first) && !at.end.Add(by.by).After(c.last)
}

// isShared tells whether a line whose id several exchanges have is of this one:
// it was then, and none of the others was.
func (c *collector) isShared(entry int, line Line) bool {
	if line.Record.Time.IsZero() {
		return false
	}
	own := false
	for _, other := range c.byID(&line.Record) {
		if line.Record.Method != "" && !c.fits(other.entry, &line.Record) {
			continue
		}
		if c.off(other.entry, &line.Record) > agree {
			continue
		}
		if other.entry != entry {
			return false
		}
		own = true
	}
	return own
}

// off is how far a line is from an exchange, by the log's clock. A line may
// note the end of the request or its begin.
func (c *collector) off(entry int, r *accesslog.Record) time.Duration {
	if !c.expect[entry].known() || r.Time.IsZero() {
		return farthest
	}
	at := r.Time.Add(-c.skew)
	off := c.expect[entry].off(at).Abs()
	if r.Duration > 0 {
		off = min(off, c.expect[entry].off(at.Add(-r.Duration)).Abs())
	}
	return off
}

// near lists the lines that time, method and path join with an exchange. Those
// that are nearer to another exchange of the place are of that.
func (c *collector) near(entry int, by skew) []Line {
	within := agree
	switch {
	case by.from == SkewByDate:
		within = agree + time.Second
	case by.from == SkewUnknown && c.zoneless:
		return nil // nothing tells which hour the log means
	case by.from == SkewUnknown:
		within = 2 * nearEnough
	}
	e := c.capture.Exchanges[entry]
	var lines []Line
	for _, k := range c.keys[entry] {
		own := c.candidates[k]
		if own == nil {
			continue
		}
		for _, candidate := range own.list {
			r := candidate.record
			off := c.off(entry, r)
			if off > within || !c.fits(entry, r) || c.hosts && !sameHost(e, r) || c.namedElse(entry, r) || c.nearerTo(k, entry, r, off) {
				continue
			}
			lines = append(lines, Line{Record: *r, How: ByTime, Off: off})
		}
		if len(lines) > 0 {
			break // a whole path counts more than a shortened one
		}
	}
	lines = preferred(lines, func(r *accesslog.Record) bool { return sameStatus(e, r) })
	lines = preferred(lines, func(r *accesslog.Record) bool { return sameHost(e, r) })
	slices.SortFunc(lines, inOrder)
	return lines
}

// namedElse tells a line with a request id of its own, in a log that has the
// ids of the capture, and of an exchange that has one: the id is another.
func (c *collector) namedElse(entry int, r *accesslog.Record) bool {
	return len(c.votes) > 0 && r.RequestID != "" && len(idsOf(c.capture.Exchanges[entry])) > 0
}

// maxNeighbours is how many exchanges on each side of a line are asked whether it
// is theirs.
const maxNeighbours = 8

// nearerTo tells whether another exchange of the place is nearer to a line.
func (c *collector) nearerTo(k *key, entry int, r *accesslog.Record, off time.Duration) bool {
	i, _ := slices.BinarySearchFunc(k.entries, r.Time.Add(-c.skew), func(other int, t time.Time) int { return c.expect[other].start.Compare(t) })
	for _, other := range k.entries[max(0, i-maxNeighbours):min(len(k.entries), i+maxNeighbours)] {
		if other != entry && c.off(other, r) < off && c.fits(other, r) && sameStatus(c.capture.Exchanges[other], r) {
			return true
		}
	}
	return false
}

// preferred keeps the lines that are liked, where there are any.
func preferred(lines []Line, like func(*accesslog.Record) bool) []Line {
	liked := slices.DeleteFunc(slices.Clone(lines), func(l Line) bool { return !like(&l.Record) })
	if len(liked) > 0 {
		return liked
	}
	return lines
}

// ofOne tells whether lines that may be of an exchange can be of one request
// only: one says how it was answered, or all are of one client and none does.
func ofOne(lines []Line) bool {
	answered := 0
	for _, l := range lines {
		if l.Record.IsRequest() {
			answered++
		}
	}
	first := lines[0].Record.Client
	return answered == 1 || answered == 0 && first != "" &&
		!slices.ContainsFunc(lines, func(l Line) bool { return l.Record.Client != first })
}
