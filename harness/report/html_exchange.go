package report

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
	html "github.com/replaydiff/replay/harness/report/page"
	"github.com/replaydiff/replay/harness/shown"
	"github.com/replaydiff/replay/scenarios"
)

// details yields the blocks of every row, in the order in which somebody opens
// them.
func (d *diffPage) details(yield func(int, []html.Block) bool) {
	order := make([]int, len(d.flow))
	weight := make([]int, len(d.flow))
	for i, at := range d.flow {
		order[i], weight[i] = i, d.weight(at)
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(weight[b], weight[a]) })
	for n, i := range order {
		brief := n >= wholeExchanges && len(order) > allWhole
		if !yield(i, d.exchange(d.flow[i], brief, bodyRoom(n, len(order)))) {
			return
		}
	}
}

// In a long flow only the exchanges that somebody opens first have all there is.
// Of the others noise is marked in the messages alone, tokens are left out where
// the outcome is as it was, and so is what the recorder noted.
const (
	wholeExchanges = 200
	allWhole       = 2000 // rows
	briefChanges   = 30
)

// An exchangePage is what is shown of one row.
type exchangePage struct {
	*diffPage
	place
	door    shown.Door
	changes []diff.Change
	brief   bool
	room    int // bytes of a body
}

// exchange is all that is known of one row.
func (d *diffPage) exchange(at place, brief bool, room int) []html.Block {
	e := exchangePage{diffPage: d, place: at, brief: brief, room: room}
	e.door = shown.PairDoor(d.mask, cmp.Or(at.ok, at.bad), cmp.Or(at.bad, at.ok))
	var blocks []html.Block
	if at.pair >= 0 {
		e.changes = d.c.Pairs[at.pair].Changes()
		blocks = append(blocks, e.changed())
	}
	blocks = append(blocks, e.answeredBy()...)
	blocks = append(blocks, e.cors()...)
	if !brief || d.weight(at) >= rowFails {
		blocks = append(blocks, e.tokens()...)
	}
	blocks = append(blocks, e.cookieTable()...)
	blocks = append(blocks, e.messages()...)
	if !brief {
		blocks = append(blocks, e.recorded()...)
	}
	return blocks
}

func (e *exchangePage) changed() html.Block {
	b := html.Block{Title: "what changed", Changes: e.diffPage.changes(e.changes, e.door)}
	if !e.brief {
		return b
	}
	all := len(b.Changes)
	b.Changes = slices.DeleteFunc(b.Changes, func(c html.Change) bool { return c.Noise != "" })
	if noise := all - len(b.Changes); noise > 0 {
		b.Note = count(noise, "change", "changes") + " of noise below, in the messages"
	}
	if over := len(b.Changes) - briefChanges; over > 0 {
		b.Changes = b.Changes[:briefChanges]
		b.Note = strings.TrimPrefix(b.Note+"; "+count(over, "more change", "more changes")+" in the messages", "; ")
	}
	return b
}

// sides are the exchanges of a row, the working one first; nil where that side
// has none.
func (e *exchangePage) sides() []*traffic.Exchange {
	if e.lone() {
		return []*traffic.Exchange{e.bad}
	}
	return []*traffic.Exchange{e.ok, e.bad}
}

// table begins a table with a column for each side.
func (e *exchangePage) table(first ...string) *html.Table {
	return &html.Table{Columns: append(first, e.columns()...)}
}

// answeredBy tells which component made each answer, and what told.
func (e *exchangePage) answeredBy() []html.Block {
	t := e.table()
	var row []html.Cell
	known := false
	for _, x := range e.sides() {
		var cell html.Cell
		if x != nil && x.Response != nil {
			a := scenarios.AnswererOf(x.Response)
			known = known || a.Product != ""
			cell = html.Cell{Text: html.Text(a.Sentence(max(0, x.Response.Status))), More: html.Text(a.By)}
		}
		row = append(row, cell)
	}
	if !known {
		return nil
	}
	t.Rows, t.Prose = [][]html.Cell{row}, true
	return []html.Block{{Title: "who answered", Table: t}}
}

// messages are the request and the answer of both sides beside each other.
func (e *exchangePage) messages() []html.Block {
	blocks := []html.Block{{Title: "request", Message: e.request()}}
	if answer := e.response(); answer != nil {
		blocks = append(blocks, html.Block{Title: "answer", Message: answer})
	}
	return blocks
}

// recorded is what the recorder noted: when, how long, over which connection.
func (e *exchangePage) recorded() []html.Block {
	t := e.table("")
	var notes [][]string
	for _, x := range e.sides() {
		if x == nil {
			notes = append(notes, nil)
			continue
		}
		r := x.Recorded
		notes = append(notes, []string{
			mask.Visible(r.Started.Text), millis(r.Millis), phases(r.Timings), mask.Visible(r.ServerIP), mask.Visible(r.Connection), e.mask.Text(r.Comment),
		})
	}
	for i, name := range []string{"began", "took", "phases", "server address", "connection", "comment"} {
		row, any := []html.Cell{{Text: html.Text(name)}}, false
		for _, side := range notes {
			cell := html.Cell{}
			if side != nil {
				cell.Text = pageText(side[i])
			}
			any = any || cell.Text != ""
			row = append(row, cell)
		}
		if any {
			t.Rows = append(t.Rows, row)
		}
	}
	if t.Rows == nil {
		return nil
	}
	return []html.Block{{Title: "recorded", Table: t}}
}

func millis(ms float64) string {
	if ms < 0 || ms == 0 {
		return ""
	}
	return strconv.FormatFloat(ms, 'f', 1, 64) + " ms"
}

// phases names the times that are known (HAR 1.2, timings).
func phases(t traffic.Timings) string {
	var list []string
	for _, p := range []struct {
		name string
		ms   float64
	}{{"blocked", t.Blocked}, {"dns", t.DNS}, {"connect", t.Connect}, {"tls", t.SSL}, {"send", t.Send}, {"wait", t.Wait}, {"receive", t.Receive}} {
		if p.ms > 0 {
			list = append(list, p.name+" "+strconv.FormatFloat(p.ms, 'f', 1, 64))
		}
	}
	return strings.Join(list, ", ")
}
