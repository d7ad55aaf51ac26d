package specs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/replaydiff/replay/examples/shop"
	"github.com/replaydiff/replay/harness/results"
	"github.com/replaydiff/replay/scenarios/suite"
)

func newShop(t *testing.T, faults ...shop.Fault) *httptest.Server {
	t.Helper()
	handler, err := shop.New(shop.Config{Faults: faults})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server
}

// A suite of a file brings its capture and its key.
func TestRunScenarios(t *testing.T) {
	t.Setenv("SPECS_TEST_KEY", shop.DemoKey)
	RunScenarios(t, Against("", newShop(t).URL, AllowUnsafe()), ReadSuite("testdata/shop.replay.yaml"), suite.SessionCookieMissing())
}

// TestFailing fails where it is told to: TestRunScenariosFails runs it.
func TestFailing(t *testing.T) {
	if os.Getenv("SPECS_FAIL") == "" {
		t.Skip("run by TestRunScenariosFails")
	}
	RunScenarios(t, canned(outcome), suite.MissingCredentials(), suite.ExpiredToken(7200e9), suite.RevokedToken())
}

func TestRunScenariosFails(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestFailing$", "-test.v")
	cmd.Env = append(os.Environ(), "SPECS_FAIL=1")
	out, err := cmd.CombinedOutput()
	text := string(out)
	if err == nil {
		t.Error("it passes")
	}
	for _, want := range []string{"--- PASS: TestFailing/missing-credentials", "--- FAIL: TestFailing/expired-token", "--- FAIL: TestFailing/revoked-token", "accepted a request that it has to refuse: 200", "not testable"} {
		if !strings.Contains(text, want) {
			t.Errorf("nothing of %q in\n%s", want, text)
		}
	}
	unmasked(t, text)
}

func TestPlannedMistakes(t *testing.T) {
	for name, row := range map[string]struct {
		scenario suite.Scenario
		want     string
	}{
		"cause":     {suite.Scenario{Cause: "expred-token"}, "did you mean expired-token?"},
		"parameter": {suite.MissingCredentials().With("ago", "2h"), `no parameter "ago"`},
		"value":     {suite.CORSPreflight("app.test/page"), "origin"},
		"secret":    {suite.ExpiredToken(1).With("token", planted.password), "parameter token"},
		"route":     {suite.MissingCredentials().On("orders"), "route"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := planned([]any{row.scenario})
			if err == nil || !strings.Contains(err.Error(), row.want) {
				t.Fatalf("error %v, want one with %q", err, row.want)
			}
			unmasked(t, err.Error())
		})
	}
	if _, _, err := planned(nil); err == nil || !strings.Contains(err.Error(), "no scenarios") {
		t.Errorf("no scenarios: %v", err)
	}
	if _, rest, err := planned([]any{suite.MissingCredentials(), 7}); err != nil || len(rest) != 1 {
		t.Errorf("what is no scenario is for Ginkgo to judge: %v, %v", rest, err)
	}
}

func TestReadSuitePanics(t *testing.T) {
	defer func() {
		if err, _ := recover().(error); err == nil || !strings.Contains(err.Error(), "no.replay.yaml") {
			t.Errorf("%v", err)
		}
	}()
	ReadSuite("no.replay.yaml")
}

// Names are unique although scenarios come in pieces, and each spec keeps what
// belongs to its scenario.
func TestPlannedNames(t *testing.T) {
	read := ReadSuite("testdata/shop.replay.yaml")
	list, _, err := planned([]any{suite.MissingCredentials(), read, Decorate(suite.MissingCredentials(), "a decorator"), suite.MissingBearerPrefix().OnEach("GET /a", "GET /b")})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range list {
		name := p.Name
		if p.of != read {
			name += " of no file"
		}
		if len(p.decorators) > 0 {
			name += " decorated"
		}
		got = append(got, name)
	}
	want := "missing-credentials; missing-credentials on GET /api/me; expired-token ago=2h; missing-credentials #2 decorated; " +
		"missing-bearer-prefix on GET /a; missing-bearer-prefix on GET /b"
	if text := strings.Join(got, "; "); text != want {
		t.Errorf("%s\nwant %s", text, want)
	}
}

// The package is dot-imported beside Ginkgo, Gomega and the scenarios.
func TestNamesDontCollide(t *testing.T) {
	taken := map[string]string{}
	for _, pkg := range []string{"github.com/onsi/ginkgo/v2", "github.com/onsi/gomega", "github.com/replaydiff/replay/scenarios/suite", "github.com/replaydiff/replay/harness/specs"} {
		names := exportedNames(t, pkg)
		if len(names) < 20 {
			t.Fatalf("%s has %d names", pkg, len(names))
		}
		for name := range names {
			if other := taken[name]; other != "" {
				t.Errorf("%s is a name of %s and of %s", name, other, pkg)
			}
			taken[name] = pkg
		}
	}
}

func exportedNames(t *testing.T, pkg string) map[string]bool {
	t.Helper()
	dir, err := exec.Command("go", "list", "-f", "{{.Dir}}", pkg).Output()
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	files, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(dir)), "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range parsed.Decls {
			for _, name := range declared(d) {
				if ast.IsExported(name) {
					names[name] = true
				}
			}
		}
	}
	return names
}

func declared(d ast.Decl) []string {
	var names []string
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil {
			names = append(names, d.Name.Name)
		}
	case *ast.GenDecl:
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				names = append(names, s.Name.Name)
			case *ast.ValueSpec:
				for _, n := range s.Names {
					names = append(names, n.Name)
				}
			}
		}
	}
	return names
}

// A result that can't be masked is not shown.
func TestMasked(t *testing.T) {
	b := Against("testdata/ok.har", "http://127.0.0.1:1")
	if _, err := b.open("testdata/ok.har"); err != nil {
		t.Fatal(err)
	}
	got := b.masked(&results.Case{Name: "n", Curl: "curl -d " + planted.password, Edits: []results.Field{{New: pointer(planted.cookie)}}})
	if strings.Contains(got.Curl, planted.password) || *got.Edits[0].New == planted.cookie || got.Name != "n" {
		t.Errorf("%+v %s", got, *got.Edits[0].New)
	}
}

// A suite that asks something of the client gets a spec for that: nothing is
// sent for it, and what the capture does not show is not testable.
func TestPolicy(t *testing.T) {
	read := &suite.Suite{Capture: "testdata/ok.har", Policy: suite.Policy{Tries: 2}}
	list := planOf(t, read, suite.MissingCredentials())
	if last := list[len(list)-1]; len(list) != 2 || !last.policy || last.Name != policyName {
		t.Fatalf("%d specs, the last is %q", len(list), last.Name)
	}
	b := Against("", "http://127.0.0.1:1")
	if text := b.policy(list[1].of); !strings.Contains(text, "not testable") {
		t.Errorf("a client that was never refused: %q", text)
	}
	if text := b.policy(&FileSuite{Suite: &suite.Suite{Capture: "no.har", Policy: suite.Policy{Login: true}}}); !strings.Contains(text, "no.har") {
		t.Errorf("no capture: %q", text)
	}
}
