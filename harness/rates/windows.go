package rates

import (
	"slices"
	"time"
)

// maxCodes is how many statuses are counted each on its own.
const maxCodes = 6

// Counts are the requests of a row, or of a window of it.
type Counts struct {
	Requests int64           // all that were answered
	Watched  [maxCodes]int64 // of each of Options.Status
	Other4xx int64           // of the others
	Server   int64           // 5xx
}

// Refused is the number of requests that were answered with one of the statuses
// that are watched.
func (c *Counts) Refused() int64 {
	sum := int64(0)
	for _, n := range c.Watched {
		sum += n
	}
	return sum
}

func (c *Counts) add(d *Counts) {
	c.Requests += d.Requests
	for i := range c.Watched {
		c.Watched[i] += d.Watched[i]
	}
	c.Other4xx += d.Other4xx
	c.Server += d.Server
}

// A cell is the counts of one window of time. 32 bits are enough for it: the
// row's own counts have 64.
type cell struct {
	window   int64 // number of the window since 1970, in units of the collector's width
	counts   [maxCodes]uint32
	requests uint32
	other    uint32
	server   uint32
}

// A series are the cells of one row, in order of time, without empty ones.
type series struct {
	counts Counts
	cells  []cell
	missed int64 // events that may have been counted in the other row before it was one
}

// at is the cell of a window. Logs are nearly in order, so it is the last one
// nearly always.
func (s *series) at(window int64) *cell {
	n := len(s.cells)
	if n > 0 && s.cells[n-1].window == window {
		return &s.cells[n-1]
	}
	i := n
	if n > 0 && s.cells[n-1].window > window {
		var found bool
		i, found = slices.BinarySearchFunc(s.cells, window, func(c cell, w int64) int { return int(max(-1, min(1, c.window-w))) })
		if found {
			return &s.cells[i]
		}
	}
	s.cells = slices.Insert(s.cells, i, cell{window: window})
	return &s.cells[i]
}

// join adds all of another series.
func (s *series) join(o *series) {
	s.counts.add(&o.counts)
	for i := range o.cells {
		s.at(o.cells[i].window).add(&o.cells[i])
	}
}

func (c *cell) add(d *cell) {
	for i := range c.counts {
		c.counts[i] += d.counts[i]
	}
	c.requests += d.requests
	c.other += d.other
	c.server += d.server
}

// coarsen makes windows that are factor times as long.
func (s *series) coarsen(factor int64) {
	out := s.cells[:0]
	for _, c := range s.cells {
		c.window = floorDiv(c.window, factor)
		if n := len(out); n > 0 && out[n-1].window == c.window {
			out[n-1].add(&c)
			continue
		}
		out = append(out, c)
	}
	s.cells = out
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// steps are the lengths of windows that are chosen among: each is a multiple of
// the one before, so that windows can be put together without cutting one.
var steps = []time.Duration{
	time.Second, 2 * time.Second, 10 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute,
	time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour, 7 * 24 * time.Hour, 70 * 24 * time.Hour, 700 * 24 * time.Hour,
}

// maxWindows bounds the windows that hold something; maxShown is how many a
// report has at most where nobody said how long they are.
const (
	maxWindows = 360
	maxShown   = 60
)

// shownWindows are the lengths of a report's windows, in seconds: those of a
// clock's face.
var shownWindows = [...]int64{
	1, 2, 5, 10, 20, 30, 60, 120, 180, 300, 600, 900, 1200, 1800, 3600, 2 * 3600, 3 * 3600, 6 * 3600, 12 * 3600, 86400, 2 * 86400, 7 * 86400, 14 * 86400, 35 * 86400, 70 * 86400,
	140 * 86400, 350 * 86400, 700 * 86400,
}
