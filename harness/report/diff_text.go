package report

import (
	"fmt"
	"io"
	"strconv"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
)

// DiffOptions are what a text shows of a comparison.
type DiffOptions struct {
	Terminal
	All bool // every pair whole, noise with its reason
}

// Diff writes a comparison for a person: the first divergence and what changed
// in it, then the other pairs in a line each, then what one side alone has.
func Diff(w io.Writer, c *diff.Comparison, m *mask.Masker, o DiffOptions) error {
	d := &diffText{page: newPage(w, o.Terminal), c: c, mask: m, all: o.All}
	d.warnings(c.OK)
	d.warnings(c.Bad)
	d.headline()
	if c.First >= 0 {
		d.changed(c.Pairs[c.First], c.Pairs[c.First].Changes())
	}
	d.elsewhere()
	d.oneSided(c.OK, c.OnlyOK)
	d.oneSided(c.Bad, c.OnlyBad)
	d.summary()
	return d.Flush()
}

type diffText struct {
	page
	c    *diff.Comparison
	mask *mask.Masker
	all  bool
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

// headline is what someone in the middle of an outage reads.
func (d *diffText) headline() {
	if d.c.First < 0 {
		d.line(0, span{bold, d.verdict()})
		return
	}
	p := d.c.Pairs[d.c.First]
	ok, bad := d.c.OK.Exchanges[p.OK], d.c.Bad.Exchanges[p.Bad]
	outcome := outcomes(ok, bad)
	room := max(d.width()-3-spanColumns(outcome), d.width()/2)
	request := cut(mask.Visible(bad.Request.Method)+" "+d.mask.URL(bad.Request.URL), room)
	d.line(2, append([]span{{bold, pad(request, min(room, 42))}, plain("   ")}, outcome...)...)

	where := fmt.Sprintf("%s entry %d, %s entry %d", mask.Visible(d.c.OK.File), p.OK, mask.Visible(d.c.Bad.File), p.Bad)
	if diff.OutcomeOf(ok).Same(diff.OutcomeOf(bad)) && ok.Response != nil {
		where += "; all outcomes are alike, look here first"
	}
	d.line(0, span{dim, where})
}

// verdict is the headline where no pair differs in what matters.
func (d *diffText) verdict() string {
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
