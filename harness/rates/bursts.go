package rates

import "math"

// bursts are by window how many times its ordinary rate a row had been refused
// in the worst window before it, in all rows: traffic that has bursts will have
// them again, in other rows too. The worst time of all is left out, as an
// incident, unless others are bursts too.
type bursts []float64

const (
	// overBursts is by how much the lower half of a spike is over the bursts
	// before it: heavy tails have a worse one in store.
	overBursts = 1.4
	// manyBursts is from where on no window of a spike counts for more than its
	// lower half: half as much again as ordinary, beyond chance, is traffic that
	// has bursts.
	manyBursts = 1.5
)

func burstsOf(all []sums) bursts {
	if len(all) == 0 {
		return nil
	}
	n := len(all[0]) - 1
	worst, out := make([]float64, n), make(bursts, n)
	for i := nearby; i < n; i++ {
		for _, s := range all {
			worst[i] = max(worst[i], s.surely(i))
		}
	}
	for i, top := 0, 0; i < n; i++ {
		from, to := top, top+1
		for from > 0 && worst[from-1] > worst[top]/2 {
			from--
		}
		for to < i && worst[to] > worst[top]/2 {
			to++
		}
		for at := range i {
			if at < from || at >= to {
				out[i] = max(out[i], worst[at])
			}
		}
		if out[i] > manyBursts {
			out[i] = worst[top]
		}
		if worst[i] > worst[top] {
			top = i
		}
	}
	return out
}

// surely is how many times the rate before it a window had, less what may be
// chance.
func (s sums) surely(i int) float64 {
	w := s.of(i, i+1)
	r := float64(w.Refused)
	return (r - 2*math.Sqrt(r) - 1) / (s.rate(i)*float64(w.Requests) + 1)
}
