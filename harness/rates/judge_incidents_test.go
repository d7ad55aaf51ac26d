package rates

import "math/rand/v2"

// An incident is a spike put into one row of nine others, or of a total and its
// rows.
type incident struct {
	name           string
	heldOut        bool
	requests, rate float64 // of a window
	times          float64
	length         int     // windows
	ramp           bool    // it grows to times the rate
	total          bool    // the sum of all rows is a row too
	atLeast        float64 // per cent of the runs in which it is found, with Recent
	ordinary       func(r *rand.Rand) func(int) float64
}

func still(*rand.Rand) func(int) float64 { return flat }

func spreadBy(cv float64) func(r *rand.Rand) func(int) float64 {
	return func(r *rand.Rand) func(int) float64 { return gamma(r, cv) }
}

func wanders(cv, memory float64) func(r *rand.Rand) func(int) float64 {
	return func(r *rand.Rand) func(int) float64 { return wandering(r, cv, memory) }
}

func allIncidents() []incident {
	return []incident{
		{name: "3x, 50 in 2 windows", atLeast: 90, requests: 1250, rate: 0.02, times: 3, length: 2, ordinary: still},
		{name: "3x, 50 in 2, spread 15 %", atLeast: 80, requests: 1250, rate: 0.02, times: 3, length: 2, ordinary: spreadBy(0.15)},
		{name: "3x, 50 in 4, spread 15 %", atLeast: 90, requests: 625, rate: 0.02, times: 3, length: 4, ordinary: spreadBy(0.15)},
		{name: "3x, 50 in 4, spread 30 %", atLeast: 70, requests: 625, rate: 0.02, times: 3, length: 4, ordinary: spreadBy(0.3)},
		{name: "3x, 50 in 8, spread 15 %", atLeast: 90, requests: 313, rate: 0.02, times: 3, length: 8, ordinary: spreadBy(0.15)},
		{name: "8x, 10 in 2, spread 15 %", atLeast: 90, requests: 2500, rate: 0.002, times: 8, length: 2, ordinary: spreadBy(0.15)},
		{name: "3x of 30 %, 150 in 2", atLeast: 90, requests: 250, rate: 0.3, times: 3, length: 2, ordinary: spreadBy(0.1)},
		{name: "10x, 100 in 1 window", requests: 2000, rate: 0.05, times: 10, length: 1, ordinary: spreadBy(0.15)},
		{name: "2x, 100 in 4, spread 10 %", requests: 1250, rate: 0.02, times: 2, length: 4, ordinary: spreadBy(0.1)},

		{name: "3x, 60 in 3, wandering 0.7", atLeast: 70, heldOut: true, requests: 1000, rate: 0.02, times: 3, length: 3, ordinary: wanders(0.2, 0.7)},
		{name: "3x, 50 in 5, spread 20 %", atLeast: 90, heldOut: true, requests: 500, rate: 0.02, times: 3, length: 5, ordinary: spreadBy(0.2)},
		{name: "3x, 50 in 6, spread 30 %", atLeast: 70, heldOut: true, requests: 417, rate: 0.02, times: 3, length: 6, ordinary: spreadBy(0.3)},
		{name: "3x, 200 in 4, one of 9 rows and their sum", atLeast: 90, heldOut: true, requests: 1000, rate: 0.05, times: 3, length: 4, total: true, ordinary: spreadBy(0.15)},
		{name: "3x, 60 in 12, wandering 0.9", atLeast: 60, heldOut: true, requests: 250, rate: 0.02, times: 3, length: 12, ordinary: wanders(0.15, 0.9)},
		{name: "10x, 5 in 4, a quiet route", atLeast: 90, heldOut: true, requests: 40, rate: 0.03, times: 10, length: 4, ordinary: spreadBy(0.15)},
		{name: "10x, 20 in 2", atLeast: 90, heldOut: true, requests: 500, rate: 0.02, times: 10, length: 2, ordinary: spreadBy(0.3)},
		{name: "slow ramp to 4x over 16", atLeast: 80, heldOut: true, requests: 1000, rate: 0.02, times: 4, length: 16, ramp: true, ordinary: spreadBy(0.15)},
		{name: "10x, 30 in 1 window", heldOut: true, requests: 1500, rate: 0.02, times: 10, length: 1, ordinary: spreadBy(0.2)},
		{name: "2x, 200 in 8, spread 10 %", heldOut: true, requests: 1250, rate: 0.02, times: 2, length: 8, ordinary: spreadBy(0.1)},
	}
}

// make puts the incident at the place and returns all rows and the spiking one.
func (in incident) make(r *rand.Rand, n, at int) ([][]Window, int) {
	var all [][]Window
	for range 9 {
		all = append(all, steady(r, n, 2000, 0.02, daily, gamma(r, 0.15)))
	}
	f := in.ordinary(r)
	all = append(all, steady(r, n, in.requests, in.rate, flat, func(i int) float64 {
		x := f(i)
		switch {
		case i < at || i >= at+in.length:
			return x
		case in.ramp:
			return x * (1 + (in.times-1)*float64(i-at+1)/float64(in.length))
		}
		return x * in.times
	}))
	if in.total {
		return withTotal(all), 10
	}
	return all, 9
}
