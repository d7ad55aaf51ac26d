package isolate

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// A server is a made-up one: it fails for each of these sets of parts.
type server struct {
	culprits [][]int
	neither  func(set []int) bool // answered in a third way
	asked    int
}

func (s *server) Try(_ context.Context, set []int) (Verdict, error) {
	s.asked++
	if s.neither != nil && s.neither(set) {
		return Neither, nil
	}
	for _, culprit := range s.culprits {
		if contains(set, culprit) {
			return Fails, nil
		}
	}
	return Works, nil
}

func contains(set, all []int) bool {
	return !slices.ContainsFunc(all, func(i int) bool { return !slices.Contains(set, i) })
}

// alone makes an atom of each of n parts.
func alone(n int) (atoms [][]int) {
	for i := range n {
		atoms = append(atoms, []int{i})
	}
	return atoms
}

func partsOfSets(r Result) (list [][]int) {
	for _, s := range r.Sets {
		list = append(list, s.Parts)
	}
	slices.SortFunc(list, slices.Compare)
	return list
}

// TestFindsWhatIsHidden: whatever the differences, the order and the culprit,
// exactly that is found, minimal, and confirmed.
func TestFindsWhatIsHidden(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 40).Draw(t, "differences")
		hidden := rapid.Permutation(alone(n)).Draw(t, "hidden")
		kind := rapid.SampledFrom([]string{"one", "both", "either"}).Draw(t, "kind")
		var culprits [][]int
		switch {
		case kind == "one" || n == 1:
			culprits = hidden[:1]
		case kind == "both":
			culprits = [][]int{slices.Sorted(slices.Values(slices.Concat(hidden[0], hidden[1])))}
		default:
			culprits = slices.Clone(hidden[:2])
			slices.SortFunc(culprits, slices.Compare)
		}
		order := rapid.Permutation(rangeOf(n)).Draw(t, "order")
		s := &server{culprits: culprits}
		r, err := (&Search{Tester: s, Atoms: alone(n), Order: order, Blamed: rapid.IntRange(0, 5).Draw(t, "blamed")}).Run(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(culprits, partsOfSets(r)); d != "" || r.End != Proved {
			t.Fatalf("%s: %s, culprits -, found +:\n%s", kind, r.End, d)
		}
		for _, set := range r.Sets {
			if !set.Sufficient || set.Necessary != (len(culprits) == 1) {
				t.Fatalf("%s: %+v", kind, set)
			}
		}
		// 2 log2(n) for each of two, their confirmation, and the premises.
		if s.asked > 4*log2(n)+24 {
			t.Fatalf("%s: %d trials for %d differences", kind, s.asked, n)
		}
	})
}

func rangeOf(n int) (list []int) {
	for i := range n {
		list = append(list, i)
	}
	return list
}

func log2(n int) (log int) {
	for m := 1; m < n; m *= 2 {
		log++
	}
	return log
}

// TestFewTrials pins how many trials it takes: after the premises, with both
// ends confirmed twice.
func TestFewTrials(t *testing.T) {
	rows := []struct {
		reason          string
		differences, at int // of the culprit, in the order
		blamed          int
		most            int
	}{
		{"the ranking is right", 20, 0, 1, 4},
		{"its second guess is right", 20, 1, 3, 5},
		{"it is the only difference", 1, 0, 0, 0},
		{"nobody is blamed", 20, 13, 0, 5 + 1 + 3},
		{"nobody is blamed, of a thousand", 1000, 511, 0, 10 + 1 + 3},
		{"the ranking is wrong", 20, 13, 3, 3 + 5 + 1 + 3},
	}
	for _, row := range rows {
		s := &server{culprits: [][]int{{row.at}}}
		r, err := (&Search{Tester: s, Atoms: alone(row.differences), Blamed: row.blamed}).Run(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		after := r.Asked() - r.Asked(Premise)
		t.Logf("%s: %d", row.reason, after)
		if r.End != Proved || !slices.Equal(r.Sets[0].Parts, []int{row.at}) || after > row.most {
			t.Errorf("%s: %d trials after the premises, at most %d; %+v", row.reason, after, row.most, r)
		}
	}
}

// TestNotMonotone: what heals, and what is answered in a third way, ends in a
// set that fails and of which no atom can be spared.
func TestNotMonotone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 9).Draw(t, "differences")
		verdicts := make([]Verdict, 1<<n)
		for i := range verdicts {
			verdicts[i] = rapid.SampledFrom([]Verdict{Neither, Works, Fails}).Draw(t, "verdict")
		}
		verdicts[0], verdicts[len(verdicts)-1] = Works, Fails
		of := func(set []int) Verdict {
			mask := 0
			for _, i := range set {
				mask |= 1 << i
			}
			return verdicts[mask]
		}
		s := TesterFunc(func(_ context.Context, set []int) (Verdict, error) { return of(set), nil })
		r, err := (&Search{Tester: s, Atoms: alone(n), Repeat: 1, MaxTrials: 1 << 12}).Run(t.Context())
		if err != nil || len(r.Sets) == 0 {
			t.Fatalf("nothing found: %+v, %v", r, err)
		}
		for _, set := range r.Sets {
			if of(set.Parts) != Fails {
				t.Fatalf("%v was found and does not fail", set.Parts)
			}
			for _, i := range set.Parts {
				if len(set.Parts) > 1 && of(without(set.Parts, []int{i})) == Fails {
					t.Fatalf("%v was found, and %d can be spared", set.Parts, i)
				}
			}
			if without := of(without(rangeOf(n), set.Parts)); set.Without != without || set.Necessary != (without == Works) {
				t.Fatalf("without %v: %v, told %+v", set.Parts, without, set)
			}
		}
	})
}

