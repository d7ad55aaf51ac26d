package trail

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/replaydiff/replay/harness/accesslog"
)

// Bounds of what is kept of one log.
const (
	maxLines      = 40   // of one exchange, by id
	maxCandidates = 64   // of one place, by time
	maxShared     = 2000 // lines with an id that several exchanges have
	maxVotes      = 4096
)

// A collector takes what one log has of the exchanges of an index.
type collector struct {
	*index
	skew time.Duration // by which candidates are judged while the log is read

	records     int64
	first, last time.Time
	traits      traits

	lines      map[int][]Line // by entry, joined by id
	more       map[int]int
	shared     []Line
	candidates map[*key]*candidates
	votes      []time.Duration // log ahead of the capture, by id
	zoneless   bool

	elsewhere map[int]bool // entries whose trace is on a request to another place
	rewritten map[*key]bool
	hosts     bool // it names hosts of the capture
	known     bool // it has a line with an id of the capture, or a method and path
}

// candidates are the lines of a place, the nearest in time.
type candidates struct {
	list  []candidate
	count int // in the whole log
}

type candidate struct {
	record *accesslog.Record
	off    time.Duration // from the nearest exchange of the place, without its sign
}

// traits are what tells the layer of a log.
type traits struct{ lines, access, upstream, words, requests int64 }

// A met is what is needed of one line. Most lines are of no exchange.
type met struct {
	at     time.Time
	trait  uint8
	record *accesslog.Record // nil: of no exchange
	behind *key              // the place that it would be behind a path that a proxy puts in front; nil: none
}

const (
	traitAccess   = 1 << iota // formats that only servers and proxies write
	traitUpstream             // it speaks of an upstream
	traitWords                // an app speaks of its own doings
	traitZoneless
	traitRequest // it is of a request that was answered
)

func newCollector(x *index, skew time.Duration) *collector {
	return &collector{index: x, skew: skew, lines: map[int][]Line{}, more: map[int]int{}, candidates: map[*key]*candidates{}, elsewhere: map[int]bool{}, rewritten: map[*key]bool{}}
}

// prepare is called in several goroutines at once.
func (c *collector) prepare() func(*accesslog.Record, *met) bool { return c.meet }

func (c *collector) meet(r *accesslog.Record, m *met) bool {
	*m = met{at: r.Time}
	switch r.Format {
	case accesslog.Combined, accesslog.HAProxy, accesslog.ErrorLog:
		m.trait |= traitAccess
	}
	switch caddy := strings.HasPrefix(r.Logger, "http.log."); {
	case caddy, r.UpstreamStatus != 0, r.Answered == accesslog.ByProxy, r.Answered == accesslog.ByCDN, strings.Contains(r.By, "upstream"):
		m.trait |= traitUpstream
	case !r.IsRequest() && r.Message != "", r.Logger != "", r.Answered == accesslog.ByApp:
		m.trait |= traitWords
	}
	if r.IsRequest() {
		m.trait |= traitRequest
	}
	if r.Zoneless {
		m.trait |= traitZoneless
	}
	if len(c.byID(r)) > 0 || c.byPlace(r) != nil {
		kept := r.Clone()
		m.record = &kept
	} else {
		m.behind = c.rewrittenPlace(r)
	}
	return true
}

func (c *collector) take(list []met) {
	for i := range list {
		m := &list[i]
		c.records++
		c.traits.add(m.trait)
		c.zoneless = c.zoneless || m.trait&traitZoneless != 0
		if !m.at.IsZero() {
			if c.first.IsZero() || m.at.Before(c.first) {
				c.first = m.at
			}
			if m.at.After(c.last) {
				c.last = m.at
			}
		}
		if m.record != nil {
			c.keep(m.record)
		}
		if m.behind != nil {
			c.rewritten[m.behind] = true
		}
	}
}

func (t *traits) add(trait uint8) {
	t.lines++
	if trait&traitAccess != 0 {
		t.access++
	}
	if trait&traitRequest != 0 {
		t.requests++
	}
	if trait&traitUpstream != 0 {
		t.upstream++
	}
	if trait&traitWords != 0 {
		t.words++
	}
}

