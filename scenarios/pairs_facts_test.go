package scenarios

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
)

// sharedPairs are labelled captures that are not part of the repository.
const sharedPairs = "../../shared/pairs"

func TestSharedPairs(t *testing.T) {
	dirs, _ := filepath.Glob(filepath.Join(sharedPairs, "p*"))
	if len(dirs) == 0 {
		if os.Getenv("CI") == "true" {
			t.Fatal("no labelled pairs to walk")
		}
		t.Skip("no labelled pairs here")
	}
	for _, dir := range dirs {
		t.Run(filepath.Base(dir), func(t *testing.T) { lookAtPair(t, dir) })
	}
}

func lookAtPair(t *testing.T, dir string) {
	var truth struct{ Cause string }
	content, err := os.ReadFile(filepath.Join(dir, "truth.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(content, &truth); err != nil {
		t.Fatal(err)
	}
	c := diff.Compare(openSide(t, dir, "ok"), openSide(t, dir, "bad"), diff.Options{})
	v := newView(c)
	if v == nil {
		t.Logf("%s: nothing fails", truth.Cause)
		if truth.Cause != "none" {
			t.Logf("MISSED")
		}
		return
	}
	_, a, differ := v.AnsweredElsewhere()
	status := 0
	if v.Failed.Response != nil {
		status = v.Failed.Response.Status
	}
	t.Logf("%-28s voice=%q %s (elsewhere %v) good=%v", truth.Cause, v.Voice(), a.Sentence(status), differ, v.Good != nil)
	for _, h := range v.voiceFacts().hits {
		t.Logf("    %s %s %q faint=%v", h.Cause, h.Source, h.words, h.Faint)
	}
	findings := Diagnose(c).Findings
	if truth.Cause == "none" && len(findings) > 0 {
		t.Errorf("%s is found where nothing fails", findings[0].Cause.ID)
	}
	for i, f := range findings {
		t.Logf("  %d. %s %.2f", i+1, f.Cause.ID, f.Confidence)
		for _, e := range append(f.Evidence, f.Against...) {
			t.Logf("       %d %s %s %s", e.Strength, e.Source, e.At.Path(), e.Note)
		}
	}
}

func openSide(t *testing.T, dir, side string) *traffic.Capture {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join(dir, side+".*"))
	if len(files) != 1 {
		t.Fatalf("%s: %d files of side %s", dir, len(files), side)
	}
	f, err := os.Open(files[0])
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
	c, err := traffic.Open(files[0], traffic.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}
