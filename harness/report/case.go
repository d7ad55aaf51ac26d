package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/replaydiff/replay/harness/results"
	"github.com/replaydiff/replay/scenarios"
)

// CaseOptions are what a text shows of one scenario.
type CaseOptions struct {
	Terminal
	All bool // every field that changed

	// Own tells that the scenario says itself what it expects; else its cause
	// does, and the sections of the standards that the cause rests on are named.
	Own bool
}

// Case writes what one scenario came to, for somebody who sees nothing else: the
// verdict, what was sent, what should have come and who says so, what came, the
// likely cause, and the command that does it again.
func Case(w io.Writer, c *results.Case, o CaseOptions) error {
	t := newLoneCase(runText{page: newPage(w, o.Terminal), r: &results.Report{}, all: o.All, told: map[string]bool{}}, c, o.Own)
	t.verdict()
	t.scenario()
	t.whole()
	return t.Flush()
}

// A loneCase writes one scenario.
type loneCase struct {
	runText
	c     *results.Case
	cause *scenarios.Cause // nil: not of this catalogue
	own   bool
}

func newLoneCase(on runText, c *results.Case, own bool) *loneCase {
	t := &loneCase{runText: on, c: c, own: own}
	for _, known := range scenarios.Catalogue() {
		if known.ID == c.Cause {
			t.cause = known
		}
	}
	return t
}

// whole is all but the verdict and the name.
func (t *loneCase) whole() {
	t.sent()
	t.answers()
	if t.c.Failed() {
		t.finding(t.c.Finding)
		for _, f := range t.remedies() {
			t.put(f.label, f.text)
		}
	}
	if t.c.Curl != "" {
		t.example(0, pad("again", runColumn-2), "", t.c.Curl, true)
	}
}

// put writes a line behind a label; text of a report is made safe.
func (t *loneCase) put(label, text string) {
	if text != "" {
		t.labelled(runColumn, label, plain(safe(text)))
	}
}

// verdict is what someone reads who reads one line.
func (t *loneCase) verdict() {
	text, color := t.outcome()
	t.line(2, span{color, text})
}

func (t *loneCase) outcome() (text, color string) {
	c := t.c
	switch c.Verdict {
	case results.CaseAccepted:
		return "the target accepted a request that it has to refuse: " + safe(c.Came), red
	case results.CaseBroken:
		return "the target did not answer as it should: " + cameWords(c.Came), red
	case results.CaseNotTestable:
		return "not testable: " + safe(c.Reason), red
	case results.CaseNotReproduced:
		return "not reproduced: the target does not mind, and may do so", yellow
	case results.CaseHolds:
		return "the target answers as it should: " + cameWords(c.Came), green
	}
	return "unknown verdict " + safe(string(c.Verdict)), red
}

func cameWords(came string) string {
	if came == "" {
		return "no answer"
	}
	return safe(came)
}

// scenario names what was tried, and what it means.
func (t *loneCase) scenario() {
	c := t.c
	t.labelled(runColumn, "scenario", span{bold, safe(c.Name)})
	if t.cause != nil {
		t.put("", t.cause.Means)
	}
}

// sent is the request and what was changed in it.
func (t *loneCase) sent() {
	c := t.c
	where := ""
	if c.Entry >= 0 && c.Request != "" {
		where = fmt.Sprintf("  (entry %d of the capture)", c.Entry)
	}
	if c.Request != "" {
		by := ""
		if c.User != "" {
			by = "  by " + safe(c.User)
		}
		t.labelled(runColumn, "request", plain(safe(c.Request)+by), span{dim, where})
	}
	if len(c.Edits) > 0 {
		t.line(runColumn, span{cyan, "changed in it"})
		t.edits(c.Edits)
	}
	if c.Verdict != results.CaseNotTestable {
		t.put("sent", c.Reason)
	}
}

// edits show the places in requests with their side: the same text may change
// in a header and in an answer.
func (t *loneCase) edits(fields []results.Field) {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = requestField(f.Path)
	}
	column := t.nameColumn(names)
	for n, f := range fields {
		if left := len(fields) - n; n >= maxFields && left > 1 && !t.all {
			t.more(left, "change")
			return
		}
		t.changeLines(runColumn, column, names[n], changeOf(f), "")
	}
}

// A fact is a line of a scenario behind its label.
type fact struct{ label, text, source string }

