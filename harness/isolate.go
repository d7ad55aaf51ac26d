package harness

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/harness/isolate"
	"github.com/replaydiff/replay/harness/results"
	"github.com/replaydiff/replay/scenarios"
)

// DefaultFailedLogins is how many logins of an isolation may fail: many servers
// lock an account after five.
const DefaultFailedLogins = 3

// IsolateOptions bound an isolation. The zero value is usable.
type IsolateOptions struct {
	Repeat       int // times that both ends are asked; 0: isolate.DefaultRepeat
	MaxTrials    int // sets of changes that are sent at most; 0: isolate.DefaultMaxTrials
	FailedLogins int // logins that may fail; 0: DefaultFailedLogins

	Tell func(string) // is told, before anything is sent, what may hurt; nil: nobody
}

// Isolated is what an isolation found, and the minimal pair: the flow that works
// and the one with the culprit, as sent and answered today. Both are nil where
// none was found.
type Isolated struct {
	Report  *results.Isolation
	OK, Bad *traffic.Capture
}

// Isolate finds which change of a failing request breaks it: it plays the
// working flow up to that request with some of the changes put in, until a
// minimal set is found that makes it fail, and confirms it from both ends. Both
// plans are for the same target. An error means that nothing was sent.
func (r *Runner) Isolate(ctx context.Context, ok, bad *Plan, o IsolateOptions) (*Isolated, error) {
	masker := r.masker()
	masker.LearnCapture(ok.Capture)
	masker.LearnCapture(bad.Capture)
	s := &isolation{
		runner: r, ok: ok, bad: bad, options: o, masker: masker, working: -1, failing: -1,
		compared: diff.Compare(ok.Capture, bad.Capture, diff.Options{Ignore: r.Ignore}),
		out: results.Isolation{
			Version: results.Version, Captures: []string{ok.Capture.File, bad.Capture.File}, Targets: merged(ok.Targets, bad.Targets),
			Started: r.clock(), Entry: -1, BadEntry: -1, Before: []int{}, Changes: []results.IsolationChange{}, Left: []results.LeftChange{},
			Trials: []results.IsolationTrial{}, Culprit: []results.Culprit{}, Cleared: []int{}, Findings: []results.Finding{},
			Contradicted: []results.Finding{}, Warnings: []string{},
		},
	}
	s.run(ctx)
	s.out.Seconds = r.clock().Sub(s.out.Started).Seconds()
	s.out.Warnings = append(s.out.Warnings, ok.Warnings...)
	for i, w := range s.out.Warnings {
		s.out.Warnings[i] = mask.Visible(masker.Text(w))
	}
	done := &Isolated{Report: &s.out}
	if s.good != nil && s.broken != nil {
		done.OK, done.Bad = s.minimal(s.good), s.minimal(s.broken)
	}
	return done, nil
}

// An isolation is one search on its way.
type isolation struct {
	runner   *Runner
	ok, bad  *Plan
	options  IsolateOptions
	masker   *mask.Masker
	compared *diff.Comparison
	found    scenarios.Diagnosis

	working, failing int // the request in question, in each capture
	entries          []isolate.Entry
	differences      *isolate.Differences
	order            []int // atoms, the likeliest first
	blamed           int   // how many of these the diagnosis names
	numbers          []int // by part, from 1: in that order
	tester           *tester

	good, broken *Tried // the working flow, and the same with the culprit
	out          results.Isolation
}

// run goes on from step to step as long as there is something to find out.
func (s *isolation) run(ctx context.Context) {
	if !s.inQuestion() || !s.changes() {
		return
	}
	s.warnOfLogins()
	search := &isolate.Search{
		Tester: s.tester, Order: s.order, Blamed: s.blamed, Repeat: s.options.Repeat, MaxTrials: s.options.MaxTrials, Once: s.tester.risky,
	}
	for _, a := range s.differences.Atoms {
		search.Atoms, search.Cores = append(search.Atoms, a.Parts), append(search.Cores, a.Core)
	}
	s.tester.stage = s.runner.stage(s.ok)
	defer s.tester.stage.close()
	result, err := search.Run(ctx)
	s.conclude(ctx, result, err)
}

// inQuestion finds the request in both captures; false: there is none.
func (s *isolation) inQuestion() bool {
	s.found = scenarios.Diagnose(s.compared)
	pair := s.found.Pair
	if s.found.Entry < 0 || pair < 0 {
		pair = s.compared.First
	}
	if pair < 0 && withoutAnswers(s.ok.Capture) && withoutAnswers(s.bad.Capture) {
		pair = s.firstChanged()
	}
	switch {
	case pair >= 0:
		s.working, s.failing = s.compared.Pairs[pair].OK, s.compared.Pairs[pair].Bad
	case s.found.Entry >= 0:
		s.failing = s.found.Entry
		s.working = s.sameStep(s.failing)
	case diff.FirstFailure(s.bad.Capture, nil) < 0:
		s.verdict(results.NothingFails, "nothing in the failing capture fails that works in the working one: there is nothing to look for")
		return false
	default:
		s.failing = diff.FirstFailure(s.bad.Capture, nil)
		s.working = s.sameStep(s.failing)
	}
	if s.working < 0 {
		s.out.BadEntry = s.failing
		s.verdict(results.NotComparable, s.bad.where(s.failing)+" fails and has no counterpart in the working capture: record the same steps working")
		return false
	}
	x, y := s.ok.Capture.Exchanges[s.working], s.bad.Capture.Exchanges[s.failing]
	s.out.Entry, s.out.BadEntry = s.working, s.failing
	s.out.Request = x.Request.Method + " " + s.masker.URL(s.ok.sentURL(x))
	s.out.Recorded = results.Ends{OK: outcomeText(x), Bad: outcomeText(y)}
	before, err := s.ok.Leading(s.working)
	if err != nil {
		s.verdict(results.NotComparable, err.Error())
		return false
	}
	s.out.Before = append(s.out.Before, before...)
	s.entries = append(isolate.Entries(s.compared, before), isolate.Entry{OK: s.working, Bad: s.failing})
	return true
}

