package results

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Mistake is why reports can't be merged.
type Mistake struct {
	Report int // index of the report it is seen in, -1: in none
	Text   string
}

func (m *Mistake) Error() string {
	if m.Report < 0 {
		return m.Text
	}
	return fmt.Sprintf("report %d: %s", m.Report+1, m.Text)
}

// Merge makes one report of the reports of all shards of a run. It is equal to
// the report of a run that was not sharded, but for times. The reports may come
// in any order and stay as they are. All that is wrong with them is told at
// once, each as a [Mistake].
func Merge(reports []*Report) (*Report, error) {
	if mistakes := mistakesOf(reports); len(mistakes) > 0 {
		return nil, errors.Join(mistakes...)
	}
	reports = slices.SortedStableFunc(slices.Values(reports), func(a, b *Report) int { return cmp.Compare(shardOf(a.Shard), shardOf(b.Shard)) })
	first := reports[0]
	out := &Report{
		Version: Version, Kind: first.Kind, Captures: slices.Clone(first.Captures), Targets: slices.Clone(first.Targets),
		Counts: countsOf(reports), Stopped: stopOf(reports), Live: liveOf(reports),
		Templates: templatesOf(reports), Noise: noiseOf(reports), Skipped: skipsOf(reports), Errors: errorsOf(reports), Warnings: warningsOf(reports),
	}
	out.Started, out.Seconds = spanOf(reports)
	answers := map[Template]int{}
	for _, t := range out.Templates {
		answers[Template{Flow: t.Flow, Template: t.Template}] = t.Answers
	}
	out.Groups = groupsOf(reports, func(r *Report) []Group { return r.Groups }, answers)
	out.Accepted = groupsOf(reports, func(r *Report) []Group { return r.Accepted }, answers)
	out.Vanished = vanishedOf(reports, out.Accepted)
	out.Exchanges, out.Cases = []Exchange{}, []Case{}
	for _, r := range reports {
		out.Exchanges = append(out.Exchanges, r.Exchanges...)
	}
	for _, r := range reports {
		out.Cases = append(out.Cases, r.Cases...)
	}
	slices.SortStableFunc(out.Cases, func(a, b Case) int { return cmp.Compare(a.Number, b.Number) })
	out.Sort()
	if len(out.Exchanges) > MaxExchanges {
		out.Exchanges = slices.Clip(out.Exchanges[:MaxExchanges])
	}
	return out, nil
}

// mistakesOf tells why reports are not the shards of one run.
func mistakesOf(reports []*Report) []error {
	if len(reports) == 0 {
		return []error{&Mistake{-1, "there are no reports to merge"}}
	}
	var mistakes []error
	add := func(i int, format string, args ...any) {
		mistakes = append(mistakes, &Mistake{i, fmt.Sprintf(format, args...)})
	}
	first := reports[0]
	for i, r := range reports {
		switch {
		case r.Version != Version:
			add(i, "has version %d, and this program reads %d; write all with one release of replay", r.Version, Version)
			continue
		case r.Kind != first.Kind:
			add(i, "is of replay %s, and the first of replay %s", r.Kind, first.Kind)
		}
		if !slices.Equal(r.Captures, first.Captures) {
			add(i, "is of %s, and the first of %s", strings.Join(r.Captures, ", "), strings.Join(first.Captures, ", "))
		}
		if !slices.Equal(r.Targets, first.Targets) {
			add(i, "has other targets than the first")
		}
	}
	return append(mistakes, shardMistakes(reports)...)
}

func shardMistakes(reports []*Report) []error {
	if len(reports) == 1 && reports[0].Shard == "" {
		return nil
	}
	var mistakes []error
	total := 0
	seen := map[int]int{}
	for i, r := range reports {
		n, of := cutShard(r.Shard)
		switch {
		case r.Shard == "":
			mistakes = append(mistakes, &Mistake{i, "is of a whole run, not of a shard"})
			continue
		case n == 0:
			mistakes = append(mistakes, &Mistake{i, fmt.Sprintf("says that it is shard %q; shards are numbered as in 3/8", r.Shard)})
			continue
		case total == 0:
			total = of
		case of != total:
			mistakes = append(mistakes, &Mistake{i, fmt.Sprintf("is one of %d shards, and others are of %d", of, total)})
			continue
		}
		if before, twice := seen[n]; twice {
			mistakes = append(mistakes, &Mistake{i, fmt.Sprintf("is shard %s, and so is report %d", r.Shard, before+1)})
			continue
		}
		seen[n] = i
	}
	if missing := missingShards(seen, total); missing != "" {
		mistakes = append(mistakes, &Mistake{-1, missing + "; run it, and merge all"})
	}
	return mistakes
}

// maxNamed is how many missing shards are named.
const maxNamed = 8

func missingShards(seen map[int]int, total int) string {
	var names []string
	missing := total - len(seen)
	for n := 1; n <= total && len(names) < min(missing, maxNamed); n++ {
		if _, ok := seen[n]; !ok {
			names = append(names, fmt.Sprintf("%d/%d", n, total))
		}
	}
	switch {
	case missing <= 0:
		return ""
	case missing == 1:
		return "shard " + names[0] + " is missing"
	case missing > maxNamed:
		names = append(names, fmt.Sprintf("%d more", missing-maxNamed))
	}
	return "shards " + strings.Join(names, ", ") + " are missing"
}

