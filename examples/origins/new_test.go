package origins_test

import (
	"testing"

	"github.com/replaydiff/replay/examples/seeded"
)

// What replay new writes of the capture alone finds most of the mistakes.
func TestNew(t *testing.T) {
	seeded.New(t, "ok.har", garden(t, nil), seeds(t), 21)
}
