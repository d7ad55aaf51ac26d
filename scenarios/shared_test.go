package scenarios

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
)

// The labelled pairs of real servers and browsers.
const (
	pairsDir = "../../shared/pairs"

	floorPairs = 0.7 // ranked first; to be raised as causes come
	alarm      = 0.5 // no cause may reach it on a pair that works
)

type truth struct {
	Cause      string   `json:"cause"`
	Acceptable []string `json:"acceptable"`
	Decisive   struct {
		URL string `json:"url"`
	} `json:"decisive"`
}

func TestPairs(t *testing.T) {
	if _, err := os.Stat(pairsDir); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("the labelled pairs are not there: %v", err)
		}
		t.Skipf("the labelled pairs are not there: %v", err)
	}
	files, err := filepath.Glob(filepath.Join(pairsDir, "*", "truth.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no pair in %s: %v", pairsDir, err)
	}
	right, n := 0, 0
	var table strings.Builder
	for _, file := range files {
		want, d, elsewhere := diagnosePair(t, file)
		id := filepath.Base(filepath.Dir(file))
		if want.Cause == "none" {
			if len(d.Findings) > 0 && d.Findings[0].Confidence >= alarm && d.Findings[0].Cause.ID != "no-difference" {
				t.Errorf("%s works, yet: %s", id, verdict(d))
			}
			fmt.Fprintf(&table, "%s   %-34s %s\n", id, "none", verdict(d))
			continue
		}
		n++
		mark := " "
		if len(d.Findings) > 0 && (d.Findings[0].Cause.ID == want.Cause || slices.Contains(want.Acceptable, d.Findings[0].Cause.ID)) {
			right++
		} else {
			mark = "!"
		}
		fmt.Fprintf(&table, "%s %s %-34s %s%s\n", id, mark, want.Cause, verdict(d), elsewhere)
	}
	t.Logf("%d of %d right\n%s", right, n, &table)
	if got := float64(right) / float64(n); got < floorPairs {
		t.Errorf("%.3f of the pairs are right, want %.2f", got, floorPairs)
	}
}

// diagnosePair also tells where another exchange was explained than the
// label names.
func diagnosePair(t *testing.T, file string) (want truth, d Diagnosis, elsewhere string) {
	t.Helper()
	content, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(content, &want)
	}
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Dir(file)
	ok, bad := openPair(t, dir, "ok"), openPair(t, dir, "bad")
	defer ok.Close()
	defer bad.Close()
	d = Diagnose(diff.Compare(ok, bad, diff.Options{}))
	switch {
	case d.Entry < 0:
		elsewhere = "  (nothing taken for a failure)"
	case bad.Exchanges[d.Entry].Request.URL != want.Decisive.URL:
		elsewhere = "  (explained " + name(bad.Exchanges[d.Entry]) + ")"
	}
	return want, d, elsewhere
}

func openPair(t *testing.T, dir, side string) *traffic.Capture {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, side+".*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%s: %d files of the side %s", dir, len(files), side)
	}
	c, err := traffic.Open(files[0], traffic.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}
