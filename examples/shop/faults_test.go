package shop_test

import (
	"testing"

	"github.com/replaydiff/replay/examples/shop"
)

// A probe shows a fault: what it returns is healthy of a shop without it, and
// faulty of one with it.
type probe struct {
	fault           shop.Fault
	healthy, faulty string
	run             func(*stand) string
	config          shop.Config
}

// Every fault shows, and shows as that fault: no probe answers alike with and
// without it.
func TestFaults(t *testing.T) {
	probes := allProbes()
	for _, p := range probes {
		t.Run(string(p.fault), func(t *testing.T) {
			if p.healthy == p.faulty {
				t.Fatal("the probe tells nothing")
			}
			if got := p.run(open(t, p.config)); got != p.healthy {
				t.Errorf("without the fault: %s, not %s", got, p.healthy)
			}
			p.config.Faults = []shop.Fault{p.fault}
			if got := p.run(open(t, p.config)); got != p.faulty {
				t.Errorf("with the fault: %s, not %s", got, p.faulty)
			}
		})
	}
	for _, m := range shop.Faults() {
		n := 0
		for _, p := range probes {
			if p.fault == m.Fault {
				n++
			}
		}
		if n != 1 || m.Does == "" {
			t.Errorf("%s: %d probes, sentence %q", m.Fault, n, m.Does)
		}
	}
	if len(probes) != len(shop.Faults()) {
		t.Errorf("%d probes of %d faults", len(probes), len(shop.Faults()))
	}
}

func allProbes() []probe {
	probes := tokenProbes()
	probes = append(probes, refusalProbes()...)
	probes = append(probes, sessionProbes()...)
	probes = append(probes, cookieProbes()...)
	return append(probes, corsProbes()...)
}
