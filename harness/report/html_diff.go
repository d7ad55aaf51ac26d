package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
	html "github.com/replaydiff/replay/harness/report/page"
	"github.com/replaydiff/replay/scenarios"
)

// DiffHTML writes a comparison as one page: what [Diff] writes on top, below it
// the flow of both captures side by side, and each exchange whole.
func DiffHTML(w io.Writer, c *diff.Comparison, g scenarios.Diagnosis, m *mask.Masker) error {
	var text bytes.Buffer
	if err := Diff(&text, c, g, m, DiffOptions{}); err != nil { // first, so that both number masks alike
		return err
	}
	d := newDiffPage(c, g, m)
	p := d.page("diff")
	p.Plain = text.String()
	return html.Write(w, p)
}

// ExplainHTML writes what is known of a failure as one page: what [Explain]
// writes on top, and the flow of the captures below it.
func ExplainHTML(w io.Writer, c *diff.Comparison, g scenarios.Diagnosis, beside Beside, m *mask.Masker) error {
	var text bytes.Buffer
	if err := Explain(&text, c, g, beside, m, Terminal{}); err != nil {
		return err
	}
	d := newDiffPage(c, g, m)
	p := d.page("explain")
	d.logged(p, beside.Logs)
	p.Verdicts = append(p.Verdicts, d.broken(beside.Policy)...)
	p.Plain = text.String()
	return html.Write(w, p)
}

// A diffPage turns a comparison into a page.
type diffPage struct {
	c     *diff.Comparison
	g     scenarios.Diagnosis
	mask  *mask.Masker
	shown int // index of the pair that is shown on top, -1: none

	flow    []place
	rowOf   map[scenarios.Side][]int // index of the row by entry, -1: none
	cookies map[scenarios.Side]cookieHistory
}

// A place is what a row stands for: a pair, or an exchange of one side.
type place struct {
	pair    int // index into Comparison.Pairs, -1: none
	ok, bad *traffic.Exchange
}

func newDiffPage(c *diff.Comparison, g scenarios.Diagnosis, m *mask.Masker) *diffPage {
	d := &diffPage{c: c, g: g, mask: m, shown: c.First}
	if g.Pair >= 0 {
		d.shown = g.Pair
	}
	d.arrange()
	d.cookies = map[scenarios.Side]cookieHistory{
		scenarios.OK: cookiesOf(c.OK, nil), scenarios.Bad: cookiesOf(c.Bad, c),
	}
	return d
}

func (d *diffPage) page(command string) *html.Page {
	p := &html.Page{
		Command: command, Flow: "flow", Clocked: true, Summary: d.summary(), Missing: d.missing(),
		Columns: d.columns(),
		Sources: []html.Source{sourceOf(d.c.OK), sourceOf(d.c.Bad)},
	}
	if d.lone() {
		p.Sources = p.Sources[1:]
	}
	if d.g.OtherKeys {
		p.Warnings = append(p.Warnings, OtherKeysWarning)
	}
	if text := awayWarning(d.c, d.mask); text != "" {
		p.Warnings = append(p.Warnings, text)
	}
	for _, c := range []*traffic.Capture{d.c.OK, d.c.Bad} {
		for _, w := range c.Warnings {
			p.Warnings = append(p.Warnings, warningText(c, w))
		}
	}
	d.top(p)
	p.Rows = d.rows()
	p.Details = d.details
	return p
}

// lone tells whether there is a failing capture alone.
func (d *diffPage) lone() bool { return len(d.c.OK.Exchanges) == 0 && d.c.OK.File == "" }

// columns are the names of the sides: the files, without the folders that both
// are in.
func (d *diffPage) columns() []string {
	ok, bad := d.c.OK.File, d.c.Bad.File
	if d.lone() {
		ok = bad
	}
	same := 0
	for i := 0; i < min(len(ok), len(bad)) && ok[i] == bad[i]; i++ {
		if ok[i] == '/' || ok[i] == '\\' {
			same = i + 1
		}
	}
	if d.lone() {
		return []string{mask.Visible(bad[same:])}
	}
	return []string{mask.Visible(ok[same:]), mask.Visible(bad[same:])}
}

// top is the verdict; where nothing is known to fail, what differs first, or
// that nothing does.
func (d *diffPage) top(p *html.Page) {
	if d.g.Entry >= 0 {
		p.Verdicts = append(p.Verdicts, d.verdict())
	}
	switch {
	case d.shown >= 0 && d.g.Pair < 0: // what fails has no counterpart, or nothing is known to fail
		p.Verdicts = append(p.Verdicts, d.firstDifference())
	case d.g.Entry >= 0:
	default:
		text := nothingFails(d.c.Bad)
		if !d.lone() {
			text = (&diffText{c: d.c}).sameness()
		}
		p.Headline = html.Headline{Text: text, Tone: html.Good}
		if d.c.Differs() {
			p.Headline.Tone = html.Neutral
		}
		p.Title = text
		return
	}
	p.Title = title(p.Verdicts[0])
}

// firstDifference is the first pair that differs, where no verdict is on it.
func (d *diffPage) firstDifference() html.Verdict {
	pair := d.c.Pairs[d.shown]
	v := d.heading(pair.OKExchange, pair.BadExchange)
	if d.g.Entry < 0 && !v.Differ && pair.OKExchange.Response != nil {
		v.Where += "; all outcomes are alike, look here first"
	}
	v.Blocks = d.decisive()
	return v
}

func title(v html.Verdict) string {
	outcome := v.New
	if v.Differ && v.Old != "" {
		outcome = v.Old + " → " + v.New
	}
	return cutMiddle(v.Request, 80) + "  " + outcome
}

func sourceOf(c *traffic.Capture) html.Source {
	text := string(c.Format)
	if by := strings.TrimSpace(c.Creator.Name + " " + c.Creator.Version); by != "" {
		text += " by " + mask.Visible(by)
	}
	return html.Source{Name: mask.Visible(c.File), Text: text + ", " + count(len(c.Exchanges), "entry", "entries")}
}

// summary counts what was compared, so that silence is not mistaken for
// blindness.
func (d *diffPage) summary() string {
	if d.lone() {
		return count(len(d.c.Bad.Exchanges), "exchange", "exchanges")
	}
	equal, quiet := 0, 0
	for _, p := range d.c.Pairs {
		switch {
		case p.Matter+p.Noise == 0:
			equal++
		case !p.Matters():
			quiet++
		}
	}
	text := fmt.Sprintf("%s: %d that differ, %d with noise alone, %d equal", count(len(d.c.Pairs), "pair", "pairs"), len(d.c.Pairs)-equal-quiet, quiet, equal)
	for _, side := range []struct {
		c    *traffic.Capture
		only []int
	}{{d.c.OK, d.c.OnlyOK}, {d.c.Bad, d.c.OnlyBad}} {
		if n := len(side.only); n > 0 {
			text += fmt.Sprintf("; %s only in %s", count(n, "exchange", "exchanges"), mask.Visible(side.c.File))
		}
	}
	return text
}
