package answers

import (
	"cmp"
	"slices"
	"sort"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/results"
)

// differences are the changes of one observation, ready to be counted.
type differences struct {
	matter []difference
	noise  []noiseDifference // each field and reason once
}

type difference struct {
	edit       diff.Edit // with values of bounded length
	field      string
	kind       results.Change
	regression bool
}

type noiseDifference struct {
	field  string
	reason diff.Noise
}

func differencesOf(o Observation, answered bool) differences {
	var d differences
	if !answered {
		return d
	}
	for i := range o.Changes {
		c := &o.Changes[i]
		if c.Side != diff.Response {
			continue
		}
		field := leveled(c.Edit).Path()
		if c.Noise != "" {
			if n := (noiseDifference{field, c.Noise}); !slices.Contains(d.noise, n) {
				d.noise = append(d.noise, n)
			}
			continue
		}
		d.matter = append(d.matter, difference{bounded(c.Edit), field, kindOf(string(c.Op)), Regression(o.Recorded, o.Live, *c)})
	}
	return d
}

// An evidence is what is kept of an observation: everything of it that a report
// can show.
type evidence struct {
	Observation
	edits []diff.Edit
}

// A lazyEvidence makes the evidence of an observation when it is first wanted:
// most are not.
type lazyEvidence struct {
	observation Observation
	found       differences
	made        *evidence
}

func (l *lazyEvidence) kept() *evidence {
	if l.made == nil {
		l.made = &evidence{Observation: l.observation}
		l.made.Changes = nil
		l.made.Live = withoutLongBodies(l.observation.Live)
		for _, d := range l.found.matter {
			l.made.edits = append(l.made.edits, d.edit)
		}
	}
	return l.made
}

// maxKeptBody is the length in bytes of bodies that are kept with an example:
// longer ones issue no secrets that the masker would learn.
const maxKeptBody = 16 << 10

func withoutLongBodies(x *traffic.Exchange) *traffic.Exchange {
	if x == nil {
		return nil
	}
	kept := *x
	if kept.Request.Body.MaxLen() > maxKeptBody {
		kept.Request.Body = traffic.Body{}
	}
	if x.Response != nil && x.Response.Body.MaxLen() > maxKeptBody {
		r := *x.Response
		r.Body = traffic.Body{}
		kept.Response = &r
	}
	return &kept
}

// before orders evidence as captures are: the working one first.
func (e *evidence) before(f *evidence) bool { return orderOf(e, f) < 0 }

func orderOf(e, f *evidence) int {
	return cmp.Or(e.Flow.Compare(f.Flow), cmp.Compare(e.Entry, f.Entry))
}

// firstEntries are the first exchanges that are not as recorded, in order.
type firstEntries struct {
	list []*standing
}

type standing struct {
	*evidence
	verdict results.Verdict
}

func (f *firstEntries) add(l *lazyEvidence, v results.Verdict) {
	probe := &evidence{Observation: Observation{Flow: l.observation.Flow, Entry: l.observation.Entry}}
	i := sort.Search(len(f.list), func(i int) bool { return probe.before(f.list[i].evidence) })
	if i >= results.MaxExchanges {
		return
	}
	if len(f.list) == results.MaxExchanges {
		f.list = f.list[:results.MaxExchanges-1]
	}
	f.list = slices.Insert(f.list, i, &standing{l.kept(), v})
}
