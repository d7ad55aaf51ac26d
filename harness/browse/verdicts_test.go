package browse

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/scenarios"
)

// TestVerdicts plays each case in a real browser, working and failing, and asks
// what the recordings say: together, and the failing one alone.
func TestVerdicts(t *testing.T) {
	l := &lab{cases: slices.Concat(corsCases(), cookieCases(), otherCases())}
	ok := l.play(t, nil)
	broken := &lab{cases: l.cases, bad: true}
	bad := broken.play(t, nil)
	right, single := 0, 0
	for n, c := range l.cases {
		t.Run(c.name, func(t *testing.T) {
			good, failing := l.of(ok, n), l.of(bad, n)
			pair := scenarios.Diagnose(diff.Compare(good, failing, diff.Options{}))
			if got := first(pair); got != c.want {
				t.Errorf("pair: got %q, want %q (%s)\n%s", got, c.want, c.reason, tell(pair, failing))
			} else {
				right++
			}
			if c.says != "" && c.want != "" && !says(pair, c.says) {
				t.Errorf("pair: the browser's word %q is not in the evidence\n%s", c.says, tell(pair, failing))
			}
			want := c.want
			if c.alone != "" {
				want = strings.TrimPrefix(c.alone, onlyPair)
			}
			if c.alone == onlyPair {
				return
			}
			alone := scenarios.DiagnoseOne(failing)
			if got := first(alone); got != want {
				t.Errorf("alone: got %q, want %q (%s)\n%s", got, want, c.reason, tell(alone, failing))
			} else {
				single++
			}
			good, failing = redacted(t, good, failing)
			if again := scenarios.Diagnose(diff.Compare(good, failing, diff.Options{})); first(again) != c.want || c.says != "" && c.want != "" && !says(again, c.says) {
				t.Errorf("redacted: got %q, want %q with the browser's word\n%s", first(again), c.want, tell(again, failing))
			}
		})
	}
	t.Logf("%d cases: %d right as a pair, %d alone", len(l.cases), right, single)
}

// redacted are both halves without secrets, and without the ticket anywhere.
func redacted(t *testing.T, good, bad *traffic.Capture) (*traffic.Capture, *traffic.Capture) {
	t.Helper()
	var r mask.Redactor
	r.Learn(good)
	r.Learn(bad)
	var out []*traffic.Capture
	for _, c := range []*traffic.Capture{good, bad} {
		redacted, err := r.Capture(c)
		if err != nil {
			t.Fatal(err)
		}
		for i, x := range redacted.Exchanges {
			x.Index = i
			if strings.Contains(fmt.Sprint(x.Request, x.Response, x.Unknown), ticket) {
				t.Errorf("the ticket stands in entry %d", i)
			}
		}
		out = append(out, redacted)
	}
	return out[0], out[1]
}

func first(d scenarios.Diagnosis) string {
	if len(d.Findings) == 0 {
		return ""
	}
	return d.Findings[0].Cause.ID
}

func says(d scenarios.Diagnosis, word string) bool {
	return len(d.Findings) > 0 && slices.ContainsFunc(d.Findings[0].Evidence, func(e scenarios.Evidence) bool {
		return e.At.Side == diff.Recorder && strings.Contains(e.At.New, word)
	})
}

// tell shows a diagnosis and the flow that it is of.
func tell(d scenarios.Diagnosis, c *traffic.Capture) string {
	var b strings.Builder
	for _, f := range d.Findings {
		b.WriteString("  " + f.Cause.ID + " " + f.Word() + "\n")
		for _, e := range append(f.Evidence, f.Against...) {
			b.WriteString("    " + e.Strength.String() + " " + string(e.Source) + " " + e.At.Name + " " + e.At.New + " | " + e.Note + "\n")
		}
	}
	for _, x := range c.Exchanges {
		b.WriteString("  " + x.Request.Method + " " + x.Request.URL)
		if x.Response != nil {
			b.WriteString(" " + diff.OutcomeOf(x).String() + " " + x.Response.Error)
		}
		b.WriteString("\n      " + string(x.Unknown.Get("/_devtools")) + "\n")
	}
	return b.String()
}
