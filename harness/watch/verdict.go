package watch

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/policy"
)

// A Verdict is what is said of a client.
type Verdict struct {
	Findings  []Finding     // one for each broken rule, in the order of policy.All
	Unseen    []policy.Rule // asked for, but nothing that happened could have broken it
	Judgement *policy.Judgement
	Flow      *traffic.Capture // what it was judged by
}

// A Finding is a rule that was broken.
type Finding struct {
	Rule    policy.Rule
	Times   int   // how often it was broken
	Of      int   // how often it could have been
	Entries []int // of the flow, ascending
	Said    string
}

// Verdict judges what the client did so far, by Options.Rules.
func (w *Watch) Verdict() *Verdict { return judge(w.Capture(), w.options.Rules) }

func judge(flow *traffic.Capture, rules policy.Rules) *Verdict {
	v := &Verdict{Judgement: policy.Judge(flow, rules), Flow: flow}
	for _, rule := range policy.All() {
		if len(rules.Only) > 0 && !slices.Contains(rules.Only, rule) {
			continue
		}
		if f := v.finding(rule); f.Times > 0 {
			v.Findings = append(v.Findings, f)
		} else if v.Judgement.Seen[rule] == 0 {
			v.Unseen = append(v.Unseen, rule)
		}
	}
	return v
}

// finding says how often a rule was broken, and when.
func (v *Verdict) finding(rule policy.Rule) Finding {
	f := Finding{Rule: rule}
	var lines []string
	for _, b := range v.Judgement.Breaches {
		if b.Rule != rule {
			continue
		}
		f.Times++
		f.Entries = append(append(f.Entries, b.Entry), b.With...)
		lines = append(lines, fmt.Sprintf("  %s  entry %s: %s", v.at(b.Entry), v.what(b.Entry), b.Said))
	}
	if f.Times == 0 {
		return f
	}
	f.Of = max(f.Times, v.Judgement.Seen[rule])
	slices.Sort(f.Entries)
	f.Entries = slices.Compact(f.Entries)
	f.Said = fmt.Sprintf("%s, %d of %d: %s\n%s", rule, f.Times, f.Of, rule.Means(), strings.Join(lines, "\n"))
	return f
}

// at is the time of an entry since the first.
func (v *Verdict) at(entry int) string {
	first := v.Flow.Exchanges[0].Recorded.Started.Time
	d := v.Flow.Exchanges[entry].Recorded.Started.Time.Sub(first).Round(time.Millisecond)
	return "+" + d.String()
}

// what names an entry, without the file before it.
func (v *Verdict) what(entry int) string {
	where := v.Flow.Exchanges[entry].Where("")
	_, name, _ := strings.Cut(where, "entry ")
	return name
}

// Err is nil for a client that broke no rule. That none could be broken is an
// error too: a test that saw no refresh has proved nothing.
func (v *Verdict) Err() error {
	if len(v.Findings) == 0 && len(v.Judgement.Seen) > 0 {
		return nil
	}
	return errors.New(v.String())
}

// String is the verdict for a terminal, in plain sentences.
func (v *Verdict) String() string {
	var b strings.Builder
	switch {
	case len(v.Findings) > 0:
		for _, f := range v.Findings {
			fmt.Fprintln(&b, f.Said)
		}
	case len(v.Judgement.Seen) == 0:
		fmt.Fprintf(&b, "nothing could be judged in %d requests: the client got no token, refreshed none and was refused nothing\n", len(v.Flow.Exchanges))
	default:
		fmt.Fprintf(&b, "the client kept all the rules that its %d requests could break\n", len(v.Flow.Exchanges))
	}
	if len(v.Unseen) > 0 && len(v.Judgement.Seen) > 0 {
		fmt.Fprintf(&b, "not seen: %s\n", joinRules(v.Unseen))
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func joinRules(rules []policy.Rule) string {
	var names []string
	for _, r := range rules {
		names = append(names, string(r))
	}
	return strings.Join(names, ", ")
}
