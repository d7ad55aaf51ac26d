package specs

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/scenarios"
	"github.com/replaydiff/replay/scenarios/expect"
)

// FailureMessage implements types.GomegaMatcher.
func (m *ChallengeMatcher) FailureMessage(any) string {
	var lines []string
	for _, c := range m.there {
		if missed, err := m.missed(c); err == nil && c.Is(m.scheme) {
			lines = append(lines, missed...)
		}
	}
	var masker mask.Masker
	for i, line := range lines {
		lines[i] = mask.Visible(masker.Text(line))
	}
	return paragraphs("Expected "+m.subject()+" to challenge with "+m.wanted()+", but "+m.came(), strings.Join(lines, "\n"), m.advice(), m.cause())
}

// NegatedFailureMessage implements types.GomegaMatcher.
func (m *ChallengeMatcher) NegatedFailureMessage(any) string {
	return paragraphs("Expected "+m.subject()+" not to challenge with "+m.wanted()+", but "+m.came(), m.cause())
}

// String names the matcher, and what came instead.
func (m *ChallengeMatcher) String() string {
	text := "Challenge " + m.wanted()
	if m.answer != nil {
		text += ": " + m.came()
	}
	return text
}

// MatchMayChangeInTheFuture tells Eventually whether to look again.
func (m *ChallengeMatcher) MatchMayChangeInTheFuture(any) bool { return !m.fixed }

// subject names the answer.
func (m *ChallengeMatcher) subject() string {
	text := "the answer"
	if m.answer.Status > 0 {
		text += " " + strconv.Itoa(m.answer.Status)
	}
	if m.asked != nil && m.asked.URL != "" {
		var masker mask.Masker
		text += " to " + mask.Visible(m.asked.Method) + " " + masker.URL(m.asked.URL)
	}
	return text
}

func (m *ChallengeMatcher) wanted() string {
	text := m.scheme
	for i, w := range m.want {
		if i > 0 {
			text += ","
		}
		text += " " + w.name
		if w.matcher == nil && w.value.Op == expect.OpIs {
			text += "=" + strconv.Quote(w.value.Text)
		}
	}
	return text
}

// came is what the answer says instead.
func (m *ChallengeMatcher) came() string {
	var masker mask.Masker
	var lines []string
	for _, name := range []string{"WWW-Authenticate", "Proxy-Authenticate"} {
		for _, v := range m.answer.Header.Values(name) {
			lines = append(lines, mask.Visible(name+": "+masker.Header(name, v)))
		}
	}
	if len(lines) == 0 {
		return "it has no WWW-Authenticate at all"
	}
	text := "it has" + indented(lines)
	for _, c := range m.there {
		for _, flaw := range c.Flaws {
			text += "\n  which is malformed: " + string(flaw)
		}
	}
	return text
}

// advice cites what the answer breaks.
func (m *ChallengeMatcher) advice() string {
	switch status := m.answer.Status; {
	case status == http.StatusUnauthorized && len(m.there) == 0:
		return "A 401 must have WWW-Authenticate (RFC 9110 section 15.5.2); clients don't ask for credentials without it."
	case status > 0 && status < 400:
		return "The request was not refused. A challenge belongs to a 401 (RFC 9110 section 11.6.1)."
	case status == http.StatusForbidden && len(m.there) == 0:
		return "A 403 says that credentials would not help. Missing or invalid ones get a 401 with a challenge (RFC 9110 section 15.5.4)."
	case strings.EqualFold(m.scheme, "Bearer") && len(m.want) > 0:
		return "RFC 6750 section 3: error is missing where no token came, and invalid_token, invalid_request or insufficient_scope where one did."
	}
	return ""
}

// cause is the likely cause of a refusal, from the answer alone.
func (m *ChallengeMatcher) cause() string {
	if m.asked == nil || m.answer.Status < 400 {
		return ""
	}
	x := &traffic.Exchange{Request: *m.asked, Response: m.answer}
	d := scenarios.DiagnoseOne(alone(x, "the answer"))
	if len(d.Findings) == 0 {
		return ""
	}
	c := diff.Compare(&traffic.Capture{}, alone(x, "the answer"), diff.Options{})
	t := newTeller(c)
	return paragraphs(t.verdict(d), t.curl(c.Bad, 0))
}
