package suite

import (
	"fmt"
	"strings"

	"github.com/replaydiff/replay/diff/spelling"
	"github.com/replaydiff/replay/scenarios"
)

// nearest returns the known name that a mistyped one is most like, "" where
// none is near.
func nearest(name string, known []string) string {
	best, least := "", max(2, len(name)/3)+1
	for _, k := range known {
		if d := spelling.Distance(strings.ToLower(name), strings.ToLower(k)); d < least {
			best, least = k, d
		}
	}
	return best
}

func causeIDs() []string {
	var ids []string
	for _, c := range scenarios.Catalogue() {
		if c.Inject != nil {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

func unknownCause(id string) error {
	if near := nearest(id, causeIDs()); near != "" {
		return fmt.Errorf("%s: did you mean %s?", quoted(id), quoted(near))
	}
	return fmt.Errorf("%s is no cause; see `replay causes`", quoted(id))
}

// quoted is a name for messages, cut where it is long.
func quoted(name string) string {
	if len(name) > 60 {
		name = name[:60] + "…"
	}
	return "`" + strings.ToValidUTF8(strings.Map(printable, name), "") + "`"
}

func printable(r rune) rune {
	if r < ' ' || r == 0x7f || r == '`' {
		return '·'
	}
	return r
}
