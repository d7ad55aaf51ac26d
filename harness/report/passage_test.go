package report

import (
	"bytes"
	"encoding/xml"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"

	"github.com/replaydiff/replay/harness/results"
)

// inventedPassage has everything that a passage can have, with texts that a
// terminal, a CI runner, XML or Markdown would obey.
func inventedPassage(t *rapid.T) *results.Passage {
	nasty := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{
		"\x1b[2J", "::error::x", "| a | b |", "```", "]]>", "<b>", "\u202e", "x\ny", "##[group]", strings.Repeat("long ", 60), strings.Repeat("x", 300),
	}))
	text := func(name string) string { return nasty.Draw(t, name) }
	pointer := func(name string) *string {
		if rapid.Bool().Draw(t, name+"?") {
			return nil
		}
		s := text(name)
		return &s
	}
	some := func(name string) int { return rapid.IntRange(0, 3).Draw(t, name) }
	p := &results.Passage{Version: results.Version, Kind: results.Through, Capture: text("capture"), Proxy: text("proxy"), Upstream: text("upstream"),
		Product: text("product"), By: text("by"), Started: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC), Seconds: 0.25, Compared: text("compared")}
	p.Counts = results.PassageCounts{Recorded: 9, Unchanged: some("unchanged"), Changed: 1, Answered: 1, Unanswered: some("unanswered"), Sent: 7}
	for range some("findings") {
		f := results.Altered{Does: text("does"), Count: 1, Entry: 2, Request: text("request"), Curl: "curl http://127.0.0.1:8080/ --http1.1"}
		f.Cause, f.Title, f.Confidence = text("cause"), text("title"), 0.99
		f.Because = []string{text("because")}
		f.Fix = []results.Advice{{Where: text("where"), Text: text("advice"), Snippet: text("snippet")}}
		p.Findings = append(p.Findings, f)
		p.Accepted = append(p.Accepted, f)
	}
	for range some("changes") {
		p.Changes = append(p.Changes, results.Alteration{Side: "request", Kind: rapid.SampledFrom(results.AlterationKinds()).Draw(t, "kind"), Field: text("field"),
			Old: pointer("old"), New: pointer("new"), Varies: rapid.Bool().Draw(t, "varies"), Expected: text("expected"), Cause: text("cause"), Count: 1, Request: text("request")})
	}
	for range some("entries") {
		p.Entries = append(p.Entries, results.Passed{Request: text("request"), Verdict: "answered", Arrived: text("arrived"), Came: text("came"), Answerer: text("answerer")})
	}
	for range some("probes") {
		p.Probes = append(p.Probes, results.Probe{Name: text("name"), Sent: text("sent"), Outcome: text("outcome"), Warning: text("warning")})
	}
	for range some("drift") {
		p.Drift = append(p.Drift, results.Drift{What: text("what"), Before: text("before"), Now: text("now")})
	}
	p.Skipped = []results.Skip{{Reason: text("reason"), Text: text("text"), Count: 1}}
	p.Errors = []results.ErrorCount{{Text: text("error"), Count: 1}}
	p.Warnings, p.Vanished = []string{text("warning")}, []string{text("vanished")}
	return p
}

// Every form of a passage can be read by what it is for, whatever a report holds.
func TestPassageLaw(t *testing.T) {
	schema := compilePassageSchema(t)
	rapid.Check(t, func(t *rapid.T) {
		p := inventedPassage(t)
		var text, document, suite, comment bytes.Buffer
		o := RunOptions{All: rapid.Bool().Draw(t, "all")}
		for _, err := range []error{Passage(&text, p, o), PassageJSON(&document, p), PassageJUnit(&suite, p), PassageMarkdown(&comment, p)} {
			if err != nil {
				t.Fatal(err)
			}
		}
		for line := range strings.Lines(text.String()) {
			if n := columns(strings.TrimSuffix(line, "\n")); n > 80 {
				t.Fatalf("a line of %d columns: %q", n, line)
			}
		}
		for _, out := range []string{text.String(), document.String(), suite.String(), comment.String()} {
			if strings.ContainsAny(out, "\x1b\u202e") {
				t.Fatal("a terminal would obey it")
			}
		}
		if strings.Contains(text.String(), "::error::") {
			t.Fatal("a CI runner would obey it")
		}
		if comment.Len() > MarkdownLimit {
			t.Fatalf("a comment of %d bytes", comment.Len())
		}
		schemas{}.check(t, schema, document.Bytes())
		for d := xml.NewDecoder(&suite); ; {
			if _, err := d.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Fatal(err)
			}
		}
	})
}

// TestPassageSchemaRefuses keeps the schema from being true of everything.
func TestPassageSchemaRefuses(t *testing.T) {
	schema := compilePassageSchema(t)
	for _, doc := range []string{
		`{}`, `{"version":1,"kind":"run"}`,
	} {
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(doc))
		if err != nil {
			t.Fatal(err)
		}
		if schema.Validate(v) == nil {
			t.Errorf("%s is taken for a passage", doc)
		}
	}
}

func compilePassageSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(PassageSchema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("through.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("through.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}
