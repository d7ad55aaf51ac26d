package report

import (
	"bytes"
	"strings"
	"testing"

	"github.com/replaydiff/replay/harness/results"
)

// TestScenariosInChromium: the sign of a row is that of its verdict; what
// was never sent has no answer, and no capture's clock is missed where none is
// shown.
func TestScenariosInChromium(t *testing.T) {
	r := base(3)
	r.Kind = results.Test
	r.Cases = []results.Case{
		{Number: 1, Name: "missing-credentials", Cause: "missing-credentials", Verdict: results.CaseHolds, Control: "200", Came: "401", Entry: 1},
		{Number: 2, Name: "expired-token", Cause: "expired-token", Verdict: results.CaseAccepted, Control: "200", Came: "200", Entry: 2},
		{Number: 3, Name: "refresh", Verdict: results.CaseNotTestable, Reason: "a key is missing", Entry: -1},
	}
	var page bytes.Buffer
	if err := RunHTML(&page, r); err != nil {
		t.Fatal(err)
	}
	b := openTab(t)
	for _, theme := range []string{"light", "dark"} {
		for _, width := range []int64{400, 1280} {
			b.seeAs(t, width, 900, theme)
			b.open(t, page.Bytes(), "")
			signs := map[string]string{}
			for _, row := range look[[]string](t, b, `[...document.querySelectorAll(".row")].map((e) => e.querySelector(".name").textContent + " = " + e.querySelector(".sign").textContent)`) {
				name, sign, _ := strings.Cut(row, " = ")
				signs[name] = sign
			}
			for name, sign := range map[string]string{"holds missing-credentials": "✓", "accepted expired-token": "✗", "untestable refresh": "!"} {
				if signs[name] != sign {
					t.Errorf("%s has the sign %q: %q", name, signs[name], signs)
				}
			}
			if text := look[string](t, b, `document.querySelector("main").innerText`); strings.Contains(text, "clock") || strings.Contains(text, "only in") {
				t.Errorf("it speaks of captures:\n%s", text)
			}
			checkReadable(t, b, width)
			b.quiet(t)
		}
	}
}
