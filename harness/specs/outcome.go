package specs

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/harness"
	"github.com/replaydiff/replay/harness/report"
	"github.com/replaydiff/replay/harness/results"
)

// messageWidth is how wide messages are laid out. Ginkgo and go test indent
// them; logs of CI are wider than terminals.
const messageWidth = 110

// told is what a scenario came to, for people who see nothing else.
func (b *Bench) told(p plan, c *results.Case) string {
	var text strings.Builder
	shown := *c
	shown.Reason = inGo(c.Reason)
	options := report.CaseOptions{Terminal: report.Terminal{Width: messageWidth}, Own: !p.Scenario.Expected.IsZero()}
	if err := report.Case(&text, &shown, options); err != nil {
		fmt.Fprintf(&text, "the result can't be shown: %v\n", err)
	}
	fmt.Fprintf(&text, "%s\n", b.scope(p))
	return b.masker.Text(text.String())
}

// masked is a result as it may be shown and written. A guard masks its results;
// this is the last door, and the only one that every message passes.
func (b *Bench) masked(c *results.Case) *results.Case {
	var out results.Case
	text, err := json.Marshal(c)
	if err == nil {
		err = json.Unmarshal([]byte(b.masker.Text(string(text))), &out)
	}
	if err != nil {
		return &results.Case{Name: c.Name, Cause: c.Cause, Verdict: c.Verdict, Entry: -1, Reason: "the result can't be shown"}
	}
	return &out
}

// policy tells what the client of a capture does against the policy of its
// suite, "" where it keeps it. Nothing is sent for it.
func (b *Bench) policy(of *FileSuite) string {
	file := cmp.Or(of.Policy.Capture, b.file(of))
	b.mu.Lock()
	defer b.mu.Unlock()
	client, err := b.open(file)
	if err != nil {
		return "not testable: " + err.Error() + "\n"
	}
	failures := of.Policy.Failures(client)
	if len(failures) == 0 {
		return ""
	}
	return mask.Visible("the client of "+file+" does not keep its policy:") + b.masker.Text(indented(failures)) + "\n"
}

// scope is which capture was played where.
func (b *Bench) scope(p plan) string {
	address := b.address(p.of)
	if address == "" {
		address = "no target"
	}
	return "capture     " + mask.Visible(b.file(p.of)) + " → " + b.masker.URL(address)
}

// notBegun is the message of a scenario that was not even begun.
func (b *Bench) notBegun(p plan, err error) string {
	var lines []string
	var refused *harness.Refused
	if errors.As(err, &refused) {
		lines = append(lines, "not testable: the capture can't be sent as it is")
		for _, m := range refused.Mistakes {
			lines = append(lines, "  "+m)
		}
	} else {
		lines = append(lines, "not testable: "+err.Error())
	}
	lines = append(lines, "scenario    "+p.Name)
	if c := p.Scenario.Of(); c != nil {
		lines = append(lines, "            "+c.Means)
	}
	lines = append(lines, b.scope(p))
	for i, line := range lines {
		lines[i] = mask.Visible(b.masker.Text(inGo(line)))
	}
	return strings.Join(lines, "\n") + "\n"
}

// flags are spelled for the command line by the packages below; here they are
// options.
var flags = []struct {
	pattern *regexp.Regexp
	option  string
}{
	{regexp.MustCompile(`--allow-unsafe\b(?:=[A-Z,]+)?`), "specs.AllowUnsafe()"},
	{regexp.MustCompile(`--auth(?:(?:, | or )?--(?:auth|auth-from|login))*\b`), "specs.Auth"},
	{regexp.MustCompile(`--map (\S+)=(\S+)`), `specs.Map("$1", "$2")`},
	{regexp.MustCompile(`--map\b`), "specs.Map"},
	{regexp.MustCompile(`--target\b`), "the target of specs.Against"},
	{regexp.MustCompile(`--(?:cacert|cert|key|insecure)\b`), "specs.TLS"},
	{regexp.MustCompile(`--seed\b`), "specs.Seed"},
	{regexp.MustCompile(`--ignore\b`), "specs.Ignore"},
	{regexp.MustCompile(`\bsign-with\b`), "specs.Sign or specs.SignedBy"},
	{regexp.MustCompile(`\bwith: \{(\w+): ([^{}]*)\}`), `.With("$1", "$2")`},
	{regexp.MustCompile(`--[a-z][a-z0-9-]+\b`), "specs.Configure ($0)"},
}

// inGo names the options of this package in place of flags.
func inGo(text string) string {
	if !strings.Contains(text, "--") && !strings.Contains(text, "with") {
		return text
	}
	for _, f := range flags {
		text = f.pattern.ReplaceAllString(text, f.option)
	}
	return text
}
