package scenarios

import (
	"math"
	"strings"
	"testing"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
)

func evidence(list ...Evidence) func(*View) []Evidence {
	return func(*View) []Evidence { return list }
}

func TestScore(t *testing.T) {
	decisive := func(s Source) Evidence { return Evidence{Strength: Decisive, Source: s} }
	strong := func(s Source) Evidence { return Evidence{Strength: Strong, Source: s} }
	tests := []struct {
		reason   string
		evidence []Evidence
		score    float64
		vetoed   bool
		ceiling  float64
	}{
		{"weak alone stays a guess", []Evidence{{Strength: Weak, Source: FromText}}, 1, false, ceilingWeak},
		{"strong alone", []Evidence{strong(FromText)}, 3, false, ceilingStrong},
		{"decisive from one source", []Evidence{decisive(FromRequest)}, 6, false, ceilingDecisive},
		{"decisive from two sources", []Evidence{decisive(FromRequest), decisive(FromChallenge)}, 12, false, ceilingConfirmed},
		{"decisive, seconded by another source", []Evidence{decisive(FromRequest), strong(FromText)}, 9, false, ceilingSeconded},
		{"strong of the same source is no second", []Evidence{decisive(FromText), strong(FromText)}, 6.75, false, ceilingDecisive},
		{"two of one source are not independent", []Evidence{decisive(FromText), decisive(FromText)}, 7.5, false, ceilingDecisive},
		{"text and its code count once and a quarter", []Evidence{strong(FromText), strong(FromText), {Strength: Weak, Source: FromText}}, 4, false, ceilingStrong},
		{"a third decisive counts as strong", []Evidence{decisive(FromRequest), decisive(FromText), decisive(FromTime)}, 15, false, ceilingConfirmed},
		{"counter-evidence", []Evidence{decisive(FromRequest), {Strength: Against}}, 4, false, ceilingDecisive},
		{"a veto", []Evidence{decisive(FromRequest), {Strength: RulesOut}}, 0, true, ceilingDecisive},
	}
	for _, tt := range tests {
		c := &Cause{ID: "x"}
		got, vetoed := score(c, tt.evidence)
		if math.Abs(got-tt.score) > 1e-9 || vetoed != tt.vetoed {
			t.Errorf("%s: score %v, vetoed %v", tt.reason, got, vetoed)
		}
		if got := ceiling(c, tt.evidence); got != tt.ceiling {
			t.Errorf("%s: ceiling %v", tt.reason, got)
		}
	}
	inside := &Cause{SeenFromInside: true}
	if got := ceiling(inside, []Evidence{decisive(FromRequest), decisive(FromText)}); got != 0.75 {
		t.Errorf("one vantage point: ceiling %v", got)
	}
}

// ranking diagnoses a pair whose request changed by another token and that is
// answered 401, with invented causes.
func ranking(t *testing.T, causes ...*Cause) Diagnosis {
	t.Helper()
	ok, bad := fetchOf(report, 200, "{}"), fetchOf(report, 401, "{}")
	SetHeader(&ok.Request.Header, "x-mode", "a")
	SetHeader(&bad.Request.Header, "x-mode", "b")
	v := newView(diff.Compare(flow(ok), flow(bad), diff.Options{}))
	if v == nil || len(v.Matter()) != 1 {
		t.Fatal("the pair is to fail, with one change")
	}
	var d Diagnosis
	d.rank(v, causes)
	return d
}

func ids(findings []Finding) string {
	var list []string
	for _, f := range findings {
		list = append(list, f.Cause.ID)
	}
	return strings.Join(list, " ")
}

func TestRank(t *testing.T) {
	owns := Evidence{Strength: Decisive, Source: FromRequest, At: diff.Edit{Side: diff.Request, Part: diff.Header, Name: "x-mode"}}
	says := Evidence{Strength: Decisive, Source: FromText}
	hint := Evidence{Strength: Strong, Source: FromText}
	simulated := Evidence{Strength: Decisive, Source: FromSimulation}
	cause := func(id string, explains []string, list ...Evidence) *Cause {
		return &Cause{ID: id, Kind: Mechanism, Group: Tokens, Explains: explains, Detect: evidence(list...)}
	}
	elsewhere := cause("cors", nil, says)
	elsewhere.Group = CORS
	tests := []struct {
		reason                                   string
		causes                                   []*Cause
		findings, symptoms, triggers, ruled, tie string
	}{
		{reason: "nobody speaks", causes: []*Cause{cause("a", nil)}},
		{reason: "counter-evidence alone is no finding", causes: []*Cause{cause("a", nil, Evidence{Strength: Against})}},
		{reason: "who explains the change comes before who leaves it open", causes: []*Cause{cause("a", nil, says), cause("b", nil, owns)}, findings: "b a"},
		{reason: "a veto drops the cause, and is kept", causes: []*Cause{cause("a", nil, owns, Evidence{Strength: RulesOut}), cause("b", nil, owns)}, findings: "b", ruled: "a"},
		{reason: "a symptom stands below its mechanism", causes: []*Cause{cause("a", []string{"b"}, owns), cause("b", nil, owns, says)}, findings: "a", symptoms: "b"},
		{reason: "a mechanism owns what its symptom owns", causes: []*Cause{cause("a", []string{"b"}, simulated), cause("b", nil, owns), cause("c", nil, owns)}, findings: "a c", symptoms: "b", tie: "a c"},
		{reason: "a poor mechanism does not outdo its symptom", causes: []*Cause{cause("a", []string{"b"}, hint), cause("b", nil, owns)}, findings: "b a"},
		{reason: "a mechanism that is ruled out explains nothing", causes: []*Cause{cause("a", []string{"b"}, owns, Evidence{Strength: RulesOut}), cause("b", nil, owns)}, findings: "b", ruled: "a"},
		{reason: "another address is the trigger of a browser's rule", causes: []*Cause{cause("wrong-host", nil, owns), cause("cookie-domain-mismatch", nil, simulated)}, findings: "cookie-domain-mismatch", triggers: "wrong-host"},
		{reason: "without a rule it competes", causes: []*Cause{cause("wrong-host", nil, owns), cause("a", nil, hint)}, findings: "wrong-host a"},
		{reason: "a CORS check does not end in 401", causes: []*Cause{elsewhere, cause("a", nil, says)}, findings: "a cors"},
		{reason: "equals are told as such", causes: []*Cause{cause("a", nil, owns), cause("b", nil, owns)}, findings: "a b", tie: "a b"},
	}
	for _, tt := range tests {
		d := ranking(t, tt.causes...)
		tie := ""
		if d.Tie != nil {
			tie = d.Tie.First.ID + " " + d.Tie.Second.ID
			if d.Tie.Test == "" {
				t.Errorf("%s: a tie without a test that tells", tt.reason)
			}
		}
		for _, got := range [][3]string{
			{"findings", ids(d.Findings), tt.findings}, {"symptoms", ids(d.Symptoms), tt.symptoms}, {"triggers", ids(d.Triggers), tt.triggers},
			{"ruled out", ids(d.RuledOut), tt.ruled}, {"tie", tie, tt.tie},
		} {
			if got[1] != got[2] {
				t.Errorf("%s: %s %q, want %q", tt.reason, got[0], got[1], got[2])
			}
		}
	}
}

