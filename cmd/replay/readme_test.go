package main

import (
	"bytes"
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite what the README shows and the stories expect")

// consoleBlock is a block of the README that shows a command of replay and its
// output.
var consoleBlock = regexp.MustCompile("(?s)```\n\\$ go run \\./cmd/replay ([^\n]*)\n(.*?)```\n")

func TestReadmeShowsRealOutput(t *testing.T) {
	t.Chdir("../..")
	t.Setenv("COLUMNS", "")
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := consoleBlock.FindAllSubmatch(text, -1)
	if len(blocks) == 0 {
		t.Fatal("the README shows no output of replay")
	}
	updated := text
	for _, block := range blocks {
		args := strings.Fields(string(block[1]))
		var stdout, stderr bytes.Buffer
		if code := run(args, strings.NewReader(""), &stdout, &stderr); code == exitTrouble {
			t.Errorf("replay %s: %s", block[1], stderr.String())
		}
		if stdout.String() == string(block[2]) {
			continue
		}
		if !*update {
			t.Errorf("the README shows\n%s\nbut replay %s prints\n%s\n(go test ./cmd/replay -update rewrites it)",
				block[2], block[1], stdout.String())
		}
		shown := "```\n$ go run ./cmd/replay " + string(block[1]) + "\n" + stdout.String() + "```\n"
		updated = bytes.Replace(updated, block[0], []byte(shown), 1)
	}
	if *update {
		if err := os.WriteFile("README.md", updated, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

func TestReadmeNamesEveryDependency(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(mod)) {
		path, _, ok := strings.Cut(strings.TrimSpace(line), " v")
		if !ok || strings.Contains(line, "// indirect") {
			continue
		}
		path = strings.TrimPrefix(strings.TrimPrefix(path, "require "), "github.com/")
		name, _, _ := strings.Cut(strings.TrimPrefix(path, "gopkg.in/"), "/v")
		if name = strings.TrimSuffix(name, ".v4"); !strings.Contains(string(readme), name) {
			t.Errorf("go.mod requires %s, the README does not say what for", path)
		}
	}
}
