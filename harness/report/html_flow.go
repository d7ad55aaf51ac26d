package report

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
	html "github.com/replaydiff/replay/harness/report/page"
	"github.com/replaydiff/replay/harness/shown"
	"github.com/replaydiff/replay/scenarios"
)

// maxPageRows bounds the flow; what differs is kept before what does not.
const maxPageRows = 20_000

// maxPageTarget bounds the URL of a row, in columns; the exchange has it whole.
const maxPageTarget = 160

// arrange puts the exchanges of both sides into one order: that of the failing
// capture, and what only the working one has behind what it followed there.
func (d *diffPage) arrange() {
	behind := map[int][]place{} // by entry of the failing capture, -1 for the front
	pairOf := map[int]int{}
	byOK := map[int]int{}
	for i, p := range d.c.Pairs {
		pairOf[p.Bad], byOK[p.OK] = i, p.Bad
	}
	last := -1
	for i, x := range d.c.OK.Exchanges {
		if bad, paired := byOK[i]; paired {
			last = bad
		} else {
			behind[last] = append(behind[last], place{pair: -1, ok: x})
		}
	}
	d.flow = slices.Clone(behind[-1])
	for i, x := range d.c.Bad.Exchanges {
		at := place{pair: -1, bad: x}
		if pair, paired := pairOf[i]; paired {
			at.pair, at.ok = pair, d.c.Pairs[pair].OKExchange
		}
		d.flow = append(append(d.flow, at), behind[i]...)
	}
	d.shorten()
	d.index()
}

// shorten drops the rows that a page has no room for, the quiet ones first.
func (d *diffPage) shorten() {
	over := len(d.flow) - maxPageRows
	for _, weight := range []int{rowEqual, rowQuiet, rowAlone, rowDiffers} {
		if over <= 0 {
			return
		}
		for i := len(d.flow) - 1; i >= 0 && over > 0; i-- {
			if d.weight(d.flow[i]) == weight {
				d.flow[i] = place{pair: -1}
				over--
			}
		}
	}
	d.flow = slices.DeleteFunc(d.flow, func(p place) bool { return p.ok == nil && p.bad == nil })
}

// missing tells of the rows that were dropped.
func (d *diffPage) missing() string {
	n := len(d.c.OK.Exchanges) + len(d.c.Bad.Exchanges) - len(d.c.Pairs) - len(d.flow)
	if n <= 0 {
		return ""
	}
	return count(n, "row", "rows") + " of what differs least are left out: replay diff --format json has all"
}

func (d *diffPage) index() {
	d.rowOf = map[scenarios.Side][]int{
		scenarios.OK:  slices.Repeat([]int{-1}, len(d.c.OK.Exchanges)),
		scenarios.Bad: slices.Repeat([]int{-1}, len(d.c.Bad.Exchanges)),
	}
	for i, at := range d.flow {
		for side, x := range map[scenarios.Side]*traffic.Exchange{scenarios.OK: at.ok, scenarios.Bad: at.bad} {
			if x != nil && x.Index < len(d.rowOf[side]) {
				d.rowOf[side][x.Index] = i
			}
		}
	}
}

// rowID is the row of an entry, for links; "" where there is none.
func (d *diffPage) rowID(side scenarios.Side, entry int) string {
	if rows := d.rowOf[side]; entry >= 0 && entry < len(rows) && rows[entry] >= 0 {
		return d.flow[rows[entry]].id()
	}
	return ""
}

// id is the name of a row in links.
func (p place) id() string {
	if p.bad != nil {
		return "bad-" + strconv.Itoa(p.bad.Index)
	}
	return "ok-" + strconv.Itoa(p.ok.Index)
}

// The weights of rows, by how soon somebody opens them.
const (
	rowEqual = iota
	rowQuiet
	rowAlone
	rowDiffers
	rowFails // its outcome differs, or hands out other credentials
	rowFirst
)

func (d *diffPage) weight(at place) int {
	switch {
	case d.first(at):
		return rowFirst
	case at.pair < 0:
		if at.bad != nil && diff.OutcomeOf(at.bad).Failed() {
			return rowFails
		}
		return rowAlone
	}
	p := d.c.Pairs[at.pair]
	switch {
	case p.Credentials || !diff.OutcomeOf(at.ok).Same(diff.OutcomeOf(at.bad)):
		return rowFails
	case p.Matters():
		return rowDiffers
	case p.Noise > 0:
		return rowQuiet
	}
	return rowEqual
}

// first tells whether a row is the one to look at first.
func (d *diffPage) first(at place) bool {
	if d.g.Entry >= 0 {
		return at.bad != nil && at.bad.Index == d.g.Entry
	}
	return at.pair >= 0 && at.pair == d.shown
}

func (d *diffPage) rows() []html.Row {
	rows := make([]html.Row, len(d.flow))
	clocks := map[scenarios.Side]time.Time{scenarios.OK: beginning(d.c.OK), scenarios.Bad: beginning(d.c.Bad)}
	for i, at := range d.flow {
		rows[i] = d.row(at, clocks)
	}
	return rows
}

// row is a line of the flow.
func (d *diffPage) row(at place, clocks map[scenarios.Side]time.Time) html.Row {
	x := cmp.Or(at.bad, at.ok)
	row := html.Row{
		ID: at.id(), Kind: cut(mask.Visible(x.Request.Method), 20), Name: d.target(x), First: d.first(at),
		Old: answerOf(at.ok, clocks[scenarios.OK]), New: answerOf(at.bad, clocks[scenarios.Bad]),
	}
	if at.pair < 0 {
		return row
	}
	p := d.c.Pairs[at.pair]
	row.Changes, row.Noise = p.Matter, p.Noise
	row.Differ = !diff.OutcomeOf(at.ok).Same(diff.OutcomeOf(at.bad))
	if p.Matters() {
		row.Names = cut(strings.Join(changedNames(p.Changes(), shown.PairDoor(d.mask, at.ok, at.bad)), ", "), maxPageTarget)
	}
	if p.How != diff.Exact {
		row.Note = "paired: " + p.How.String()
	}
	return row
}

// target is a URL without its scheme.
func (d *diffPage) target(x *traffic.Exchange) string {
	url := d.mask.URL(x.Request.URL)
	if _, rest, ok := strings.Cut(url, "://"); ok {
		url = rest
	}
	return cutMiddle(url, maxPageTarget)
}

// answerOf is how an exchange ended, nil where there is none.
func answerOf(x *traffic.Exchange, began time.Time) *html.Answer {
	if x == nil {
		return nil
	}
	outcome := diff.OutcomeOf(x)
	a := &html.Answer{Entry: x.Index, Text: outcome.String(), Failed: outcome.Failed()}
	if x.Response != nil {
		a.Status = max(0, x.Response.Status)
	}
	if t := x.Recorded.Started; t.Known() {
		a.Timed, a.Start = true, milliseconds(t.Time.Sub(began))
		a.Length = float64(int64(max(0, x.Recorded.Millis)*10)) / 10
	}
	return a
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()/100) / 10 }

// beginning is the earliest time of a capture.
func beginning(c *traffic.Capture) time.Time {
	var first time.Time
	for _, x := range c.Exchanges {
		if t := x.Recorded.Started; t.Known() && (first.IsZero() || t.Time.Before(first)) {
			first = t.Time
		}
	}
	return first
}
