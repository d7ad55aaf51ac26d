package suite

import (
	"bytes"
	"go/ast"
	"go/format"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/replaydiff/replay/scenarios/expect"
	"github.com/replaydiff/replay/scenarios/policy"
)

// stubs stand in for what the test is written against and this package must
// not import. Ginkgo and Gomega are the real ones: the test imports all of their
// names beside all of this package, and none may be there twice.
var stubs = map[string]string{
	"github.com/replaydiff/replay/harness/specs": "package specs\nimport \"github.com/replaydiff/replay/scenarios/suite\"\ntype Bench struct{}\ntype Option func(*Bench)\nfunc Against[T string | func() string](capture string, target T, options ...Option) *Bench { return nil }\nfunc AllowUnsafe(...string) Option { return nil }\nfunc Auth(string) Option { return nil }\nfunc AsUser(name, auth string) Option { return nil }\nfunc Sign(suite.SignWith) Option { return nil }\nfunc DescribeScenarios(text string, b *Bench, all ...any) bool { return true }",
}

// stubbed imports stubs, and of all else what the go command compiled.
type stubbed struct{ compiled types.Importer }

func (s stubbed) Import(path string) (*types.Package, error) {
	text, is := stubs[path]
	if !is {
		return s.compiled.Import(path)
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, path, text, 0)
	if err != nil {
		return nil, err
	}
	return (&types.Config{Importer: s}).Check(path, fset, []*ast.File{file}, nil)
}

// exported opens the export data of packages that this one is built of.
func exported(t *testing.T) func(path string) (io.ReadCloser, error) {
	t.Helper()
	out, err := exec.Command("go", "list", "-export", "-deps", "-f", "{{.ImportPath}}={{.Export}}", ".", "testing", "github.com/onsi/ginkgo/v2", "github.com/onsi/gomega").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	files := map[string]string{}
	for line := range strings.Lines(string(out)) {
		path, file, _ := strings.Cut(strings.TrimSpace(line), "=")
		files[path] = file
	}
	return func(path string) (io.ReadCloser, error) { return os.Open(files[path]) }
}

// TestGinkgoCompiles: what is written is Go, formatted, and type-checks.
func TestGinkgoCompiles(t *testing.T) {
	fset := token.NewFileSet()
	config := &types.Config{Importer: stubbed{importer.ForCompiler(fset, "gc", exported(t))}}
	check := func(t rapid.TB, s *Suite) string {
		var b bytes.Buffer
		if err := WriteGinkgo(&b, s, "shop"); err != nil {
			t.Fatal(err)
		}
		if formatted, err := format.Source(b.Bytes()); err != nil || string(formatted) != b.String() {
			t.Fatalf("not formatted, or no Go: %v\n%s", err, b.String())
		}
		file, err := parser.ParseFile(fset, "shop_test.go", b.Bytes(), 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := config.Check("shop_test", fset, []*ast.File{file}, nil); err != nil {
			t.Fatalf("%v\n%s", err, b.String())
		}
		return b.String()
	}
	got := check(t, &Suite{Capture: "ok.har", Comment: "The shop, a second time.", Auth: "Bearer env:TOKEN", SignWith: SignWith{HS256: "env:KEY"}, Users: []User{{Name: "bob", Auth: "Bearer env:BOB"}}, AllowUnsafe: []string{"POST"}, Scenarios: []Scenario{
		ExpiredToken(2*hour).On("GET /orders").Expect(expect.Status(401), expect.Challenge("Bearer", expect.Param("error", expect.Is("invalid_token")))).Says("Tokens live an hour."),
		scenario("missing-bearer-prefix"),
	}, Policy: Policy{Capture: "client.har", Refresh: policy.Window{From: 0.7, To: 0.8}, Tries: 3, Login: true}})
	if got != wantGinkgo {
		t.Errorf("%s", got)
	}
	for _, c := range Constructors() {
		check(t, &Suite{Capture: "ok.har", Scenarios: []Scenario{scenario(c.Cause)}})
	}
	rapid.Check(t, func(t *rapid.T) {
		s := drawSuite(t)
		s.Scenarios = append(s.Scenarios, drawScenario(t, nil))
		check(t, s)
	})
}

const wantGinkgo = `package shop_test

import (
	"os"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/specs"
	"github.com/replaydiff/replay/scenarios/expect"
	"github.com/replaydiff/replay/scenarios/policy"
	. "github.com/replaydiff/replay/scenarios/suite"
)

func TestShop(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "shop")
}

// The shop, a second time.
var _ = specs.DescribeScenarios("shop", specs.Against("ok.har", os.Getenv("TARGET"), specs.AllowUnsafe("POST"), specs.Auth("Bearer env:TOKEN"), specs.Sign(SignWith{HS256: "env:KEY"}), specs.AsUser("bob", "Bearer env:BOB")),
	// Tokens live an hour.
	ExpiredToken(2*time.Hour).On("GET /orders").
		Expect(expect.Status(401), expect.Challenge("Bearer", expect.Param("error", expect.Is("invalid_token")))),
	MissingBearerPrefix(),
)

var _ = Describe("the client of shop", func() {
	It("keeps its policy", func() {
		client, err := traffic.Open("client.har", traffic.Options{})
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(client.Close)
		Expect(Policy{Refresh: policy.Window{From: 0.7, To: 0.8}, Tries: 3, Login: true}.Failures(client)).To(BeEmpty())
	})
})
`
