package rates

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// A Report is what was counted. Its keys have passed Options.Shown.
type Report struct {
	Status []int `json:"status"` // that are watched
	Window int   `json:"window"` // seconds
	// Windows are the beginnings of all windows from the first that holds a
	// request to the last, empty ones too.
	Windows []time.Time `json:"windows"`
	Total   Row         `json:"total"`
	Tables  []Table     `json:"tables"`

	Untimed int64 `json:"untimed"` // requests without a time: in the sums, in no window
	Outside int64 `json:"outside"` // requests before Since or after Until, counted nowhere
	Strays  int64 `json:"strays"`  // requests in windows so far from the rest that Windows leaves them out

	Judged Judged  `json:"judged"`
	Spikes []Alert `json:"spikes"`

	Sources []Source `json:"sources"`
}

// A Source is a file that was counted.
type Source struct {
	Name      string  `json:"name"`
	Lines     int64   `json:"lines"`     // of a log, or entries of a capture
	Requests  int64   `json:"requests"`  // that were answered
	Undecoded int64   `json:"undecoded"` // lines of no known format
	Places    []int64 `json:"places"`    // of the first few of them, lines from 1
	Cut       int64   `json:"cut"`       // lines longer than the bound
	Error     string  `json:"error,omitempty"`
}

// A Table is the rows of one breakdown, those with the most refused requests
// first.
type Table struct {
	By    []string `json:"by"`
	Rows  []Row    `json:"rows"`
	Other *Row     `json:"other"` // what has no row, nil where all has
	// Missed is how many requests a row can lack because they are in Other; 0
	// as long as all keys had room.
	Missed int64 `json:"missed"`
	// Unknown tells that no request has a value in any of the dimensions.
	Unknown bool `json:"unknown"`
}

// A Row is one key of a table.
type Row struct {
	Key      []string `json:"key"` // by the dimensions of the table; "" is unknown
	Requests int64    `json:"requests"`
	Refused  int64    `json:"refused"`
	Watched  []int64  `json:"watched"` // by Report.Status
	Other4xx int64    `json:"other_4xx"`
	Server   int64    `json:"server_5xx"`
	// Seen are the requests and Refusals the refused ones by Report.Windows.
	Seen     []int64 `json:"seen"`
	Refusals []int64 `json:"refusals"`
}

// Rate is the share of refused requests.
func (r *Row) Rate() float64 { return Window{r.Requests, r.Refused}.Rate() }

// Judged tells what could be judged.
type Judged struct {
	Series  int     `json:"series"`
	Windows int     `json:"windows"` // that were judged, behind MinHistory others
	Alpha   float64 `json:"alpha"`
}

// An Alert is a spike of one row.
type Alert struct {
	By      []string  `json:"by"` // nil: of all requests
	Key     []string  `json:"key"`
	Began   time.Time `json:"began"`
	Ended   time.Time `json:"ended"` // of the last window that belongs to it
	Ongoing bool      `json:"ongoing"`
	Before  Share     `json:"before"`
	During  Share     `json:"during"`
	P       float64   `json:"p"`
}

// A Share is some refused requests of some.
type Share struct {
	Requests int64   `json:"requests"`
	Refused  int64   `json:"refused"`
	Rate     float64 `json:"rate"`
}

func shareOf(w Window) Share { return Share{w.Requests, w.Refused, w.Rate()} }

// Report is what was counted so far. The collector can be used on.
func (c *Collector) Report() *Report {
	v := c.view()
	r := &Report{
		Status: c.o.Status, Window: int(v.width), Untimed: c.untimed, Outside: c.outside, Strays: v.strays,
		Windows: make([]time.Time, v.n), Sources: []Source{}, Spikes: []Alert{},
	}
	for i := range r.Windows {
		r.Windows[i] = time.Unix((v.first+int64(i))*v.width, 0).UTC()
	}
	r.Total = c.row(&c.total, []string{}, v)
	for _, t := range c.tables {
		r.Tables = append(r.Tables, c.table(t, v))
	}
	return r
}

// A view is the windows of a report.
type view struct {
	factor, width int64 // of the collector's windows in one of the report's; seconds
	first         int64
	n             int
	strays        int64
}

// view chooses windows that a person can look at.
func (c *Collector) view() view {
	v := view{factor: 1, width: c.width}
	cells := slices.Clone(c.total.cells)
	if len(cells) == 0 {
		return v
	}
	cells, v.strays = withoutStrays(cells)
	from, to := cells[0].window, cells[len(cells)-1].window
	most := int64(maxShown)
	if c.o.Window > 0 {
		most = 10 * maxWindows
	}
	span := func() int64 { return floorDiv(to, v.factor) - floorDiv(from, v.factor) + 1 }
	for _, seconds := range shownWindows {
		if span() <= most {
			break
		}
		if c.o.Window == 0 && seconds%c.width == 0 {
			v.factor = seconds / c.width
		}
	}
	if span() > most { // longer than all: what matters is that it ends
		v.factor = (to-from)/most + 2
	}
	v.width, v.first, v.n = c.width*v.factor, floorDiv(from, v.factor), int(min(span(), most))
	return v
}

