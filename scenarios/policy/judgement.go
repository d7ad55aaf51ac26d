package policy

import (
	"cmp"
	"slices"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
)

// A Judgement is what a capture says about its client.
type Judgement struct {
	Breaches  []Breach     // by entry
	Refreshes []Refresh    // that worked, by entry
	Seen      map[Rule]int // how often each rule could be judged; what is not there could not
}

// A Breach is a rule that was broken once.
type Breach struct {
	Rule  Rule
	Entry int   // of the request that shows it
	With  []int // the other entries that belong to it, ascending
	Said  string
}

// A Refresh is one token that was exchanged for a new one.
type Refresh struct {
	Entry    int
	Share    float64       // of the old token's lifetime; above 1: it was over; 0: not known
	Lifetime time.Duration // of the old token; 0: not known
	Refused  bool          // a request was refused first
}

// Judge tells which rules a client broke. The flow is one of that client, or of
// several behind one proxy: each token has a history of its own.
func Judge(flow *traffic.Capture, rules Rules) *Judgement {
	j := &judge{client: readClient(flow), rules: rules, Judgement: &Judgement{Seen: map[Rule]int{}}}
	j.storms()
	j.refreshes()
	j.expired()
	j.reused()
	j.refusals()
	j.afterRefusal()
	j.pages()
	for _, b := range j.Breaches {
		ascending(b.With)
	}
	slices.SortStableFunc(j.Breaches, func(a, b Breach) int { return cmp.Compare(a.Entry, b.Entry) })
	slices.SortStableFunc(j.Refreshes, func(a, b Refresh) int { return cmp.Compare(a.Entry, b.Entry) })
	return j.Judgement
}

// A judge holds a client to rules.
type judge struct {
	*client
	*Judgement
	rules Rules
}

func (j *judge) saw(r Rule) {
	if j.rules.asks(r) {
		j.Seen[r]++
	}
}

func (j *judge) broken(b Breach) {
	if !j.rules.asks(b.Rule) {
		return
	}
	b.With = ascending(b.With)
	b.With = slices.DeleteFunc(b.With, func(i int) bool { return i == b.Entry })
	j.Breaches = append(j.Breaches, b)
}
