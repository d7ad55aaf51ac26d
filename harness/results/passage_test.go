package results_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/replaydiff/replay/harness/results"
)

func aPassage() *results.Passage {
	p := &results.Passage{Version: results.Version, Kind: results.Through, Product: "nginx"}
	f := results.Altered{Does: "authorization dropped", Count: 3}
	f.Cause = "authorization-dropped-by-proxy"
	p.Findings = []results.Altered{f}
	p.Changes = []results.Alteration{
		{Side: "request", Kind: results.Dropped, Field: "authorization", Cause: f.Cause, Count: 3},
		{Side: "request", Kind: results.Added, Field: "x-forwarded-for", Expected: "what proxies do", Count: 9},
		{Side: "request", Kind: results.HopByHop, Field: "connection", Expected: "of one connection", Count: 9},
	}
	p.Probes = []results.Probe{{Name: "underscore-in-name", Outcome: "dropped"}}
	p.Counts.Sent = 9
	return p
}

// A baseline of a passage finds nothing to tell of the same passage, and tells
// what is otherwise.
func TestPassageBaseline(t *testing.T) {
	var file strings.Builder
	if err := results.WritePassageBaseline(&file, aPassage()); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		reason string
		change func(*results.Passage)
		drift  []results.Drift
		found  int
		gone   int
		exit   int
	}{
		{"the same", func(*results.Passage) {}, nil, 0, 0, results.ExitSame},
		{"another finding", func(p *results.Passage) { p.Findings[0].Does = "x-api-key dropped" }, nil, 1, 1, results.ExitDifferent},
		{"mended", func(p *results.Passage) { p.Findings, p.Changes = nil, p.Changes[1:] }, nil, 0, 1, results.ExitSame},
		{"another outcome", func(p *results.Passage) { p.Probes[0].Outcome = "kept" }, []results.Drift{{"probe underscore-in-name", "dropped", "kept"}}, 0, 0, results.ExitDifferent},
		{"nothing probed", func(p *results.Passage) { p.Probes = nil }, nil, 0, 0, results.ExitSame},
		{"a new change", func(p *results.Passage) {
			p.Changes = append(p.Changes, results.Alteration{Side: "response", Kind: results.Added, Field: "x-a"})
		}, []results.Drift{{"response added x-a", "", "there"}}, 0, 0, results.ExitDifferent},
		{"a change that is no more", func(p *results.Passage) { p.Changes = append(p.Changes[:1:1], p.Changes[2]) }, []results.Drift{{"request added x-forwarded-for", "there", ""}}, 0, 0, results.ExitDifferent},
		{"another program", func(p *results.Passage) { p.Product = "Apache" }, []results.Drift{{"product", "nginx", "Apache"}}, 0, 0, results.ExitDifferent},
	} {
		known, err := results.ReadPassageBaseline(strings.NewReader(file.String()), "before.yaml")
		if err != nil {
			t.Fatal(err)
		}
		p := aPassage()
		tt.change(p)
		known.Apply(p)
		if d := cmp.Diff(tt.drift, p.Drift); d != "" {
			t.Errorf("%s (-want +got):\n%s", tt.reason, d)
		}
		if len(p.Findings) != tt.found || len(p.Vanished) != tt.gone || p.ExitCode() != tt.exit {
			t.Errorf("%s: %d findings, %d gone, exit code %d", tt.reason, len(p.Findings), len(p.Vanished), p.ExitCode())
		}
	}
}

func TestReadPassageBaselineMistakes(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"accepted: []", `before.yaml:1:1: unknown key "accepted"; it is one of product, findings, changes, probes`},
		{"findings: {a: b}", "before.yaml:1:11: this is a list of texts"},
		{"probes: [a]", `before.yaml:1:9: "probes" is a mapping of names to outcomes`},
		{"product: [a]", "before.yaml:1:10: this is a text"},
		{"just words", "before.yaml:1:1: no baseline of replay through"},
		{"{", "before.yaml: "},
		{`{"version":1,"kind":"run"}`, "before.yaml: no report of replay through"},
	} {
		_, err := results.ReadPassageBaseline(strings.NewReader(tt.text), "before.yaml")
		if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%s: error %v", tt.text, err)
		}
	}
}

func FuzzReadPassageBaseline(f *testing.F) {
	f.Add("findings: []\nchanges: []\nprobes: {}\n")
	f.Add(`{"version":1,"kind":"through","probes":[{"name":"a","sent":"b","outcome":"c"}]}`)
	f.Add("probes: &a {x: *a}\n")
	f.Fuzz(func(t *testing.T, text string) {
		b, err := results.ReadPassageBaseline(strings.NewReader(text), "before.yaml")
		if err == nil {
			b.Apply(aPassage())
		}
	})
}