// cutShard reads "3/8"; zeros: it is none.
func cutShard(s string) (n, of int) {
	a, b, ok := strings.Cut(s, "/")
	n, errN := strconv.Atoi(a)
	of, errOf := strconv.Atoi(b)
	if !ok || errN != nil || errOf != nil || n < 1 || n > of {
		return 0, 0
	}
	return n, of
}

func shardOf(s string) int {
	n, _ := cutShard(s)
	return n
}

func countsOf(reports []*Report) Counts {
	var sum Counts
	for _, r := range reports {
		c := r.Counts
		sum.Recorded += c.Recorded
		sum.Sent += c.Sent
		sum.Same += c.Same
		sum.Different += c.Different
		sum.Unanswered += c.Unanswered
		sum.Skipped += c.Skipped
		sum.Unsent += c.Unsent
		sum.Extra += c.Extra
	}
	return sum
}

// spanOf is from the first begin to the last end: shards run beside each other.
func spanOf(reports []*Report) (started time.Time, seconds float64) {
	var end time.Time
	for i, r := range reports {
		if i == 0 || r.Started.Before(started) {
			started = r.Started
		}
		if e := r.Started.Add(time.Duration(r.Seconds * float64(time.Second))); i == 0 || e.After(end) {
			end = e
		}
	}
	return started, end.Sub(started).Seconds()
}

// stopOf is the stop that says most: refused credentials before a network that
// failed before an end that was asked for.
func stopOf(reports []*Report) *Stop {
	var most *Stop
	weight := map[StopReason]int{MaxRequests: 1, Interrupted: 2, Network: 3, Refusals: 4}
	for _, r := range reports {
		if r.Stopped != nil && (most == nil || weight[r.Stopped.Reason] > weight[most.Reason]) {
			most = r.Stopped
		}
	}
	if most == nil {
		return nil
	}
	stop := *most
	return &stop
}

// liveOf is where the two captures part first.
func liveOf(reports []*Report) *Live {
	var out *Live
	for _, r := range reports {
		if l := r.Live; l != nil && (out == nil || out.Entry == nil && l.Entry != nil ||
			out.Entry != nil && l.Entry != nil && *l.Entry < *out.Entry) {
			out = l
		}
	}
	if out == nil {
		return nil
	}
	live := *out
	return &live
}

func templatesOf(reports []*Report) []Template {
	sum := map[Template]Template{}
	for _, r := range reports {
		for _, t := range r.Templates {
			key := Template{Flow: t.Flow, Template: t.Template}
			known := sum[key]
			key.Answers, key.Different, key.Unanswered = known.Answers+t.Answers, known.Different+t.Different, known.Unanswered+t.Unanswered
			// In whole microseconds the sum does not depend on the order.
			key.Seconds = float64(micros(known.Seconds)+micros(t.Seconds)) / 1e6
			sum[Template{Flow: t.Flow, Template: t.Template}] = key
		}
	}
	return append([]Template{}, slices.Collect(maps.Values(sum))...)
}

func micros(seconds float64) int64 { return int64(math.Round(seconds * 1e6)) }

func errorsOf(reports []*Report) []ErrorCount {
	sum := map[string]ErrorCount{}
	for _, r := range reports {
		for _, e := range r.Errors {
			if known, ok := sum[e.Text]; ok {
				e.Count, e.Entry = e.Count+known.Count, min(e.Entry, known.Entry)
			}
			sum[e.Text] = e
		}
	}
	return append([]ErrorCount{}, slices.Collect(maps.Values(sum))...)
}

func noiseOf(reports []*Report) []NoiseCount {
	sum := map[NoiseCount]int{}
	for _, r := range reports {
		for _, n := range r.Noise {
			sum[NoiseCount{Template: n.Template, Field: n.Field, Reason: n.Reason}] += n.Count
		}
	}
	list := make([]NoiseCount, 0, len(sum))
	for n, count := range sum {
		n.Count = count
		list = append(list, n)
	}
	return list
}

func skipsOf(reports []*Report) []Skip {
	sum := map[string]Skip{}
	for _, r := range reports {
		for _, s := range r.Skipped {
			known, ok := sum[s.Reason]
			if ok && known.Entry < s.Entry {
				s.Text, s.Entry = known.Text, known.Entry
			}
			s.Count += known.Count
			sum[s.Reason] = s
		}
	}
	return append([]Skip{}, slices.Collect(maps.Values(sum))...)
}

// warningsOf keeps one of equal warnings: most are about the capture.
func warningsOf(reports []*Report) []string {
	list := []string{}
	for _, r := range reports {
		for _, w := range r.Warnings {
			if !slices.Contains(list, w) {
				list = append(list, w)
			}
		}
	}
	return list
}

// vanishedOf is what some shard looked for in vain, and no shard has seen.
func vanishedOf(reports []*Report, accepted []Group) []Acceptance {
	list := []Acceptance{}
	for _, r := range reports {
		for _, a := range r.Vanished {
			if !slices.ContainsFunc(list, a.equal) && !slices.ContainsFunc(accepted, a.covers) {
				list = append(list, a)
			}
		}
	}
	return list
}
