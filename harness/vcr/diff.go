package vcr

import (
	"errors"
	"io/fs"
	"os"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/harness"
	"github.com/replaydiff/replay/harness/report"
	"github.com/replaydiff/replay/scenarios"
)

// A Difference is what two recorded runs differ in, and why the second fails.
type Difference struct {
	*diff.Comparison
	Diagnosis scenarios.Diagnosis

	text string
}

// Diff compares the cassettes of a working and a failing run. The suffix may be
// left out; any other capture will do, too. The test fails at once where one
// can't be read.
func Diff(t harness.TB, ok, bad string) *Difference {
	t.Helper()
	was, errOK := open(t, ok)
	is, errBad := open(t, bad)
	if err := errors.Join(errOK, errBad); err != nil {
		t.Fatalf("%v", err)
		return nil
	}
	d := &Difference{Comparison: diff.Compare(was, is, diff.Options{})}
	d.Diagnosis = scenarios.Diagnose(d.Comparison)
	var m mask.Masker
	m.LearnCapture(was)
	m.LearnCapture(is)
	var text strings.Builder
	if err := report.Diff(&text, d.Comparison, d.Diagnosis, &m, report.DiffOptions{}); err != nil {
		t.Fatalf("%v", err)
		return nil
	}
	d.text = text.String()
	return d
}

func open(t harness.TB, name string) (*traffic.Capture, error) {
	if _, err := os.Stat(name); errors.Is(err, fs.ErrNotExist) {
		name += ".yaml"
	}
	c, err := traffic.Open(name, traffic.Options{})
	if err == nil {
		t.Cleanup(func() { _ = c.Close() })
	}
	return c, err
}

// Cause is the ID of the cause that explains the failure best: "expired-token".
// It is "" where nothing fails, or nothing explains it.
func (d *Difference) Cause() string {
	if len(d.Diagnosis.Findings) == 0 {
		return ""
	}
	return d.Diagnosis.Findings[0].Cause.ID
}

// String is the report that replay diff prints, without colours.
func (d *Difference) String() string { return d.text }
