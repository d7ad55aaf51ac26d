package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/replaydiff/replay/harness/results"
)

// injections are what a format could take for its own; octocat tells where one
// of them went.
var injections = append([]string{
	"@octocat", "[octocat](javascript:1)", "<img src=octocat>", "``` octocat\n```", "`@octocat`", "</details>@octocat", "#1 octocat", "\n\n@octocat\n",
	"]]></failure>octocat", "::error::octocat", "x ::stop-commands::octocat", "##[add-mask]octocat", "##vso[octocat]", "%0A::error::octocat", "a,b=octocat:c",
	"\ufffe\uffff\ufdd0", "-- octocat", "--> octocat", "&lt;octocat", "curl 'http://a/' -H 'X: octocat' -H $'Y: a\\'b c' --data-raw 'x'", "a | b", "trailing \\", "\\|", "**octocat**",
	"a " + strings.Repeat("b", 90) + " ::error::octocat", strings.Repeat("b", 61) + "::error::octocat",
}, hostile...)

// drawOf draws a value of any plain type with hostile texts in every place.
func drawOf[T any](t *rapid.T, label string) *T {
	value := rapid.MakeCustom[T](rapid.MakeConfig{Kinds: map[reflect.Kind]*rapid.Generator[any]{
		reflect.String:  rapid.SampledFrom(injections).AsAny(),
		reflect.Int:     rapid.IntRange(0, 9).AsAny(),
		reflect.Int64:   rapid.Int64Range(0, 9_999_999).AsAny(),
		reflect.Float64: rapid.Float64Range(0, 1).AsAny(),
	}}).Draw(t, label)
	return &value
}

// tame gives a drawn report the words that the model has lists of, as every
// report has that was not forged.
func tame(t *rapid.T, r *results.Report) {
	r.Version, r.Started = results.Version, r.Started.UTC().Truncate(1)
	if y := r.Started.Year(); y < 1 || y > 9999 {
		r.Started = r.Started.AddDate(2000-y, 0, 0)
	}
	r.Kind = rapid.SampledFrom([]results.Kind{results.Run, results.Pair, results.Compare, results.Test}).Draw(t, "kind")
	walk(reflect.ValueOf(r), func(v reflect.Value) {
		switch v.Interface().(type) {
		case results.Flow:
			v.SetString(rapid.SampledFrom([]string{"", "ok", "bad"}).Draw(t, "flow"))
		case results.Change:
			v.SetString(rapid.SampledFrom([]string{"lost", "gained", "changed", "moved"}).Draw(t, "change"))
		case results.Verdict:
			v.SetString(rapid.SampledFrom([]string{"same", "different", "unanswered"}).Draw(t, "verdict"))
		case results.CaseVerdict:
			v.SetString(string(rapid.SampledFrom(results.CaseVerdicts()).Draw(t, "case")))
		case results.Case:
			v.FieldByName("Number").SetInt(rapid.Int64Range(1, 9).Draw(t, "number"))
		case results.StopReason:
			v.SetString("interrupted")
		case results.Target:
			v.FieldByName("Role").SetString(rapid.SampledFrom([]string{"target", "before", "after"}).Draw(t, "role"))
		}
	})
}

// walk visits each settable value below a pointer.
func walk(v reflect.Value, visit func(reflect.Value)) {
	if v.CanSet() {
		visit(v)
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			walk(v.Elem(), visit)
		}
	case reflect.Slice:
		for i := range v.Len() {
			walk(v.Index(i), visit)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				walk(v.Field(i), visit)
			}
		}
	}
}

// TestRunReports checks what holds for whatever a report holds: see the check
// of each format.
func TestRunReports(t *testing.T) {
	schemas := compileSchemas(t)
	rapid.Check(t, func(t *rapid.T) {
		r := drawOf[results.Report](t, "report")
		width := rapid.SampledFrom([]int{0, 40, 41, 60, 133}).Draw(t, "width")
		checkText(t, r, width)
		checkMarkup(t, r)
		tame(t, r)
		checkJSON(t, schemas, r)
	})
}

