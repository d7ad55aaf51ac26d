package traffic

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// shared is a folder of real captures that is not part of this repository.
const shared = "../../../shared"

func sharedFolder(t testing.TB, name string) string {
	t.Helper()
	folder := filepath.Join(shared, name)
	if _, err := os.Stat(folder); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("the captures that CI must read are missing: %v", err)
		}
		t.Skipf("no captures here: %v", err)
	}
	return folder
}

// An indexRow is a line of the table that describes a corpus.
type indexRow struct {
	file    string
	licence string
	entries int  // that a reader must find
	broken  bool // it must end in an error
	special string
}

// readIndex reads the rows whose file stands in the folder.
func readIndex(t *testing.T, index, folder string, entriesColumn int) (rows []indexRow) {
	t.Helper()
	f, err := os.Open(index)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		cells := strings.Split(lines.Text(), "|")
		if len(cells) <= entriesColumn+1 {
			continue
		}
		row := indexRow{file: filepath.Join(folder, strings.TrimSpace(cells[1])), licence: cells[3], special: cells[entriesColumn+1]}
		if info, err := os.Stat(row.file); err != nil || info.IsDir() {
			continue // the head of the table, a cassette
		}
		row.broken = strings.Contains(row.special, "INVALID")
		row.entries, _ = strconv.Atoi(strings.TrimSpace(cells[entriesColumn])) // "-" is none
		rows = append(rows, row)
	}
	return rows
}

// Every capture of the corpus reads with the number of entries that its index
// gives, and survives being written (law 3).
func TestCorpusHAR(t *testing.T) {
	folder := sharedFolder(t, "corpus")
	rows := readIndex(t, filepath.Join(folder, "INDEX.md"), filepath.Join(folder, "har"), 6)
	if len(rows) < 150 {
		t.Errorf("found only %d files of the index", len(rows))
	}
	for _, row := range rows {
		t.Run(filepath.Base(row.file), row.test)
	}
}

// The same for the part of the corpus that comes with the repository.
func TestTestdataHAR(t *testing.T) {
	const folder = "testdata/har"
	rows := readIndex(t, folder+"/README.md", folder, 4)
	for _, row := range rows {
		t.Run(filepath.Base(row.file), row.test)
		_, link, _ := strings.Cut(row.licence, "(")
		link, _, _ = strings.Cut(link, ")")
		if _, err := os.Stat(filepath.Join(folder, link)); err != nil {
			t.Errorf("%s: no licence: %v", row.file, err)
		}
	}
	files, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	if want := len(files) - 2; len(rows) != want { // less README.md and LICENSES
		t.Errorf("README.md lists %d of %d files", len(rows), want)
	}
}

func (row indexRow) test(t *testing.T) {
	if row.broken {
		wantBroken(t, row.file)
		return
	}
	c, err := Open(row.file, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if len(c.Exchanges) != row.entries {
		t.Errorf("%d entries, want %d", len(c.Exchanges), row.entries)
	}
	missing := strings.Contains(row.special, "entries null") || strings.Contains(row.special, "no log")
	if missing && len(c.Warnings) == 0 {
		t.Error("no warning about missing entries")
	}
	wantLaw3(t, c)
}

func TestPairsHAR(t *testing.T) {
	files, _ := filepath.Glob(filepath.Join(sharedFolder(t, "pairs"), "*", "*.har"))
	if len(files) < 20 {
		t.Fatalf("found only %d files", len(files))
	}
	for _, file := range files {
		t.Run(filepath.Base(filepath.Dir(file))+"/"+filepath.Base(file), func(t *testing.T) {
			c, err := Open(file, Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			if len(c.Exchanges) == 0 {
				t.Error("no entries")
			}
			for _, w := range c.Warnings {
				t.Errorf("a real capture warns: %v", w)
			}
			wantLaw3(t, c)
		})
	}
}

func wantBroken(t *testing.T, file string) {
	t.Helper()
	c, err := Open(file, Options{})
	if err == nil {
		c.Close()
		t.Fatal("reads, though it is broken")
	}
	e, ok := err.(*Error)
	if !ok || e.Line == 0 || e.Column == 0 {
		t.Errorf("error without a place: %v", err)
	}
}

// wantLaw3 writes a capture and reads it back.
func wantLaw3(t testing.TB, c *Capture) {
	t.Helper()
	var first, second bytes.Buffer
	if err := Write(&first, c, HAR); err != nil {
		t.Fatal(err)
	}
	back, err := Read(bytes.NewReader(first.Bytes()), c.File, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer back.Close()
	if !Equal(c, back) {
		t.Errorf("not the same after writing and reading:\n%s", firstDifference(c, back))
	}
	if err := Write(&second, back, HAR); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("writing is not stable")
	}
}

// firstDifference shows the first exchange that differs, or the file's part.
func firstDifference(a, b *Capture) string {
	for i := range min(len(a.Exchanges), len(b.Exchanges)) {
		if x, y := a.Exchanges[i], b.Exchanges[i]; !EqualExchange(x, y) {
			return fmt.Sprint(i, ": ", cmp.Diff(x, y, cmp.Comparer(func(b, c Body) bool { return equalBody(b, c) })))
		}
	}
	return cmp.Diff(a, b, cmpopts.IgnoreFields(Capture{}, "Exchanges", "Warnings"), cmpopts.IgnoreUnexported(Capture{}))
}
