package scenarios

import (
	"math"
	"strings"
	"testing"

	"github.com/replaydiff/replay/diff"
)

// TestProved: trials raise what they blame, rule out what they clear, and leave
// the rest below.
func TestProved(t *testing.T) {
	at := func(name string, strength Strength) []Evidence {
		return []Evidence{{Strength: strength, Source: FromRequest, At: diff.Edit{Side: diff.Request, Part: diff.Header, Name: name}}}
	}
	named := func(names ...string) func(Evidence) bool {
		return func(e Evidence) bool {
			return e.At.Name != "" && strings.Contains(" "+strings.Join(names, " ")+" ", " "+e.At.Name+" ")
		}
	}
	finding := func(id string, confidence float64, evidence []Evidence, explains ...string) Finding {
		return Finding{Cause: &Cause{ID: id, Explains: explains}, Confidence: confidence, Evidence: evidence}
	}
	rows := []struct {
		reason             string
		findings, symptoms []Finding
		trials             Trials
		want, ruled        string
		first              float64
	}{
		{"the blamed one is certain, and the cleared one is out", []Finding{finding("a", 0.6, at("x", Strong)), finding("b", 0.3, at("y", Strong))}, nil,
			Trials{Blames: named("y"), Clears: named("x"), Necessary: true}, "b", "a", 0.99},
		{"two of one change share it", []Finding{finding("a", 0.6, at("x", Strong)), finding("b", 0.2, at("x", Strong))}, nil,
			Trials{Blames: named("x"), Necessary: true}, "a b", "", 0.7425},
		{"enough, and not needed", []Finding{finding("a", 0.6, at("x", Strong))}, nil, Trials{Blames: named("x")}, "a", "", 0.90},
		{"no trial was about it", []Finding{finding("a", 0.8, nil), finding("b", 0.1, at("x", Strong))}, nil, Trials{Blames: named("x"), Necessary: true}, "b a", "", 0.99},
		{"by its symptom", []Finding{finding("a", 0.6, nil, "s")}, []Finding{finding("s", 0, at("x", Strong))}, Trials{Blames: named("x"), Necessary: true}, "a", "", 0.99},
		{"a hint is nothing that it rests on", []Finding{finding("a", 0.6, at("x", Weak))}, nil, Trials{Clears: named("x")}, "a", "", 0.6},
		{"nothing was blamed or cleared", []Finding{finding("a", 0.6, at("x", Strong))}, nil, Trials{}, "a", "", 0.6},
	}
	for _, row := range rows {
		before := Diagnosis{Findings: row.findings, Symptoms: row.symptoms}
		d := before.Proved(row.trials)
		if got := ids(d.Findings); got != row.want || ids(d.RuledOut) != row.ruled || math.Abs(d.Findings[0].Confidence-row.first) > 1e-9 {
			t.Errorf("%s: %s (%v), ruled out %s", row.reason, got, d.Findings[0].Confidence, ids(d.RuledOut))
		}
		for i, f := range before.Findings {
			if f.Confidence != row.findings[i].Confidence || len(f.Against) > 0 {
				t.Errorf("%s: the diagnosis itself was changed", row.reason)
			}
		}
	}
}
