package report

import (
	"bytes"
	"flag"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/scenarios"
)

var update = flag.Bool("update", false, "rewrite what the comparisons of testdata show")

// undiagnosed leaves the verdict out: what is said of causes has tests of its
// own, and is not to change what is said of changes.
var undiagnosed = scenarios.Diagnosis{Pair: -1, Entry: -1}

// TestGolden compares the captures ok and bad of each archive in testdata, and
// writes them as the other files say by name: "text", "text 60" columns wide,
// "all", "json", "entries" of bad.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no comparisons: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { checkGolden(t, file) })
	}
}

func checkGolden(t *testing.T, file string) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	ok, bad := read(t, "ok", archive.Files[0].Data), read(t, "bad", archive.Files[1].Data)
	c := diff.Compare(ok, bad, diff.Options{})
	wantShown(t, file, archive, archive.Files[2:], func(name string) string { return show(t, c, name) })
}

// show writes a comparison in the way of that name.
func show(t *testing.T, c *diff.Comparison, name string) string {
	t.Helper()
	var m mask.Masker
	m.LearnCapture(c.OK)
	m.LearnCapture(c.Bad)
	kind, columns, _ := strings.Cut(name, " ")
	width, _ := strconv.Atoi(columns)
	terminal := Terminal{Width: width}
	var b bytes.Buffer
	var err error
	switch kind {
	case "text":
		err = Diff(&b, c, undiagnosed, &m, DiffOptions{Terminal: terminal})
	case "all":
		err = Diff(&b, c, undiagnosed, &m, DiffOptions{Terminal: terminal, All: true})
	case "color":
		err = Diff(&b, c, undiagnosed, &m, DiffOptions{Terminal: Terminal{Width: width, Color: true}})
	case "json":
		err = DiffJSON(&b, c, undiagnosed, &m)
	case "entries":
		err = Entries(&b, c.Bad, &m, terminal)
	case "entries-json":
		err = EntriesJSON(&b, c.Bad, &m)
	default:
		t.Fatalf("nothing is called %q", name)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func read(t *testing.T, name string, data []byte) *traffic.Capture {
	t.Helper()
	c, err := traffic.Read(bytes.NewReader(data), name, traffic.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}
