package rates

import (
	"math/rand/v2"
	"testing"
)

func worldByName(name string) world {
	for _, w := range allWorlds() {
		if w.name == name {
			return w
		}
	}
	panic("no world " + name)
}

// Steady traffic of many kinds is quiet. What is left is of clients that come in
// heavy-tailed numbers, and of rates that wander where there is nothing to
// compare them with: doc of Judge has the figures of 1,000 runs.
func TestWorldsAreQuiet(t *testing.T) {
	runs, alarms, recent := max(1, *steadyRuns/5), 0, 0
	for k, w := range allWorlds() {
		here, last := 0, 0
		for run := range runs {
			r := rand.New(rand.NewPCG(uint64(1000+k), uint64(run)))
			all := w.make(r)
			here += min(1, len(Judge(all, Judging{Day: w.day})))
			last += min(1, len(Judge(all, Judging{Day: w.day, Recent: 3})))
		}
		t.Logf("%-20s held out %-5v %3d false alarms, of the last windows %3d, in %d runs: %s", w.name, w.heldOut, here, last, runs, w.reason)
		alarms, recent = alarms+here, recent+last
	}
	if all := runs * len(allWorlds()); alarms > 2+all/100 || recent > 1+all/1000 {
		t.Errorf("%d false alarms, of the last windows %d, in %d runs", alarms, recent, all)
	}
}

// Incidents of many kinds, anywhere and at the end, in one row of ten.
func TestIncidentsAreFound(t *testing.T) {
	const n = 60
	runs := max(20, *steadyRuns/5)
	for k, in := range allIncidents() {
		hits := [3]int{} // anywhere, at the end, at the end with Recent
		for run := range runs {
			r := rand.New(rand.NewPCG(uint64(5000+k), uint64(run)))
			for i := range hits {
				at, j := n-in.length, Judging{}
				switch i {
				case 0:
					at = 24 + r.IntN(n-24-in.length)
				case 2:
					j.Recent = in.length
				}
				all, row := in.make(r, n, at)
				for _, s := range Judge(all, j) {
					if s.Series == row && s.From < at+in.length && s.To > at {
						hits[i]++
					}
				}
			}
		}
		of := func(i int) float64 { return 100 * float64(hits[i]) / float64(runs) }
		t.Logf("%-42s held out %-5v found %5.1f %%, at the end %5.1f %%, judged alone %5.1f %%", in.name, in.heldOut, of(0), of(1), of(2))
		if of(2) < in.atLeast {
			t.Errorf("%s: found in %.1f %% of %d runs, want %.0f", in.name, of(2), runs, in.atLeast)
		}
	}
}
