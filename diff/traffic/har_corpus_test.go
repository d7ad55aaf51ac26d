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

// Every capture of the corpus reads with the number of entries that its index
// gives, and survives being written (law 3).
func TestCorpusHAR(t *testing.T) {
	folder := sharedFolder(t, "corpus")
	index, err := os.Open(filepath.Join(folder, "INDEX.md"))
	if err != nil {
		t.Fatal(err)
	}
	defer index.Close()
	rows := 0
	for lines := bufio.NewScanner(index); lines.Scan(); {
		cells := strings.Split(lines.Text(), "|")
		if len(cells) < 9 {
			continue
		}
		name, entries, special := strings.TrimSpace(cells[1]), strings.TrimSpace(cells[6]), cells[7]
		file := filepath.Join(folder, "har", name)
		if _, err := os.Stat(file); err != nil {
			continue // the head of the table, a cassette
		}
		rows++
		t.Run(name, func(t *testing.T) {
			if strings.Contains(special, "INVALID") {
				wantBroken(t, file)
				return
			}
			want, _ := strconv.Atoi(entries) // "-" is none
			c, err := Open(file, Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			if len(c.Exchanges) != want {
				t.Errorf("%d entries, want %d", len(c.Exchanges), want)
			}
			if want == 0 && strings.Contains(special, "null") && len(c.Warnings) == 0 {
				t.Error("no warning about missing entries")
			}
			for _, w := range c.Warnings {
				t.Log(w)
			}
			wantLaw3(t, c)
		})
	}
	if rows < 150 {
		t.Errorf("found only %d files of the index", rows)
	}
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
