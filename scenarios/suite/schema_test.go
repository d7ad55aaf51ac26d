package suite

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "write the generated files anew")

// TestSchemaIsMade: the schema is what the parameters of the causes make.
func TestSchemaIsMade(t *testing.T) {
	want, err := makeSchema()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("suite.schema.json", want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if d := cmp.Diff(string(want), string(Schema())); d != "" {
		t.Errorf("suite.schema.json is another than the causes make; go test -update writes it (-want +got)\n%s", d)
	}
}

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("suite.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("suite.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestSchemaTakesSuites: what is written is valid.
func TestSchemaTakesSuites(t *testing.T) {
	s := compiled(t)
	valid := func(content string) error {
		var v any
		if err := yaml.Unmarshal([]byte(content), &v); err != nil {
			return err
		}
		return s.Validate(v)
	}
	if err := valid(whole); err != nil {
		t.Errorf("%v", err)
	}
	rapid.Check(t, func(t *rapid.T) {
		suite := drawSuite(t)
		var b bytes.Buffer
		if err := Write(&b, suite); err != nil {
			t.Fatal(err)
		}
		if err := valid(b.String()); err != nil {
			t.Fatalf("%v\n%s", err, b.String())
		}
	})
}

// TestSchemaRefuses: what the reader calls a mistake, an editor marks.
func TestSchemaRefuses(t *testing.T) {
	s := compiled(t)
	for _, row := range []struct{ reason, file string }{
		{"no capture", "scenarios: []"},
		{"a key that is none", "{capture: a, traget: x}"},
		{"a cause that is none", "{capture: a, scenarios: [expred-token]}"},
		{"a parameter of another cause", "{capture: a, scenarios: [{cause: expired-token, with: {origin: 'https://a.test'}}]}"},
		{"a choice that is none", "{capture: a, scenarios: [{cause: token-signature-invalid, with: {how: bent}}]}"},
		{"a secret in the file", "{capture: a, auth: Bearer s3cr3t}"},
		{"two keys", "{capture: a, sign-with: {hs256: 'env:A', rs256: 'env:B'}}"},
		{"a status that is none", "{capture: a, scenarios: [{cause: wrong-path, expect: {status: 9}}]}"},
		{"two comparisons", "{capture: a, scenarios: [{cause: wrong-path, expect: {headers: {a: {is: x, contains: y}}}}]}"},
		{"an empty expectation", "{capture: a, scenarios: [{cause: wrong-path, expect: {}}]}"},
	} {
		var v any
		if err := yaml.Unmarshal([]byte(row.file), &v); err != nil {
			t.Fatal(err)
		}
		if s.Validate(v) == nil {
			t.Errorf("%s is valid", row.reason)
		}
		if _, err := Read(strings.NewReader(row.file), "s"); err == nil {
			t.Errorf("%s is read", row.reason)
		}
	}
}
