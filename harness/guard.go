package harness

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/harness/answers"
	"github.com/replaydiff/replay/harness/credential"
	"github.com/replaydiff/replay/harness/results"
	"github.com/replaydiff/replay/harness/wire"
	"github.com/replaydiff/replay/scenarios"
	"github.com/replaydiff/replay/scenarios/suite"
)

// A Guard runs scenarios against a target: it plays the recorded flow up to the
// request in question, first untouched, then with the cause put into it, and
// tells whether the answer is the one that should be. Its fields must not
// change after the first scenario; it is safe for concurrent use and must not
// be copied.
type Guard struct {
	Capture *traffic.Capture // the working flow
	Options PlanOptions      // target, methods, credentials
	Runner  Runner           // how requests are sent

	// Users are the credentials of the suite's other users, by name.
	Users map[string]*credential.Keeper

	Signer scenarios.Signer                   // nil: no token can be signed
	Secret func(place string) (string, error) // resolves "env:NAME"; nil: none
	Seed   uint64                             // of what is made up

	// Progress is called after each case of a Run, by one goroutine at a time.
	Progress func(done, total int, c *results.Case)

	once   sync.Once
	masker *mask.Masker
	read   sync.Once
	places *suite.Places
	mu     sync.Mutex
	stages map[string]*stage // by user
	client *wire.Client      // of all
	nobody absence
}

// An absence counts the scenarios in a row of a target that answers nothing.
type absence struct {
	answered bool
	silent   int
	last     string
}

// saw counts a case; true when no more are to be tried.
func (a *absence) saw(c *results.Case) bool {
	switch {
	case c == nil:
	case c.Control != "" && c.Control != noAnswer:
		a.answered = true
	case c.Control == noAnswer && !a.answered:
		a.silent++
		a.last = c.Reason
	}
	return a.stopped()
}

func (a *absence) stopped() bool { return !a.answered && a.silent >= maxLost }

// Check runs one scenario. The error is [Refused] where the capture can't be
// sent at all, and that of the context where it ended; what else goes wrong is
// told by the case.
func (g *Guard) Check(ctx context.Context, c suite.Case) (*results.Case, error) {
	s, err := g.stage(c.User)
	if err != nil {
		return nil, err
	}
	e := &examination{guard: g, stage: s, of: c, masker: g.door()}
	started := g.Runner.clock()
	if err := e.run(ctx); err != nil {
		return nil, err
	}
	e.out.Seconds = g.Runner.clock().Sub(started).Seconds()
	return &e.out, nil
}

// Run runs scenarios, as many at a time as the Runner's Concurrency, and those
// last and alone that others could not stand beside. The report has a case for
// each that was run, in the order given. It ends early, with what is known, when
// the context does.
func (g *Guard) Run(ctx context.Context, cases []suite.Case) (*results.Report, error) {
	first, err := g.stage("")
	if err != nil {
		return nil, err
	}
	p := first.base.plan
	report := (&answers.Tally{}).Report()
	report.Kind, report.Captures, report.Targets, report.Shard = results.Test, []string{g.Capture.File}, p.Targets, g.Options.Shard.String()
	report.Started = g.Runner.clock()
	for _, text := range p.Warnings {
		report.Warnings = append(report.Warnings, mask.Visible(g.door().Text(text)))
	}
	done := make([]*results.Case, len(cases))
	err = g.each(ctx, cases, done)
	for i, c := range done {
		switch {
		case c != nil:
			c.Number = i + 1
			report.Cases = append(report.Cases, *c)
			report.Counts.Extra += c.Requests
		case g.Options.Shard.hasCase(i):
			report.Counts.Unsent++
		}
	}
	if g.nobody.stopped() {
		report.Stopped = &results.Stop{Reason: results.Network, Text: "nothing was answered, so no more was sent: " + strings.TrimPrefix(g.nobody.last, unanswered)}
	}
	if ctx.Err() != nil {
		report.Stopped, err = &results.Stop{Reason: results.Interrupted, Text: "interrupted: this is the report of what was done until then"}, nil
	}
	report.Seconds = g.Runner.clock().Sub(report.Started).Seconds()
	return report, err
}

