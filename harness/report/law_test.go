package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/scenarios"
	"github.com/replaydiff/replay/scenarios/policy"
)

// hostile are texts that a terminal would obey, hide or misplace.
var hostile = []string{
	"plain", "", " ", "\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "\r\n", "a\nb\tc", "\u202egnp.exe", "\u2066x", "\u200b\u00ad", "\x9b1m", "\u009b1m",
	"\xff\xfe", "漢字かな交じり", "🙂🙂🙂", "e\u0301\u0301\u0301", "‹jwt 1›", strings.Repeat("long ", 60), strings.Repeat("x", 300), "/", ";", "\x00",
}

// TestReports checks what holds for whatever was captured: no line is wider
// than the terminal, no control character but the line break is printed, no
// secret is, and the JSON keeps its schema.
func TestReports(t *testing.T) {
	schemas := compileSchemas(t)
	rapid.Check(t, func(t *rapid.T) {
		var secrets []string
		ok, bad := drawCapture(t, "ok", &secrets), drawCapture(t, "bad", &secrets)
		width := rapid.SampledFrom([]int{0, 40, 41, 60, 80, 133}).Draw(t, "width")
		checkReports(t, schemas, diff.Compare(ok, bad, diff.Options{}), width, secrets)
	})
}

func TestReportsOfSharedPairs(t *testing.T) {
	files, _ := filepath.Glob("../../../shared/pairs/*/ok.*")
	if len(files) == 0 {
		if os.Getenv("CI") == "true" {
			t.Fatal("the shared pairs are missing")
		}
		t.Skip("the shared pairs are not here")
	}
	schemas := compileSchemas(t)
	for i, file := range files {
		open := func(file string) *traffic.Capture {
			c, err := traffic.Open(file, traffic.Options{})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { c.Close() })
			return c
		}
		ok, bad := open(file), open(strings.Replace(file, "/ok.", "/bad.", 1))
		checkReports(t, schemas, diff.Compare(ok, bad, diff.Options{}), []int{40, 80}[i%2], nil)
	}
}

type fataler interface{ Fatalf(string, ...any) }

// everyBreach breaks each rule more often than is shown.
func everyBreach() []policy.Breach {
	var list []policy.Breach
	for n, rule := range policy.All() {
		for i := range n {
			list = append(list, policy.Breach{Rule: rule, Entry: i, With: slices.Repeat([]int{i + 1}, n), Said: "refreshed after 97 % of 60 min, 90 s before its end"})
		}
	}
	return list
}

func checkReports(t fataler, schemas schemas, c *diff.Comparison, width int, secrets []string) {
	var m mask.Masker
	m.LearnCapture(c.OK)
	m.LearnCapture(c.Bad)
	terminal, g, broken := Terminal{Width: width}, scenarios.Diagnose(c), everyBreach()
	write := func(report func(*bytes.Buffer) error) []byte {
		var b bytes.Buffer
		if err := report(&b); err != nil {
			t.Fatalf("%v", err)
		}
		checkCharacters(t, b.String())
		checkSecrets(t, b.String(), secrets)
		return b.Bytes()
	}
	// The masks of pages are learnt while they are shown.
	write(func(b *bytes.Buffer) error { return Diff(b, c, g, &m, DiffOptions{terminal, true}) })
	for _, all := range []bool{false, true} {
		text := write(func(b *bytes.Buffer) error { return Diff(b, c, g, &m, DiffOptions{terminal, all}) })
		checkWidth(t, text, terminal.width())
		color := Terminal{Width: width, Color: true}
		var b bytes.Buffer
		if err := Diff(&b, c, g, &m, DiffOptions{color, all}); err != nil {
			t.Fatalf("%v", err)
		}
		if d := cmp.Diff(string(text), escapes.ReplaceAllString(b.String(), "")); d != "" {
			t.Fatalf("colour changes more than the colour (-plain +colour):\n%s", d)
		}
	}
	checkWidth(t, write(func(b *bytes.Buffer) error { return Entries(b, c.Bad, &m, terminal) }), terminal.width())
	checkWidth(t, write(func(b *bytes.Buffer) error { return Explain(b, c, g, Beside{Policy: broken}, &m, terminal) }), terminal.width())
	schemas.check(t, schemas.explain, write(func(b *bytes.Buffer) error { return ExplainJSON(b, c, g, Beside{Policy: broken}, &m) }))
	schemas.check(t, schemas.diff, write(func(b *bytes.Buffer) error { return DiffJSON(b, c, g, &m) }))
	schemas.check(t, schemas.entries, write(func(b *bytes.Buffer) error { return EntriesJSON(b, c.Bad, &m) }))
}

var escapes = regexp.MustCompile("\x1b\\[[0-9]+m")

func checkWidth(t fataler, text []byte, width int) {
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		if n := columns(line); n > width {
			t.Fatalf("a line of %d columns, %d are there:\n%s", n, width, line)
		}
	}
}

func checkCharacters(t fataler, text string) {
	if !utf8.ValidString(text) {
		t.Fatalf("invalid UTF-8 in\n%q", text)
	}
	for i, r := range text {
		if r != '\n' && !unicode.IsPrint(r) {
			t.Fatalf("%U in %q", r, text[max(0, i-40):min(len(text), i+10)])
		}
	}
}

// checkSecrets looks for secrets, be they broken over lines.
func checkSecrets(t fataler, text string, secrets []string) {
	flat := strings.Join(strings.Fields(text), "")
	for _, s := range secrets {
		if i := strings.Index(flat, s); i >= 0 {
			t.Fatalf("the secret %s is in …%s…", s, flat[max(0, i-80):min(len(flat), i+80)])
		}
	}
}