func TestChain(t *testing.T) {
	mechanism := &Cause{ID: "cookie-domain-mismatch", Group: Sessions, Explains: []string{"session-cookie-missing"}, Detect: evidence(Evidence{Strength: Decisive, Source: FromSimulation})}
	symptom := &Cause{ID: "session-cookie-missing", Kind: Symptom, Group: Sessions, Detect: evidence(Evidence{Strength: Decisive, Source: FromRequest})}
	trigger := &Cause{ID: "wrong-host", Group: Target, Detect: evidence(Evidence{Strength: Decisive, Source: FromRequest})}
	var chain []string
	for _, c := range ranking(t, mechanism, symptom, trigger).Chain() {
		chain = append(chain, c.ID)
	}
	if got := strings.Join(chain, " → "); got != "wrong-host → cookie-domain-mismatch → session-cookie-missing" {
		t.Errorf("chain %s", got)
	}
	if chain := ranking(t, symptom).Chain(); chain != nil {
		t.Errorf("a finding that stands alone has a chain of %d", len(chain))
	}
}

// TestHarmless: a change that other requests have too, and work, is no good
// cause, unless the answer names it.
func TestHarmless(t *testing.T) {
	moded := func(url string, status int, mode string) *traffic.Exchange {
		x := fetchOf(url, status, "{}")
		SetHeader(&x.Request.Header, "x-mode", mode)
		return x
	}
	at := func(v *View) diff.Edit { return v.Matter()[0].Edit }
	tests := []struct {
		reason   string
		other    string // a second request
		status   int
		evidence func(*View) []Evidence
		want     bool
	}{
		{"another request of the server has it and works", "https://a.test/other", 200, func(v *View) []Evidence { return []Evidence{v.changed(Decisive, v.Matter()[0], "")} }, true},
		{"that one fails too", "https://a.test/other", 401, func(v *View) []Evidence { return []Evidence{v.changed(Decisive, v.Matter()[0], "")} }, false},
		{"another server", "https://b.test/other", 200, func(v *View) []Evidence { return []Evidence{v.changed(Decisive, v.Matter()[0], "")} }, false},
		{"the answer names the cause", "https://a.test/other", 200, func(v *View) []Evidence {
			return []Evidence{v.changed(Decisive, v.Matter()[0], ""), v.observed(Strong, FromText, diff.Edit{}, "")}
		}, false},
		{"a hint is not what the cause rests on", "https://a.test/other", 200, func(v *View) []Evidence { return []Evidence{{Strength: Weak, Source: FromRequest, At: at(v)}} }, false},
	}
	for _, tt := range tests {
		ok := flow(moded(report, 200, "a"), moded(tt.other, 200, "a"))
		bad := flow(moded(report, 401, "b"), moded(tt.other, tt.status, "b"))
		v := newView(diff.Compare(ok, bad, diff.Options{}))
		if got := v.harmless(tt.evidence(v)); got != tt.want {
			t.Errorf("%s: %v", tt.reason, got)
		}
	}
}

func TestTellingTest(t *testing.T) {
	for _, d := range divides {
		for _, id := range append(d.these, d.those...) {
			if !strings.Contains(" "+strings.Join(knownIDs, " ")+" ", " "+id+" ") {
				t.Errorf("%s is no cause", id)
			}
		}
	}
	direct := tellingTest(&Cause{ID: "missing-credentials"}, &Cause{ID: "authorization-dropped-by-proxy"})
	if !strings.Contains(direct, "past the proxy") {
		t.Errorf("the order of a tie makes a difference: %s", direct)
	}
	if general := tellingTest(&Cause{ID: "a"}, &Cause{ID: "b"}); !strings.Contains(general, "one at a time") {
		t.Errorf("no test for unlisted causes: %s", general)
	}
}
