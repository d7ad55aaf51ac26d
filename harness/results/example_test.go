package results_test

import (
	"fmt"
	"os"
	"strings"

	"github.com/replaydiff/replay/harness/results"
)

// A baseline accepts the value that it names, and no other one.
func ExampleBaseline_Apply() {
	known, err := results.ReadBaseline(strings.NewReader(`
accepted:
  - template: GET /shelf
    field: response.header.server
    kind: changed
    new: edge/2
    reason: the new proxy
`), "known.yaml")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, server := range []string{"edge/2", "edge/3"} {
		r := &results.Report{Groups: []results.Group{{Template: "GET /shelf", Field: "response.header.server", Kind: results.Changed, New: &server}}}
		known.Apply(r)
		fmt.Printf("%s: %d accepted, %d left, %d vanished\n", server, len(r.Accepted), len(r.Groups), len(r.Vanished))
	}
	// Output:
	// edge/2: 1 accepted, 0 left, 0 vanished
	// edge/3: 0 accepted, 1 left, 1 vanished
}

func ExampleWriteBaseline() {
	old, new := "nginx", "edge/2"
	r := &results.Report{Groups: []results.Group{
		{Template: "GET /shelf", Field: "response.header.server", Kind: results.Changed, Old: &old, New: &new, Count: 41, Of: 41},
	}}
	if err := results.WriteBaseline(os.Stdout, r, results.Baseline{}); err != nil {
		fmt.Println(err)
	}
	// Output:
	// # Differences that replay accepts. Without old and new, any value is accepted.
	// # Say why in a reason; delete what is no longer true.
	// accepted:
	//   # in 41 of 41 answers, first in entry 0
	//   - template: "GET /shelf"
	//     field: "response.header.server"
	//     kind: "changed"
	//     old: "nginx"
	//     new: "edge/2"
}

// Reports of shards become one; what is wrong is told at once.
func ExampleMerge() {
	shard := func(s string) *results.Report {
		return &results.Report{Version: results.Version, Kind: results.Run, Captures: []string{"ok.har"}, Shard: s, Counts: results.Counts{Sent: 10, Same: 10}}
	}
	merged, err := results.Merge([]*results.Report{shard("2/2"), shard("1/2")})
	fmt.Println(merged.Counts.Same, err)
	_, err = results.Merge([]*results.Report{shard("1/4"), shard("1/4"), shard("3/4")})
	fmt.Println(err)
	// Output:
	// 20 <nil>
	// report 2: is shard 1/4, and so is report 1
	// shards 2/4, 4/4 are missing; run it, and merge all
}
