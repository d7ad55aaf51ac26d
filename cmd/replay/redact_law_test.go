package main

import (
	"fmt"
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
	if testing.Short() {
		t.Skip("long, and of one goroutine: go test without -short runs it")
	}
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
	if testing.Short() {
		t.Skip("long, and of one goroutine: go test without -short runs it")
	}
	same, n := 0, 0
	eachInjected(t, func(name string, ok, bad *traffic.Capture) {
		n++
		r := &mask.Redactor{Key: []byte("law")}
		r.Learn(ok)
		r.Learn(bad)
		if diff := cmp.Diff(verdict(ok, bad), verdict(inMemory(t, r, ok), inMemory(t, r, bad))); diff != "" {
			t.Errorf("%s (-original +redacted)\n%s", name, diff)
			return
		}
		same++
	})
	t.Logf("%d of %d injected pairs have the same diagnosis when they are redacted", same, n)
}

// eachInjected puts every cause into every flow of the examples that it fits.
func eachInjected(t *testing.T, try func(name string, ok, bad *traffic.Capture)) {
	t.Helper()
	n := 0
	for _, file := range glob(t, "../../examples/*/ok.har") {
		ok := opened(t, file)
		for _, cause := range scenarios.Catalogue() {
			if cause.Inject == nil {
				continue
			}
			for _, speech := range []scenarios.Speech{scenarios.Informative, scenarios.Mute} {
				if bad := injected(cause, ok, speech); bad != nil {
					n++
					try(fmt.Sprintf("%s in %s, %v", cause.ID, file, speech), ok, bad)
				}
			}
		}
	}
	if n == 0 {
		t.Fatal("no cause fits the flows of the examples")
	}
}

// TestOtherKeysAreNoCause: two captures that were redacted with different keys,
// or one of them alone, have the diagnosis of the originals or none that is sure
// of itself.
func TestOtherKeysAreNoCause(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: go test without -short runs it")
	}
	var same, silent, n int
	one, two := &mask.Redactor{Key: []byte("one")}, &mask.Redactor{Key: []byte("two")}
	try := func(name string, c, d *traffic.Capture, want string) {
		n++
		found := scenarios.Diagnose(diff.Compare(c, d, diff.Options{}))
		switch {
		case !found.OtherKeys && len(mask.Keys(c)) > 0 && len(mask.Keys(d)) > 0:
			t.Errorf("%s: nothing is said of the keys", name)
		case len(found.Findings) == 0 && want == "", len(found.Findings) > 0 && found.Findings[0].Cause.ID == want:
			same++
		case len(found.Findings) == 0 || found.Findings[0].Confidence < 0.6:
			silent++
		default:
			t.Errorf("%s: %s (%.2f), and not %q", name, found.Findings[0].Cause.ID, found.Findings[0].Confidence, want)
		}
	}
	for _, dir := range append(glob(t, "../../../shared/pairs/p*"), "../../examples/expired-token") {
		ok, bad := openPair(t, dir)
		want := verdict(ok, bad).Cause
		try(dir+" with two keys", inMemory(t, one, ok), inMemory(t, two, bad), want)
		try(dir+", of which one is redacted", inMemory(t, one, ok), bad, want)
		try(dir+", of which the other is redacted", ok, inMemory(t, two, bad), want)
	}
	const share = 4 // of the injected ones that are tried: all take long
	i := 0
	eachInjected(t, func(name string, ok, bad *traffic.Capture) {
		if i++; i%share != 0 {
			return
		}
		try(name+" with two keys", inMemory(t, one, ok), inMemory(t, two, bad), verdict(ok, bad).Cause)
	})
	t.Logf("of %d pairs %d have the cause of the original, %d have none that is sure", n, same, silent)
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

// A finding is the entry that a diagnosis explains, and the cause on top.
type finding struct {
	Entry int
	Cause string
}

func verdict(ok, bad *traffic.Capture) finding {
	d := scenarios.Diagnose(diff.Compare(ok, bad, diff.Options{}))
	v := finding{Entry: d.Entry}
	if len(d.Findings) > 0 {
		v.Cause = d.Findings[0].Cause.ID
	}
	return v
}
