package answers

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/harness/results"
	"github.com/replaydiff/replay/harness/shown"
)

// Report returns a new report with what the tally knows: Version, Counts,
// Groups, Noise, Skipped, Templates and Exchanges. All else is the caller's.
func (t *Tally) Report() *results.Report {
	t.mu.Lock()
	defer t.mu.Unlock()
	m := t.Mask
	if m == nil {
		m = &t.own
	}
	m.LearnCapture(&traffic.Capture{Exchanges: t.liveExamples()})
	r := &results.Report{
		Version: results.Version, Counts: t.counts,
		Groups: []results.Group{}, Accepted: []results.Group{}, Vanished: []results.Acceptance{}, Noise: []results.NoiseCount{},
		Skipped: []results.Skip{}, Errors: []results.ErrorCount{}, Exchanges: []results.Exchange{}, Cases: []results.Case{}, Warnings: []string{}, Targets: []results.Target{},
	}
	r.Counts.Recorded = r.Counts.Sent + r.Counts.Skipped + r.Counts.Unsent
	for _, s := range t.standing.list {
		r.Exchanges = append(r.Exchanges, exchangeOf(s, m))
	}
	for key, g := range t.groups {
		r.Groups = append(r.Groups, t.groupOf(key, g, m))
	}
	r.Templates = t.templates(m)
	for text, e := range t.errors {
		r.Errors = append(r.Errors, results.ErrorCount{Text: visible(m, text), Count: e.Count, Entry: e.Entry})
	}
	noise := map[results.NoiseCount]int{}
	for key, n := range t.noise {
		noise[results.NoiseCount{Template: visible(m, key.template), Field: visible(m, key.field), Reason: string(key.reason)}] += n
	}
	for key, n := range noise {
		key.Count = n
		r.Noise = append(r.Noise, key)
	}
	for _, reason := range slices.Sorted(maps.Keys(t.skips)) {
		r.Skipped = append(r.Skipped, *t.skips[reason])
	}
	r.Sort()
	return r
}

// templates are the kinds of request; two that are shown alike are one.
func (t *Tally) templates(m *mask.Masker) []results.Template {
	sum := map[kindOfRequest]outcomes{}
	for key, n := range t.requests {
		shownAs := kindOfRequest{key.flow, visible(m, key.template)}
		o := sum[shownAs]
		sum[shownAs] = outcomes{o.answers + n.answers, o.different + n.different, o.unanswered + n.unanswered, o.micros + n.micros}
	}
	list := []results.Template{}
	for key, o := range sum {
		list = append(list, results.Template{
			Flow: key.flow, Template: key.template,
			Answers: o.answers, Different: o.different, Unanswered: o.unanswered, Seconds: float64(o.micros) / 1e6,
		})
	}
	return list
}

// liveExamples are the live exchanges of all examples, in order: what they were
// issued is masked wherever it stands.
func (t *Tally) liveExamples() []*traffic.Exchange {
	examples := map[*evidence]bool{}
	for _, s := range t.standing.list {
		examples[s.evidence] = true
	}
	for _, g := range t.groups {
		examples[g.example] = true
	}
	var list []*traffic.Exchange
	for _, e := range slices.SortedFunc(maps.Keys(examples), orderOf) {
		if e.Live != nil {
			list = append(list, e.Live)
		}
	}
	return list
}

func exchangeOf(s *standing, m *mask.Masker) results.Exchange {
	n := &numbering{}
	x := results.Exchange{
		Flow: s.Flow, Entry: s.Entry, Verdict: s.verdict,
		Method:   mask.Visible(s.Recorded.Request.Method),
		Recorded: n.of(m.URL(s.Recorded.Request.URL)), Sent: n.of(m.URL(s.Sent)),
		Old: diff.OutcomeOf(s.Recorded).String(), Error: n.of(mask.Visible(m.Text(s.Error))),
		Fields: []results.Field{},
	}
	if s.verdict == results.Different {
		x.New = diff.OutcomeOf(s.Live).String()
	}
	for _, edit := range s.edits {
		x.Fields = append(x.Fields, fieldOf(edit, s.evidence, m, n))
	}
	x.Curl = n.of(s.curl())
	return x
}

