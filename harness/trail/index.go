package trail

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/accesslog"
)

// An index is what lines are looked up in. It does not change while logs are
// read.
type index struct {
	capture *traffic.Capture
	wanted  map[int]bool
	ids     map[string][]idOf
	places  map[place]*key
	hosts   map[string]bool
	keys    map[int][]*key // of the wanted entries: the whole path, then what a proxy may leave of it
	expect  []span         // by entry
	byDate  bool           // the times are of the server's clock
	ahead   time.Duration  // of that clock before the recorder's
}

type idOf struct {
	entry int
	kind  string
}

// A place is where requests of one kind go.
type place struct{ method, path string }

// A key is the entries that went to a place.
type key struct {
	number   int
	entries  []int // ascending by expected time
	wanted   bool
	stripped bool // the path without its first segments, as a proxy may pass it on
}

// A span is when an exchange was, by the server's clock where that is known.
type span struct {
	start, end time.Time // zero: unknown
}

func (s span) known() bool { return !s.start.IsZero() }

// off is how far a time is outside of a span; 0 inside.
func (s span) off(t time.Time) time.Duration {
	switch {
	case t.Before(s.start):
		return t.Sub(s.start)
	case t.After(s.end):
		return t.Sub(s.end)
	}
	return 0
}

func newIndex(c *traffic.Capture, wanted []int) *index {
	x := &index{
		capture: c, wanted: map[int]bool{}, ids: map[string][]idOf{}, places: map[place]*key{}, hosts: map[string]bool{}, keys: map[int][]*key{},
		expect: make([]span, len(c.Exchanges)),
	}
	for _, entry := range wanted {
		x.wanted[entry] = true
	}
	x.times()
	for entry, e := range c.Exchanges {
		seen := map[string]bool{}
		for _, found := range idsOf(e) {
			if !seen[found.text] {
				seen[found.text] = true
				x.ids[found.text] = append(x.ids[found.text], idOf{entry, found.kind})
			}
		}
		x.place(entry, place{e.Request.Method, pathOf(&e.Request)}, false)
		if u := e.Request.ParsedURL(); u != nil && u.Host != "" {
			x.hosts[hostName(u.Host)] = true
		}
	}
	for entry := range x.wanted { // behind the others: a whole path counts more
		e := c.Exchanges[entry]
		for path := pathOf(&e.Request); ; {
			i := strings.IndexByte(path[min(1, len(path)):], '/')
			if i < 0 || len(path)-i < 3 {
				break
			}
			path = path[i+1:]
			x.place(entry, place{e.Request.Method, path}, true)
		}
	}
	for _, k := range x.places {
		slices.SortFunc(k.entries, func(a, b int) int {
			return cmp.Or(x.expect[a].start.Compare(x.expect[b].start), cmp.Compare(a, b))
		})
	}
	return x
}

func (x *index) place(entry int, p place, stripped bool) {
	k := x.places[p]
	if k == nil {
		k = &key{number: len(x.places), stripped: stripped}
		x.places[p] = k
	}
	if k.stripped != stripped {
		return
	}
	k.entries = append(k.entries, entry)
	if x.wanted[entry] {
		k.wanted = true
		x.keys[entry] = append(x.keys[entry], k)
	}
}

func pathOf(r *traffic.Request) string {
	if u := r.ParsedURL(); u != nil {
		if path := u.EscapedPath(); path != "" {
			return path
		}
	}
	return "/"
}

// times works out when each exchange was by the server's clock: the recorder's
// clock, moved by what the Date of the answers says in the median.
func (x *index) times() {
	var offs []time.Duration
	dates := make([]time.Time, len(x.expect))
	for entry, e := range x.capture.Exchanges {
		start := e.Recorded.Started.Time
		if start.IsZero() {
			x.expect[entry] = x.dated(e)
			continue
		}
		end := start
		if e.Recorded.Millis > 0 {
			end = start.Add(time.Duration(e.Recorded.Millis * float64(time.Millisecond)))
		}
		x.expect[entry] = span{start, end}
		if dated := x.dated(e); dated.known() {
			dates[entry] = dated.start
			offs = append(offs, middle(dated).Sub(middle(x.expect[entry])))
		}
	}
	if len(offs) == 0 {
		return
	}
	x.byDate = true
	off := median(offs)
	x.ahead = off
	for entry, s := range x.expect {
		if s.known() && !x.capture.Exchanges[entry].Recorded.Started.Time.IsZero() {
			x.expect[entry] = span{s.start.Add(off), s.end.Add(off)}
		}
	}
}

func middle(s span) time.Time { return s.start.Add(s.end.Sub(s.start) / 2) }

// dated is the second in which the answer was made, by its own Date; unknown
// for one that a cache gave out (RFC 9111 section 5.1).
func (x *index) dated(e *traffic.Exchange) span {
	if e.Response == nil || e.Response.Header.Has("Age") {
		return span{}
	}
	date, err := http.ParseTime(e.Response.Header.Get("Date"))
	if err != nil {
		return span{}
	}
	return span{date, date.Add(time.Second)}
}

func median(list []time.Duration) time.Duration {
	slices.Sort(list)
	return list[len(list)/2]
}

// byID lists the entries that a line names.
func (x *index) byID(r *accesslog.Record) []idOf {
	for _, text := range [...]string{r.RequestID, r.Ray, r.Trace, r.Span} {
		if text == "" {
			continue
		}
		if found := x.ids[canonicalID(text)]; len(found) > 0 {
			return found
		}
	}
	if !r.IsRequest() {
		return x.inWords(r.Message)
	}
	return nil
}

// inWords finds an id in a line of words, as in "[req-4711…] token expired".
func (x *index) inWords(text string) []idOf {
	for len(text) >= minID {
		start := strings.IndexFunc(text, isIDRune)
		if start < 0 {
			return nil
		}
		text = text[start:]
		end := strings.IndexFunc(text, func(r rune) bool { return !isIDRune(r) })
		if end < 0 {
			end = len(text)
		}
		if word := text[:end]; len(word) >= minWordID && strings.ContainsAny(word, "0123456789") {
			if found := x.ids[canonicalID(word)]; len(found) > 0 {
				return found
			}
		}
		text = text[end:]
	}
	return nil
}

// minWordID is how long an id has to be to be one in the middle of words.
const minWordID = 8

func isIDRune(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '-' || r == '_'
}

// rewrittenPlace is the key of a place that a line has behind other segments, as
// where a proxy passes /orders on as /shop/orders; nil where there is none.
func (x *index) rewrittenPlace(r *accesslog.Record) *key {
	if r.Method == "" {
		return nil
	}
	for path := r.Path(); ; {
		i := strings.IndexByte(path[min(1, len(path)):], '/')
		if i < 0 || len(path)-i < 3 {
			return nil
		}
		path = path[i+1:]
		if k := x.places[place{r.Method, path}]; k != nil && k.wanted && !k.stripped {
			return k
		}
	}
}

// byPlace is the key of a line's method and path; nil where it is none's.
func (x *index) byPlace(r *accesslog.Record) *key {
	if r.Method == "" {
		return nil
	}
	return x.places[place{r.Method, r.Path()}]
}