func TestInventedReports(t *testing.T) {
	schemas := compileSchemas(t)
	for _, r := range inventedReports() {
		for _, width := range []int{40, 60, 80, 200} {
			checkText(t, r, width)
		}
		checkMarkup(t, r)
		checkJSON(t, schemas, r)
	}
}

func checkText(t fataler, r *results.Report, width int) {
	for _, all := range []bool{false, true} {
		checkLayout(t, width, func(b io.Writer, terminal Terminal) error { return Run(b, r, RunOptions{terminal, all}) })
	}
}

func checkMarkup(t fataler, r *results.Report) {
	checkJUnit(t, r)
	checkMarkdown(t, r)
	checkAnnotations(t, r)
}

// TestPlans checks the same for plans.
func TestPlans(t *testing.T) {
	schemas := compileSchemas(t)
	rapid.Check(t, func(t *rapid.T) {
		p := drawOf[results.Plan](t, "plan")
		p.Version = results.Version
		walk(reflect.ValueOf(p), func(v reflect.Value) {
			switch v.Interface().(type) {
			case results.Flow:
				v.SetString(rapid.SampledFrom([]string{"", "ok", "bad"}).Draw(t, "flow"))
			case results.Target:
				v.FieldByName("Role").SetString("target")
			}
		})
		width := rapid.SampledFrom([]int{0, 40, 60, 133}).Draw(t, "width")
		for _, all := range []bool{false, true} {
			checkLayout(t, width, func(b io.Writer, terminal Terminal) error { return Plan(b, p, RunOptions{terminal, all}) })
		}
		var b bytes.Buffer
		if err := PlanJSON(&b, p); err != nil {
			t.Fatalf("%v", err)
		}
		checkCharacters(t, b.String())
		schemas.check(t, schemas.plan, b.Bytes())
	})
}

// TestWriters checks that each writer returns the error of where it writes to.
func TestWriters(t *testing.T) {
	r, p := regressionReport(), inventedPlans()["login"]
	for name, write := range map[string]func(io.Writer) error{
		"Run":         func(w io.Writer) error { return Run(w, r, RunOptions{}) },
		"RunJSON":     func(w io.Writer) error { return RunJSON(w, r) },
		"JUnit":       func(w io.Writer) error { return JUnit(w, r) },
		"Markdown":    func(w io.Writer) error { return Markdown(w, r) },
		"Annotations": func(w io.Writer) error { return Annotations(w, r) },
		"Plan":        func(w io.Writer) error { return Plan(w, p, RunOptions{}) },
		"PlanJSON":    func(w io.Writer) error { return PlanJSON(w, p) },
	} {
		if err := write(brokenWriter{}); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

// TestRunSchemaRefuses keeps the schemas from being true of everything.
func TestRunSchemaRefuses(t *testing.T) {
	schemas := compileSchemas(t)
	for _, change := range []func(map[string]any){
		func(d map[string]any) { d["version"] = 2 },
		func(d map[string]any) { delete(d, "counts") },
		func(d map[string]any) { d["more"] = 1 },
		func(d map[string]any) { d["kind"] = "walk" },
		func(d map[string]any) { d["groups"] = []any{map[string]any{}} },
	} {
		doc := decoded(t, func(w io.Writer) error { return RunJSON(w, regressionReport()) })
		change(doc)
		if schemas.run.Validate(doc) == nil {
			t.Errorf("the schema takes %v", doc)
		}
	}
	doc := decoded(t, func(w io.Writer) error { return PlanJSON(w, inventedPlans()["login"]) })
	doc["links"] = []any{map[string]any{"name": 1}}
	if schemas.plan.Validate(doc) == nil {
		t.Errorf("the schema takes %v", doc)
	}
}

func decoded(t *testing.T, write func(io.Writer) error) map[string]any {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(b.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestSecondsOfJUnit(t *testing.T) {
	for _, tt := range []struct {
		seconds float64
		want    string
		reason  string
	}{
		{1.84, "1.840", "a duration"}, {math.NaN(), "0.000", "NaN is no number of XML"}, {math.Inf(1), "0.000", "nor is infinity"}, {-1, "0.000", "clocks are set back"},
	} {
		if got := seconds(tt.seconds); got != tt.want {
			t.Errorf("%v: %s, want %s: %s", tt.seconds, got, tt.want, tt.reason)
		}
	}
}
