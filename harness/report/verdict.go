package report

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/harness/shown"
	"github.com/replaydiff/replay/scenarios"
)

// What a verdict shows at most: someone in the middle of an outage reads it.
const (
	maxBecause = 3
	maxOthers  = 2

	verdictColumn = 9 // where the text beside "cause", "because", … begins
	placeColumn   = 8 // the width of a place in the fixes
)

// Explain writes what is known of a failure for a person: the verdict alone, and
// behind it what logs have of it, and what the client of the failing capture
// should do otherwise.
func Explain(w io.Writer, c *diff.Comparison, g scenarios.Diagnosis, beside Beside, m *mask.Masker, t Terminal) error {
	d := &diffText{page: newPage(w, t), c: c, mask: m, diagnosis: g}
	if len(c.OK.Exchanges) > 0 {
		d.warnings(c.OK)
	}
	d.warnings(c.Bad)
	d.marks()
	if g.Entry < 0 {
		d.line(0, span{bold, nothingFails(c.Bad)})
	} else {
		d.explained()
		d.logs(beside.Logs)
	}
	d.policy(beside.Policy)
	return d.Flush()
}

// explained is the request that fails and the verdict on it.
func (d *diffText) explained() {
	if d.diagnosis.Pair >= 0 {
		d.pairHeadline(d.c.Pairs[d.diagnosis.Pair])
	} else {
		d.loneHeadline(d.c.Bad.Exchanges[d.diagnosis.Entry])
	}
	d.line(0)
	d.findings()
}

// loneHeadline names a failing request that has no working one beside it.
func (d *diffText) loneHeadline(x *traffic.Exchange) {
	outcome := span{red, diff.OutcomeOf(x).String()}
	d.requestLine(x, []span{outcome})
	where := fmt.Sprintf("%s entry %d", mask.Visible(d.c.Bad.File), x.Index)
	if len(d.c.OK.Exchanges) > 0 {
		where += "; " + mask.Visible(d.c.OK.File) + " has no such request"
	}
	d.line(0, span{dim, where})
}

// findings is the best cause, its evidence and what to do.
func (d *diffText) findings() {
	g := d.diagnosis
	if len(g.Findings) == 0 {
		d.unexplained()
		return
	}
	best := g.Findings[0]
	d.cause("cause", best)
	d.labelled("", plain(best.Cause.Means))
	d.because(best)
	if explains := idsOf(g.Symptoms); explains != "" {
		d.labelled("explains", plain(explains))
	}
	if triggers := idsOf(g.Triggers); triggers != "" {
		d.labelled("set off", plain("by "+triggers))
	}
	d.who()
	d.fixes(best.Cause)
	d.others(g)
}

// labelled writes a line behind a label in the first column.
func (d *diffText) labelled(label string, spans ...span) {
	d.page.labelled(verdictColumn, label, spans...)
}

func (d *diffText) cause(label string, f scenarios.Finding) {
	d.labelled(label, d.causeAndSureness(verdictColumn, f.Cause.ID, f)...)
}

// because shows the strongest evidence, and what speaks against it.
func (d *diffText) because(f scenarios.Finding) {
	label := "because"
	for n, e := range f.Evidence[:min(maxBecause, len(f.Evidence))] {
		if n > 0 && e.Strength == scenarios.Weak && f.Evidence[0].Strength > scenarios.Weak {
			break // it adds nothing to what stands above it
		}
		d.evidence(label, e)
		label = ""
	}
	for n, e := range f.Against {
		if n == 0 {
			label = "but"
		}
		d.evidence(label, e)
		label = ""
	}
}

// evidence is a place with its values and what they say: in one line where it
// fits.
func (d *diffText) evidence(label string, e scenarios.Evidence) {
	place, values := d.observed(e)
	if place == "" {
		d.labelled(label, plain(e.Note))
		return
	}
	spans := []span{plain(place)}
	if len(values) > 0 {
		spans = append(append(spans, plain("  ")), values...)
	}
	room := d.width() - verdictColumn
	if spanColumns(spans)+2+columns(e.Note) <= room {
		d.labelled(label, append(spans, plain("  "), span{dim, e.Note})...)
		return
	}
	indent := plain(strings.Repeat(" ", verdictColumn+2))
	if spanColumns(spans) <= room {
		d.labelled(label, spans...)
	} else {
		d.labelled(label, plain(place))
		d.line(verdictColumn+4, append([]span{indent}, values...)...)
	}
	d.line(verdictColumn+2, indent, span{dim, e.Note})
}

