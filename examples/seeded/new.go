package seeded

import (
	"testing"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/suite"
)

// New runs the suite that replay new writes of a capture, with nothing added by
// hand: it has nothing to say of the right app, and finds at least that many of
// the mistakes.
func New(t *testing.T, capture string, b *Bench, seeds []Seed, least int) {
	t.Helper()
	c, err := traffic.Open(capture, traffic.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if b.Suite, err = suite.New(c, nil); err != nil {
		t.Fatal(err)
	}
	for _, f := range b.Run(t, "") {
		t.Errorf("the right app: %s: %s: %s", f.name, f.verdict, f.told)
	}
	if raced {
		return
	}
	var missed []string
	for _, s := range seeds {
		if len(b.Run(t, s.Fault)) == 0 {
			missed = append(missed, s.Fault)
		}
	}
	n := len(seeds) - len(missed)
	t.Logf("%d scenarios, not one written by hand, find %d of %d mistakes, and not %q", len(b.Suite.Cases()), n, len(seeds), missed)
	if n < least {
		t.Errorf("they find %d mistakes, and found %d", n, least)
	}
}
