package report

import (
	"strings"

	"github.com/replaydiff/replay/diff/traffic/mask"
)

// safe makes a text of a report fit for a terminal and for the log of a CI
// runner. Reports are masked when they are made, but may be read from a file.
func safe(s string) string { return mask.Visible(s) }

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
