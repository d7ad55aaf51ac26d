package isolate

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
)

// A Verdict is what an answer says about a trial.
type Verdict uint8

// The verdicts.
const (
	Neither Verdict = iota // answered in a third way: a 400 for half a change, a 500
	Works                  // as the working request
	Fails                  // as the failing one
)

func (v Verdict) String() string { return [...]string{"neither", "works", "fails"}[v] }

// A Tester sends the working request with the parts of a set put into it, and
// tells what came. An error ends the search. What it rather does not send
// is Neither.
type Tester interface {
	Try(ctx context.Context, set []int) (Verdict, error)
}

// TesterFunc is a function that is a Tester.
type TesterFunc func(ctx context.Context, set []int) (Verdict, error)

// Try calls the function.
func (f TesterFunc) Try(ctx context.Context, set []int) (Verdict, error) { return f(ctx, set) }

// The defaults of a [Search].
const (
	DefaultRepeat    = 2
	DefaultMaxTrials = 100
	maxGuesses       = 3
	maxSets          = 3
)

// A Search looks for the sets of parts that break a request.
type Search struct {
	Tester Tester

	// Atoms are sets of parts, each part in one of them. They are put in as a
	// whole, but for [Result] being narrowed down to a part at the end.
	Atoms [][]int

	// Cores are, by atom, those of its parts that may be at fault without the
	// others: the fields of a signature, of all that is signed. Nil: none.
	Cores [][]int

	// Order holds the indices of all atoms, the likeliest culprit first; nil is
	// as they stand. Blamed is how many of the first are tried alone before
	// halves are.
	Order  []int
	Blamed int

	Repeat    int // times that both ends are asked; 0: DefaultRepeat
	MaxTrials int // sets that are sent at most, the premises included; 0: DefaultMaxTrials

	// Once tells of sets that are not to be asked again: a login that fails.
	// Nil: none.
	Once func(set []int) bool
}

// A Stage is what a trial was for.
type Stage string

// The stages, in their order.
const (
	Premise Stage = "premise"
	Guess   Stage = "guess"   // of the ranking
	Halving Stage = "search"  // for what the ranking did not guess
	Minimal Stage = "minimal" // whether less of the set will do
	Confirm Stage = "confirm" // of the set from both ends
	Narrow  Stage = "narrow"  // within an atom
)

// A Trial is a set that was sent, and what came.
type Trial struct {
	Stage   Stage
	Set     []int // of parts, ascending
	Verdict Verdict
}

// An End says how a search ended.
type End string

// The ends.
const (
	Proved     End = "proved"      // a minimal set was found, and confirmed from both ends
	Found      End = "found"       // one was found; what the failing request does without it is in the set
	OKFails    End = "ok-fails"    // the working request does not work now
	BadWorks   End = "bad-works"   // the failing request does not fail now
	BadDiffers End = "bad-differs" // it is answered in a third way
	Flaky      End = "flaky"       // one set was answered in two ways
	OutOfTries End = "max-trials"
)

// A Set is a minimal set of parts that breaks the request: with any atom less,
// it was not seen to fail.
type Set struct {
	Parts []int // ascending
	Atoms []int // the atoms that they are of, ascending

	// Sufficient tells that the working request with the set fails, Necessary
	// that the failing one without it works. Without Necessary something else
	// breaks it as well: Without is what was answered.
	Sufficient, Necessary bool
	Without               Verdict
}

// A Result is what a search found.
type Result struct {
	End    End
	Trials []Trial
	Stage  Stage // in which it ended early

	// Sets are what breaks the request, each by itself. Together tells that the
	// failing request works without all of them.
	Sets     []Set
	Together bool

	// Left is the smallest set of parts that was seen to fail: what a search
	// that ran out of tries came down to.
	Left []int

	// Flaky is the set that was answered in two ways.
	Flaky []int
}

// Asked is how many trials were made, of those stages; of all where none is
// given.
func (r *Result) Asked(stages ...Stage) (n int) {
	for _, t := range r.Trials {
		if len(stages) == 0 || slices.Contains(stages, t.Stage) {
			n++
		}
	}
	return n
}

// A searching is a Search on its way.
type searching struct {
	*Search
	stage  Stage
	known  map[string]Verdict
	result Result
	all    []int // all atoms, in order

	// over tells that the search has ended, of err or as result.End says:
	// nothing more is asked, and what is asked for was not seen.
	over bool
	err  error
}

// Run searches. The result holds what was learnt also where an error of the
// tester ended it.
func (s *Search) Run(ctx context.Context) (Result, error) {
	g := &searching{Search: s, known: map[string]Verdict{}, all: slices.Clone(s.Order)}
	if g.all == nil {
		for i := range s.Atoms {
			g.all = append(g.all, i)
		}
	}
	if g.premises(ctx); !g.over {
		g.sets(ctx)
	}
	return g.result, g.err
}

func (g *searching) end(e End, err error) {
	g.over, g.result.End, g.result.Stage, g.err = true, e, g.stage, err
}

// fails tells whether a set of atoms was seen to fail.
func (g *searching) fails(ctx context.Context, atoms []int) bool {
	return g.verdict(ctx, g.parts(atoms)) == Fails
}

// verdict asks about a set of parts, unless that is known.
func (g *searching) verdict(ctx context.Context, set []int) Verdict {
	if v, known := g.known[key(set)]; known {
		return v
	}
	return g.ask(ctx, set)
}

// ask sends a set. One that was answered otherwise before ends the search.
func (g *searching) ask(ctx context.Context, set []int) Verdict {
	if !g.over && len(g.result.Trials) >= cmp.Or(g.MaxTrials, DefaultMaxTrials) {
		g.end(OutOfTries, nil)
	}
	if g.over {
		return Neither
	}
	v, err := g.Tester.Try(ctx, set)
	if err != nil {
		g.end("", err)
		return Neither
	}
	g.result.Trials = append(g.result.Trials, Trial{Stage: g.stage, Set: set, Verdict: v})
	if before, known := g.known[key(set)]; known && before != v {
		g.result.Flaky = set
		g.end(Flaky, nil)
		return Neither
	}
	g.known[key(set)] = v
	if v == Fails && (g.result.Left == nil || len(set) < len(g.result.Left)) {
		g.result.Left = set
	}
	return v
}

// settle asks about a set until it was answered so often as is wanted.
func (g *searching) settle(ctx context.Context, set []int) Verdict {
	v := g.verdict(ctx, set)
	if g.Once != nil && g.Once(set) {
		return v
	}
	for !g.over && g.answered(set) < cmp.Or(g.Repeat, DefaultRepeat) {
		v = g.ask(ctx, set)
	}
	return v
}

func (g *searching) answered(set []int) (n int) {
	for _, t := range g.result.Trials {
		if slices.Equal(t.Set, set) {
			n++
		}
	}
	return n
}

// parts are those of atoms, ascending.
func (g *searching) parts(atoms []int) []int {
	set := []int{}
	for _, a := range atoms {
		set = append(set, g.Atoms[a]...)
	}
	slices.Sort(set)
	return set
}

// without is a list without the members of another.
func without(list, less []int) []int {
	left := []int{}
	for _, i := range list {
		if !slices.Contains(less, i) {
			left = append(left, i)
		}
	}
	return left
}

func key(set []int) string {
	var b strings.Builder
	for _, i := range set {
		b.WriteString(strconv.Itoa(i))
		b.WriteByte(',')
	}
	return b.String()
}
