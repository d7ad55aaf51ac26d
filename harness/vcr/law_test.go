package vcr

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/scenarios"
)

// TestDiagnosisOfMaskedCaptures: a masked pair has the cause of the original
// (law 4), on all labelled pairs.
func TestDiagnosisOfMaskedCaptures(t *testing.T) {
	pairs, err := filepath.Glob("../../../shared/pairs/p*")
	if err != nil {
		t.Fatal(err)
	}
	if len(pairs) == 0 {
		t.Skip("without the shared pairs there is nothing to measure")
	}
	for _, pair := range pairs {
		t.Run(filepath.Base(pair), func(t *testing.T) {
			ok, bad := only(t, pair+"/ok.*"), only(t, pair+"/bad.*")
			want := causes(ok, bad)
			r := mask.Redactor{Key: []byte("of this test")}
			r.Learn(ok)
			r.Learn(bad)
			if got := causes(redacted(t, &r, ok), redacted(t, &r, bad)); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

func only(t *testing.T, pattern string) *traffic.Capture {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	c, err := traffic.Open(files[0], traffic.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func redacted(t *testing.T, r *mask.Redactor, c *traffic.Capture) *traffic.Capture {
	t.Helper()
	out := *c
	out.Exchanges = nil
	for _, x := range c.Exchanges {
		y, err := r.Exchange(x)
		if err != nil {
			t.Fatal(err)
		}
		out.Exchanges = append(out.Exchanges, y)
	}
	return &out
}

// causes names the first cause, and where it is found.
func causes(ok, bad *traffic.Capture) string {
	d := scenarios.Diagnose(diff.Compare(ok, bad, diff.Options{}))
	if len(d.Findings) == 0 {
		return fmt.Sprintf("nothing at entry %d", d.Entry)
	}
	return fmt.Sprintf("%s at entry %d", d.Findings[0].Cause.ID, d.Entry)
}
