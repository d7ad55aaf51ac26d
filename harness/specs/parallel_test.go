package specs

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"
)

// Several processes have the same specs, and share them.
func TestParallel(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds the ginkgo command")
	}
	command := filepath.Join(t.TempDir(), "ginkgo")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", command, "github.com/onsi/ginkgo/v2/ginkgo").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	// The command knows the tests of a package by the name of their file.
	binary := filepath.Join(t.TempDir(), "nested.test")
	content, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(binary, content, 0o755); err != nil {
		t.Fatal(err)
	}
	folder, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	here := filepath.Dir(binary)
	// It runs them in the folder of that file.
	if err := os.CopyFS(filepath.Join(here, "testdata"), os.DirFS(filepath.Join(folder, "testdata"))); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), command, "--procs=3", "--no-color", "--keep-going", "--json-report=report.json", "--output-dir="+here, binary)
	cmd.Dir = here
	cmd.Env = append(os.Environ(), nestedSuite+"=outcomes")
	out, _ := cmd.CombinedOutput() // some of the scenarios fail
	var reports []ginkgo.Report
	text, err := os.ReadFile(filepath.Join(here, "report.json"))
	if err == nil {
		err = json.Unmarshal(text, &reports)
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	states := map[types.SpecState]int{}
	for _, s := range specsOf(reports) {
		states[s.State]++
	}
	if states[types.SpecStatePassed] != 2 || states[types.SpecStateFailed] != 4 || len(specsOf(reports)) != 6 {
		t.Errorf("states %v\n%s", states, out)
	}
	if !strings.Contains(string(out), "Running in parallel across 3 processes") {
		t.Errorf("not in parallel:\n%s", out)
	}
	unmasked(t, string(out)+string(text))
}
