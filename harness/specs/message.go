package specs

import (
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/harness/report"
	"github.com/replaydiff/replay/harness/results"
	"github.com/replaydiff/replay/harness/shown"
	"github.com/replaydiff/replay/scenarios"
)

// A teller writes what matchers say of two flows. Every captured value in it has
// passed the masker.
type teller struct {
	c      *diff.Comparison
	masker mask.Masker
}

func newTeller(c *diff.Comparison) *teller {
	t := &teller{c: c}
	t.masker.LearnCapture(c.OK)
	t.masker.LearnCapture(c.Bad)
	return t
}

var terminal = report.Terminal{Width: messageWidth}

// difference is the comparison as replay diff writes it, and the curl line of
// the request that it tells of; sent has the addresses that were truly asked.
func (t *teller) difference(sent *traffic.Capture) string {
	d := scenarios.Diagnose(t.c)
	var b strings.Builder
	_ = report.Diff(&b, t.c, d, &t.masker, report.DiffOptions{Terminal: terminal}) // a strings.Builder takes all
	return paragraphs(forGo(b.String()), t.curl(sent, t.shown(d)))
}

// shown is the entry of the failing flow that a message is about.
func (t *teller) shown(d scenarios.Diagnosis) int {
	switch {
	case d.Entry >= 0:
		return d.Entry
	case t.c.First >= 0:
		return t.c.Pairs[t.c.First].Bad
	case len(t.c.Bad.Exchanges) == 1:
		return 0
	}
	return -1
}

// verdict is the diagnosis as replay explain writes it.
func (t *teller) verdict(d scenarios.Diagnosis) string {
	var b strings.Builder
	_ = report.Explain(&b, t.c, d, report.Beside{}, &t.masker, terminal)
	return forGo(b.String())
}

// forGo leaves out what only the command line can do.
func forGo(text string) string {
	return strings.NewReplacer(" (--all shows it)", "", " (--all shows them)", "").Replace(text)
}

// change is one edit in a line.
func (t *teller) change(p diff.Compared, e diff.Edit) string {
	door := shown.PairDoor(&t.masker, p.OKExchange, p.BadExchange)
	old, new := door.Values(e)
	line := door.Path(e)
	switch e.Op {
	case diff.Add:
		line += "  added " + new
	case diff.Remove:
		line += "  removed " + old
	case diff.Reorder:
		line += "  in another order"
	default:
		line += "  " + old + " → " + new
	}
	return mask.Visible(line)
}

// curl is the command that asks the same again: the one request, or that of an
// entry of a flow.
func (t *teller) curl(sent *traffic.Capture, entry int) string {
	if sent == nil || entry < 0 || entry >= len(sent.Exchanges) || sent.Exchanges[entry].Request.URL == "" {
		return ""
	}
	line := results.CurlLine(&sent.Exchanges[entry].Request, &t.masker)
	if line == "" {
		return ""
	}
	return "again     " + line
}

// paragraphs joins the parts of a message that are there.
func paragraphs(parts ...string) string {
	var there []string
	for _, p := range parts {
		if p = strings.Trim(p, "\n"); p != "" {
			there = append(there, p)
		}
	}
	return strings.Join(there, "\n\n")
}

// indented puts lines under a sentence.
func indented(lines []string) string {
	var b strings.Builder
	for _, line := range lines {
		b.WriteString("\n  " + line)
	}
	return b.String()
}

// listed joins words as people do: "a, b and c".
func listed(words []string, last string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " " + last + " " + words[len(words)-1]
}

// causeAdvice is what a cause means and what to do about it, for its first two
// places; "" for none.
func causeAdvice(id string) string {
	for _, c := range scenarios.Catalogue() {
		if c.ID != id {
			continue
		}
		lines := []string{"cause     " + c.ID, "          " + c.Means}
		label := "fix       "
		for _, a := range c.AdviceFor(nil)[:min(2, len(c.AdviceFor(nil)))] {
			lines = append(lines, label+string(a.Where)+": "+a.Text)
			label = "          "
			for line := range strings.SplitSeq(a.Snippet, "\n") {
				if line != "" {
					lines = append(lines, "            "+line)
				}
			}
		}
		return strings.Join(lines, "\n")
	}
	return ""
}
