package rates

import (
	"math"
	"math/rand/v2"
)

// A world is steady traffic of a whole service: all rows of a report, which hang
// together as those do. The constants of the test were chosen by the worlds that
// are not held out.
type world struct {
	name    string
	reason  string
	heldOut bool
	day     int
	make    func(r *rand.Rand) [][]Window
}

// rowsOf makes a world of independent rows.
func rowsOf(rows, n int, row func(r *rand.Rand, i, n int) []Window) func(*rand.Rand) [][]Window {
	return func(r *rand.Rand) [][]Window {
		all := make([][]Window, rows)
		for i := range all {
			all[i] = row(r, i, n)
		}
		return all
	}
}

// wandering is a factor with mean 1 that remembers that much of the window
// before.
func wandering(r *rand.Rand, cv, memory float64) func(int) float64 {
	x := r.NormFloat64()
	return func(int) float64 {
		x = memory*x + math.Sqrt(1-memory*memory)*r.NormFloat64()
		return math.Exp(cv*x - cv*cv/2)
	}
}

// withTotal puts the sum of all rows first, as a report does.
func withTotal(all [][]Window) [][]Window {
	sum := make([]Window, len(all[0]))
	for _, w := range all {
		for i := range w {
			sum[i].add(w[i])
		}
	}
	return append([][]Window{sum}, all...)
}

// crowd adds refused requests to a window.
func (w *Window) crowd(n int64) { w.add(Window{n, n}) }

// pareto draws from a Pareto distribution of at least low, cut at high.
func pareto(r *rand.Rand, shape, low, high float64) int64 {
	return int64(min(high, low*math.Pow(1-r.Float64(), -1/shape)))
}

// week is the share of the mean traffic, for windows of that many hours, and
// whether it is the weekend.
func week(hours float64) (volume, weekend func(int) float64) {
	weekend = func(i int) float64 { return math.Floor(math.Mod(float64(i)*hours/24, 7) / 5) }
	return func(i int) float64 { return (1 + 0.8*math.Sin(2*math.Pi*float64(i)*hours/24)) * (1 - 0.6*weekend(i)) }, weekend
}

