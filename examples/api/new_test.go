package api_test

import (
	"testing"

	"github.com/replaydiff/replay/examples/seeded"
	"github.com/replaydiff/replay/scenarios/suite"
)

// What replay new writes of the capture alone finds most of the mistakes.
func TestNew(t *testing.T) {
	seeded.New(t, "ok.har", garden(t, suite.SignWith{RS256: "file:keys/rs256.pem"}, nil), seeds(), 17)
}
