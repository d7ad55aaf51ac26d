package results

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReadMistakes(t *testing.T) {
	for _, tt := range []struct{ reason, text, want string }{
		{"empty", "", "r.json: cut off; a report is what replay run --format json writes"},
		{"no JSON", "groups", "r.json: no JSON: byte 0: invalid character 'g' at start of value; a report is what replay run --format json writes"},
		{"cut off", `{"version":1,"kind":`, "r.json: cut off; a report is what replay run --format json writes"},
		{"another document", `{"log":{}}`, `r.json: no report: it has no "version"; one is written by replay run --format json`},
		{"a newer one", `{"version":2,"colour":"red"}`, "r.json: version 2 of a report, and this program reads 1; read it with the release of replay that wrote it"},
		{"an unknown field", `{"version":1,"kind":"run","groups":[{"colour":"red"}]}`, "r.json: /groups/0/colour: unknown field; it was written by another release of replay, or changed since"},
		{"another type", `{"version":1,"kind":"run","counts":{"sent":"many"}}`, "r.json: /counts/sent: a JSON string can't stand here"},
		{"no kind", `{"version":1}`, "r.json: /kind: none of run, pair, compare, test"},
		{"an unknown change", `{"version":1,"kind":"run","groups":[{"kind":"worse"}]}`, "r.json: /groups/0/kind: none of lost, gained, changed, moved"},
		{"an unknown verdict", `{"version":1,"kind":"run","exchanges":[{"verdict":"fine"}]}`, "r.json: /exchanges/0/verdict: none of same, different, unanswered"},
		{"two of them", `{"version":1,"kind":"run"}{"version":1,"kind":"run"}`, "r.json: no JSON: byte 26: invalid character '{' after top-level value; a report is what replay run --format json writes"},
	} {
		_, err := Read(strings.NewReader(tt.text), "r.json")
		if got := ""; err != nil {
			got = err.Error()
			if got != tt.want {
				t.Errorf("%s:\n got %s\nwant %s", tt.reason, got, tt.want)
			}
		} else {
			t.Errorf("%s: no error", tt.reason)
		}
	}
}

func TestReadControls(t *testing.T) {
	r, err := Read(strings.NewReader(`{"version":1,"kind":"run","captures":["a\u001b[2J"],"exchanges":[{"verdict":"same","curl":"curl \\\n\t-d x"}]}`), "r.json")
	if err != nil {
		t.Fatal(err)
	}
	if r.Captures[0] != `a\x1b[2J` || r.Exchanges[0].Curl != "curl \\\n\t-d x" {
		t.Errorf("%q, %q", r.Captures[0], r.Exchanges[0].Curl)
	}
}

// An acceptance of an empty value is not one of any value.
func TestEmptyValueStays(t *testing.T) {
	r := &Report{Version: Version, Kind: Run, Vanished: []Acceptance{{Template: "GET /", Field: "f", Kind: Changed, New: text("")}}}
	var b strings.Builder
	if err := Write(&b, r); err != nil {
		t.Fatal(err)
	}
	if again, err := Read(strings.NewReader(b.String()), "r.json"); err != nil || again.Vanished[0].New == nil || again.Vanished[0].Old != nil {
		t.Errorf("%v, %+v", err, again)
	}
}

// What is read and written reads the same again.
func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"version":1,"kind":"pair","started":"2026-11-23T10:00:00Z","groups":[{"kind":"lost","old":"x"}],"live":{"entry":3,"difference":[]}}`))
	f.Add([]byte(`{"version":1,"kind":"run","exchanges":[{"verdict":"same","fields":[{"path":"a","kind":"gained","new":"\u001b"}]}],"stopped":null}`))
	f.Fuzz(func(t *testing.T, content []byte) {
		r, err := Read(strings.NewReader(string(content)), "r.json")
		if err != nil {
			return
		}
		var b strings.Builder
		if err := Write(&b, r); err != nil {
			t.Fatal(err)
		}
		again, err := Read(strings.NewReader(b.String()), "w.json")
		if err != nil {
			t.Fatalf("%v\n%s", err, b.String())
		}
		if d := cmp.Diff(r, again); d != "" {
			t.Fatal(d)
		}
		if merged, err := Merge([]*Report{r}); err == nil {
			Baseline{Accepted: merged.Vanished}.Apply(merged)
		}
	})
}