func TestEnds(t *testing.T) {
	always := func(v Verdict) Tester {
		return TesterFunc(func(context.Context, []int) (Verdict, error) { return v, nil })
	}
	calls := 0
	wavering := TesterFunc(func(_ context.Context, set []int) (Verdict, error) {
		calls++
		return []Verdict{Works, Works, Fails, Works}[min(calls-1, 3)], nil
	})
	lost := errors.New("connection refused")
	rows := []struct {
		reason string
		search Search
		end    End
		asked  int
		err    error
	}{
		{"the working request fails", Search{Tester: always(Fails)}, OKFails, 2, nil},
		{"the failing request works", Search{Tester: always(Works)}, BadWorks, 4, nil},
		{"it is answered in a third way", Search{Tester: TesterFunc(func(_ context.Context, set []int) (Verdict, error) {
			if len(set) > 0 {
				return Neither, nil
			}
			return Works, nil
		})}, BadDiffers, 4, nil},
		{"an answer wavers", Search{Tester: wavering}, Flaky, 4, nil},
		{"an end after so many trials", Search{Tester: &server{culprits: [][]int{{3}, {7}}}, MaxTrials: 6}, OutOfTries, 6, nil},
		{"an error", Search{Tester: TesterFunc(func(context.Context, []int) (Verdict, error) { return Works, lost })}, "", 0, lost},
		{"each is asked once", Search{Tester: &server{culprits: [][]int{{3}}}, Repeat: 1, Blamed: 1, Order: []int{3, 1, 2, 0, 4, 5, 6, 7, 8, 9}}, Proved, 4, nil},
		{"a login that fails is not repeated", Search{Tester: &server{culprits: [][]int{{3}}}, Blamed: 1, Order: []int{3, 1, 2, 0, 4, 5, 6, 7, 8, 9},
			Once: func(set []int) bool { return slices.Contains(set, 3) }}, Proved, 2 + 1 + 1 + 2, nil},
	}
	for _, row := range rows {
		row.search.Atoms = alone(10)
		r, err := row.search.Run(t.Context())
		if r.End != row.end || len(r.Trials) != row.asked || !errors.Is(err, row.err) {
			t.Errorf("%s: %q after %d trials, %v", row.reason, r.End, len(r.Trials), err)
		}
	}
}

// TestAtoms: what only makes sense together moves together, and is narrowed
// down where it can be told apart after all.
func TestAtoms(t *testing.T) {
	atoms := [][]int{{0}, {1, 2, 3}, {4}, {5, 6}}
	half := func(set []int) bool { // parts of the second atom fail alone, for want of the others
		n := 0
		for _, i := range []int{1, 2, 3} {
			if slices.Contains(set, i) {
				n++
			}
		}
		return n == 1 || n == 2
	}
	rows := []struct {
		reason  string
		server  server
		want    []int
		necessa bool
	}{
		{"a culprit beside the atom", server{culprits: [][]int{{4}}}, []int{4}, true},
		{"one part of it is wrong, whatever the others", server{culprits: [][]int{{2}}}, []int{2}, true},
		{"it is one thing", server{culprits: [][]int{{1, 2, 3}}, neither: half}, []int{1, 2, 3}, true},
		{"two of its parts are needed", server{culprits: [][]int{{5, 6}}}, []int{5, 6}, true},
	}
	for _, row := range rows {
		r, err := (&Search{Tester: &row.server, Atoms: atoms}).Run(t.Context())
		if err != nil || len(r.Sets) != 1 || !slices.Equal(r.Sets[0].Parts, row.want) || r.Sets[0].Necessary != row.necessa {
			t.Errorf("%s: %+v, %v", row.reason, r, err)
		}
	}
}
