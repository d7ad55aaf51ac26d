package report

import (
	"cmp"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"

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
	d.marks()
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

// marks warns of secrets that can't be compared, before anybody reads that they
// differ.
func (d *diffText) marks() {
	if d.diagnosis.OtherKeys {
		d.line(2, span{yellow, "warning: " + OtherKeysWarning})
	}
	if text := awayWarning(d.c, d.mask); text != "" {
		d.line(2, span{yellow, "warning: " + text})
	}
}

// awayWarning says that the failing flow leaves its capture where the working one
// does not: what is compared may be innocent. "" where nothing is to be said.
func awayWarning(c *diff.Comparison, m *mask.Masker) string {
	away, was := diff.EndsAway(c.Bad), diff.EndsAway(c.OK)
	if away < 0 || slices.ContainsFunc(c.Pairs, func(p diff.Compared) bool { return p.Bad == away && p.OK == was }) {
		return ""
	}
	x := c.Bad.Exchanges[away]
	to, err := url.Parse(strings.TrimSpace(cmp.Or(x.Response.Header.Get("location"), x.Response.Location)))
	if err != nil {
		return ""
	}
	origin := url.URL{Scheme: to.Scheme, Host: to.Host}
	return fmt.Sprintf("%s ends with a redirect to another origin, %s (entry %d), and holds nothing of what happened there: replay record --forward or --browser records that too",
		mask.Visible(c.Bad.File), m.URL(origin.String()), away)
}

// OtherKeysWarning says what [scenarios.Diagnosis] OtherKeys means and what to do.
const OtherKeysWarning = "the secrets of the two captures were redacted with different keys, or in one of them alone: whether two of them are the same can't be told, " +
	"and no cause rests on it; redact both in one call of replay redact, or with the same --key"

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
	where += notAwaited(bad)
	d.line(0, span{dim, where})
}

// notAwaited says of an exchange why nothing can be told from its outcome.
func notAwaited(x *traffic.Exchange) string {
	if diff.OutcomeOf(x).Ending == diff.Unfinished {
		return "; the recording ended before it was answered"
	}
	return ""
}

// nothingFails is the headline on a capture, and what it did not wait for.
func nothingFails(c *traffic.Capture) string {
	text, open := "nothing fails in "+mask.Visible(c.File), 0
	for _, x := range c.Exchanges {
		if diff.OutcomeOf(x).Ending == diff.Unfinished {
			open++
		}
	}
	if open > 0 {
		text += ", but the recording ended before " + count(open, "request was", "requests were") + " answered: record again, and wait for the answers"
	}
	return text
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