// sameStep is the entry of the working capture that stands where one of the
// failing capture does that was paired with none: the first that was not either,
// between the partners of its neighbours. -1: there is none.
func (s *isolation) sameStep(failing int) int {
	after, before := -1, len(s.ok.Capture.Exchanges)
	for _, p := range s.compared.Pairs {
		switch {
		case p.Bad < failing:
			after = max(after, p.OK)
		case p.OK > after:
			before = min(before, p.OK)
		}
	}
	for _, i := range s.compared.OnlyOK {
		if x := s.ok.Capture.Exchanges[i]; after < i && i < before && !diff.IsPreflight(x) && diff.StandingOf(x) == diff.Awaited {
			s.out.Warnings = append(s.out.Warnings, s.bad.where(failing)+" is unlike any request of the working capture: it is taken for "+s.ok.where(i)+", which stands in its place")
			return i
		}
	}
	return -1
}

// withoutAnswers tells captures without answers: curl lines.
func withoutAnswers(c *traffic.Capture) bool {
	return !slices.ContainsFunc(c.Exchanges, func(x *traffic.Exchange) bool { return x.Response != nil })
}

// firstChanged is the first pair whose requests differ, -1 where none do.
func (s *isolation) firstChanged() int {
	for i, p := range s.compared.Pairs {
		if len(p.RequestChanges()) > 0 {
			return i
		}
	}
	return -1
}

// changes lists what can be put into the working flow; false: there is nothing.
func (s *isolation) changes() bool {
	s.differences = isolate.Between(s.compared, s.entries, func(r *traffic.Request) bool { return s.ok.routes.leads(r.URL) != nil })
	s.rank()
	s.tester = &tester{isolation: s, tried: map[string]*Tried{}}
	s.describe()
	if len(s.differences.Parts) > 0 {
		return true
	}
	text := "the requests of both captures are the same: what broke it is not in them; look at the account, the session and the server"
	if len(s.differences.Left) > 0 {
		text = "nothing in the requests differs that could be tried: " + s.differences.Left[0].Place + ": " + s.differences.Left[0].Why
	}
	s.verdict(results.NotInRequest, text)
	return false
}

// rank orders the atoms. What makes logins fail goes last, unless it is blamed:
// there are few tries for that.
func (s *isolation) rank() {
	s.order, s.blamed = s.differences.Rank(s.found, s.entries)
	slices.SortStableFunc(s.order[s.blamed:], func(a, b int) int {
		return cmp.Compare(s.riskyAtom(a), s.riskyAtom(b))
	})
	s.numbers = make([]int, len(s.differences.Parts))
	n := 0
	for _, a := range s.order {
		for _, part := range s.differences.Atoms[a].Parts {
			n++
			s.numbers[part] = n
		}
	}
}

func (s *isolation) riskyAtom(a int) int {
	if slices.ContainsFunc(s.differences.Atoms[a].Parts, s.risky) {
		return 1
	}
	return 0
}

// risky tells parts that make a login fail, which may lock an account: what a
// login form holds, and passwords of Basic and Digest.
func (s *isolation) risky(part int) bool {
	p := s.differences.Parts[part]
	if p.Drop {
		return false
	}
	for _, c := range scenarios.CredentialsOf(&s.ok.Capture.Exchanges[p.Entry].Request) {
		switch {
		case c.Kind == scenarios.LoginForm:
			if p.Place == "body" || p.Place == "body "+c.Name || p.Place == "body /"+c.Name || p.Place == "query "+c.Name {
				return true
			}
		case c.Kind == scenarios.Authorization && (strings.EqualFold(c.Scheme, "basic") || strings.EqualFold(c.Scheme, "digest")):
			if p.Place == "header authorization" || p.Place == "header authorization credentials" {
				return true
			}
		}
	}
	return false
}

// warnOfLogins tells, before anything is sent, that logins will fail.
func (s *isolation) warnOfLogins() {
	for i, p := range s.differences.Parts {
		if s.risky(i) {
			s.tell("the captures differ in what logs in (" + s.ok.where(p.Entry) + "): a login that fails is sent " +
				strconv.Itoa(s.failedLogins()) + " times at most, for accounts are locked after some")
			return
		}
	}
}

func (s *isolation) failedLogins() int { return cmp.Or(s.options.FailedLogins, DefaultFailedLogins) }

func (s *isolation) tell(text string) {
	s.out.Warnings = append(s.out.Warnings, text)
	if s.options.Tell != nil {
		s.options.Tell(mask.Visible(s.masker.Text(text)))
	}
}

func (s *isolation) verdict(v results.IsolationVerdict, sentence string) {
	s.out.Verdict, s.out.Sentence = v, mask.Visible(s.masker.Text(sentence))
}
