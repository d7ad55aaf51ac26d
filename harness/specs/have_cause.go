package specs

import (
	"fmt"
	"slices"
	"strings"

	"github.com/onsi/gomega/types"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/scenarios"
)

// HaveCause succeeds if the failing flow fails of that cause, by its id
// ("expired-token"): if it is the first of those that are found. Against gives
// the working flow to compare with; without it, what the failing one shows alone
// has to do. Actual values are those of [DifferFrom], and a *diff.Comparison or a
// scenarios.Diagnosis that was made before.
//
//	Expect("bad.har").To(HaveCause("expired-token").Against("ok.har"))
func HaveCause(id string) *HaveCauseMatcher { return &HaveCauseMatcher{id: id} }

// A HaveCauseMatcher is what [HaveCause] returns.
type HaveCauseMatcher struct {
	id      string
	against any

	c         *diff.Comparison // nil: of a diagnosis that was made before
	sent      *traffic.Capture // the failing flow as it was truly asked
	diagnosis scenarios.Diagnosis
	fixed     bool
	looked    bool
}

var _ types.GomegaMatcher = (*HaveCauseMatcher)(nil)

// Against gives the working flow.
func (m *HaveCauseMatcher) Against(ok any) *HaveCauseMatcher {
	m.against = ok
	return m
}

// Match implements types.GomegaMatcher.
func (m *HaveCauseMatcher) Match(actual any) (bool, error) {
	if !slices.ContainsFunc(scenarios.Catalogue(), func(c *scenarios.Cause) bool { return c.ID == m.id }) {
		return false, fmt.Errorf("HaveCause: there is no cause %q%s", m.id, meant(m.id))
	}
	if err := m.diagnose(actual); err != nil {
		return false, fmt.Errorf("HaveCause: %w", err)
	}
	m.looked = true
	found := m.diagnosis.Findings
	return len(found) > 0 && found[0].Cause.ID == m.id, nil
}

func (m *HaveCauseMatcher) diagnose(actual any) error {
	m.c, m.sent, m.fixed = nil, nil, true
	switch v := actual.(type) {
	case scenarios.Diagnosis:
		m.diagnosis = v
		return m.alone()
	case *scenarios.Diagnosis:
		if v == nil {
			return fmt.Errorf("the diagnosis is nil")
		}
		m.diagnosis = *v
		return m.alone()
	case *diff.Comparison:
		if v == nil {
			return fmt.Errorf("the comparison is nil")
		}
		if err := m.alone(); err != nil {
			return err
		}
		m.c, m.sent = v, v.Bad
	default:
		if err := m.compare(actual); err != nil {
			return err
		}
	}
	m.diagnosis = scenarios.Diagnose(m.c)
	return nil
}

func (m *HaveCauseMatcher) alone() error {
	if m.against != nil {
		return fmt.Errorf("the actual value is a comparison already: leave out Against")
	}
	return nil
}

func (m *HaveCauseMatcher) compare(actual any) error {
	if m.against != nil {
		c, err := compare(m.against, actual, nil)
		if err == nil {
			m.c, m.sent, m.fixed = c.Comparison, c.sent, c.ok.fixed && c.bad.fixed
		}
		return err
	}
	bad, err := saidIn(actual, "the actual flow")
	if err == nil {
		m.c, m.sent, m.fixed = diff.Compare(&traffic.Capture{}, bad.Capture, diff.Options{}), bad.Capture, bad.fixed
	}
	return err
}

// FailureMessage implements types.GomegaMatcher.
func (m *HaveCauseMatcher) FailureMessage(any) string {
	head := "Expected " + m.subject() + " to fail of " + m.id + ", but " + m.found()
	if m.diagnosis.Entry < 0 && len(m.diagnosis.Findings) == 0 {
		return paragraphs(head, m.difference())
	}
	return paragraphs(head, m.told())
}

// found is what was found instead.
func (m *HaveCauseMatcher) found() string {
	switch found := m.diagnosis.Findings; {
	case len(found) > 0:
		return fmt.Sprintf("the cause is %s (%s, %.2f)", found[0].Cause.ID, found[0].Word(), found[0].Confidence) + m.rank()
	case m.diagnosis.Entry < 0:
		return "nothing fails in it"
	}
	return "no known cause was found" + m.rank()
}

// NegatedFailureMessage implements types.GomegaMatcher.
func (m *HaveCauseMatcher) NegatedFailureMessage(any) string {
	return paragraphs("Expected "+m.subject()+" not to fail of "+m.id+", but it does", m.told())
}

// String names the matcher, and what was found instead.
func (m *HaveCauseMatcher) String() string {
	text := "HaveCause " + m.id
	if found := m.diagnosis.Findings; m.looked && (len(found) == 0 || found[0].Cause.ID != m.id) {
		text += ": " + m.found()
	}
	return text
}

// MatchMayChangeInTheFuture tells Eventually whether to look again.
func (m *HaveCauseMatcher) MatchMayChangeInTheFuture(any) bool { return !m.fixed }

// subject names the flows that are spoken of.
func (m *HaveCauseMatcher) subject() string {
	switch {
	case m.c == nil:
		return "the diagnosed flow"
	case len(m.c.OK.Exchanges) == 0:
		return mask.Visible(m.c.Bad.File)
	}
	return mask.Visible(m.c.Bad.File) + ", beside " + mask.Visible(m.c.OK.File) + ","
}

// rank tells where the cause stands that was expected, if anywhere.
func (m *HaveCauseMatcher) rank() string {
	d := m.diagnosis
	place := func(list []scenarios.Finding) int {
		return slices.IndexFunc(list, func(f scenarios.Finding) bool { return f.Cause.ID == m.id })
	}
	if i := place(d.Findings); i > 0 {
		return fmt.Sprintf("; %s is no. %d of what was found (%.2f)", m.id, i+1, d.Findings[i].Confidence)
	}
	if place(d.Symptoms) >= 0 {
		return "; " + m.id + " is a symptom of that"
	}
	if place(d.Triggers) >= 0 {
		return "; " + m.id + " set that off"
	}
	if i := place(d.RuledOut); i >= 0 {
		var notes []string
		for _, e := range d.RuledOut[i].Against {
			notes = append(notes, e.Note)
		}
		return "; " + m.id + " is ruled out: " + strings.Join(notes, "; ")
	}
	return "; nothing speaks for " + m.id
}

// difference is what differs from the working flow.
func (m *HaveCauseMatcher) difference() string {
	if m.c == nil || len(m.c.OK.Exchanges) == 0 {
		return ""
	}
	return newTeller(m.c).difference(m.sent)
}

// told is the diagnosis with its evidence.
func (m *HaveCauseMatcher) told() string {
	switch {
	case m.c == nil:
		return m.listed()
	case len(m.c.OK.Exchanges) > 0:
		return m.difference()
	}
	t := newTeller(m.c)
	return paragraphs(t.verdict(m.diagnosis), t.curl(m.sent, m.diagnosis.Entry))
}

// listed are the findings of a diagnosis that was made before; its captures are
// not at hand.
func (m *HaveCauseMatcher) listed() string {
	var lines []string
	for _, f := range m.diagnosis.Findings {
		lines = append(lines, fmt.Sprintf("%s  %s (%.2f)  %s", f.Cause.ID, f.Word(), f.Confidence, f.Cause.Means))
		for _, e := range f.Evidence {
			lines = append(lines, "  because "+e.Note)
		}
	}
	return strings.Join(lines, "\n")
}