// layer is whose log it is, by what most of its lines are like.
func (t traits) layer() Layer {
	switch {
	case t.lines == 0:
		return Unknown
	case t.access*2 > t.lines, t.upstream*4 > t.lines:
		return Proxy
	case t.words > 0:
		return App
	}
	return Unknown
}

func (c *collector) keep(r *accesslog.Record) {
	c.known = true
	c.hosts = c.hosts || c.index.hosts[hostName(r.Host)]
	if named := c.byID(r); len(named) > 0 {
		c.named(r, named)
		return
	}
	k := c.byPlace(r)
	if k == nil {
		return
	}
	own := c.candidates[k]
	if own == nil {
		own = &candidates{}
		c.candidates[k] = own
	}
	own.count++
	if !k.wanted {
		if own.count == 1 { // it tells the skew if it stays the only one
			own.list = append(own.list, candidate{record: r})
		}
		return
	}
	own.list = append(own.list, candidate{r, c.distance(k, r)})
	if len(own.list) >= 2*maxCandidates*min(len(k.entries), 8) {
		own.nearest(maxCandidates * min(len(k.entries), 8))
	}
}

// nearest drops all but the n nearest in time.
func (c *candidates) nearest(n int) {
	slices.SortStableFunc(c.list, func(a, b candidate) int { return cmp.Compare(a.off, b.off) })
	clear(c.list[min(n, len(c.list)):])
	c.list = c.list[:min(n, len(c.list))]
}

// distance is how far a line is from the nearest exchange of a place. Where its
// time has no zone, whole quarters of an hour do not count.
func (c *collector) distance(k *key, r *accesslog.Record) time.Duration {
	at := r.Time.Add(-c.skew)
	i, _ := slices.BinarySearchFunc(k.entries, at, func(entry int, t time.Time) int { return c.expect[entry].start.Compare(t) })
	best := time.Duration(1<<63 - 1)
	for _, j := range [...]int{i - 1, i} {
		if j < 0 || j >= len(k.entries) || !c.expect[k.entries[j]].known() {
			continue
		}
		off := c.expect[k.entries[j]].off(at)
		if r.Zoneless {
			off = withoutZone(off)
		}
		best = min(best, off.Abs())
	}
	return best
}

const zoneStep = 15 * time.Minute // zones differ by multiples of it

func withoutZone(off time.Duration) time.Duration {
	off %= zoneStep
	switch {
	case off > zoneStep/2:
		off -= zoneStep
	case off < -zoneStep/2:
		off += zoneStep
	}
	return off
}

// named keeps a line that has an id of the capture. An id of a whole page is of
// several exchanges: the line's own method and path tell which.
func (c *collector) named(r *accesslog.Record, named []idOf) {
	entries := named
	if len(entries) > 1 && r.Method != "" {
		entries = slices.DeleteFunc(slices.Clone(entries), func(i idOf) bool { return !c.fits(i.entry, r) })
	}
	switch {
	case len(entries) == 1:
		entry := entries[0].entry
		if r.IsRequest() && entries[0].kind == kindTrace && !c.fits(entry, r) {
			c.elsewhere[entry] = true // a trace is of a page: another request of it, or this one on a rewritten path
			return
		}
		if r.IsRequest() && c.expect[entry].known() && !r.Time.IsZero() && len(c.votes) < maxVotes {
			c.votes = append(c.votes, c.expect[entry].off(r.Time))
		}
		if c.wanted[entry] {
			c.join(entry, Line{Record: *r, How: ByID, ID: entries[0].kind})
		}
	case len(entries) > 1 && slices.ContainsFunc(entries, func(i idOf) bool { return c.wanted[i.entry] }) && len(c.shared) < maxShared:
		c.shared = append(c.shared, Line{Record: *r, How: ByID, ID: entries[0].kind})
	}
}

func (c *collector) join(entry int, line Line) {
	if len(c.lines[entry]) == maxLines {
		c.more[entry]++
		return
	}
	c.lines[entry] = append(c.lines[entry], line)
}
