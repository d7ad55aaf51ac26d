package report

import (
	"fmt"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
	html "github.com/replaydiff/replay/harness/report/page"
	"github.com/replaydiff/replay/harness/shown"
	"github.com/replaydiff/replay/scenarios"
	"github.com/replaydiff/replay/scenarios/policy"
)

// verdict is what a terminal shows on top, in the same order.
func (d *diffPage) verdict() html.Verdict {
	failed := d.c.Bad.Exchanges[d.g.Entry]
	var good *traffic.Exchange
	if d.g.Pair >= 0 {
		good = d.c.Pairs[d.g.Pair].OKExchange
	}
	v := d.heading(good, failed)
	if good != nil {
		v.Blocks = d.decisive()
	}
	if len(d.g.Findings) == 0 {
		v.Cause = "nothing known explains it"
		v.Facts = d.who(failed)
		if id, ok := scenarios.RequestID(failed.Response); ok {
			v.Facts = append(v.Facts, html.Fact{Label: "ask", Text: "the operator, with " + mask.Visible(id.Name) + " " + d.mask.Header(id.Name, id.Value)})
		}
		return v
	}
	best := d.g.Findings[0]
	v.Cause, v.Sure, v.Confidence, v.Means = best.Cause.ID, best.Word(), best.Confidence, best.Cause.Means
	v.Evidence, v.Against = d.evidence(best.Evidence), d.evidence(best.Against)
	if explains := idsOf(d.g.Symptoms); explains != "" {
		v.Facts = append(v.Facts, html.Fact{Label: "explains", Text: explains})
	}
	if triggers := idsOf(d.g.Triggers); triggers != "" {
		v.Facts = append(v.Facts, html.Fact{Label: "set off", Text: "by " + triggers})
	}
	v.Facts = append(v.Facts, d.who(failed)...)
	for _, a := range best.Cause.AdviceFor(d.g.Places(d.c)) {
		v.Fixes = append(v.Fixes, html.Fix{Where: string(a.Where), Text: a.Text, Code: a.Snippet})
	}
	d.doubts(&v)
	return v
}

// doubts is what else it can be, and the test that tells.
func (d *diffPage) doubts(v *html.Verdict) {
	rest := d.g.Findings[1:]
	if d.g.Tie != nil {
		v.Doubts = []html.Fact{
			{Label: "or", Text: d.g.Tie.Second.ID + ": the captures can't tell the two apart."},
			{Label: "to tell", Text: d.g.Tie.Test},
		}
		rest = rest[1:]
	}
	for _, f := range rest {
		v.Others = append(v.Others, html.Guess{Cause: f.Cause.ID, Sure: f.Word(), Confidence: f.Confidence, Means: f.Cause.Means})
	}
}

// heading names a request and how it ended; the good one may be nil.
func (d *diffPage) heading(good, failed *traffic.Exchange) html.Verdict {
	v := html.Verdict{
		Request: mask.Visible(failed.Request.Method) + " " + d.mask.URL(failed.Request.URL),
		New:     diff.OutcomeOf(failed).String(), Row: d.rowID(scenarios.Bad, failed.Index),
		Where: fmt.Sprintf("%s entry %d", mask.Visible(d.c.Bad.File), failed.Index),
	}
	switch {
	case good != nil:
		before, after := diff.OutcomeOf(good), diff.OutcomeOf(failed)
		v.Old, v.Differ = before.String(), !before.Same(after)
		v.Where = fmt.Sprintf("%s entry %d, %s", mask.Visible(d.c.OK.File), good.Index, v.Where)
	case !d.lone():
		v.Where += "; " + mask.Visible(d.c.OK.File) + " has no such request"
	}
	v.Where += notAwaited(failed)
	if failed.Response == nil && (good == nil || good.Response == nil) {
		v.Old, v.New = "", "no answers recorded" // curl lines
	}
	return v
}

// who tells which component answered, where something does.
func (d *diffPage) who(x *traffic.Exchange) []html.Fact {
	if x.Response == nil || d.g.Answerer.Product == "" && !d.g.Answerer.Made {
		return nil
	}
	return []html.Fact{{Label: "who", Text: d.g.Answerer.Sentence(max(0, x.Response.Status))}}
}

