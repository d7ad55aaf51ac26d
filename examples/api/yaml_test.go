package api_test

import (
	"testing"

	"github.com/replaydiff/replay/examples/seeded"
	"github.com/replaydiff/replay/scenarios/suite"
)

// The suite in YAML is the one in Go.
func TestYAML(t *testing.T) {
	seeded.File(t, "api.replay.yaml", inYAML(), *update)
}

func inYAML() *suite.Suite {
	return &suite.Suite{
		Comment: "The orders API, whose tokens are signed with RS256.\n" +
			"  go run ./examples/api/serve --listen 127.0.0.1:8081 &\n" +
			"  replay test examples/api/api.replay.yaml --target http://127.0.0.1:8081 --allow-unsafe",
		Capture:   "ok.har",
		SignWith:  suite.SignWith{RS256: "file:keys/rs256.pem"},
		Scenarios: scenarios,
	}
}
