package report

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/replaydiff/replay/harness/results"
)

// TestRunGolden compares what is written of each invented report with the
// archive of its name: "text", "text 40" columns wide, "all", "color", "json",
// "junit", "markdown", "annotations".
func TestRunGolden(t *testing.T) {
	for name, r := range inventedReports() {
		t.Run(name, func(t *testing.T) {
			checkArchive(t, filepath.Join("testdata", "run", name+".txtar"), func(way string) string { return writeRun(t, r, way) })
		})
	}
}

func TestPlanGolden(t *testing.T) {
	for name, p := range inventedPlans() {
		t.Run(name, func(t *testing.T) {
			checkArchive(t, filepath.Join("testdata", "plan", name+".txtar"), func(way string) string { return writePlan(t, p, way) })
		})
	}
}

func checkArchive(t *testing.T, file string, write func(way string) string) {
	t.Helper()
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if len(archive.Files) == 0 {
		t.Fatalf("%s names nothing that is to be written", file)
	}
	wantShown(t, file, archive, archive.Files, write)
}

// wantShown compares outputs of an archive with what is written now, by name;
// -update puts that in their place.
func wantShown(t *testing.T, file string, archive *txtar.Archive, outputs []txtar.File, write func(name string) string) {
	t.Helper()
	for i := range outputs {
		shown := &outputs[i]
		got := write(shown.Name)
		if d := cmp.Diff(string(shown.Data), got); d != "" && !*update {
			t.Errorf("%s (-want +got):\n%s", shown.Name, d)
		}
		shown.Data = []byte(got)
	}
	if *update {
		if err := os.WriteFile(file, txtar.Format(archive), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

func writeRun(t *testing.T, r *results.Report, way string) string {
	t.Helper()
	kind, columns, _ := strings.Cut(way, " ")
	width, _ := strconv.Atoi(columns)
	var b bytes.Buffer
	var err error
	switch kind {
	case "text":
		err = Run(&b, r, RunOptions{Terminal: Terminal{Width: width}})
	case "all":
		err = Run(&b, r, RunOptions{Terminal: Terminal{Width: width}, All: true})
	case "color":
		err = Run(&b, r, RunOptions{Terminal: Terminal{Width: width, Color: true}})
	case "json":
		err = RunJSON(&b, r)
	case "junit":
		err = JUnit(&b, r)
	case "markdown":
		err = Markdown(&b, r)
	case "annotations":
		err = Annotations(&b, r)
	default:
		t.Fatalf("nothing is called %q", way)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func writePlan(t *testing.T, p *results.Plan, way string) string {
	t.Helper()
	kind, columns, _ := strings.Cut(way, " ")
	width, _ := strconv.Atoi(columns)
	var b bytes.Buffer
	var err error
	switch kind {
	case "text":
		err = Plan(&b, p, RunOptions{Terminal: Terminal{Width: width}})
	case "all":
		err = Plan(&b, p, RunOptions{Terminal: Terminal{Width: width}, All: true})
	case "json":
		err = PlanJSON(&b, p)
	default:
		t.Fatalf("nothing is called %q", way)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}
