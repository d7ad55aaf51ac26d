package report

import (
	"regexp"
	"strings"

	"github.com/replaydiff/replay/diff/traffic/mask"
)

// safe makes a text of a report fit for a terminal and for the log of a CI
// runner. Reports are masked when they are made, but may be read from a file.
func safe(s string) string {
	s = mask.Visible(s)
	if !strings.Contains(s, "::") && !strings.Contains(s, "##") {
		return s
	}
	return runnerCommand.ReplaceAllStringFunc(s, func(command string) string {
		if command[0] == ':' {
			return `:\x3a` + command[2:]
		}
		return strings.TrimSuffix(command, "[") + `\x5b`
	})
}

// runnerCommand is what a CI runner obeys when it stands in a log: the commands
// of GitHub Actions, at the beginning of a line or, in the older form, anywhere,
// and those of Azure Pipelines and TeamCity.
var runnerCommand = regexp.MustCompile(`(?i)::(?:error|warning|notice|debug|group|endgroup|echo|add-mask|add-matcher|remove-matcher|` +
	`add-path|set-env|set-output|save-state|stop-commands)(?:\s[^:]*)?::|##[a-z]*\[`)

// pointed is the text that a field of a report points to, "" where there is
// none.
func pointed(s *string) string {
	if s == nil {
		return ""
	}
	return safe(*s)
}

// safeLines is safe for a text of several lines, such as code.
func safeLines(s string) string {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		lines[i] = safe(strings.ReplaceAll(line, "\t", "  "))
	}
	return strings.Join(lines, "\n")
}
