package rates

import (
	"flag"
	"math"
	"math/rand/v2"
	"testing"
)

// A kind is one kind of steady traffic: what a series sees in n windows.
type kind struct {
	name   string
	reason string
	make   func(r *rand.Rand, n int) []Window
}

// daily is the share of the mean traffic at a window, of 48 a day.
func daily(i int) float64 { return 1 + 0.8*math.Sin(2*math.Pi*float64(i)/48) }

func steady(r *rand.Rand, n int, requests, rate float64, volume func(int) float64, factor func(int) float64) []Window {
	w := make([]Window, n)
	for i := range w {
		t := poisson(r, requests*volume(i))
		w[i] = Window{Requests: t, Refused: min(t, poisson(r, float64(t)*rate*factor(i)))}
	}
	return w
}

func flat(int) float64 { return 1 }

// gamma is a factor with mean 1 and that coefficient of variation, drawn anew
// for each window.
func gamma(r *rand.Rand, cv float64) func(int) float64 {
	return func(int) float64 { return gammaOf(r, 1/(cv*cv)) * cv * cv }
}

// drifting is a factor that remembers where it was (an autoregressive process).
func drifting(r *rand.Rand, cv float64) func(int) float64 {
	x := 0.0
	return func(int) float64 {
		x = 0.9*x + math.Sqrt(1-0.81)*r.NormFloat64()
		return math.Exp(cv*x - cv*cv/2)
	}
}

var steadyTraffic = []kind{
	{"poisson", "what textbooks assume", func(r *rand.Rand, n int) []Window { return steady(r, n, 2000, 0.02, flat, flat) }},
	{"daily", "ten times the traffic by day, the same rate", func(r *rand.Rand, n int) []Window { return steady(r, n, 2000, 0.02, daily, flat) }},
	{"daily rate", "the rate itself is higher by night", func(r *rand.Rand, n int) []Window {
		return steady(r, n, 2000, 0.02, flat, func(i int) float64 { return 1 + 0.3*math.Sin(2*math.Pi*float64(i)/48) })
	}},
	{"overdispersed", "the rate differs by 30 % from window to window", func(r *rand.Rand, n int) []Window { return steady(r, n, 2000, 0.02, flat, gamma(r, 0.3)) }},
	{"drifting", "the rate wanders slowly", func(r *rand.Rand, n int) []Window { return steady(r, n, 2000, 0.02, flat, drifting(r, 0.25)) }},
	{"bursts", "now and then a client tries a dozen times", func(r *rand.Rand, n int) []Window {
		w := steady(r, n, 2000, 0.02, flat, flat)
		for i := range w {
			for range poisson(r, 0.5) {
				b := 5 + poisson(r, 10)
				w[i].Requests += b
				w[i].Refused += b
			}
		}
		return w
	}},
	{"low", "a refusal every third window", func(r *rand.Rand, n int) []Window { return steady(r, n, 30, 0.01, flat, flat) }},
	{"rare", "hardly any request", func(r *rand.Rand, n int) []Window { return steady(r, n, 1, 0.2, flat, flat) }},
	{"high rate", "a third is always refused: clients probe without a token", func(r *rand.Rand, n int) []Window { return steady(r, n, 200, 0.33, daily, gamma(r, 0.1)) }},
	{"deploy", "twice the traffic from the middle on, the same rate", func(r *rand.Rand, n int) []Window {
		return steady(r, n, 2000, 0.02, func(i int) float64 { return 1 + float64(i/(n/2)) }, gamma(r, 0.2))
	}},
	{"growth", "traffic grows, the rate with it, by half", func(r *rand.Rand, n int) []Window {
		up := func(i int) float64 { return 1 + 0.5*float64(i)/float64(n) }
		return steady(r, n, 2000, 0.02, up, up)
	}},
}

// A steadyRun is some series of one kind.
func steadyRun(r *rand.Rand, k kind, series, n int) [][]Window {
	all := make([][]Window, series)
	for i := range all {
		all[i] = k.make(r, n)
	}
	return all
}

var steadyRuns = flag.Int("steady-runs", 50, "runs of each kind of steady traffic; 1000 gave 6 false alarms in 11,000 runs")