// withoutStrays leaves out windows at either end that hold next to nothing and
// are far from the rest: a clock that was wrong for a line.
func withoutStrays(cells []cell) (kept []cell, strays int64) {
	total := int64(0)
	for _, c := range cells {
		total += int64(c.requests)
	}
	for len(cells) > 2 {
		n := len(cells)
		head, tail := cells[1].window-cells[0].window, cells[n-1].window-cells[n-2].window
		switch inner := cells[n-2].window - cells[1].window + 1; {
		case head >= tail && head > 10*inner && int64(cells[0].requests)*1000 <= total:
			strays += int64(cells[0].requests)
			cells = cells[1:]
		case tail > 10*inner && int64(cells[n-1].requests)*1000 <= total:
			strays += int64(cells[n-1].requests)
			cells = cells[:n-1]
		default:
			return cells, strays
		}
	}
	return cells, strays
}

func (c *Collector) row(s *series, key []string, v view) Row {
	r := Row{
		Key: key, Requests: s.counts.Requests, Refused: s.counts.Refused(), Watched: slices.Clone(s.counts.Watched[:len(c.o.Status)]),
		Other4xx: s.counts.Other4xx, Server: s.counts.Server, Seen: make([]int64, v.n), Refusals: make([]int64, v.n),
	}
	for i := range s.cells {
		at := floorDiv(s.cells[i].window, v.factor) - v.first
		if at < 0 || at >= int64(v.n) {
			continue
		}
		r.Seen[at] += int64(s.cells[i].requests)
		for _, n := range s.cells[i].counts {
			r.Refusals[at] += int64(n)
		}
	}
	return r
}

// join adds a row: two keys can look the same once they are shown.
func (r *Row) join(o *Row) {
	r.Requests += o.Requests
	r.Refused += o.Refused
	r.Other4xx += o.Other4xx
	r.Server += o.Server
	for _, pair := range [][2][]int64{{r.Watched, o.Watched}, {r.Seen, o.Seen}, {r.Refusals, o.Refusals}} {
		for i, n := range pair[1] {
			pair[0][i] += n
		}
	}
}

func (c *Collector) table(t *table, v view) Table {
	out := Table{By: []string{}, Rows: []Row{}, Unknown: true}
	for _, d := range t.by {
		out.By = append(out.By, d.String())
	}
	rest := series{counts: t.other.counts, cells: slices.Clone(t.other.cells)}
	at := map[string]int{}
	for i, key := range t.sorted(func(s *series) int64 { return s.weight() }) {
		s := t.rows[key]
		if i >= t.capacity {
			rest.join(s)
			out.Missed = max(out.Missed, s.weight())
			continue
		}
		parts := c.shown(t.by, key)
		id := strings.Join(parts, "\x00")
		out.Missed = max(out.Missed, s.missed)
		out.Unknown = out.Unknown && strings.Trim(id, "\x00") == ""
		row := c.row(s, parts, v)
		if had, ok := at[id]; ok {
			out.Rows[had].join(&row)
			continue
		}
		at[id] = len(out.Rows)
		out.Rows = append(out.Rows, row)
	}
	slices.SortStableFunc(out.Rows, func(a, b Row) int {
		return cmp.Or(cmp.Compare(b.Refused, a.Refused), cmp.Compare(b.Requests, a.Requests))
	})
	if rest.counts.Requests > 0 {
		row := c.row(&rest, []string{}, v)
		out.Other = &row
	}
	return out
}

// shown are the parts of a key as they leave the collector.
func (c *Collector) shown(by Breakdown, key string) []string {
	parts := strings.SplitN(key, string(rune(between)), len(by))
	for len(parts) < len(by) {
		parts = append(parts, "")
	}
	for i, d := range by {
		if parts[i] != "" {
			parts[i] = c.o.Shown(d, parts[i])
		}
	}
	return parts
}

// Judge looks for spikes in all rows of the report, and in the total. It
// returns false where there is too little history to judge anything by.
func (r *Report) Judge(j Judging) bool {
	j = j.withDefaults()
	if r.Window > 0 && 24*3600%r.Window == 0 {
		j.Day = 24 * 3600 / r.Window
	}
	type place struct{ by, key []string }
	var all [][]Window
	var places []place
	add := func(by []string, row *Row) {
		w := make([]Window, len(row.Seen))
		for i := range w {
			w[i] = Window{row.Seen[i], row.Refusals[i]}
		}
		all, places = append(all, w), append(places, place{by, row.Key})
	}
	add([]string{}, &r.Total)
	for _, t := range r.Tables {
		if t.Unknown || len(t.Rows) == 1 {
			continue // it is the total
		}
		for i := range t.Rows {
			add(t.By, &t.Rows[i])
		}
	}
	r.Judged = Judged{Series: len(all), Windows: max(0, len(r.Windows)-MinHistory), Alpha: j.Alpha}
	if j.Recent > 0 {
		r.Judged.Windows = min(r.Judged.Windows, j.Recent)
	}
	if r.Judged.Windows < blocks[0] {
		return false
	}
	width := time.Duration(r.Window) * time.Second
	for _, s := range Judge(all, j) {
		r.Spikes = append(r.Spikes, Alert{
			By: places[s.Series].by, Key: places[s.Series].key, Began: r.Windows[s.From], Ended: r.Windows[s.To-1].Add(width), Ongoing: s.Ongoing,
			Before: shareOf(s.Before), During: shareOf(s.During), P: s.P,
		})
	}
	return true
}
