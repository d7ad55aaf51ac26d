package suite

import (
	"fmt"

	"github.com/replaydiff/replay/diff/spelling"
	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/scenarios"
)

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
	if near := spelling.Nearest(id, causeIDs()); near != "" {
		return fmt.Errorf("%s: did you mean %s?", quoted(id), quoted(near))
	}
	return fmt.Errorf("%s is no cause; see `replay causes`", quoted(id))
}

// quoted is a name for messages.
func quoted(name string) string { return "`" + mask.Name(name) + "`" }