// each runs cases side by side, and then one by one those that disturb others.
func (g *Guard) each(ctx context.Context, cases []suite.Case, done []*results.Case) error {
	var alone, beside []int
	for i, c := range cases {
		switch {
		case !g.Options.Shard.hasCase(i):
		case Disturbs(c):
			alone = append(alone, i)
		default:
			beside = append(beside, i)
		}
	}
	slices.SortStableFunc(alone, func(a, b int) int { return cmp.Compare(rank(ends(cases[a])), rank(ends(cases[b]))) })
	var mu sync.Mutex
	var failed error
	finished := 0
	nobody := &g.nobody
	check := func(i int) bool {
		if ctx.Err() != nil {
			return false
		}
		c, err := g.Check(ctx, cases[i])
		mu.Lock()
		defer mu.Unlock()
		if err != nil {
			if failed == nil {
				failed = err
			}
			return false
		}
		done[i] = c
		if finished++; g.Progress != nil {
			g.Progress(finished, len(alone)+len(beside), c)
		}
		return !nobody.saw(c) && failed == nil
	}
	next := make(chan int, len(beside))
	for _, i := range beside {
		next <- i
	}
	close(next)
	var workers sync.WaitGroup
	for range min(g.Runner.concurrency(), len(beside)) {
		workers.Go(func() {
			for i := range next {
				if !check(i) {
					return
				}
			}
		})
	}
	workers.Wait()
	for _, i := range alone {
		if failed == nil && !check(i) {
			break
		}
	}
	return failed
}

func rank(last bool) int {
	if last {
		return 1
	}
	return 0
}

// Disturbs tells scenarios that others can't run beside, as they spend what all
// share: the requests that a server allows, the logins that may fail until it
// locks an account, the session and the tokens where no login is in the flow. A
// session that another scenario ended would pass for a refusal.
func Disturbs(c suite.Case) bool {
	of := c.Scenario.Of()
	return of != nil && (slices.Contains(of.Needs, scenarios.Burst) || of.ID == "wrong-credentials" || ends(c))
}

// ends tells scenarios that end what others may have to go on with: they come
// last.
func ends(c suite.Case) bool {
	of := c.Scenario.Of()
	return of != nil && (slices.Contains(of.Needs, scenarios.LogoutInFlow) || of.ID == "invalid-grant")
}

// Close closes the connections that are left.
func (g *Guard) Close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.client != nil && g.Runner.Client == nil {
		g.client.Close()
	}
	g.stages, g.client = nil, nil
}

// stage is where a user's scenarios are played.
func (g *Guard) stage(user string) (*stage, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if s := g.stages[user]; s != nil {
		return s, nil
	}
	o := g.Options
	o.Shard = Shard{} // cases are shared out, not sessions
	if o.Target.Main == "" {
		o.Target.Main = mainOfScenarios(g.Capture, o.Target.Map)
	}
	if user != "" {
		o.Keeper = g.Users[user]
		if o.Keeper == nil {
			return nil, refusal("nothing is known of the user %q: give its credentials under users", user)
		}
	}
	p, err := NewPlan(g.Capture, o)
	if err != nil {
		return nil, err
	}
	if g.stages == nil {
		g.stages = map[string]*stage{}
	}
	if g.client == nil {
		g.client = g.Runner.clientFor(p) // all users ask the same hosts
	}
	s := &stage{base: g.Runner.begin(p, g.client), client: g.client}
	for _, other := range g.stages {
		s.base.limiter = other.base.limiter // the rate is that of all users
	}
	g.stages[user] = s
	return s, nil
}

// mainOfScenarios is the origin of the request that a suite is about: the API,
// where a page calls one. "" where that has a target of its own.
func mainOfScenarios(c *traffic.Capture, list []Mapping) string {
	main := canonicalOrigin(suite.MainOrigin(c))
	if slices.ContainsFunc(list, func(m Mapping) bool { return canonicalOrigin(m.From) == main }) {
		return ""
	}
	return main
}

// entry is the request that a case is put into.
func (g *Guard) entry(c suite.Case) (int, error) {
	g.read.Do(func() { g.places = suite.PlacesOf(g.Capture) })
	return g.places.Entry(c)
}

// door masks what cases tell.
func (g *Guard) door() *mask.Masker {
	g.once.Do(func() {
		g.masker = g.Runner.masker()
		g.masker.LearnCapture(g.Capture)
	})
	return g.masker
}
