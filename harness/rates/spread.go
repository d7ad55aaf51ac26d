package rates

import (
	"math"
	"slices"
)

// rate is that of all windows before i.
func (s sums) rate(i int) float64 {
	return (float64(s[i].Refused) + 0.5) / (float64(s[i].Requests) + 1)
}

// dispersion is by how much the refusals of windows before i differ, in units
// of what chance does: the size of the groups that they come in.
func (s sums) dispersion(i int) float64 {
	p, sum, n := s.rate(i), 0.0, 0.0
	for at := range i {
		if w := s.of(at, at+1); w.Requests > 0 {
			d := float64(w.Refused) - p*float64(w.Requests)
			sum += d * d / (p * (1 - p) * float64(w.Requests))
			n++
		}
	}
	return sum / lowChiSquare(max(n-1, 1), false)
}

// spreads are by length of blocks.
type spreads [len(blocks)]float64

// manySeries is from how many on the median says what is usual, and a spike in
// one of them does not.
const manySeries = 5

// usualSpreads are the medians over all series: what is known of the others
// helps where a series has not been seen for long.
func usualSpreads(all [][]Window) (usual spreads) {
	for b, length := range blocks {
		var list []float64
		for _, w := range all {
			s := sumsOf(w)
			if spread, n := s.spread(len(w), length, false); n >= 3 && s[len(w)].Refused >= 10*int64(n) {
				list = append(list, spread)
			}
		}
		if len(list) >= manySeries {
			slices.Sort(list)
			usual[b] = list[len(list)/2]
		}
	}
	return usual
}

const minSpread = 0.12 * 0.12

// spread is the squared coefficient of variation of the rate between blocks of
// that length before i, beyond what chance does (method of moments), as an
// upper bound; n is the number of blocks.
func (s sums) spread(i, length int, alone bool) (squared float64, n int) {
	before := s.of(0, i)
	p := before.Rate()
	var deviation, binomial, squares float64
	for at := i - length; at >= 0; at -= length {
		w := s.of(at, at+length)
		if w.Requests == 0 {
			continue
		}
		n++
		t := float64(w.Requests)
		d := float64(w.Refused) - p*t
		deviation += d * d
		binomial += p * (1 - p) * t
		squares += p * p * t * t
	}
	if n < 2 || squares == 0 {
		return minSpread, max(n, 1)
	}
	free := float64(n - 1)
	deviation *= free / lowChiSquare(free, alone)
	return max(minSpread, (deviation-binomial)/squares), n
}

// lowChiSquare is the 38 % quantile of the chi-square distribution, after
// Wilson and Hilferty (1931); the 7 % quantile for a series that has no others
// to be compared with.
func lowChiSquare(free float64, alone bool) float64 {
	z := -0.3
	if alone {
		z = -1.5
	}
	c := 2 / (9 * free)
	return free * math.Pow(max(1-c+z*math.Sqrt(c), 0.05), 3)
}