func (t *Tally) groupOf(key groupKey, g *group, m *mask.Masker) results.Group {
	n := &numbering{}
	out := results.Group{
		Flow: key.flow, Template: visible(m, key.template), Kind: key.kind, Regression: g.regression,
		Field: n.of(shown.Door{Masker: m}.Path(leveled(g.edit))), Varies: g.varies, Count: g.count, Of: t.requests[key.kindOfRequest].answers,
	}
	field := fieldOf(g.edit, g.example, m, n)
	out.Example = results.Example{
		Entry: g.example.Entry, URL: n.of(m.URL(g.example.Sent)), Old: field.Old, New: field.New, Curl: n.of(g.example.curl()),
	}
	// The same placeholder stands for another secret in another answer.
	if out.Varies = out.Varies || hasPlaceholder(field.Old) || hasPlaceholder(field.New); !out.Varies {
		out.Old, out.New = field.Old, field.New
	}
	return out
}

func fieldOf(e diff.Edit, of *evidence, m *mask.Masker, n *numbering) results.Field {
	door := shown.PairDoor(m, of.Recorded, of.Live)
	f := results.Field{Path: n.of(door.Path(e)), Kind: kindOf(string(e.Op))}
	if e.Op == diff.Reorder {
		return f
	}
	old, new := shownPair(door.Values(e))
	old, new = n.of(old), n.of(new)
	if e.Op != diff.Add {
		f.Old = &old
	}
	if e.Op != diff.Remove {
		f.New = &new
	}
	return f
}

func (e *evidence) curl() string {
	if e.Curl == nil {
		return ""
	}
	return e.Curl()
}

// visible masks what is a name more often than a value. Placeholders lose their
// numbers: the same name may stand in many reports that are merged.
func visible(m *mask.Masker, s string) string { return withoutNumbers(mask.Visible(m.Text(s))) }

func hasPlaceholder(s *string) bool { return s != nil && strings.Contains(*s, "‹") }

// A numbering gives the placeholders of one exchange numbers of their own, from
// 1 for each kind: those of a masker depend on what was shown before, and
// reports of shards are merged.
type numbering struct {
	known map[string]string
	last  map[string]int
}

func (n *numbering) of(s string) string {
	return eachPlaceholder(s, func(kind, number string) string {
		if n.known == nil {
			n.known, n.last = map[string]string{}, map[string]int{}
		}
		key := kind + number
		if _, ok := n.known[key]; !ok {
			n.last[kind]++
			n.known[key] = kind + strconv.Itoa(n.last[kind])
		}
		return n.known[key]
	})
}

func withoutNumbers(s string) string {
	return eachPlaceholder(s, func(kind, _ string) string { return strings.TrimSuffix(kind, " ") })
}

// eachPlaceholder replaces kind and number of each placeholder in a text:
// "‹jwt 12, first 16 bytes›" has "jwt " and "12".
func eachPlaceholder(s string, replace func(kind, number string) string) string {
	if !strings.Contains(s, "‹") {
		return s
	}
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(s, "‹")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		b.WriteString("‹")
		i := 0
		for i < len(rest) && ('a' <= rest[i] && rest[i] <= 'z' || rest[i] == ' ' || rest[i] == '-') {
			i++
		}
		k := i
		for k < len(rest) && isDigit(rest[k]) {
			k++
		}
		if i > 0 && k > i && (strings.HasPrefix(rest[k:], "›") || strings.HasPrefix(rest[k:], ",")) {
			b.WriteString(replace(rest[:i], rest[i:k]))
			rest = rest[k:]
		}
		s = rest
	}
}

// Fields lists edits as a report has them, masked; nil masks too. The exchanges
// are those that they lead from and to.
func Fields(m *mask.Masker, from, to *traffic.Exchange, edits []diff.Edit) []results.Field {
	if m == nil {
		m = &mask.Masker{}
	}
	n, of := &numbering{}, &evidence{Observation: Observation{Recorded: from, Live: to}}
	list := make([]results.Field, 0, len(edits))
	for _, e := range edits {
		list = append(list, fieldOf(e, of, m, n))
	}
	return list
}
