package traffic

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// sameCassette compares what a cassette says: not the name of its file, nor
// what was odd about it.
var sameCassette = cmp.Options{
	cmpopts.IgnoreFields(Capture{}, "File", "Warnings"),
	cmpopts.IgnoreUnexported(Capture{}),
	cmp.Comparer(func(a, b Body) bool { return a.MediaType == b.MediaType && a.Equal(b) }),
	cmp.Comparer(func(a, b Field) bool { return a.Pointer == b.Pointer && bytes.Equal(a.Value, b.Value) }),
	cmpopts.EquateEmpty(),
}

func mustReadCassette(t testing.TB, text string) *Capture {
	t.Helper()
	c, err := readCassette([]byte(text), "t.yaml", Options{})
	if err != nil {
		t.Fatalf("read: %v\n%s", err, text)
	}
	return c
}

func mustWriteCassette(t testing.TB, c *Capture, f Format) string {
	t.Helper()
	var out strings.Builder
	if err := writeCassette(&out, c, f); err != nil {
		t.Fatalf("write: %v", err)
	}
	return out.String()
}

// checkLaw3 fails where what was read is lost by writing it.
func checkLaw3(t testing.TB, c *Capture) {
	t.Helper()
	text := mustWriteCassette(t, c, c.Format)
	if diff := cmp.Diff(c, mustReadCassette(t, text), sameCassette); diff != "" {
		t.Errorf("lost by writing (-read +read again):\n%s\n%s", diff, text)
	}
}

// cassetteFiles lists the cassettes of the repository and, where it is there,
// of the corpus beside it.
func cassetteFiles(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/cassette/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cassettes in testdata: %v", err)
	}
	for _, dir := range []string{"../../../shared/corpus/cassette", "../../../shared/pairs"} {
		if _, err := os.Stat(dir); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatalf("the corpus is missing: %v", err)
			}
			t.Logf("without the corpus: %v", err)
			continue
		}
		err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
			if filepath.Ext(path) == ".yaml" {
				files = append(files, path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return files
}

func TestReadCassetteFiles(t *testing.T) {
	for _, file := range cassetteFiles(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			c, err := readCassette(data, file, Options{})
			if err != nil {
				t.Fatal(err)
			}
			// The method is the last key of every request that go-vcr writes.
			if want := bytes.Count(data, []byte(" method: ")); len(c.Exchanges) != want {
				t.Errorf("%d exchanges, want %d", len(c.Exchanges), want)
			}
			if len(c.Warnings) > 0 {
				t.Errorf("warnings: %v", c.Warnings)
			}
			for _, x := range c.Exchanges {
				if x.Request.URL == "" || x.Response == nil || x.Response.Status == 0 {
					t.Errorf("entry %d is not whole: %+v", x.Index, x)
				}
				for _, f := range x.Unknown {
					t.Logf("entry %d keeps %s", x.Index, f.Pointer)
				}
			}
			checkLaw3(t, c)
			// Each version holds what the other has, but for what is version 2's own.
			_ = mustReadCassette(t, mustWriteCassette(t, c, CassetteV1))
			_ = mustReadCassette(t, mustWriteCassette(t, c, CassetteV2))
		})
	}
}
