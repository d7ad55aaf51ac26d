package through

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/replaydiff/replay/harness/results"
	"github.com/replaydiff/replay/scenarios"
)

func (t *tally) finding(at seenAt, f *fault, note string) {
	for _, g := range t.found {
		if g.fault.cause == f.cause && g.fault.does == f.does {
			g.add(at, note)
			return
		}
	}
	g := &found{fault: f, entries: map[int]bool{}, paths: map[string]bool{}, first: at}
	g.add(at, note)
	t.found = append(t.found, g)
}

// maxNotes bounds what is told of one finding.
const maxNotes = 4

func (g *found) add(at seenAt, note string) {
	g.entries[at.entry] = true
	_, path, _ := strings.Cut(at.request, " ")
	g.paths[path] = true
	if note != "" && !slices.Contains(g.notes, note) && len(g.notes) < maxNotes {
		g.notes = append(g.notes, note)
	}
}

// passage is all that was found.
func (t *tally) passage() *results.Passage {
	for _, missing := range t.told.lost() {
		t.finding(missing.at, forwardedFault(missing.note), missing.note)
	}
	t.fold()
	p := &t.report
	for _, g := range t.groups {
		g.Count = len(g.entries)
		p.Changes = append(p.Changes, g.Alteration)
	}
	slices.SortStableFunc(p.Changes, orderOfChanges)
	for _, f := range t.found {
		p.Findings = append(p.Findings, t.altered(f))
	}
	slices.SortStableFunc(p.Findings, func(a, b results.Altered) int {
		return cmp.Or(cmp.Compare(rank(a.Cause), rank(b.Cause)), cmp.Compare(b.Count, a.Count), cmp.Compare(a.Entry, b.Entry))
	})
	return p
}

// fold makes one finding of preflights that meet what all requests for their
// paths meet, and of those.
func (t *tally) fold() {
	i := slices.IndexFunc(t.found, func(f *found) bool { return f.fault.does == preflightFault("").does })
	if i < 0 {
		return
	}
	preflights := t.found[i]
	for _, f := range t.found {
		if f.fault.wholly && f.covers(preflights) {
			maps.Copy(f.entries, preflights.entries)
			t.found = slices.Delete(t.found, i, i+1)
			return
		}
	}
}

// covers tells whether all paths of another finding are among those of this one.
func (g *found) covers(other *found) bool {
	for path := range other.paths {
		if !g.paths[path] {
			return false
		}
	}
	return true
}

// orderOfChanges: what breaks something first, then what is not expected.
func orderOfChanges(a, b results.Alteration) int {
	weight := func(x results.Alteration) int {
		switch {
		case x.Cause != "":
			return 0
		case x.Expected == "":
			return 1
		}
		return 2
	}
	return cmp.Or(cmp.Compare(weight(a), weight(b)), cmp.Compare(a.Side, b.Side), cmp.Compare(b.Count, a.Count), cmp.Compare(a.Field, b.Field))
}

// ranks order findings: what keeps requests from the app goes first.
var ranks = []string{"proxy-auth-denied", "authorization-dropped-by-proxy", "cookie-stripped-by-proxy", forwardedCause, "tls-termination", "proxy-rewrite"}

func rank(cause string) int {
	if i := slices.Index(ranks, cause); i >= 0 {
		return i
	}
	return len(ranks)
}

// altered is a finding with the sentence, what speaks for it, and the mend.
func (t *tally) altered(f *found) results.Altered {
	out := results.Altered{Does: f.fault.does, Count: len(f.entries), Entry: f.first.entry, Request: f.first.request, Curl: f.first.curl}
	out.Cause, out.Confidence = f.fault.cause, f.fault.confidence()
	nothing := t.report.Counts.Unchanged+t.report.Counts.Changed == 0
	if nothing && !f.fault.made {
		out.Confidence = deduced
		f.notes = append(f.notes, "nothing at all came here: if the proxy forwards elsewhere, this is what it found there")
	}
	who := t.who.product
	if who == "" {
		who = "the proxy"
	}
	out.Title = sentence(strings.ReplaceAll(f.fault.says, "{who}", who))
	out.Because = append([]string{times(len(f.entries)) + ", first " + f.first.request + " (entry " + strconv.Itoa(f.first.entry) + ")"}, f.notes...)
	for _, c := range scenarios.Catalogue() {
		if c.ID != f.fault.cause {
			continue
		}
		for _, a := range c.MendsFor(f.fault.mend, scenarios.PlaceOf(t.who.product), f.fault.name) {
			out.Fix = append(out.Fix, results.Advice{Where: string(a.Where), Text: a.Text, Snippet: a.Snippet})
		}
	}
	return out
}

func times(n int) string {
	if n == 1 {
		return "seen in 1 request"
	}
	return "seen in " + strconv.Itoa(n) + " requests"
}

// sentence begins with a capital, but for products that do not.
func sentence(s string) string {
	if strings.HasPrefix(s, "the ") {
		return "T" + s[1:]
	}
	return s
}
