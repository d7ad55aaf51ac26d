package suite

import (
	"fmt"
	"regexp"
	"unicode/utf8"

	"github.com/replaydiff/replay/diff/traffic"
)

// told is a text as a comment holds it: nothing in it is obeyed or hidden, and
// all of it can stand in YAML and in Go, where broken UTF-8 can't.
func told(comment string) string { return traffic.VisibleLines(comment) }

// inert writes what a terminal or the log of a CI runner would obey or hide as
// escapes that YAML and Go have in common. It stands in quoted texts alone, for
// comments are told.
func inert(source []byte) []byte {
	source = runnerCommand.ReplaceAll(source, []byte(`#\x23$1`))
	out := make([]byte, 0, len(source))
	var sight traffic.Sight
	for len(source) > 0 {
		r, size := utf8.DecodeRune(source)
		switch seen := sight.Sees(r); {
		case seen || r < ' ': // line ends and the tabs of Go
			out = append(out, source[:size]...)
		case r < 0x10000:
			out = fmt.Appendf(out, `\u%04x`, r)
		default:
			out = fmt.Appendf(out, `\U%08x`, r)
		}
		source = source[size:]
	}
	return out
}

// runnerCommand is a command that is obeyed wherever it stands. Those that have
// to begin a line can't, behind a quote.
var runnerCommand = regexp.MustCompile(`(?i)##([a-z]*\[)`)
