package harness

import (
	"path/filepath"
	"testing"

	"github.com/replaydiff/replay/diff/traffic"
)

// TestServedCaptureIsItsOwnTarget: a capture that is served answers its own
// replay as recorded, strictly and leniently. Sessions are sent one after the
// other: two clients that ask the same without credentials can't be told apart.
func TestServedCaptureIsItsOwnTarget(t *testing.T) {
	files, err := filepath.Glob("../../shared/pairs/*/ok.*")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Log("without the shared pairs: the shop's capture alone")
	}
	for _, file := range append(files, "../examples/shop/ok.har") {
		t.Run(filepath.Base(filepath.Dir(file)), func(t *testing.T) {
			for _, o := range []ServeOptions{{}, {Lenient: true}} {
				replaysItself(t, file, o)
			}
		})
	}
}

func replaysItself(t *testing.T, file string, o ServeOptions) {
	t.Helper()
	c, err := traffic.Open(file, traffic.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	s, err := Serve(c, o)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	target := Target{Base: s.URL, AllowRecordedHost: true} // some were recorded on loopback
	for _, origin := range s.shelf.names() {
		if origin == s.shelf.main {
			continue
		}
		base, err := s.At(origin)
		if err != nil {
			t.Fatal(err)
		}
		target.Map = append(target.Map, Mapping{From: origin, To: base})
	}
	done := replayed(t, &Runner{Concurrency: 1}, plan(t, c, PlanOptions{Target: target, Unsafe: Unsafe{All: true}}))
	if n := done.Report.Counts; n.Same != n.Sent || n.Sent == 0 {
		t.Errorf("lenient %v: %+v\n%v\n%s", o.Lenient, n, s.Verify(), text(done.Report.Groups))
	}
}
