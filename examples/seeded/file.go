package seeded

import (
	"bytes"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/replaydiff/replay/scenarios/suite"
)

// File fails the test where a YAML file is not the suite; with write, it writes
// the file before.
func File(t *testing.T, file string, s *suite.Suite, write bool) {
	t.Helper()
	var made bytes.Buffer
	if err := suite.Write(&made, s); err != nil {
		t.Fatal(err)
	}
	if write {
		if err := os.WriteFile(file, made.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	had, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(made.String(), string(had)); d != "" {
		t.Errorf("%s is another suite than the one in Go: go test . -run %s -update (-go +file)\n%s", file, t.Name(), d)
	}
	read, err := suite.Read(bytes.NewReader(had), file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(s, read); d != "" {
		t.Errorf("%s reads as another suite (-go +file)\n%s", file, d)
	}
}
