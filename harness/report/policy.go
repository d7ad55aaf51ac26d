package report

import (
	"slices"
	"strconv"
	"strings"

	"github.com/replaydiff/replay/scenarios"
	"github.com/replaydiff/replay/scenarios/policy"
)

// maxSeen is how often a broken rule is shown: what a client does once it does
// always.
const maxSeen = 3

// policy is what the client should do otherwise, a block for each rule that it
// broke. It is no cause, and stands behind the verdict.
func (d *diffText) policy(broken []policy.Breach) {
	for _, rule := range policy.All() {
		var seen []policy.Breach
		for _, b := range broken {
			if b.Rule == rule {
				seen = append(seen, b)
			}
		}
		if len(seen) > 0 {
			d.line(0)
			d.brokenRule(rule, seen)
		}
	}
}

func (d *diffText) brokenRule(rule policy.Rule, seen []policy.Breach) {
	d.labelled("advice", span{bold, string(rule)})
	d.labelled("", plain(rule.Means()))
	label := "because"
	for _, b := range seen[:min(maxSeen, len(seen))] {
		d.labelled(label, plain(entriesOf(b)+"  "), span{dim, b.Said})
		label = ""
	}
	if more := len(seen) - maxSeen; more > 0 {
		d.labelled("", span{dim, "and " + count(more, "time more", "times more")})
	}
	label = "fix"
	for _, a := range rule.Advice() {
		if a.Where == scenarios.Client || a.Where == scenarios.App {
			d.advice(verdictColumn, label, string(a.Where), a.Text, a.Snippet)
			label = ""
		}
	}
}

// entriesOf names the entries of a breach: "entry 7", "entries 3, 4 and 7".
func entriesOf(b policy.Breach) string {
	const most = 4
	all := slices.Sorted(slices.Values(append([]int{b.Entry}, b.With...)))
	if len(all) == 1 {
		return "entry " + strconv.Itoa(all[0])
	}
	var names []string
	for _, i := range all[:min(most, len(all))] {
		names = append(names, strconv.Itoa(i))
	}
	if more := len(all) - most; more > 0 {
		return "entries " + strings.Join(names, ", ") + " and " + count(more, "more", "more")
	}
	last := len(names) - 1
	return "entries " + strings.Join(names[:last], ", ") + " and " + names[last]
}

// policyDocument is a rule that a client broke once.
type policyDocument struct {
	Rule   string           `json:"rule"`
	Entry  int              `json:"entry"`
	With   []int            `json:"with"`
	Means  string           `json:"means"`
	Said   string           `json:"said"`
	Advice []adviceDocument `json:"advice"`
}

func policyOf(broken []policy.Breach) []policyDocument {
	list := []policyDocument{}
	for _, b := range broken {
		list = append(list, policyDocument{string(b.Rule), b.Entry, append([]int{}, b.With...), b.Rule.Means(), b.Said, adviceOf(b.Rule.Advice())})
	}
	return list
}
