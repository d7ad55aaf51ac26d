package specs

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/harness/results"
	"github.com/replaydiff/replay/scenarios/browser"
)

// FailureMessage implements types.GomegaMatcher.
func (m *PassPreflightMatcher) FailureMessage(any) string {
	lines := []string{m.verdict.Sentence(), "rule      " + string(m.verdict.Rule) + ", " + m.verdict.Rule.Section()}
	if text := m.verdict.Console(); text != "" {
		lines = append(lines, "console   "+text)
	}
	if fix := m.verdict.Fix(); fix != "" {
		lines = append(lines, "fix       "+fix)
	}
	return m.said(lines, m.wanted("to")+" pass, but it does not")
}

// NegatedFailureMessage implements types.GomegaMatcher.
func (m *PassPreflightMatcher) NegatedFailureMessage(any) string {
	return m.said(nil, m.wanted("not to")+" pass, but it does")
}

func (m *PassPreflightMatcher) said(lines []string, head string) string {
	var masker mask.Masker
	for i, line := range lines {
		lines[i] = mask.Visible(masker.Text(line))
	}
	curl := ""
	if line := results.CurlLine(m.preflight(), &masker); line != "" {
		curl = "again     " + line
	}
	return paragraphs(head, strings.Join(lines, "\n"), m.answered(&masker), curl)
}

// String names the matcher, and the rule that failed.
func (m *PassPreflightMatcher) String() string {
	text := "PassPreflight " + mask.Visible(m.from+" "+m.method)
	if m.verdict.Rule != "" {
		text += ": " + string(m.verdict.Rule)
	}
	return text
}

// MatchMayChangeInTheFuture tells Eventually whether to ask again.
func (m *PassPreflightMatcher) MatchMayChangeInTheFuture(any) bool { return !m.fixed }

func (m *PassPreflightMatcher) wanted(to string) string {
	var masker mask.Masker
	text := fmt.Sprintf("Expected the preflight for %s %s from %s", m.need.Method, masker.URL(m.request.URL), m.request.Origin)
	if len(m.need.Headers) > 0 {
		text += " with " + strings.Join(m.need.Headers, ", ")
	}
	if m.credentials == browser.CredentialsInclude {
		text += ", sent with cookies,"
	}
	return text + " " + to
}

// answered is what the server said about CORS.
func (m *PassPreflightMatcher) answered(masker *mask.Masker) string {
	lines := []string{"answered  " + strconv.Itoa(m.answer.Status)}
	for _, f := range m.answer.Header {
		name := strings.ToLower(f.Name)
		if strings.HasPrefix(name, "access-control-") || slices.Contains([]string{"vary", "location", "www-authenticate", "allow", "server"}, name) {
			lines = append(lines, "          "+mask.Visible(masker.Text(f.Name)+": "+masker.Header(f.Name, f.Value)))
		}
	}
	if len(lines) == 1 {
		lines = append(lines, "          without any Access-Control header")
	}
	return strings.Join(lines, "\n")
}
