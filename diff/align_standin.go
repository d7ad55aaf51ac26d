package diff

// pairStandIns gives the first failure of an endpoint that stayed alone in
// bad a success to be held against: page 5 that is refused beside page 2 that
// was served. The success leaves a pair that said nothing, two successes.
// There is no stand-in where a pair of the endpoint shows the failure anyway,
// nor for a failure that a retry made good.
func (a *aligner) pairStandIns() {
	wanted := a.lonelyFailures()
	if len(wanted) == 0 {
		return
	}
	best := make(map[uint64]int32, len(wanted)) // endpoint to the pair to break up, by its index in bad
	shown := make(map[uint64]bool)
	for j, i := range a.bad.mate {
		key := a.endpoint(&a.bad.entries[j])
		alone, asked := wanted[key]
		if !asked || i < 0 {
			continue
		}
		switch {
		case OutcomeOf(a.bad.exchanges[j]).Failed():
			shown[key] = shown[key] || !OutcomeOf(a.ok.exchanges[i]).Failed()
		case OutcomeOf(a.ok.exchanges[i]).succeeded():
			if _, have := best[key]; !have || int32(j) < alone {
				best[key] = int32(j)
			}
		}
	}
	for j := range a.bad.entries {
		key := a.endpoint(&a.bad.entries[j])
		with, have := best[key]
		if wanted[key] != int32(j) || !have || shown[key] {
			continue
		}
		i := a.bad.mate[with]
		a.bad.mate[with] = -1
		a.bad.freely[with] = 0
		a.pair(int(i), j, StandIn)
	}
}

// lonelyFailures maps endpoints to their first failure that has no partner.
func (a *aligner) lonelyFailures() map[uint64]int32 {
	var wanted map[uint64]int32
	for j, i := range a.bad.mate {
		e := &a.bad.entries[j]
		if i >= 0 || e.recovered || e.kind != ordinary || !OutcomeOf(a.bad.exchanges[j]).Failed() {
			continue
		}
		if wanted == nil {
			wanted = make(map[uint64]int32)
		}
		key := a.endpoint(e)
		if _, have := wanted[key]; !have {
			wanted[key] = int32(j)
		}
	}
	return wanted
}

func (a *aligner) endpoint(e *entry) uint64 {
	return mix(mix(e.verb, uint64(a.origins.home(e.origin))), mix(e.loose, e.op))
}
