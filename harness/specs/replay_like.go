package specs

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/onsi/gomega/types"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/harness/answers"
	"github.com/replaydiff/replay/harness/report"
	"github.com/replaydiff/replay/harness/results"
	"github.com/replaydiff/replay/scenarios"
)

// ReplayLike succeeds if the actual answers are as the recorded ones: the same
// status, structure and values, but for what differs from answer to answer (dates,
// ids, tokens of today, the address of the server). Requests are not compared.
// Both values are those of [DifferFrom].
//
//	Expect(response).To(ReplayLike("ok.har"))
//	Expect(recorder).To(ReplayLike(capture.Exchanges[3]))
//
// Of a flow every recorded exchange has to be there, and no other.
func ReplayLike(recorded any) *ReplayLikeMatcher { return &ReplayLikeMatcher{recorded: recorded} }

// A ReplayLikeMatcher is what [ReplayLike] returns.
type ReplayLikeMatcher struct {
	recorded any
	ignore   diff.Ignore

	c       *compared
	changes [][]diff.Change // of each pair
	same    bool
}

var _ types.GomegaMatcher = (*ReplayLikeMatcher)(nil)

// Ignoring calls differences at these paths noise; patterns are those of
// diff.Ignore: "response.body/meta/**".
func (m *ReplayLikeMatcher) Ignoring(paths ...string) *ReplayLikeMatcher {
	m.ignore = append(m.ignore, paths...)
	return m
}

// Match implements types.GomegaMatcher.
func (m *ReplayLikeMatcher) Match(actual any) (bool, error) {
	c, err := compare(m.recorded, actual, m.ignore)
	if err != nil {
		return false, fmt.Errorf("ReplayLike: %w", err)
	}
	sanitized, _ := scenarios.Sanitized(c.OK)
	comparer := answers.Comparer{Sanitized: sanitized}
	m.c, m.changes, m.same = c, nil, len(c.OnlyOK)+len(c.OnlyBad) == 0
	for _, p := range c.Pairs {
		if p.OKExchange.Response == nil {
			return false, fmt.Errorf("ReplayLike: %s has no answer to compare with", p.OKExchange.Where(c.OK.File))
		}
		changes := comparer.Differences(p.OKExchange, p.BadExchange)
		for i, change := range changes {
			if pattern, is := m.ignore.Match(change.Path()); is && change.Noise == "" {
				changes[i].Noise = diff.Noise("ignored by " + pattern)
			}
		}
		m.changes = append(m.changes, changes)
		m.same = m.same && !slices.ContainsFunc(changes, func(c diff.Change) bool { return c.Noise == "" })
	}
	return m.same, nil
}

// FailureMessage implements types.GomegaMatcher.
func (m *ReplayLikeMatcher) FailureMessage(any) string {
	head := "Expected " + mask.Visible(m.c.Bad.File) + " to be answered like " + m.where()
	return paragraphs(head, m.missing(), m.told(), m.verdict())
}

// NegatedFailureMessage implements types.GomegaMatcher.
func (m *ReplayLikeMatcher) NegatedFailureMessage(any) string {
	return paragraphs("Expected "+mask.Visible(m.c.Bad.File)+" not to be answered like "+m.where()+", but it is", m.told())
}

// String names the matcher, and where the answers differ.
func (m *ReplayLikeMatcher) String() string {
	if m.c == nil || m.same {
		return "ReplayLike"
	}
	var paths []string
	for _, changes := range m.changes {
		for _, c := range changes {
			if c.Noise == "" && len(paths) < 3 {
				paths = append(paths, mask.Visible(c.Path()))
			}
		}
	}
	return "ReplayLike: other than recorded: " + strings.Join(paths, ", ")
}

// MatchMayChangeInTheFuture tells Eventually whether to look again.
func (m *ReplayLikeMatcher) MatchMayChangeInTheFuture(any) bool {
	return m.c == nil || !m.c.ok.fixed || !m.c.bad.fixed
}

// where names what was recorded.
func (m *ReplayLikeMatcher) where() string {
	if m.c.bad.single && len(m.c.Pairs) == 1 {
		return mask.Visible(m.c.Pairs[0].OKExchange.Where(m.c.OK.File))
	}
	return mask.Visible(m.c.OK.File)
}

// missing lists what one flow alone has.
func (m *ReplayLikeMatcher) missing() string {
	var lines []string
	for _, i := range m.c.OnlyOK {
		lines = append(lines, "not asked: "+mask.Visible(m.c.OK.Exchanges[i].Where(m.c.OK.File)))
	}
	for _, i := range m.c.OnlyBad {
		lines = append(lines, "not recorded: "+mask.Visible(m.c.Bad.Exchanges[i].Where(m.c.Bad.File)))
	}
	if over := len(lines) - maxOutside; over > 0 {
		lines = append(lines[:maxOutside:maxOutside], fmt.Sprintf("and %d more", over))
	}
	return strings.Join(lines, "\n")
}

// told is the comparison of the answers as replay run writes it.
func (m *ReplayLikeMatcher) told() string {
	if len(m.c.Pairs) == 0 {
		return ""
	}
	t := newTeller(m.c.Comparison)
	tally := answers.Tally{Mask: &t.masker}
	for i, p := range m.c.Pairs {
		sent := &m.c.sent.Exchanges[p.Bad].Request
		tally.Add(answers.Observation{
			Entry: p.OK, Recorded: p.OKExchange, Live: p.BadExchange, Changes: m.changes[i], Sent: sent.URL,
			Curl: func() string { return results.CurlLine(sent, &t.masker) },
		})
	}
	r := tally.Report()
	r.Kind = results.Run
	r.Captures = []string{m.c.OK.File}
	r.Targets = m.targets()
	r.Sort()
	var b strings.Builder
	_ = report.Run(&b, r, report.RunOptions{Terminal: terminal}) // a strings.Builder takes all
	return forGo(b.String())
}

// targets tell where the flow went that is compared.
func (m *ReplayLikeMatcher) targets() []results.Target {
	var list []results.Target
	for _, p := range m.c.Pairs {
		t := results.Target{Role: "target", From: originText(p.OKExchange), To: originText(m.c.sent.Exchanges[p.Bad])}
		if t.From != t.To && !slices.Contains(list, t) {
			list = append(list, t)
		}
	}
	return list
}

func originText(x *traffic.Exchange) string {
	u := x.Request.ParsedURL()
	if u == nil {
		return ""
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host}).String()
}

// verdict is the likely cause, where something fails that did not.
func (m *ReplayLikeMatcher) verdict() string {
	d := scenarios.Diagnose(m.c.Comparison)
	if d.Entry < 0 || len(d.Findings) == 0 {
		return ""
	}
	return newTeller(m.c.Comparison).verdict(d)
}
