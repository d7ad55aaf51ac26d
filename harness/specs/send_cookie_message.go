package specs

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/scenarios"
	"github.com/replaydiff/replay/scenarios/browser"
)

// FailureMessage implements types.GomegaMatcher.
func (m *SendCookieMatcher) FailureMessage(any) string {
	return paragraphs(m.asked("to send"), m.reason(), m.attributes(), m.others(), m.advice())
}

// NegatedFailureMessage implements types.GomegaMatcher.
func (m *SendCookieMatcher) NegatedFailureMessage(any) string {
	return paragraphs(m.asked("not to send")+", but it does", m.attributes())
}

// String names the matcher, and the rule that keeps the cookie back.
func (m *SendCookieMatcher) String() string {
	text := "SendCookie " + mask.Visible(m.name)
	if m.jar != nil && !m.why.Sent {
		text += ": " + string(m.why.Verdict.Rule)
	}
	return text
}

// MatchMayChangeInTheFuture tells Eventually whether to look again: a jar fills.
func (m *SendCookieMatcher) MatchMayChangeInTheFuture(any) bool { return !m.fixed }

func (m *SendCookieMatcher) asked(what string) string {
	profile := m.profile
	if m.jar != nil {
		profile = m.jar.Profile
	}
	var masker mask.Masker
	text := fmt.Sprintf("Expected the browser (%s) %s the cookie %s to %s", profile, what, mask.Visible(m.name), masker.URL(m.to))
	switch {
	case m.page != "" && m.link:
		text += " for a link of " + masker.URL(m.page)
	case m.page != "":
		text += " for a script of " + masker.URL(m.page)
	}
	return text
}

// reason is the rule that keeps the cookie back.
func (m *SendCookieMatcher) reason() string {
	v := m.why.Verdict
	lines := []string{"it is not sent: " + v.Reason}
	rule := "rule      " + string(v.Rule)
	if v.Section != "" {
		rule += ", " + v.Section
	}
	if name := v.Rule.DevTools(); name != "" {
		rule += " (" + name + " in DevTools)"
	}
	lines = append(lines, rule)
	for _, c := range v.Compared {
		line := "          " + c.What + ": " + c.Got
		if c.Want != "" {
			line += ", and has to be " + c.Want
		}
		lines = append(lines, line)
	}
	for _, also := range v.Also {
		lines = append(lines, "also      "+string(also)+": "+also.Doc())
	}
	var masker mask.Masker
	for i, line := range lines {
		lines[i] = mask.Visible(masker.Text(line))
	}
	return strings.Join(lines, "\n")
}

// attributes are those of the cookie that came closest, without its value.
func (m *SendCookieMatcher) attributes() string {
	c := m.why.Cookie
	if c == nil {
		return ""
	}
	parts := []string{c.Name + "=…", "Domain=" + c.Domain}
	if c.HostOnly {
		parts[1] += " (this host alone)"
	}
	parts = append(parts, "Path="+c.Path)
	if c.Secure {
		parts = append(parts, "Secure")
	}
	if c.HTTPOnly {
		parts = append(parts, "HttpOnly")
	}
	if c.SameSite != browser.SameSiteDefault {
		parts = append(parts, "SameSite="+c.SameSite.String())
	}
	if !c.Expires.IsZero() {
		parts = append(parts, "Expires="+c.Expires.UTC().Format(http.TimeFormat))
	}
	return "cookie    " + mask.Visible(strings.Join(parts, "; "))
}

// others are the cookies that do go along: a mistyped name is seen there.
func (m *SendCookieMatcher) others() string {
	var names []string
	for _, d := range m.jar.Judge(m.sent) {
		if d.Verdict.Allowed && d.Cookie.Name != m.name && !slices.Contains(names, d.Cookie.Name) {
			names = append(names, mask.Visible(d.Cookie.Name))
		}
	}
	if len(names) == 0 {
		return ""
	}
	return "sent are  " + listed(names, "and")
}

// advice is that of the cause that the rule stands for.
func (m *SendCookieMatcher) advice() string {
	return causeAdvice(scenarios.CauseOfCookieRule(m.why.Verdict.Rule))
}
