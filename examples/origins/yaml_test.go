package origins_test

import (
	"testing"

	"github.com/replaydiff/replay/examples/seeded"
	"github.com/replaydiff/replay/scenarios/suite"
)

// The suite in YAML is the one in Go.
func TestYAML(t *testing.T) {
	seeded.File(t, "origins.replay.yaml", inYAML(), *update)
}

func inYAML() *suite.Suite {
	return &suite.Suite{
		Comment: "Notes at https://api.example.com for pages at https://app.example.net.\n" +
			"  go run ./examples/origins/serve --listen 127.0.0.1:8083 &\n" +
			"  replay test examples/origins/origins.replay.yaml --target http://127.0.0.1:8083 --allow-unsafe",
		Capture:   "ok.har",
		Scenarios: scenarios,
	}
}
