package main

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/scenarios"
)

// TestRedactionKeepsTheAnswer is law 4 on pairs of real servers and clients: a
// redacted pair, written and read again, has the cause and the entry of the
// original; redacted again it is the same, and nothing is found in it.
func TestRedactionKeepsTheAnswer(t *testing.T) {
	pairs := append(glob(t, "../../../shared/pairs/p*"), "../../examples/expired-token")
	if len(pairs) < 2 {
		t.Log("the labelled pairs are not there: one pair alone is tried")
	}
	same := 0
	for _, dir := range pairs {
		name := filepath.Base(dir)
		ok, bad := openPair(t, dir)
		r := &mask.Redactor{Key: []byte("law")}
		r.Learn(ok)
		r.Learn(bad)
		redactedOK, redactedBad := redacted(t, r, ok), redacted(t, r, bad)
		if diff := cmp.Diff(verdict(ok, bad), verdict(redactedOK, redactedBad)); diff != "" {
			t.Errorf("%s (-original +redacted)\n%s", name, diff)
			continue
		}
		same++
		for _, c := range []*traffic.Capture{redactedOK, redactedBad} {
			isClean(t, c)
		}
	}
	t.Logf("%d of %d pairs have the same diagnosis when they are redacted", same, len(pairs))
}

// TestRedactionKeepsInjectedCauses: the same for each cause that can be put into
// the flows of the examples.
func TestRedactionKeepsInjectedCauses(t *testing.T) {
	same, n := 0, 0
	for _, file := range glob(t, "../../examples/*/ok.har") {
		ok := opened(t, file)
		for _, cause := range scenarios.Catalogue() {
			if cause.Inject == nil {
				continue
			}
			for _, speech := range []scenarios.Speech{scenarios.Informative, scenarios.Mute} {
				bad := injected(cause, ok, speech)
				if bad == nil {
					continue
				}
				n++
				r := &mask.Redactor{Key: []byte("law")}
				r.Learn(ok)
				r.Learn(bad)
				if diff := cmp.Diff(verdict(ok, bad), verdict(inMemory(t, r, ok), inMemory(t, r, bad))); diff != "" {
					t.Errorf("%s in %s, %v (-original +redacted)\n%s", cause.ID, file, speech, diff)
					continue
				}
				same++
			}
		}
	}
	if n == 0 {
		t.Fatal("no cause fits the flows of the examples")
	}
	t.Logf("%d of %d injected pairs have the same diagnosis when they are redacted", same, n)
}

// injected is a flow with the cause in the last exchange that it fits; nil
// where it fits none.
func injected(cause *scenarios.Cause, ok *traffic.Capture, speech scenarios.Speech) *traffic.Capture {
	for target := len(ok.Exchanges) - 1; target >= 0; target-- {
		in := scenarios.NewInjection(ok, target, speech, rand.New(rand.NewPCG(1, uint64(target))))
		if cause.Inject(in) == nil {
			return in.Flow
		}
	}
	return nil
}

func inMemory(t *testing.T, r *mask.Redactor, c *traffic.Capture) *traffic.Capture {
	t.Helper()
	out, err := r.Capture(c)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func isClean(t *testing.T, c *traffic.Capture) {
	t.Helper()
	found, err := (&mask.Redactor{Key: []byte("another")}).Find(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, place := range found {
		t.Errorf("redacting again changes %s", place)
	}
}

func glob(t *testing.T, pattern string) []string {
	t.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func openPair(t *testing.T, dir string) (ok, bad *traffic.Capture) {
	t.Helper()
	open := func(side string) *traffic.Capture {
		for _, name := range glob(t, filepath.Join(dir, side+".*")) {
			return opened(t, name)
		}
		t.Fatalf("%s has no %s", dir, side)
		return nil
	}
	return open("ok"), open("bad")
}

func opened(t *testing.T, name string) *traffic.Capture {
	t.Helper()
	c, err := traffic.Open(name, traffic.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// redacted is what redact writes, read again.
func redacted(t *testing.T, r *mask.Redactor, c *traffic.Capture) *traffic.Capture {
	t.Helper()
	out, err := r.Capture(c)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "redacted")
	file, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := traffic.Write(file, out, c.Format); err != nil {
		t.Fatal(err)
	}
	return opened(t, name)
}

// verdict is the entry that a diagnosis explains, and the cause on top.
func verdict(ok, bad *traffic.Capture) any {
	d := scenarios.Diagnose(diff.Compare(ok, bad, diff.Options{}))
	v := struct {
		Entry int
		Cause string
	}{Entry: d.Entry}
	if len(d.Findings) > 0 {
		v.Cause = d.Findings[0].Cause.ID
	}
	return v
}
