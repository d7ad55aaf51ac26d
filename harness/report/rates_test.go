package report

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"

	"github.com/replaydiff/replay/harness/rates"
)

// drawRates draws a report whose keys are as hostile as any captured text; the
// command masks keys, the writers keep a terminal from obeying them.
func drawRates(t *rapid.T) *rates.Report {
	o := rates.Options{By: []rates.Breakdown{{rates.Route}, {rates.Host, rates.Agent}}, Capacity: 3}
	c, err := rates.NewCollector(o)
	if err != nil {
		t.Fatal(err)
	}
	for i := range rapid.IntRange(0, 60).Draw(t, "events") {
		e := rates.Event{Unix: 1795521600 + int64(i)*60, Status: rapid.SampledFrom([]int{200, 401, 403}).Draw(t, "status")}
		e.Keys[rates.Route] = "GET /" + rapid.SampledFrom(hostile).Draw(t, "path")
		e.Keys[rates.Host] = rapid.SampledFrom(hostile).Draw(t, "host")
		if err := c.Add(&e); err != nil {
			t.Fatal(err)
		}
	}
	r := c.Report()
	r.Sources = append(r.Sources, rates.Source{Name: rapid.SampledFrom(hostile).Draw(t, "file"), Lines: 9, Undecoded: 3, Places: []int64{1}})
	judged := r.Judge(rates.Judging{})
	if !judged {
		return r
	}
	r.Spikes = append(r.Spikes, rates.Alert{By: []string{"route"}, Key: []string{rapid.SampledFrom(hostile).Draw(t, "spike")}, Began: r.Windows[0], Ended: r.Windows[1], P: 1e-7})
	return r
}

func TestRatesAreInert(t *testing.T) {
	schema := compileRatesSchema(t)
	rapid.Check(t, func(t *rapid.T) {
		r := drawRates(t)
		var text, doc, metrics bytes.Buffer
		width := rapid.IntRange(40, 120).Draw(t, "width")
		for _, err := range []error{
			Rates(&text, r, RatesOptions{Terminal: Terminal{Width: width}, Judged: true}), RatesJSON(&doc, r), RatesOpenMetrics(&metrics, r),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
		for _, out := range []string{text.String(), doc.String(), metrics.String()} {
			for _, c := range out {
				if c < ' ' && c != '\n' || 0x7f <= c && c < 0xa0 || 0x202a <= c && c <= 0x202e || 0x2066 <= c && c <= 0x2069 {
					t.Fatalf("%q in\n%s", c, out)
				}
			}
		}
		for line := range strings.Lines(text.String()) {
			if n := columns(strings.TrimSuffix(line, "\n")); n > width {
				t.Fatalf("%d columns of %d: %s", n, width, line)
			}
		}
		value, err := jsonschema.UnmarshalJSON(&doc)
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(value); err != nil {
			t.Fatal(err)
		}
		checkOpenMetrics(t, metrics.String())
	})
}

func compileRatesSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(RatesSchema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("rates.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	return c.MustCompile("rates.schema.json")
}

// TestRatesSchemaRefuses keeps the schema from being true of everything.
func TestRatesSchemaRefuses(t *testing.T) {
	schema := compileRatesSchema(t)
	for _, doc := range []string{`{}`, `{"version":2}`, `[]`} {
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(doc))
		if err != nil {
			t.Fatal(err)
		}
		if schema.Validate(value) == nil {
			t.Errorf("the schema takes %s", doc)
		}
	}
}

// The grammar of OpenMetrics 1.0 (section 4.1.1), as far as counters and gauges
// without timestamps and exemplars need it.
var (
	metricName  = `[a-zA-Z_:][a-zA-Z0-9_:]*`
	labelPair   = `[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"`
	metricLine  = regexp.MustCompile(`^(` + metricName + `)(?:\{(` + labelPair + `(?:,` + labelPair + `)*)?\})? (\d+)$`)
	aboutLine   = regexp.MustCompile(`^# (TYPE|UNIT|HELP) (` + metricName + `) (.+)$`)
	labelOfPair = regexp.MustCompile(`([a-zA-Z_][a-zA-Z0-9_]*)="`)
)

func checkOpenMetrics(t interface{ Fatalf(string, ...any) }, text string) {
	body, ended := strings.CutSuffix(text, "# EOF\n")
	if !ended || strings.Contains(body, "# EOF") && strings.Contains(body, "\n# EOF") {
		t.Fatalf("it does not end in one # EOF:\n%s", text)
	}
	about, seen, families := map[string]string{}, map[string]bool{}, map[string]bool{}
	current := ""
	for line := range strings.Lines(body) {
		line = strings.TrimSuffix(line, "\n")
		if m := aboutLine.FindStringSubmatch(line); m != nil {
			if m[2] != current {
				if families[m[2]] {
					t.Fatalf("the family %s is in two places", m[2])
				}
				current, about = m[2], map[string]string{}
				families[current] = true
			}
			if about[m[1]] != "" {
				t.Fatalf("%s twice for %s", m[1], current)
			}
			about[m[1]] = m[3]
			continue
		}
		m := metricLine.FindStringSubmatch(line)
		if m == nil {
			t.Fatalf("no line of OpenMetrics: %q", line)
		}
		want := current
		if about["TYPE"] == "counter" {
			want += "_total"
		}
		if m[1] != want || !strings.HasSuffix(current, "_"+about["UNIT"]) || about["HELP"] == "" {
			t.Fatalf("%q in the family %s %v", line, current, about)
		}
		names := map[string]bool{}
		for _, l := range labelOfPair.FindAllStringSubmatch(regexp.MustCompile(`"(?:[^"\\]|\\.)*"`).ReplaceAllString(m[2], `"`), -1) {
			if names[l[1]] {
				t.Fatalf("label %s twice: %q", l[1], line)
			}
			names[l[1]] = true
		}
		if id := m[1] + "{" + m[2]; seen[id] {
			t.Fatalf("the sample %s twice", id)
		} else {
			seen[id] = true
		}
		if _, err := strconv.ParseUint(m[3], 10, 63); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
	}
	if len(seen) == 0 {
		t.Fatalf("no sample")
	}
}

func TestSpark(t *testing.T) {
	row := &rates.Row{Seen: []int64{10, 10, 0, 10, 10}, Refusals: []int64{0, 1, 0, 5, 10}}
	for _, tt := range []struct {
		n      int
		ascii  bool
		want   string
		reason string
	}{
		{16, false, "▁▂ ▅█", "a column a window, none where no request was"},
		{5, true, "_. =#", "in ASCII"},
		{2, false, "▂█", "two windows and more in one column"},
	} {
		if got := spark(row, tt.n, tt.ascii); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.reason, got, tt.want)
		}
	}
}