type schemas struct{ diff, explain, entries, run, plan *jsonschema.Schema }

func compileSchemas(t *testing.T) schemas {
	t.Helper()
	compile := func(text string) *jsonschema.Schema {
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		c := jsonschema.NewCompiler()
		id := doc.(map[string]any)["$id"].(string)
		if err := c.AddResource(id, doc); err != nil {
			t.Fatal(err)
		}
		return c.MustCompile(id)
	}
	return schemas{compile(DiffSchema), compile(ExplainSchema), compile(EntriesSchema), compile(RunSchema), compile(PlanSchema)}
}

func (schemas) check(t fataler, schema *jsonschema.Schema, doc []byte) {
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(doc))
	if err != nil {
		t.Fatalf("no JSON: %v\n%s", err, doc)
	}
	if err := schema.Validate(value); err != nil {
		t.Fatalf("%v", err)
	}
}

// TestSchemasRefuse keeps the schemas from being true of everything.
func TestSchemasRefuse(t *testing.T) {
	schemas := compileSchemas(t)
	c := diff.Compare(&traffic.Capture{Format: traffic.HAR}, &traffic.Capture{Format: traffic.HAR}, diff.Options{})
	var b bytes.Buffer
	if err := DiffJSON(&b, c, undiagnosed, &mask.Masker{}); err != nil {
		t.Fatal(err)
	}
	for _, change := range []func(map[string]any){
		func(d map[string]any) { d["version"] = 2 },
		func(d map[string]any) { delete(d, "findings") },
		func(d map[string]any) { d["more"] = 1 },
		func(d map[string]any) { d["pairs"] = []any{map[string]any{}} },
		func(d map[string]any) { d["first_divergence"] = "0" },
	} {
		var doc map[string]any
		if err := json.Unmarshal(b.Bytes(), &doc); err != nil {
			t.Fatal(err)
		}
		change(doc)
		if schemas.diff.Validate(doc) == nil {
			t.Errorf("the schema takes %v", doc)
		}
	}
}

func drawCapture(t *rapid.T, label string, secrets *[]string) *traffic.Capture {
	text := func(name string) string { return rapid.SampledFrom(hostile).Draw(t, label+" "+name) }
	c := &traffic.Capture{File: label + text("file"), Format: traffic.HAR, Creator: traffic.Product{Name: text("creator")}}
	c.Warnings = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) traffic.Warning {
		return traffic.Warning{Entry: rapid.IntRange(-1, 0).Draw(t, "entry"), Text: rapid.SampledFrom(hostile).Draw(t, "warning")}
	}), 0, 6).Draw(t, label+" warnings")
	for i := range rapid.IntRange(0, 4).Draw(t, label+" entries") {
		x := drawExchange(t, fmt.Sprintf("%s %d", label, i), secrets)
		x.Index = i
		c.Exchanges = append(c.Exchanges, x)
	}
	return c
}

// drawExchange draws hostile texts in every place, and secrets under names of
// secrets.
func drawExchange(t *rapid.T, label string, secrets *[]string) *traffic.Exchange {
	text := func(name string) string { return rapid.SampledFrom(hostile).Draw(t, label+" "+name) }
	// A name that ends early makes something else of what follows.
	name := func(name string) string { return strings.ReplaceAll(text(name), ";", "") }
	secret := func(name string) string {
		s := rapid.StringMatching(`[a-z]{3}[0-9]{3}[a-zA-Z0-9]{6,20}`).Draw(t, label+" "+name)
		*secrets = append(*secrets, s)
		return s
	}
	x := &traffic.Exchange{Request: traffic.Request{
		Method: "GET" + text("method"),
		URL:    "https://a.test" + text("port") + "/v1/" + text("path") + "?q=" + text("query") + "&api_key=" + secret("api key") + "#" + text("fragment"),
		Proto:  text("proto"),
		Header: traffic.Header{
			{Name: "Authorization", Value: rapid.SampledFrom([]string{"", "Bearer ", "Bearer  ", "Token "}).Draw(t, label+" scheme") + secret("token")},
			{Name: "Cookie", Value: name("cookie name") + "=" + secret("cookie") + "; " + secret("nameless cookie")},
			{Name: "X-Api-Key", Value: secret("key")}, {Name: "X-" + text("name"), Value: text("value")},
		},
		Body: traffic.NewBody("application/json", []byte(`{"password":"`+secret("password")+`","tokens":["`+secret("element")+`"],"a":"b"}`)),
	}}
	if rapid.IntRange(0, 5).Draw(t, label+" answered") == 0 {
		return x
	}
	x.Response = &traffic.Response{
		Status: rapid.SampledFrom([]int{0, 200, 302, 401}).Draw(t, label+" status"), StatusText: text("reason"), Error: text("error"),
		Header: traffic.Header{
			{Name: "Set-Cookie", Value: name("set-cookie") + "=" + secret("session") + "; Path=" + text("cookie path")},
			{Name: "Set-Cookie", Value: secret("nameless set-cookie") + "; Secure"},
			{Name: text("response name"), Value: text("response value")},
		},
		Location: text("location"),
		Body:     traffic.NewBody(rapid.SampledFrom([]string{"", "text/html", "application/json"}).Draw(t, label+" type"), []byte(text("body"))),
	}
	x.Recorded = traffic.Recorded{ServerIP: text("ip"), Started: traffic.Timestamp{Text: text("started")}}
	x.Unknown = traffic.Fields{{Pointer: "/_note/" + text("pointer"), Value: []byte(`{"secret":"` + secret("unknown field") + `"}`)}}
	return x
}
