package subdomains_test

import (
	"testing"

	"github.com/replaydiff/replay/examples/seeded"
	"github.com/replaydiff/replay/scenarios/suite"
)

// The suite in YAML is the one in Go.
func TestYAML(t *testing.T) {
	seeded.File(t, "subdomains.replay.yaml", inYAML(), *update)
}

func inYAML() *suite.Suite {
	return &suite.Suite{
		Comment: "One login for https://app.example.com and https://api.example.com.\n" +
			"  go run ./examples/subdomains/serve --app 127.0.0.1:8084 --api 127.0.0.1:8085 &\n" +
			"  replay test examples/subdomains/subdomains.replay.yaml --allow-unsafe --keep-host --keep-origin \\\n" +
			"    --map https://app.example.com=http://127.0.0.1:8084 --map https://api.example.com=http://127.0.0.1:8085",
		Capture:   "ok.har",
		Scenarios: scenarios,
	}
}
