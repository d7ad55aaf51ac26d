package specs

import (
	"bytes"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/examples/shop"
	"github.com/replaydiff/replay/scenarios/suite"
)

// ownModule makes a folder with a module of its own that uses this one, as the
// project of somebody else does.
func ownModule(t *testing.T, files map[string]string) string {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	here := t.TempDir()
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	mod = regexp.MustCompile(`(?m)^module .*$`).ReplaceAll(mod, []byte("module example.test/api\n\nrequire github.com/replaydiff/replay v0.0.0\n\nreplace github.com/replaydiff/replay => "+root))
	sum, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	capture, err := os.ReadFile("../../examples/shop/ok.har")
	if err != nil {
		t.Fatal(err)
	}
	files["go.mod"], files["go.sum"], files["ok.har"] = string(mod), string(sum), string(capture)
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(here, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return here
}

// goTest runs the tests of a folder.
func goTest(t *testing.T, folder string, env ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "test", "-mod=mod", "-v", ".")
	cmd.Dir = folder
	cmd.Env = append(append(os.Environ(), "GOWORK=off", "GINKGO_NO_COLOR=true"), env...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// The suite of the package's documentation compiles and passes, and is as short
// as it says.
func TestDocumentedSuite(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds a test of its own")
	}
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	var code []string
	lines := 0
	for line := range strings.Lines(string(doc)) {
		text, is := strings.CutPrefix(line, "//\t")
		switch {
		case is:
			code = append(code, text)
			lines++
		case len(code) > 0 && strings.TrimSpace(line) == "//":
			code = append(code, "\n")
		case len(code) > 0:
			if lines > 20 {
				t.Errorf("the documented suite has %d lines", lines)
			}
			runDocumented(t, strings.Join(code, ""))
			return
		}
	}
	t.Error("there is no suite in doc.go")
}

func runDocumented(t *testing.T, code string) {
	t.Helper()
	here := ownModule(t, map[string]string{
		"suite_test.go": code,
		"api_test.go": `package api_test

import (
	"net/http"

	"github.com/replaydiff/replay/examples/shop"
)

func NewAPI() http.Handler {
	handler, err := shop.New(shop.Config{})
	if err != nil {
		panic(err)
	}
	return handler
}
`,
	})
	if out, err := goTest(t, here); err != nil || !strings.Contains(out, "3 Passed | 0 Failed") {
		t.Errorf("%v\n%s\n%s", err, code, out)
	}
}

// A test that is written from a capture compiles, runs without an edit, and says
// of what it can't try why.
func TestWrittenSuite(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds a test of its own")
	}
	ok, err := traffic.Open("../../examples/shop/ok.har", traffic.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer ok.Close()
	s, err := suite.New(ok, nil)
	if err != nil {
		t.Fatal(err)
	}
	s.Capture, s.SignWith, s.AllowUnsafe = "ok.har", suite.SignWith{HS256: "env:SPECS_TEST_KEY"}, []string{"all"}
	var code bytes.Buffer
	if err := suite.WriteGinkgo(&code, s, "api"); err != nil {
		t.Fatal(err)
	}
	handler, err := shop.New(shop.Config{})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	defer server.Close()
	out, _ := goTest(t, ownModule(t, map[string]string{"suite_test.go": code.String()}), "TARGET="+server.URL, "SPECS_TEST_KEY="+shop.DemoKey)
	if !strings.Contains(out, "Will run "+strconv.Itoa(len(s.Cases()))+" of") {
		t.Errorf("not all scenarios run:\n%s\n%s", code.String(), out)
	}
	for line := range strings.Lines(out) {
		if strings.HasPrefix(line, "  [FAILED] ") && !strings.Contains(line, "not testable") {
			t.Errorf("a good shop fails: %s", line)
		}
	}
	if t.Failed() {
		t.Log(out)
	}
	if strings.Contains(out, shop.DemoKey) {
		t.Error("the key is shown")
	}
}
