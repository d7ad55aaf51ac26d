package main

import (
	"bytes"
	"flag"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/replaydiff/replay/examples/shop"
)

var update = flag.Bool("update", false, "rewrite what the README shows and the stories expect")

// consoleBlock is a block of the README that shows a command of replay and its
// output, maybe with shops that are opened before.
var consoleBlock = regexp.MustCompile("(?s)```\n((?:\\$ go run \\./examples/shop/serve [^\n]*&\n)*)\\$ go run \\./cmd/replay ([^\n]*)\n(.*?)```\n")

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
	updated, shops := text, shops{}
	for _, block := range blocks {
		shops.open(t, string(block[1]))
		args := strings.Fields(shops.here(string(block[2])))
		var stdout, stderr bytes.Buffer
		if code := run(args, strings.NewReader(""), &stdout, &stderr); code >= exitTrouble {
			t.Errorf("replay %s: %s", block[2], stderr.String())
		}
		printed := shops.there(stdout.String())
		if steady(printed) == steady(string(block[3])) {
			continue
		}
		if !*update {
			t.Errorf("the README shows\n%s\nbut replay %s prints\n%s\n(go test ./cmd/replay -update rewrites it)",
				block[3], block[2], printed)
		}
		shown := "```\n" + string(block[1]) + "$ go run ./cmd/replay " + string(block[2]) + "\n" + printed + "```\n"
		updated = bytes.Replace(updated, block[0], []byte(shown), 1)
	}
	if *update {
		if err := os.WriteFile("README.md", updated, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// shops are the addresses of the README and those of the shops that stand for
// them. The README has ports of five digits, as the system chooses: so lines
// break at the same places.
type shops map[string]string

var openedShop = regexp.MustCompile(`--listen (\S+)(?: --fault (\S+))? &`)

func (s shops) open(t *testing.T, lines string) {
	t.Helper()
	for _, m := range openedShop.FindAllStringSubmatch(lines, -1) {
		config := shop.Config{}
		if m[2] != "" {
			config.Faults = []shop.Fault{shop.Fault(m[2])}
		}
		handler, err := shop.New(config)
		if err != nil {
			t.Fatal(err)
		}
		server := httptest.NewServer(handler)
		t.Cleanup(server.Close)
		s[m[1]] = server.Listener.Addr().String()
	}
}

func (s shops) here(text string) string {
	for shown, real := range s {
		text = strings.ReplaceAll(text, shown, real)
	}
	return text
}

func (s shops) there(text string) string {
	for shown, real := range s {
		text = strings.ReplaceAll(text, real, shown)
	}
	return text
}

// unsteady is what differs from run to run: times, how often a clock's second
// passed between two answers, ids, and which of several workers saw a token
// first.
var unsteady = regexp.MustCompile(`\d+(\.\d+)? m?s\b|\d+ differences in \d+ fields|\b\d{10} \(\d{4}-.*|\bord-[a-z0-9]{8}\b|‹jwt \d+›`)

func steady(text string) string { return unsteady.ReplaceAllString(text, "N") }

// The suite of the README is a file that runs, and as short as it says.
func TestReadmeShowsTheSuite(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	suite, err := os.ReadFile("../../examples/shop/suite_test.go")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(readme, append([]byte("```go\n"), suite...)) {
		t.Error("the README does not show examples/shop/suite_test.go as it is")
	}
	if lines := len(strings.FieldsFunc(string(suite), func(r rune) bool { return r == '\n' })); lines > 20 {
		t.Errorf("it has %d lines", lines)
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

// The manifests of examples/ci use flags that there are: flags.txt lists them,
// as "run --shard" or "run --format json", and its own test holds it to the
// manifests.
func TestManifestsUseRealFlags(t *testing.T) {
	text, err := os.ReadFile("../../examples/ci/flags.txt")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for line := range strings.Lines(string(text)) {
		words := strings.Fields(line)
		if strings.HasPrefix(line, "#") || len(words) < 2 {
			continue
		}
		found++
		cmd, _, err := rootCommand().Find(words[:1])
		if err != nil {
			t.Errorf("%s: %v", words[0], err)
			continue
		}
		flag := cmd.Flags().Lookup(strings.TrimPrefix(words[1], "--"))
		if flag == nil {
			t.Errorf("replay %s has no flag %s", words[0], words[1])
			continue
		}
		if len(words) > 2 && !strings.Contains("|"+strings.Trim(flag.Usage, "`")+"|", "|"+words[2]+"|") {
			t.Errorf("replay %s %s takes no %s: %s", words[0], words[1], words[2], flag.Usage)
		}
	}
	if found == 0 {
		t.Error("flags.txt lists no flag")
	}
}
