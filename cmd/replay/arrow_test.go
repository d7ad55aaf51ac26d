package main

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/replaydiff/replay/"

// arrow lists the top-level folders; each may import itself and what stands
// to its left. cmd and examples stand side by side.
var arrow = map[string]int{"diff": 0, "scenarios": 1, "harness": 2, "cmd": 3, "examples": 3}

// A listed package is what go list says of it.
type listed struct {
	ImportPath string
	Imports    []string
}

func TestArrow(t *testing.T) {
	packages := listPackages(t)
	if len(packages) < 5 {
		t.Fatalf("go list found %d packages", len(packages))
	}
	for _, p := range packages {
		from := topFolder(p.ImportPath)
		rank, known := arrow[from]
		if !known {
			t.Errorf("%s: top-level folders are diff, scenarios, harness, cmd and examples", p.ImportPath)
		}
		for _, imported := range p.Imports {
			to := topFolder(imported)
			if to != "" && to != from && arrow[to] >= rank {
				t.Errorf("%s imports %s, against the arrow", p.ImportPath, imported)
			}
			pure := from == "diff" || from == "scenarios"
			if pure && slices.Contains([]string{"net/http/httptest", "net", "os/exec", "testing"}, imported) {
				t.Errorf("%s imports %s: diff and scenarios neither connect nor test", p.ImportPath, imported)
			}
			if strings.HasPrefix(imported, "github.com/onsi/") && p.ImportPath != module+"harness/specs" {
				t.Errorf("%s imports %s: only harness/specs may", p.ImportPath, imported)
			}
		}
	}
}

func TestPackageNames(t *testing.T) {
	for _, p := range listPackages(t) {
		name := p.ImportPath[strings.LastIndexByte(p.ImportPath, '/')+1:]
		if slices.Contains([]string{"util", "utils", "common", "types", "helpers", "pkg"}, name) {
			t.Errorf("%s: a package is named after what it does", p.ImportPath)
		}
	}
}

func TestTopLevel(t *testing.T) {
	entries, err := os.ReadDir("../..")
	if err != nil {
		t.Fatal(err)
	}
	files := []string{"go.mod", "go.sum", "README.md", "SECURITY.md", "LICENSE"}
	for _, e := range entries {
		_, folder := arrow[e.Name()]
		if !strings.HasPrefix(e.Name(), ".") && !(e.IsDir() && folder) && !slices.Contains(files, e.Name()) {
			t.Errorf("%s does not belong at the top level", e.Name())
		}
	}
}

func listPackages(t *testing.T) []listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports", "./...")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var packages []listed
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
}

// topFolder is the first folder of a package of this module, "" of others.
func topFolder(path string) string {
	rest, ok := strings.CutPrefix(path, module)
	if !ok {
		return ""
	}
	folder, _, _ := strings.Cut(rest, "/")
	return folder
}

// TestMapOfTheHouse: the README names each room, and why each module is there.
func TestMapOfTheHouse(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	house, modules, found := strings.Cut(string(text), "\n## Dependencies\n")
	if !found {
		t.Fatal("the README has no section of dependencies")
	}
	for _, p := range listPackages(t) {
		room := strings.TrimPrefix(p.ImportPath, module)
		if topFolder(p.ImportPath) != "examples" && !strings.Contains(room, "/internal/") && !strings.Contains(house, "| `"+room+"/` |") {
			t.Errorf("%s is not on the map of the README", room)
		}
	}
	mod, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	direct, _, _ := strings.Cut(string(mod), "\n)")
	required := 0
	for line := range strings.SplitSeq(direct, "\n") {
		path, version, is := strings.Cut(strings.TrimSpace(line), " v")
		if !is || version == "" {
			continue
		}
		required++
		parts := strings.Split(path, "/")
		name := parts[len(parts)-1]
		if len(parts) > 1 && strings.HasPrefix(name, "v") && len(name) == 2 {
			name = parts[len(parts)-2]
		}
		name, _, _ = strings.Cut(name, ".v")
		if !strings.Contains(modules, name) {
			t.Errorf("the README does not say what %s is for", path)
		}
	}
	if required < 5 {
		t.Fatalf("go.mod requires %d modules", required)
	}
}
