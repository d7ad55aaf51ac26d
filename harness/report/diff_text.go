package report

import (
	"fmt"
	"io"
	"strconv"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/scenarios"
)

// DiffOptions are what a text shows of a comparison.
type DiffOptions struct {
	Terminal
	All bool // every pair whole, noise with its reason
}

// Diff writes a comparison for a person: the failing request with the verdict
// on it and what changed in it, then the other pairs in a line each, then what
// one side alone has.
func Diff(w io.Writer, c *diff.Comparison, g scenarios.Diagnosis, m *mask.Masker, o DiffOptions) error {
	d := &diffText{page: newPage(w, o.Terminal), c: c, mask: m, all: o.All, diagnosis: g, shown: c.First}
	d.warnings(c.OK)
	d.warnings(c.Bad)
	if g.Entry >= 0 {
		d.explained()
		d.line(0)
	}
	switch {
	case g.Pair >= 0:
		d.shown = g.Pair
	case g.Entry < 0 || c.First >= 0:
		d.headline()
	}
	if d.shown >= 0 {
		p := c.Pairs[d.shown]
		d.changed(p, p.Changes())
	}
	d.elsewhere()
	d.oneSided(c.OK, c.OnlyOK)
	d.oneSided(c.Bad, c.OnlyBad)
	d.summary()
	return d.Flush()
}

type diffText struct {
	page
	c         *diff.Comparison
	mask      *mask.Masker
	all       bool
	diagnosis scenarios.Diagnosis
	shown     int // index of the pair that is shown whole, -1: none
}

// maxWarnings bounds the warnings of a capture: the odd exporter earns one for
// every entry.
const maxWarnings = 3

func (d *diffText) warnings(c *traffic.Capture) {
	for n, warning := range c.Warnings {
		if left := len(c.Warnings) - n; n == maxWarnings && left > 1 && !d.all {
			d.line(2, span{yellow, fmt.Sprintf("%s: %d more warnings (--all shows them)", mask.Visible(c.File), left)})
			return
		}
		d.line(2, span{yellow, "warning: " + warningText(c, warning)})
	}
}

func warningText(c *traffic.Capture, w traffic.Warning) string {
	where := mask.Visible(c.File)
	if w.Entry >= 0 {
		where += ": entry " + strconv.Itoa(w.Entry)
	}
	return where + ": " + mask.Visible(w.Text)
}

// headline names the pair to look at first.
func (d *diffText) headline() {
	if d.c.First < 0 {
		d.line(0, span{bold, d.sameness()})
		return
	}
	d.pairHeadline(d.c.Pairs[d.c.First])
}

func (d *diffText) pairHeadline(p diff.Compared) {
	ok, bad := p.OKExchange, p.BadExchange
	d.requestLine(bad, outcomes(ok, bad))
	where := fmt.Sprintf("%s entry %d, %s entry %d", mask.Visible(d.c.OK.File), p.OK, mask.Visible(d.c.Bad.File), p.Bad)
	if d.diagnosis.Entry < 0 && diff.OutcomeOf(ok).Same(diff.OutcomeOf(bad)) && ok.Response != nil {
		where += "; all outcomes are alike, look here first"
	}
	d.line(0, span{dim, where})
}

// requestLine is what someone in the middle of an outage reads.
func (d *diffText) requestLine(x *traffic.Exchange, outcome []span) {
	room := max(d.width()-3-spanColumns(outcome), d.width()/2)
	request := cut(mask.Visible(x.Request.Method)+" "+d.mask.URL(x.Request.URL), room)
	d.line(2, append([]span{{bold, pad(request, min(room, 42))}, plain("   ")}, outcome...)...)
}

// sameness is the headline where no pair differs in what matters.
func (d *diffText) sameness() string {
	switch {
	case len(d.c.OK.Exchanges)+len(d.c.Bad.Exchanges) == 0:
		return "both captures are empty"
	case len(d.c.Pairs) == 0:
		return "no exchange of one capture has a counterpart in the other"
	case len(d.c.OnlyOK)+len(d.c.OnlyBad) > 0:
		return "no pair differs in what matters, but not every exchange has a counterpart"
	}
	return "nothing that matters differs"
}

// outcomes shows how two exchanges ended, once where they ended alike.
func outcomes(ok, bad *traffic.Exchange) []span {
	before, after := diff.OutcomeOf(ok), diff.OutcomeOf(bad)
	switch {
	case ok.Response == nil && bad.Response == nil:
		return []span{{dim, "no answers recorded"}} // curl lines
	case before == after:
		return []span{{dim, before.String()}}
	case before.Same(after):
		return []span{plain(before.String() + " → "), {dim, after.String()}}
	}
	return []span{plain(before.String() + " → "), {red, after.String()}}
}

func spanColumns(spans []span) int {
	n := 0
	for _, s := range spans {
		n += columns(s.text)
	}
	return n
}

// summary counts what was compared, so that silence is not mistaken for
// blindness.
func (d *diffText) summary() {
	equal, quiet := 0, 0
	for _, p := range d.c.Pairs {
		switch {
		case p.Matter+p.Noise == 0:
			equal++
		case !p.Matters():
			quiet++
		}
	}
	text := count(len(d.c.Pairs), "pair", "pairs")
	if equal > 0 {
		text += fmt.Sprintf(", %d equal", equal)
	}
	if quiet > 0 {
		text += fmt.Sprintf(", %d with noise alone", quiet)
		if !d.all {
			text += " (--all shows it)"
		}
	}
	d.line(0)
	d.line(0, span{dim, text})
}
