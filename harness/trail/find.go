package trail

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/accesslog"
)

// maxWanted bounds the exchanges that are looked for.
const maxWanted = 1000

// Find reads logs for exchanges of a capture, one log after the other. A log
// that can't be opened is an error; one that breaks off is read as far as it
// goes, and says so. Of more than a thousand entries the first are looked for.
func Find(c *traffic.Capture, entries []int, logs []Source, o Options) (*Trails, error) {
	entries = slices.Compact(slices.Sorted(slices.Values(entries)))
	entries = entries[:min(len(entries), maxWanted)]
	x := newIndex(c, entries)
	o.Read.Words = true
	type found struct {
		log Log
		in  []Sighting
	}
	var all []found
	var wrong []error
	for i, source := range logs {
		if slices.ContainsFunc(logs[:i], func(s Source) bool { return s.Name == source.Name }) {
			wrong = append(wrong, fmt.Errorf("%s: it is named twice", source.Name))
			continue
		}
		log, in, err := x.read(source, entries, o)
		wrong = append(wrong, err)
		all = append(all, found{log, in})
	}
	if err := errors.Join(wrong...); err != nil {
		return nil, err
	}
	slices.SortStableFunc(all, func(a, b found) int { return cmp.Compare(a.log.Layer.depth(), b.log.Layer.depth()) })
	t := &Trails{}
	for _, f := range all {
		t.Logs = append(t.Logs, f.log)
	}
	for i, entry := range entries {
		trail := Trail{Entry: entry}
		for _, f := range all {
			trail.In = append(trail.In, f.in[i])
		}
		trail.doubt()
		t.Trails = append(t.Trails, trail)
	}
	return t, nil
}

// doubt takes back what time alone joined, where one log shows that several such
// requests came at that time: the line of another log may be of any of them.
func (t *Trail) doubt() {
	several := func(s Sighting) bool { return s.Ambiguous && len(s.Lines) > 1 }
	if !slices.ContainsFunc(t.In, several) {
		return
	}
	for i := range t.In {
		s := &t.In[i]
		byID := slices.ContainsFunc(s.Lines, func(l Line) bool { return l.How == ByID })
		s.Ambiguous = s.Ambiguous || len(s.Lines) > 0 && !byID
	}
}

// depth orders layers, outermost first; an unknown one stands before the app.
func (l Layer) depth() int { return slices.Index([]Layer{CDN, Proxy, Unknown, App}, l) }

// read reads one log. Where its clock turns out to be far from the capture's,
// lines may have been dropped as too far away: it is read again by that clock.
func (x *index) read(source Source, entries []int, o Options) (Log, []Sighting, error) {
	c := newCollector(x, 0)
	log, err := c.readAll(source, o)
	if err != nil {
		return Log{}, nil, err
	}
	skew := c.settleSkew()
	if skew.by.Abs() > nearEnough && c.dropped() && source.Name != "-" {
		again := newCollector(x, skew.by)
		if log, err = again.readAll(source, o); err != nil {
			return Log{}, nil, err
		}
		c = again
	}
	c.skew = skew.by
	log.Skew, log.SkewFrom, log.Votes = skew.by+x.ahead, skew.from, skew.votes
	var in []Sighting
	for _, entry := range entries {
		in = append(in, c.sighting(entry, skew, log))
	}
	return log, in, nil
}

// nearEnough is how far clocks may be apart for the lines near an exchange to be
// the same ones.
const nearEnough = 5 * time.Second

func (c *collector) readAll(source Source, o Options) (Log, error) {
	l, err := accesslog.Open(source.Name, o.Read)
	if err != nil {
		return Log{}, err
	}
	defer l.Close()
	broken := accesslog.Stream(l, c.prepare, c.take)
	out := Log{
		Name: source.Name, Layer: source.Layer, Given: source.Layer != Unknown, Err: broken,
		Records: c.records, First: c.first, Last: c.last, Skipped: l.Skipped(), Known: c.known,
	}
	if !out.Given {
		out.Layer = c.traits.layer()
	}
	return out, nil
}

// dropped tells whether lines were dropped that time could have told apart.
func (c *collector) dropped() bool {
	for k, own := range c.candidates {
		if k.wanted && own.count > len(own.list) {
			return true
		}
	}
	return false
}