// maxEvidence bounds a value in a piece of evidence: the diff below shows it
// whole.
const maxEvidence = 140

// observed is the place and the masked values of a piece of evidence.
func (d *diffText) observed(e scenarios.Evidence) (place string, values []span) {
	if e.At.Part != "" {
		old, new := evidenceDoor(d.mask, d.c, e).Values(e.At)
		values = evidenceValues(e.At, old, new)
	}
	place = evidencePlace(d.mask, d.c, d.diagnosis, e)
	return cutMiddle(place, d.width()-verdictColumn), values
}

func evidenceValues(e diff.Edit, old, new string) []span {
	short := func(value string) string { return cutMiddle(mask.Visible(emptyMark(e, value)), maxEvidence) }
	switch e.Op {
	case diff.Add:
		if e.New == "" {
			return nil
		}
		return []span{{red, short(new)}}
	case diff.Remove:
		return []span{plain(short(old)), {red, " is gone"}}
	case diff.Replace, diff.Respell, diff.Layout:
		return []span{plain(short(old) + " → "), {red, short(new)}}
	}
	return nil
}

// evidencePlace names where evidence was seen: its entry too, where that is not
// the failing one; "" where the note says it all.
func evidencePlace(m *mask.Masker, c *diff.Comparison, g scenarios.Diagnosis, e scenarios.Evidence) string {
	place := ""
	if e.At.Part != "" {
		place = string(e.At.Side) + " " + evidenceDoor(m, c, e).Place(e.At)
	}
	if e.Side != scenarios.Bad || e.Entry != g.Entry {
		place = strings.TrimSpace("entry " + strconv.Itoa(e.Entry) + " " + place)
		if e.Side == scenarios.OK {
			place = strings.TrimSpace(mask.Visible(c.OK.File) + " " + place)
		}
	}
	return place
}

// evidenceDoor masks as of the exchanges that the evidence is of.
func evidenceDoor(m *mask.Masker, c *diff.Comparison, e scenarios.Evidence) shown.Door {
	capture := c.Bad
	if e.Side == scenarios.OK {
		capture = c.OK
	}
	if e.Entry < 0 || e.Entry >= len(capture.Exchanges) {
		return shown.Door{Masker: m}
	}
	x := capture.Exchanges[e.Entry]
	for _, p := range c.Pairs {
		if e.Side == scenarios.Bad && p.Bad == e.Entry {
			return shown.PairDoor(m, p.OKExchange, x)
		}
	}
	return shown.PairDoor(m, x, x)
}

// who tells which component answered.
func (d *diffText) who() {
	x := d.c.Bad.Exchanges[d.diagnosis.Entry]
	if x.Response == nil || d.diagnosis.Answerer.Product == "" && !d.diagnosis.Answerer.Made {
		return
	}
	d.labelled("who", plain(d.diagnosis.Answerer.Sentence(max(0, x.Response.Status))))
}

// fixes shows the advice for the places that apply, that for the client first.
func (d *diffText) fixes(c *scenarios.Cause) {
	label := "fix"
	for _, a := range c.AdviceFor(d.diagnosis.Places(d.c)) {
		d.advice(verdictColumn, label, string(a.Where), a.Text, a.Snippet)
		label = ""
	}
}

// others names what else it can be, and the test that tells where nothing in
// the captures does.
func (d *diffText) others(g scenarios.Diagnosis) {
	rest := g.Findings[1:]
	if g.Tie != nil {
		d.labelled("or", plain(g.Tie.Second.ID+": the captures can't tell the two apart."))
		d.labelled("to tell", plain(g.Tie.Test))
		rest = rest[1:]
	}
	for n, f := range rest[:min(maxOthers, len(rest))] {
		label := ""
		if n == 0 {
			label = "less so"
		}
		d.cause(label, f)
	}
}

// unexplained says plainly that no cause is known, and what an operator needs.
func (d *diffText) unexplained() {
	d.labelled("cause", span{bold, "nothing known explains it"})
	x := d.c.Bad.Exchanges[d.diagnosis.Entry]
	d.who()
	if id, ok := scenarios.RequestID(x.Response); ok {
		d.labelled("ask", plain("the operator, with "+mask.Visible(id.Name)+" "+d.mask.Header(id.Name, id.Value)))
	}
}

func idsOf(findings []scenarios.Finding) string {
	var ids []string
	for _, f := range findings {
		if f.Cause.Kind != scenarios.Verdict { // about the captures, no symptom
			ids = append(ids, f.Cause.ID)
		}
	}
	return strings.Join(ids, ", ")
}
