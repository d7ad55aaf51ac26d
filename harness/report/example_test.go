package report_test

import (
	"fmt"
	"os"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/harness/report"
	"github.com/replaydiff/replay/harness/results"
	"github.com/replaydiff/replay/scenarios"
)

func ExampleDiff() {
	read := func(name, lines string) *traffic.Capture {
		c, err := traffic.Read(strings.NewReader(lines), name, traffic.Options{})
		if err != nil {
			panic(err)
		}
		return c
	}
	ok := read("ok.curl", `curl https://api.loom.test/patterns -H 'Authorization: Bearer 9f3c2b7a41d8e605'`)
	bad := read("bad.curl", `curl http://api.loom.test/patterns -H 'Authorization: Bearer "9f3c2b7a41d8e605"'`)

	// One masker for both, so that the same secret has the same mask.
	var m mask.Masker
	m.LearnCapture(ok)
	m.LearnCapture(bad)
	c := diff.Compare(ok, bad, diff.Options{})
	changesAlone := scenarios.Diagnosis{Pair: -1, Entry: -1} // scenarios.Diagnose(c) puts the cause on top
	if err := report.Diff(os.Stdout, c, changesAlone, &m, report.DiffOptions{}); err != nil {
		fmt.Println(err)
	}
	// Output:
	// GET http://api.loom.test/patterns            no answers recorded
	// ok.curl entry 0, bad.curl entry 0
	//   origin    scheme  https → http
	//   header    authorization credentials  ‹token 1› → "‹token 1›"
	//
	// 1 pair
}

func ExampleRun() {
	ok, unauthorized := "200", "401"
	r := &results.Report{
		Version: results.Version, Kind: results.Run,
		Captures: []string{"shop.har"}, Targets: []results.Target{{Role: "target", To: "http://127.0.0.1:8080"}},
		Counts: results.Counts{Recorded: 120, Sent: 120, Same: 79, Different: 41}, Seconds: 1.8,
		Groups: []results.Group{{
			Template: "GET /account/{}", Field: "response.status", Kind: results.Changed, Old: &ok, New: &unauthorized,
			Regression: true, Count: 41, Of: 41,
			Example: results.Example{Entry: 12, URL: "http://127.0.0.1:8080/account/7", Curl: "curl http://127.0.0.1:8080/account/7 -H 'Cookie: sid=‹session 1›'"},
		}},
	}
	if err := report.Run(os.Stdout, r, report.RunOptions{}); err != nil {
		fmt.Println(err)
	}
	// Output:
	// 41 of 120 answers differ: 1 regression
	// shop.har → http://127.0.0.1:8080 in 1.8 s
	//
	// regression  41 of 41 answers to GET /account/{}
	//             status  200 → 401
	//             entry 12  curl http://127.0.0.1:8080/account/7 \
	//               -H 'Cookie: sid=‹session 1›'
}