// answers are what should have come, what came, and how it differs from the
// answer to the untouched request.
func (t *loneCase) answers() {
	for _, f := range t.came() {
		t.put(f.label, f.text)
		if f.source != "" {
			t.line(runColumn, span{"", strings.Repeat(" ", runColumn)}, span{dim, f.source})
		}
	}
	if len(t.c.Changed) > 0 && t.c.Failed() {
		t.line(runColumn, span{cyan, "the answer to the changed request beside that to the untouched one"})
		t.fields(t.c.Changed, red)
	}
}

// came is what should have come, and what came.
func (t *loneCase) came() (facts []fact) {
	c := t.c
	if c.Want != "" && c.Verdict != results.CaseNotTestable {
		facts = append(facts, fact{"expected", c.Want, t.source()})
	}
	if c.Verdict != results.CaseNotTestable || c.Came != "" {
		facts = append(facts, fact{label: "came", text: cameWords(c.Came)})
	}
	for _, m := range c.Mismatch {
		if !saysStatusAlone(m, c.Came) {
			facts = append(facts, fact{text: m})
		}
	}
	return append(facts, fact{label: "untouched", text: t.control()})
}

// saysStatusAlone tells a mismatch that only repeats what stands above it:
// what was expected, and the status that came.
func saysStatusAlone(mismatch, came string) bool {
	status, _, _ := strings.Cut(came, " ")
	begins := strings.HasPrefix(mismatch, "response: expected status ") || strings.HasPrefix(mismatch, "response.status: expected ")
	return begins && status != "" && (strings.HasSuffix(mismatch, ", came status "+status) || strings.HasSuffix(mismatch, ", came "+status))
}

// source is who expects it.
func (t *loneCase) source() string {
	switch {
	case t.own:
		return "as the scenario itself says"
	case t.cause != nil && len(t.cause.Refs) > 0:
		return "as for every " + t.cause.ID + " (" + strings.Join(t.cause.Refs, "; ") + ")"
	}
	return "as its cause says"
}

// control is the answer to the untouched request, then and now.
func (t *loneCase) control() string {
	c := t.c
	answered := "answered " + c.Control
	if c.Control == "blocked" {
		answered = "blocked by the browser"
	}
	switch {
	case c.Control == "" && c.Recorded == "":
		return ""
	case c.Control == "":
		return "not answered; recorded with " + c.Recorded
	case c.Recorded == c.Control || c.Recorded == "":
		return answered + ", as recorded"
	}
	return answered + ", recorded with " + c.Recorded
}

// remedies are what to do where no answer was refused that a finding could
// explain.
func (t *loneCase) remedies() (facts []fact) {
	if t.c.Verdict != results.CaseAccepted || t.c.Finding != nil {
		return nil
	}
	likely := ""
	fix := "let the server refuse such a request, with an answer that was expected"
	switch {
	case len(t.c.Edits) > 0:
		likely = "the server does not look at " + overlooked(t.c.Edits) + ", or goes on after it did"
		fix = "let it refuse such a request, with an answer that was expected"
	case t.cause != nil && t.cause.Group == scenarios.CORS:
		likely = "the server lets every page read its answers, or names this one"
		fix = "let Access-Control-Allow-Origin name the pages that may; if this one may, the scenario has to expect it: cors allowed"
	}
	facts = []fact{{label: "likely", text: likely}, {label: "fix", text: fix}}
	if t.cause != nil {
		facts = append(facts, fact{label: "more", text: "replay causes " + t.cause.ID})
	}
	return facts
}

// overlooked is the place of the change that the server had to see. A token
// that was changed is signed anew, and is issued when its lifetime says: these
// follow from the change.
func overlooked(edits []results.Field) string {
	path := edits[0].Path
	for _, f := range edits {
		if last := f.Path[strings.LastIndexByte(f.Path, '.')+1:]; last != "iat" && last != "nbf" && last != "signature" {
			path = f.Path
			break
		}
	}
	path = requestField(path)
	if at, claim, ok := strings.Cut(path, ".credentials.claims."); ok {
		return "the claim " + claim + " of the token in " + at
	}
	if at, name, ok := strings.Cut(path, ".credentials.header."); ok {
		return name + " of the token in " + at
	}
	if at, ok := strings.CutSuffix(path, ".credentials.signature"); ok {
		return "the signature of the token in " + at
	}
	return path
}
