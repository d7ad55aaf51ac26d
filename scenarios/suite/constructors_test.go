package suite

import (
	"go/ast"
	"go/parser"
	"go/token"
	"net/netip"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/replaydiff/replay/scenarios"
)

// TestConstructors: every cause that can be injected has one constructor, with
// a doc that reads as a sentence, and its arguments are parameters that the
// cause has.
func TestConstructors(t *testing.T) {
	docs := funcDocs(t)
	found := map[string]int{}
	for _, c := range Constructors() {
		found[c.Cause]++
		doc := docs[c.Name]
		switch {
		case doc == "":
			t.Errorf("%s has no doc", c.Name)
		case !strings.HasPrefix(doc, c.Name+" ") || !strings.HasSuffix(strings.TrimSpace(doc), "."):
			t.Errorf("the doc of %s is no sentence about it: %q", c.Name, doc)
		}
		checkConstructed(t, c)
	}
	for _, c := range scenarios.Catalogue() {
		if c.Inject != nil && found[c.ID] != 1 {
			t.Errorf("%s has %d constructors, want one", c.ID, found[c.ID])
		}
	}
	if len(found) == 0 {
		t.Error("no constructors: nothing was tested")
	}
}

// checkConstructed calls a constructor with values of its types.
func checkConstructed(t *testing.T, c Constructor) {
	t.Helper()
	f := reflect.ValueOf(c.New)
	if n := f.Type().NumIn(); n != len(c.Arguments) {
		t.Errorf("%s takes %d arguments and names %d", c.Name, n, len(c.Arguments))
		return
	}
	cause := causeOf(c.Cause)
	if cause == nil {
		t.Errorf("%s makes %s, which is no cause", c.Name, c.Cause)
		return
	}
	var args []reflect.Value
	for i, name := range c.Arguments {
		p, is := cause.Parameter(name)
		if !is {
			t.Errorf("%s: %s has no parameter %s", c.Name, c.Cause, name)
			return
		}
		args = append(args, argumentFor(f.Type().In(i), p, f.Type().IsVariadic() && i == len(c.Arguments)-1))
	}
	s := f.Call(args)[0].Interface().(Scenario)
	if s.Cause != c.Cause {
		t.Errorf("%s makes a scenario of %s, want %s", c.Name, s.Cause, c.Cause)
	}
	for _, name := range c.Arguments {
		p, _ := cause.Parameter(name)
		if value := s.Parameters[name]; value == "" || p.Check(value) != nil {
			t.Errorf("%s makes %s=%q: %v", c.Name, name, value, p.Check(value))
		}
	}
}

func argumentFor(typ reflect.Type, p scenarios.Parameter, variadic bool) reflect.Value {
	if variadic {
		typ = typ.Elem()
	}
	var value any
	switch p.Type {
	case scenarios.TypeDuration:
		value = 90 * time.Minute
	case scenarios.TypeNumber:
		value = 20
	case scenarios.TypeAddress:
		value = netip.MustParseAddr("203.0.113.9")
	case scenarios.TypeChoice:
		value = p.Choices[0].Value
	case scenarios.TypeOrigin:
		value = "https://evil.example"
	case scenarios.TypePath:
		value = "/portal"
	case scenarios.TypeSecret:
		value = "env:NAME"
	default:
		value = "api.example.test"
	}
	return reflect.ValueOf(value).Convert(typ)
}

// TestChoicesHaveConstants: what a constructor takes as a typed choice is all
// that the parameter knows.
func TestChoicesHaveConstants(t *testing.T) {
	for _, row := range []struct {
		cause, parameter string
		constants        []string
	}{
		{"malformed-authorization", "form", []string{string(Doubled), string(Undefined), string(Template), string(Quoted), string(Truncated), string(BadBase64), string(NoColon), string(Alone)}},
		{"api-key-misplaced", "place", []string{string(OtherHeader), string(InQuery)}},
		{"token-signature-invalid", "how", []string{string(Flipped), string(AlgNone), string(Unsigned)}},
		{"pkce-missing", "how", []string{string(VerifierAltered), string(VerifierRemoved)}},
		{"invalid-grant", "how", []string{string(UnknownGrant), string(UsedTwice)}},
		{"wrong-path", "mistake", []string{string(DoubleSlash), string(Typo), string(OtherVersion)}},
	} {
		p, _ := causeOf(row.cause).Parameter(row.parameter)
		var known []string
		for _, c := range p.Choices {
			known = append(known, c.Value)
		}
		slices.Sort(known)
		slices.Sort(row.constants)
		if !slices.Equal(known, row.constants) {
			t.Errorf("%s: constants %v, choices %v", row.cause, row.constants, known)
		}
	}
}

// funcDocs are the docs of the exported functions of the package.
func funcDocs(t *testing.T) map[string]string {
	t.Helper()
	docs := map[string]string{}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if f, is := d.(*ast.FuncDecl); is && f.Recv == nil && f.Doc != nil {
				docs[f.Name.Name] = f.Doc.Text()
			}
		}
	}
	return docs
}