// allWorlds are steady; none of them should alert.
func allWorlds() []world {
	return []world{
		{name: "week", reason: "an hour a window for a week: nights, weekends with less traffic and a rate 1.3 times as high", day: 24, make: rowsOf(10, 168, func(r *rand.Rand, _, n int) []Window {
			volume, weekend := week(1)
			return steady(r, n, 2000, 0.02, volume, func(i int) float64 { return 1 + 0.3*weekend(i) })
		})},
		{name: "short memory", reason: "the rate wanders, memory 0.5", make: rowsOf(10, 60, func(r *rand.Rand, _, n int) []Window {
			return steady(r, n, 2000, 0.02, flat, wandering(r, 0.3, 0.5))
		})},
		{name: "long memory", reason: "the rate wanders, memory 0.98", make: rowsOf(10, 60, func(r *rand.Rand, _, n int) []Window {
			return steady(r, n, 2000, 0.02, flat, wandering(r, 0.3, 0.98))
		})},
		{name: "pareto clients", reason: "clients that try again as often as a Pareto distribution says", make: rowsOf(10, 60, func(r *rand.Rand, _, n int) []Window {
			w := steady(r, n, 2000, 0.01, flat, flat)
			for i := range w {
				for range poisson(r, 2) {
					w[i].crowd(pareto(r, 1.5, 3, 500))
				}
			}
			return w
		})},
		{name: "zipf", reason: "256 routes, most of them rare", make: func(r *rand.Rand) [][]Window {
			return withTotal(rowsOf(256, 60, func(r *rand.Rand, i, n int) []Window {
				return steady(r, n, 3000/float64(i+1), 0.01+0.05*r.Float64(), daily, gamma(r, 0.2))
			})(r))
		}},
		{name: "growth of 5 % a day", reason: "30 days in windows of 12 hours", day: 2, make: rowsOf(10, 60, func(r *rand.Rand, _, n int) []Window {
			return steady(r, n, 500, 0.03, func(i int) float64 { return math.Pow(1.05, float64(i)/2) * (1 + 0.5*float64(i%2)) }, gamma(r, 0.2))
		})},
		{name: "retries", reason: "every refused request is tried again, once or more", make: rowsOf(10, 60, func(r *rand.Rand, _, n int) []Window {
			w := steady(r, n, 2000, 0.01, daily, gamma(r, 0.15))
			for i := range w {
				for range w[i].Refused {
					for w[i].crowd(1); r.Float64() < 0.4; {
						w[i].crowd(1)
					}
				}
			}
			return w
		})},
		{name: "mixture", reason: "each row is of another kind of the first ones", make: rowsOf(12, 60, func(r *rand.Rand, _, n int) []Window {
			return steadyTraffic[r.IntN(len(steadyTraffic))].make(r, n)
		})},

		{name: "memory 0.8", heldOut: true, reason: "the rate wanders, memory 0.8", make: rowsOf(10, 60, func(r *rand.Rand, _, n int) []Window {
			return steady(r, n, 800, 0.05, flat, wandering(r, 0.25, 0.8))
		})},
		{name: "wandering together", heldOut: true, reason: "all rows wander as one, memory 0.95", make: func(r *rand.Rand) [][]Window {
			shared, factors := wandering(r, 0.25, 0.95), make([]float64, 60)
			for i := range factors {
				factors[i] = shared(i)
			}
			return withTotal(rowsOf(12, 60, func(r *rand.Rand, i, n int) []Window {
				return steady(r, n, 3000/float64(i+1), 0.03, daily, func(i int) float64 { return factors[i] })
			})(r))
		}},
		{name: "loop", reason: "a client that tries again in a loop, 3 windows on and 10 off on average", make: rowsOf(10, 60, func(r *rand.Rand, _, n int) []Window {
			w, on, size := steady(r, n, 1000, 0.02, flat, flat), r.Float64() < 0.23, 10+40*r.Float64()
			for i := range w {
				if on {
					w[i].crowd(poisson(r, size))
				}
				if r.Float64() < map[bool]float64{true: 1.0 / 3, false: 0.1}[on] {
					on = !on
				}
			}
			return w
		})},
		{name: "renamed routes", heldOut: true, reason: "a deploy: half of the routes end, others begin", make: func(r *rand.Rand) [][]Window {
			at := 20 + r.IntN(30)
			return withTotal(rowsOf(20, 60, func(r *rand.Rand, i, n int) []Window {
				w := steady(r, n, 300+1000*r.Float64(), 0.01+0.08*r.Float64(), daily, gamma(r, 0.15))
				if from, to := []int{0, at, 0, 0}[i%4], []int{at, n, n, n}[i%4]; true {
					clear(w[:from])
					clear(w[to:])
				}
				return w
			})(r))
		}},
		{name: "outages", heldOut: true, reason: "no traffic at all for some windows, then twice as much", make: rowsOf(10, 60, func(r *rand.Rand, _, n int) []Window {
			down := []int{5 + r.IntN(10), 25 + r.IntN(25)}
			return steady(r, n, 1500, 0.03, func(i int) float64 {
				for _, d := range down {
					if i >= d && i < d+5 {
						return 0
					} else if i >= d && i < d+7 {
						return 2
					}
				}
				return 1
			}, gamma(r, 0.15))
		})},
		{name: "sampled", reason: "one session in ten is logged, with all of its requests", make: rowsOf(10, 60, func(r *rand.Rand, _, n int) []Window {
			w := make([]Window, n)
			for i := range w {
				for range poisson(r, 60*daily(i)) {
					if s := 1 + pareto(r, 1.8, 2, 60); r.Float64() < 0.04 {
						w[i].crowd(s)
					} else {
						w[i].add(Window{s, 0})
					}
				}
			}
			return w
		})},
		{name: "cron client", heldOut: true, reason: "a client that fails each hour on purpose, 5 minutes a window", day: 288, make: rowsOf(10, 60, func(r *rand.Rand, i, n int) []Window {
			w := steady(r, n, 800, 0.02, flat, gamma(r, 0.1))
			for at := r.IntN(12); at < n; at += 12 {
				w[at].crowd(40 + poisson(r, 40))
			}
			return w
		})},
		{name: "heavy tail", heldOut: true, reason: "the rate of each window is log-normal, spread by 50 %", make: rowsOf(10, 60, func(r *rand.Rand, _, n int) []Window {
			return steady(r, n, 1500, 0.02, flat, wandering(r, 0.47, 0))
		})},
		{name: "nights", heldOut: true, reason: "3 hours a window; by night few people and many bots, twice the rate", day: 8, make: rowsOf(10, 56, func(r *rand.Rand, _, n int) []Window {
			volume, _ := week(3)
			return steady(r, n, 1200, 0.02, volume, func(i int) float64 { return (1.5 - 0.5*math.Sin(2*math.Pi*float64(i)/8)) * gamma(r, 0.1)(i) })
		})},
		{name: "all of these", heldOut: true, reason: "each row is a row of another held-out world", make: func(r *rand.Rand) [][]Window {
			var all [][]Window
			for range 12 {
				for {
					w := worldByName(heldOutRows[r.IntN(len(heldOutRows))]).make(r)
					if row := w[r.IntN(len(w))]; len(row) == 60 {
						all = append(all, row)
						break
					}
				}
			}
			return all
		}},

		{name: "scanners", reason: "now and then one row is scanned: sizes as of a Pareto distribution of shape 1.2", make: rowsOf(10, 60, func(r *rand.Rand, _, n int) []Window {
			w := steady(r, n, 1500, 0.02, daily, gamma(r, 0.1))
			for i := range w {
				if r.Float64() < 0.05 {
					w[i].crowd(pareto(r, 1.2, 20, 2000))
				}
			}
			return w
		})},
		{name: "two levels", heldOut: true, reason: "the rate is 1.6 times as high for some 15 windows, then not", make: rowsOf(10, 60, func(r *rand.Rand, _, n int) []Window {
			high := r.IntN(2) == 0
			return steady(r, n, 1500, 0.02, flat, func(int) float64 {
				if r.Float64() < 1.0/15 {
					high = !high
				}
				return map[bool]float64{false: 1, true: 1.6}[high]
			})
		})},
		{name: "two rows", reason: "nothing to learn from other rows; the rate wanders, memory 0.6", make: rowsOf(2, 60, func(r *rand.Rand, _, n int) []Window {
			return steady(r, n, 1500, 0.02, flat, wandering(r, 0.3, 0.6))
		})},
		{name: "tokens expire", heldOut: true, reason: "every 12 windows tokens expire: half as many again for 2 windows", make: rowsOf(10, 60, func(r *rand.Rand, _, n int) []Window {
			from, g := r.IntN(12), gamma(r, 0.15)
			return steady(r, n, 1500, 0.02, flat, func(i int) float64 {
				if (i+from)%12 < 2 {
					return 1.5 * g(i)
				}
				return g(i)
			})
		})},
	}
}

// heldOutRows are the worlds that a mixture is made of.
var heldOutRows = []string{"memory 0.8", "loop", "renamed routes", "outages", "sampled", "cron client", "heavy tail"}
