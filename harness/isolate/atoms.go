package isolate

import (
	"slices"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios"
)

// Differences are in what the requests of a failing flow differ from those of
// the working one.
type Differences struct {
	Parts []Part
	Atoms []Atom
	Left  []Left // what is not put into requests, and why

	ok, bad map[int]*traffic.Request // by entry of the working capture, as they are sent
}

// An Atom is parts that only make sense together.
type Atom struct {
	Parts []int  // indices, ascending
	Core  []int  // those that may be at fault alone, a signature; nil: none in particular
	Why   string // they belong together: a clause; "" for one part
}

// A Left is a change that is no culprit, or can't be tried.
type Left struct {
	Part
	Why string // a clause
}

// An Entry is a request of the working capture that is sent, and the one of the
// failing capture beside it; Bad is -1 where it has none.
type Entry struct{ OK, Bad int }

// Entries finds the partners of entries of the working capture.
func Entries(c *diff.Comparison, ok []int) []Entry {
	partner := map[int]int{}
	for _, p := range c.Pairs {
		partner[p.OK] = p.Bad
	}
	var list []Entry
	for _, i := range ok {
		bad, paired := partner[i]
		if !paired {
			bad = -1
		}
		list = append(list, Entry{i, bad})
	}
	return list
}

// Between lists what can be put into the entries of a working flow, in the order
// of sending, to make them those of the failing one. What each flow was handed
// out by itself is no difference, and what only follows from an earlier answer
// is left to that. The last entry is the request in question.
//
// Leads tells whether a request of the failing capture can be sent at all; nil:
// each can.
func Between(c *diff.Comparison, entries []Entry, leads func(*traffic.Request) bool) *Differences {
	d := &Differences{ok: map[int]*traffic.Request{}, bad: map[int]*traffic.Request{}}
	for _, e := range entries {
		if e.Bad < 0 {
			d.Parts = append(d.Parts, Part{Entry: e.OK, Place: "request", Drop: true})
			continue
		}
		d.add(e, c.OK.Exchanges[e.OK], c.Bad.Exchanges[e.Bad], leads)
	}
	d.leaveFollowing(c, entries)
	d.group(c)
	return d
}

// add takes the changes of one request apart, by place.
func (d *Differences) add(e Entry, x, y *traffic.Exchange, leads func(*traffic.Request) bool) {
	ok, bad := plain(&x.Request), plain(&y.Request)
	d.ok[e.OK], d.bad[e.OK] = ok, bad
	from, to := sideBySide(ok, bad)
	good, failing := *x, *y
	good.Request, failing.Request = *from, *to
	at := map[string]int{}
	for _, change := range diff.Judge(&good, &failing, changes(from, to)) {
		place := placeOf(change.Edit)
		if place == "" {
			continue
		}
		i, known := at[place]
		if !known {
			i = len(d.Parts)
			at[place] = i
			d.Parts = append(d.Parts, Part{Entry: e.OK, Place: place, Noise: change.Noise, old: valueAt(ok, place), new: valueAt(bad, place)})
		}
		p := &d.Parts[i]
		p.Edits = append(p.Edits, change.Edit)
		if change.Noise == "" {
			p.Noise = ""
		}
	}
	if leads != nil && !leads(bad) {
		d.leave(func(p *Part) string {
			if p.Entry == e.OK && (p.Place == "origin" || p.Place == "url") {
				return "the failing request went to a host without a target: --map names one"
			}
			return ""
		})
	}
}

// leave takes out parts for which there is a reason.
func (d *Differences) leave(why func(*Part) string) {
	d.Parts = slices.DeleteFunc(d.Parts, func(p Part) bool {
		reason := why(&p)
		if reason != "" {
			d.Left = append(d.Left, Left{p, reason})
		}
		return reason != ""
	})
}

// leaveFollowing takes out what differs because an answer did: a token that each
// flow got by itself, a cookie that was not set as the login had failed.
func (d *Differences) leaveFollowing(c *diff.Comparison, entries []Entry) {
	partner := map[int]int{}
	for _, e := range entries {
		partner[e.OK] = e.Bad
	}
	good, failing := scenarios.NewTrace(c.OK), scenarios.NewTrace(c.Bad)
	first := -1 // the earliest entry in which anything differs
	for _, p := range d.Parts {
		if first < 0 || p.Entry < first {
			first = p.Entry
		}
	}
	d.leave(func(p *Part) string {
		if p.Drop {
			return ""
		}
		from, issued := good.IssuedBy(p.Entry, p.old)
		bad, sent := partner[from.Entry]
		if !issued || !sent || bad < 0 {
			return ""
		}
		if got, ok := failing.IssuedBy(partner[p.Entry], p.new); ok && got.Entry == bad && got.At.Path() == from.At.Path() {
			return "each flow was handed out its own by an earlier answer"
		}
		if first <= from.Entry && !handsOut(c.OK.Exchanges[from.Entry], c.Bad.Exchanges[bad], from.At) {
			return "it follows from an earlier answer, which handed nothing out in the failing flow"
		}
		return ""
	})
}

// handsOut tells whether the answer of the failing flow hands out something
// where the one of the working flow did.
func handsOut(ok, bad *traffic.Exchange, at diff.Edit) bool {
	if !diff.OutcomeOf(ok).Same(diff.OutcomeOf(bad)) {
		return false
	}
	for _, e := range diff.Between(&traffic.Exchange{Response: ok.Response}, &traffic.Exchange{Response: bad.Response}) {
		if e.Side == diff.Response && e.Part == at.Part && e.Name == at.Name && (e.Sub == "" || e.Sub == at.Sub) && e.Op == diff.Remove {
			return false
		}
	}
	return true
}
