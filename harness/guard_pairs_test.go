package harness

import (
	"bytes"
	"errors"
	"path/filepath"
	"testing"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/results"
	"github.com/replaydiff/replay/scenarios/suite"
)

// TestNewSuitesRun: what is chosen for a working capture is written, read back
// and run as it is, against a server that answers as recorded: each control
// passes, and nothing is missing but what its comment names.
func TestNewSuitesRun(t *testing.T) {
	files, err := filepath.Glob("../../shared/pairs/*/ok.*")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Skip("no shared captures here")
	}
	written := 0
	for _, file := range files {
		t.Run(filepath.Base(filepath.Dir(file)), func(t *testing.T) {
			c, err := traffic.Open(file, traffic.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			s, err := suite.New(c, nil)
			if errors.Is(err, suite.ErrNothing) {
				t.Skip(err)
			}
			if err != nil {
				t.Fatal(err)
			}
			var text bytes.Buffer
			if err := suite.Write(&text, s); err != nil {
				t.Fatal(err)
			}
			if s, err = suite.Read(&text, "suite"); err != nil {
				t.Fatal(err)
			}
			written++
			up, err := Serve(c, ServeOptions{Lenient: true})
			if err != nil {
				t.Fatal(err)
			}
			defer up.Close()
			g := &Guard{Capture: c, Options: PlanOptions{Target: Target{Base: up.URL}, Unsafe: Unsafe{Methods: s.AllowUnsafe}}}
			defer g.Close()
			r, err := g.Run(t.Context(), s.Cases())
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range r.Cases {
				if x.Verdict == results.CaseNotTestable && !bytes.HasPrefix([]byte(x.Reason), []byte("needs ")) {
					t.Errorf("%s: %s", x.Name, x.Reason)
				}
			}
		})
	}
	t.Logf("%d of %d captures have a suite", written, len(files))
}