func (d *diffPage) evidence(list []scenarios.Evidence) []html.Evidence {
	var all []html.Evidence
	for _, e := range list {
		shown := html.Evidence{
			Place: evidencePlace(d.mask, d.c, d.g, e), Note: e.Note, Strength: e.Strength.String(), Row: d.rowID(e.Side, e.Entry),
		}
		if e.At.Part != "" {
			shown.Op, shown.Old, shown.New = evidenceOp(e.At), "", ""
			old, new := evidenceDoor(d.mask, d.c, e).Values(e.At)
			if shown.Op == html.Add || shown.Op == html.Replace {
				shown.New = cutMiddle(mask.Visible(emptyMark(e.At, new)), maxPageEvidence)
			}
			if shown.Op == html.Remove || shown.Op == html.Replace {
				shown.Old = cutMiddle(mask.Visible(emptyMark(e.At, old)), maxPageEvidence)
			}
		}
		all = append(all, shown)
	}
	return all
}

// maxPageEvidence bounds a value in a piece of evidence, in columns: what
// changed stands below it whole.
const maxPageEvidence = 400

// evidenceOp is what is to be said of a place: a value that is there, one that
// is gone, two values, or the place alone ("").
func evidenceOp(e diff.Edit) html.Op {
	switch {
	case e.Op == diff.Add && e.New != "":
		return html.Add
	case e.Op == diff.Remove:
		return html.Remove
	case e.Op == diff.Replace, e.Op == diff.Respell, e.Op == diff.Layout:
		return html.Replace
	}
	return ""
}

// broken is how a client keeps itself logged in, where it should do otherwise.
func (d *diffPage) broken(breaches []policy.Breach) []html.Verdict {
	var list []html.Verdict
	for _, rule := range policy.All() {
		v := html.Verdict{Cause: string(rule), Sure: "advice", Means: rule.Means()}
		for _, b := range breaches {
			if b.Rule == rule {
				v.Evidence = append(v.Evidence, html.Evidence{Place: entriesOf(b), Note: mask.Visible(b.Said), Row: d.rowID(scenarios.Bad, b.Entry)})
			}
		}
		if len(v.Evidence) == 0 {
			continue
		}
		for _, a := range rule.Advice() {
			if a.Where == scenarios.Client || a.Where == scenarios.App {
				v.Fixes = append(v.Fixes, html.Fix{Where: string(a.Where), Text: a.Text, Code: a.Snippet})
			}
		}
		list = append(list, v)
	}
	return list
}

// decisive is what changed in the pair on top.
func (d *diffPage) decisive() []html.Block {
	if d.shown < 0 {
		return nil
	}
	p := d.c.Pairs[d.shown]
	changes := p.Changes()
	b := html.Block{Title: "what changed in it", Changes: d.changes(changes, shown.PairDoor(d.mask, p.OKExchange, p.BadExchange))}
	if !requestMatters(changes) {
		b.Note = "nothing changed in the request"
	}
	return []html.Block{b}
}

// changes lists what changed by section, as a terminal does; what an ordinary
// newer token differs in stands in a line, and apart among the noise.
func (d *diffPage) changes(all []diff.Change, door shown.Door) []html.Change {
	list := []html.Change{}
	tokens := viewTokens(all, door)
	for _, s := range sections {
		for _, c := range s.of(all) {
			change := html.Change{Section: s.title, Place: html.Text(door.Place(c.Edit)), Op: html.Op(c.Op), Noise: string(c.Noise)}
			if c.Noise == "" && tokens.quiet(c.Edit) {
				if text := tokens.tell(c.Edit); text != "" && !tokens.dropped(c.Edit) {
					list = append(list, html.Change{Section: s.title, Place: html.Text(door.Name(c.Edit)), Op: html.Replace, Note: html.Text(text)})
				}
				change.Noise = "newer token"
			}
			old, new := door.Values(c.Edit)
			if c.Op != diff.Add && c.Op != diff.Reorder {
				change.Old = pageText(emptyMark(c.Edit, old))
			}
			if c.Op != diff.Remove && c.Op != diff.Reorder {
				change.New = pageText(emptyMark(c.Edit, new))
			}
			list = append(list, change)
		}
	}
	return list
}

// maxPageValue bounds a value on a page, in bytes.
const maxPageValue = 8 << 10

// pageText is a masked text with every control but line breaks and tabs made
// visible, and not too long.
func pageText(s string) html.Text {
	text, cutOff := cutBytes(s, maxPageValue)
	if cutOff > 0 {
		text += fmt.Sprintf("\n… %d bytes more", cutOff)
	}
	return visibleText(text)
}
