package rates

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Options are what is counted. The zero value counts 401, 403 and 407 by
// [DefaultBreakdowns] in windows that fit the time that the events are from.
type Options struct {
	By       []Breakdown
	Status   []int         // watched, 6 at most; nil: 401, 403, 407
	Window   time.Duration // whole seconds; 0: what fits
	Since    time.Time     // events before it are not counted; zero: no bound
	Until    time.Time     // events from then on are not counted; zero: no bound
	Capacity int           // rows of a table beside the other row; 0: 256
	Judge    Judging

	// Shown is the door that a key passes into the report, by the dimension
	// that it is of; nil: as it is.
	Shown func(d Dimension, key string) string
}

func (o Options) withDefaults() Options {
	if o.By == nil {
		o.By = DefaultBreakdowns()
	}
	if o.Status == nil {
		o.Status = []int{401, 403, 407}
	}
	if o.Capacity <= 0 {
		o.Capacity = 256
	}
	if o.Shown == nil {
		o.Shown = func(_ Dimension, key string) string { return key }
	}
	return o
}

func (o Options) check() error {
	switch {
	case len(o.Status) == 0 || len(o.Status) > maxCodes:
		return fmt.Errorf("%d statuses to watch: it can be 1 to %d", len(o.Status), maxCodes)
	case slices.ContainsFunc(o.Status, func(s int) bool { return s < 100 || s > 599 }):
		return fmt.Errorf("a status to watch is a number from 100 to 599")
	case o.Window < 0 || o.Window%time.Second != 0:
		return fmt.Errorf("a window of %s: it is some whole seconds", o.Window)
	case !o.Since.IsZero() && !o.Until.IsZero() && !o.Since.Before(o.Until):
		return fmt.Errorf("nothing can be since %s and until %s", o.Since.Format(time.RFC3339), o.Until.Format(time.RFC3339))
	}
	return nil
}

// A Collector counts events. It is for one goroutine.
type Collector struct {
	o      Options
	tables []*table
	total  series
	routes tree
	known  cache[learnt]  // by route key
	width  int64          // seconds of a window
	step   int            // of steps, where nobody said how long windows are
	filled map[int64]bool // windows that hold something

	untimed, outside int64
	key              []byte
}

// NewCollector returns a collector; the error is of options that nothing can
// fit.
func NewCollector(o Options) (*Collector, error) {
	o = o.withDefaults()
	if err := o.check(); err != nil {
		return nil, err
	}
	c := &Collector{o: o, width: max(1, int64(o.Window/time.Second)), filled: map[int64]bool{}}
	for _, by := range o.By {
		c.tables = append(c.tables, newTable(by, o.Capacity))
	}
	return c, nil
}

// Add counts an event. The error is [ErrWindows].
func (c *Collector) Add(e *Event) error {
	if c.outOf(e.Unix) {
		c.outside++
		return nil
	}
	window := floorDiv(e.Unix, c.width)
	if e.Unix == 0 {
		c.untimed++
	} else if !c.filled[window] {
		if err := c.fill(window); err != nil {
			return err
		}
		window = floorDiv(e.Unix, c.width)
	}
	slot := c.slot(e.Status)
	c.count(&c.total, e, window, slot)
	route := c.route(e.Keys[Route])
	for _, t := range c.tables {
		c.key = c.key[:0]
		for i, d := range t.by {
			if i > 0 {
				c.key = append(c.key, between)
			}
			if d == Route {
				c.key = append(c.key, route...)
			} else {
				c.key = append(c.key, e.Keys[d]...)
			}
		}
		c.count(t.row(c.key), e, window, slot)
	}
	return nil
}

// between stands between the parts of a key of several dimensions: no method,
// host or path holds it but by spite, and then it only moves the border.
const between = '\x1f'

func (c *Collector) outOf(unix int64) bool {
	if c.o.Since.IsZero() && c.o.Until.IsZero() {
		return false
	}
	return unix == 0 || !c.o.Since.IsZero() && unix < c.o.Since.Unix() || !c.o.Until.IsZero() && unix >= c.o.Until.Unix()
}

// The slots of a status that is not watched.
const (
	slotOther = -1 - iota
	slot4xx
	slot5xx
)

func (c *Collector) slot(status int) int {
	for i, s := range c.o.Status {
		if s == status {
			return i
		}
	}
	switch status / 100 {
	case 4:
		return slot4xx
	case 5:
		return slot5xx
	}
	return slotOther
}

func (c *Collector) count(s *series, e *Event, window int64, slot int) {
	var none cell
	at := &none
	if e.Unix != 0 {
		at = s.at(window)
	}
	s.counts.Requests++
	at.requests++
	switch slot {
	case slotOther:
	case slot4xx:
		s.counts.Other4xx++
		at.other++
	case slot5xx:
		s.counts.Server++
		at.server++
	default:
		s.counts.Watched[slot]++
		at.counts[slot]++
	}
}

// ErrWindows is of a window that is too short for the time that the events are
// from.
var ErrWindows = fmt.Errorf("more than %d windows hold requests", 10*maxWindows)

// fill takes note of a window; when there are too many they become longer.
func (c *Collector) fill(window int64) error {
	c.filled[window] = true
	if c.o.Window > 0 {
		if len(c.filled) > 10*maxWindows {
			return ErrWindows
		}
		return nil
	}
	for len(c.filled) > maxWindows && c.step < len(steps)-1 {
		c.coarsen()
	}
	return nil
}

func (c *Collector) coarsen() {
	c.step++
	factor := int64(steps[c.step]/time.Second) / c.width
	c.width *= factor
	filled := map[int64]bool{}
	for w := range c.filled {
		filled[floorDiv(w, factor)] = true
	}
	c.filled = filled
	c.each(func(s *series) { s.coarsen(factor) })
}

func (c *Collector) each(f func(*series)) {
	f(&c.total)
	for _, t := range c.tables {
		t.each(f)
	}
}

// route is the learnt form of a route key.
func (c *Collector) route(key string) string {
	l := c.known.of(key, c.learn)
	l.node.events++
	return l.path
}

func (c *Collector) learn(key string) learnt {
	method, path, ok := strings.Cut(key, " ")
	if !ok {
		return learnt{key, &node{}} // no request line
	}
	l, changed := c.routes.learn(path)
	l.path = method + " " + l.path
	if changed {
		c.known.clear()
		c.rename()
	}
	return l
}

// rename gives rows the routes that were learnt since.
func (c *Collector) rename() {
	for _, t := range c.tables {
		at := slices.Index(t.by, Route)
		if at < 0 {
			continue
		}
		t.rename(func(key string) string {
			parts := strings.Split(key, string(rune(between)))
			if at >= len(parts) {
				return key
			}
			method, path, ok := strings.Cut(parts[at], " ")
			if !ok {
				return key
			}
			l, _ := c.routes.learn(path)
			parts[at] = method + " " + l.path
			return strings.Join(parts, string(rune(between)))
		})
	}
}
