package rates

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func drawSeries(t *rapid.T) [][]Window {
	n := rapid.IntRange(0, 60).Draw(t, "windows")
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) []Window {
		w := make([]Window, n)
		most := rapid.SampledFrom([]int64{0, 1, 10, 1000, 1e9}).Draw(t, "most")
		for i := range w {
			w[i].Requests = rapid.Int64Range(0, most).Draw(t, "requests")
			w[i].Refused = rapid.Int64Range(0, w[i].Requests/rapid.SampledFrom([]int64{1, 1, 50}).Draw(t, "share")).Draw(t, "refused")
		}
		return w
	}), 0, 6).Draw(t, "series")
}

func total(w []Window) (sum Window) {
	for _, v := range w {
		sum.add(v)
	}
	return sum
}

// Whatever is judged, a spike is what it says: windows of its series, a rate
// that is higher than before, a chance below alpha; the least likely first.
func TestSpikesAreWhatTheySay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := drawSeries(t)
		j := Judging{Alpha: rapid.SampledFrom([]float64{0, 0.5}).Draw(t, "alpha"), Recent: rapid.IntRange(0, 9).Draw(t, "recent"), Day: rapid.IntRange(0, 30).Draw(t, "day")}
		last, seen := 0.0, map[int]bool{}
		for _, s := range Judge(all, j) {
			w := all[s.Series]
			if s.From < 1 || s.From >= s.To || s.To > len(w) || s.Ongoing != (s.To == len(w)) || seen[s.Series] {
				t.Fatalf("%+v of %d windows", s, len(w))
			}
			seen[s.Series] = true
			if d := cmp.Diff([]Window{total(w[:s.From]), total(w[s.From:s.To])}, []Window{s.Before, s.During}); d != "" {
				t.Fatal(d)
			}
			if !(s.P >= last && s.P <= j.withDefaults().Alpha) || s.During.Rate() <= s.Before.Rate() || s.During.Refused < 10 {
				t.Fatalf("%+v", s)
			}
			last = s.P
		}
	})
}

// Series are judged each by itself, and by what is usual: their order does not
// matter.
func TestOrderOfSeries(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := drawSeries(t)
		reversed := make([][]Window, len(all))
		for i := range all {
			reversed[len(all)-1-i] = all[i]
		}
		first, second := map[int]Spike{}, map[int]Spike{}
		for _, s := range Judge(all, Judging{}) {
			first[s.Series] = s
		}
		for _, s := range Judge(reversed, Judging{}) {
			s.Series = len(all) - 1 - s.Series
			second[s.Series] = s
		}
		if d := cmp.Diff(first, second); d != "" {
			t.Fatal(d)
		}
	})
}

// More requests at the same rate are no spike, nor is a rate that falls.
func TestMoreTrafficIsNoSpike(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		per := rapid.Int64Range(2, 50).Draw(t, "one of")
		w := make([]Window, rapid.IntRange(MinHistory, 60).Draw(t, "windows"))
		for i := range w {
			n := rapid.Int64Range(0, 100).Draw(t, "refused")
			w[i] = Window{n * per, n}
		}
		if s := Judge([][]Window{w}, Judging{Alpha: 1}); len(s) > 0 {
			t.Fatalf("%+v", s)
		}
	})
}

// The tail is that of a distribution: it falls, begins at 1, and is binomial
// where the rate is certain.
func TestTail(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(1, 3000).Draw(t, "requests")
		mean, variance := rapid.Float64Range(1e-4, 0.9).Draw(t, "rate"), rapid.Float64Range(1e-9, 2).Draw(t, "variance")
		r := rapid.Int64Range(0, n).Draw(t, "refused")
		p, next := tail(n, r, mean, variance), tail(n, r+1, mean, variance)
		if !(p >= 0 && p <= 1) || r < n && next > p*(1+1e-9) {
			t.Fatalf("at least %d of %d: %g, one more: %g", r, n, p, next)
		}
	})
	binomial := 0.0
	for k := 30; k <= 100; k++ {
		binomial += math.Exp(lchoose(100, float64(k)) + float64(k)*math.Log(0.2) + float64(100-k)*math.Log(0.8))
	}
	if p := tail(100, 30, 0.2, 1e-9); math.Abs(p/binomial-1) > 1e-4 {
		t.Errorf("the tail of a certain rate is %g, the binomial %g", p, binomial)
	}
}