// At most one run in 1,000 has a false alarm.
func TestSteadyTrafficIsQuiet(t *testing.T) {
	const series, n = 10, 60
	runs := *steadyRuns
	alarms := 0
	for k, kind := range steadyTraffic {
		here := 0
		for run := range runs {
			r := rand.New(rand.NewPCG(uint64(k), uint64(run)))
			if len(Judge(steadyRun(r, kind, series, n), Judging{})) > 0 {
				here++
			}
		}
		t.Logf("%-14s %d false alarms in %d runs: %s", kind.name, here, runs, kind.reason)
		alarms += here
	}
	if all := runs * len(steadyTraffic); alarms > 1+all/1000 { // one is no proof against one in 1,000
		t.Errorf("%d false alarms in %d runs, more than 1 in 1,000", alarms, all)
	}
}

// A spike of three times the rate, where 50 refusals would be ordinary, is
// found among nine quiet series. The rates are those of Judging's zero value,
// and of a cron job that looks at the last windows alone.
func TestSpikesAreFound(t *testing.T) {
	const runs, n = 120, 60
	for _, tt := range []struct {
		requests, rate, times, spread float64
		length                        int
		whole, recent                 float64 // per cent at least
		reason                        string
	}{
		{1250, 0.02, 3, 0, 2, 95, 95, "50 ordinary refusals in two windows"},
		{1250, 0.02, 3, 0.15, 2, 95, 95, "the same, the rate differs by 15 % anyway"},
		{625, 0.02, 3, 0, 4, 95, 95, "in four windows"},
		{625, 0.02, 3, 0.15, 4, 95, 95, "in four windows, overdispersed"},
		{313, 0.02, 3, 0.15, 8, 90, 95, "over eight windows, 6 refusals in each by nature"},
		{625, 0.02, 3, 0.3, 4, 70, 90, "a rate that differs by 30 % hides some"},
		{2500, 0.002, 8, 0.15, 2, 95, 95, "a low rate, 10 ordinary refusals"},
		{250, 0.3, 3, 0.1, 2, 95, 95, "a rate that is high anyway"},
	} {
		whole, recent := found(tt.requests, tt.rate, tt.times, tt.spread, tt.length, runs, n, 0), found(tt.requests, tt.rate, tt.times, tt.spread, tt.length, runs, n, tt.length)
		t.Logf("%.0f times %.1f %% of %.0f requests for %d windows, spread %.2f: found in %.1f %%, at the end %.1f %%", tt.times, 100*tt.rate, tt.requests, tt.length, tt.spread, whole, recent)
		if whole < tt.whole || recent < tt.recent {
			t.Errorf("%s: found in %.1f %% (at the end %.1f %%) of %d runs, want %.0f and %.0f", tt.reason, whole, recent, runs, tt.whole, tt.recent)
		}
	}
}

// found is the share of runs in which a spike is found where it is.
func found(requests, rate, times, spread float64, length, runs, n, recent int) float64 {
	hit := 0
	for run := range runs {
		r := rand.New(rand.NewPCG(99, uint64(run)))
		var all [][]Window
		for range 9 {
			all = append(all, steady(r, n, 2000, 0.02, daily, gamma(r, 0.15)))
		}
		ordinary := flat
		if spread > 0 {
			ordinary = gamma(r, spread)
		}
		at := n - length
		if recent == 0 {
			at = 24 + r.IntN(n-24-length)
		}
		all = append(all, steady(r, n, requests, rate, flat, func(i int) float64 {
			if i >= at && i < at+length {
				return ordinary(i) * times
			}
			return ordinary(i)
		}))
		for _, s := range Judge(all, Judging{Recent: recent}) {
			if s.Series == 9 && s.From < at+length && s.To > at {
				hit++
			}
		}
	}
	return 100 * float64(hit) / float64(runs)
}

func poisson(r *rand.Rand, mean float64) int64 {
	if mean > 400 {
		return max(0, int64(math.Round(mean+math.Sqrt(mean)*r.NormFloat64())))
	}
	n, limit := int64(0), math.Exp(-mean)
	for p := r.Float64(); p > limit; p *= r.Float64() {
		n++
	}
	return n
}

// gammaOf draws from a Gamma distribution of that shape (Marsaglia and Tsang,
// 2000).
func gammaOf(r *rand.Rand, shape float64) float64 {
	if shape < 1 {
		return gammaOf(r, shape+1) * math.Pow(r.Float64(), 1/shape)
	}
	d := shape - 1.0/3
	c := 1 / math.Sqrt(9*d)
	for {
		x := r.NormFloat64()
		v := math.Pow(1+c*x, 3)
		if v > 0 && math.Log(r.Float64()) < 0.5*x*x+d-d*v+d*math.Log(v) {
			return d * v
		}
	}
}
