package specs

import (
	"fmt"
	"strings"

	"github.com/onsi/gomega/types"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic/mask"
)

// DifferFrom succeeds if something that matters differs between the actual flow
// and a working one, noise aside. Both are a *traffic.Exchange, a
// *traffic.Capture, the name of a capture file, an *http.Response, whose body can
// still be read afterwards, or an *httptest.ResponseRecorder. One exchange
// beside a whole flow is compared with its counterpart there. A live answer
// counts as one of the recorded host.
//
//	Expect("bad.har").To(DifferFrom("ok.har").OnlyIn("request.header.authorization", "response"))
//	Expect(after).NotTo(DifferFrom(before))
func DifferFrom(ok any) *DifferFromMatcher { return &DifferFromMatcher{ok: ok} }

// A DifferFromMatcher is what [DifferFrom] returns.
type DifferFromMatcher struct {
	ok     any
	only   []string
	ignore diff.Ignore

	c       *compared
	outside []string // changes that only does not name, for people
	matter  int
}

var _ types.GomegaMatcher = (*DifferFromMatcher)(nil)

// OnlyIn allows no difference but those at the paths and below: "request" is all
// of the request, "request.header.authorization" that header,
// "response.body/items" that member. Patterns are those of diff.Ignore. That
// something differs there is wanted still.
func (m *DifferFromMatcher) OnlyIn(paths ...string) *DifferFromMatcher {
	m.only = append(m.only, paths...)
	return m
}

// Ignoring calls differences at these paths noise; patterns are those of
// diff.Ignore.
func (m *DifferFromMatcher) Ignoring(paths ...string) *DifferFromMatcher {
	m.ignore = append(m.ignore, paths...)
	return m
}

// Match implements types.GomegaMatcher.
func (m *DifferFromMatcher) Match(actual any) (bool, error) {
	below := within(m.only)
	if err := below.Check(); err != nil {
		return false, fmt.Errorf("DifferFrom: OnlyIn: %w", err)
	}
	c, err := compare(m.ok, actual, m.ignore)
	if err != nil {
		return false, fmt.Errorf("DifferFrom: %w", err)
	}
	m.c, m.outside, m.matter = c, nil, len(c.OnlyOK)+len(c.OnlyBad)
	t := newTeller(c.Comparison)
	for _, p := range c.Pairs {
		for _, change := range p.Changes() {
			if change.Noise != "" {
				continue
			}
			m.matter++
			if _, inside := below.Match(change.Path()); !inside && len(m.only) > 0 {
				m.outside = append(m.outside, t.change(p, change.Edit))
			}
		}
	}
	if len(m.only) > 0 {
		for _, i := range c.OnlyOK {
			m.outside = append(m.outside, "only in "+mask.Visible(c.OK.Exchanges[i].Where(c.OK.File)))
		}
		for _, i := range c.OnlyBad {
			m.outside = append(m.outside, "only in "+mask.Visible(c.Bad.Exchanges[i].Where(c.Bad.File)))
		}
	}
	return m.matter > 0 && len(m.outside) == 0, nil
}

// within are the patterns of paths and of everything below them.
func within(paths []string) diff.Ignore {
	var all diff.Ignore
	for _, p := range paths {
		if strings.Contains(p, ".") {
			all = append(all, p, p+"/**")
		}
		all = append(all, p+".**")
	}
	return all
}

// maxOutside bounds the changes that a message lists one by one.
const maxOutside = 12

// FailureMessage implements types.GomegaMatcher.
func (m *DifferFromMatcher) FailureMessage(any) string {
	t := newTeller(m.c.Comparison)
	head := "Expected " + m.subject() + " to differ from " + m.object() + m.onlyWords()
	if m.matter == 0 {
		return paragraphs(head+", but", t.difference(m.c.sent))
	}
	list := m.outside
	if over := len(list) - maxOutside; over > 0 {
		list = append(list[:maxOutside:maxOutside], fmt.Sprintf("and %d more", over))
	}
	return paragraphs(head+", but this differs too:"+indented(list), t.difference(m.c.sent))
}

// NegatedFailureMessage implements types.GomegaMatcher.
func (m *DifferFromMatcher) NegatedFailureMessage(any) string {
	t := newTeller(m.c.Comparison)
	return paragraphs("Expected "+m.subject()+" not to differ from "+m.object()+m.onlyWords()+", but it does", t.difference(m.c.sent))
}

// String names the matcher, and what it missed, for those that put matchers
// together.
func (m *DifferFromMatcher) String() string {
	text := "DifferFrom" + m.onlyWords()
	switch {
	case m.c == nil:
	case m.matter == 0:
		text += ": nothing that matters differs"
	case len(m.outside) > 0:
		text += ": this differs too: " + strings.Join(m.outside[:min(3, len(m.outside))], "; ")
	}
	return text
}

// MatchMayChangeInTheFuture tells Eventually whether to look again: a file or a
// recorder may become another.
func (m *DifferFromMatcher) MatchMayChangeInTheFuture(any) bool {
	return m.c == nil || !m.c.ok.fixed || !m.c.bad.fixed
}

func (m *DifferFromMatcher) subject() string { return mask.Visible(m.c.Bad.File) }
func (m *DifferFromMatcher) object() string  { return mask.Visible(m.c.OK.File) }

func (m *DifferFromMatcher) onlyWords() string {
	if len(m.only) == 0 {
		return ""
	}
	return " only in " + strings.Join(m.only, ", ")
}
