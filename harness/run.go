package harness

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/answers"
	"github.com/replaydiff/replay/harness/correlate"
	"github.com/replaydiff/replay/harness/credential"
	"github.com/replaydiff/replay/harness/results"
	"github.com/replaydiff/replay/harness/wire"
	"github.com/replaydiff/replay/scenarios"
	"github.com/replaydiff/replay/scenarios/browser"
)

// Run sends a plan and compares each answer with the recorded one. It ends
// early, with the report of what was done, when the context does, when the
// target can't be reached, or when it refuses again and again. An error means
// that nothing was sent.
func (r *Runner) Run(ctx context.Context, p *Plan) (*Replayed, error) {
	return r.replay(ctx, p, results.Run, "")
}

func (r *Runner) replay(ctx context.Context, p *Plan, kind results.Kind, flow results.Flow) (*Replayed, error) {
	masker := r.masker()
	masker.LearnCapture(p.Capture)
	client := r.clientFor(p)
	defer r.release(client)
	o := r.begin(p, client)
	o.judge = newJudge(o, flow, &answers.Tally{Mask: masker}, masker)
	o.send(ctx)
	o.judge.close()
	done := o.replayed(kind, o.judge.tally.Report())
	done.findCauses(o.judge)
	return done, nil
}

// replayed puts what the tally does not know into a report.
func (o *run) replayed(kind results.Kind, report *results.Report) *Replayed {
	p := o.plan
	report.Kind, report.Captures, report.Targets = kind, []string{p.Capture.File}, p.Targets
	report.Shard, report.Stopped = p.Shard.String(), o.stopped()
	report.Warnings = o.judge.shown(slices.Concat(p.Warnings, o.cors))
	if kind != results.Pair && len(p.Skipped) > 0 {
		report.Skipped = p.Skipped // with a text for each origin
	}
	report.Started, report.Seconds = o.started, o.now().Sub(o.started).Seconds()
	done := &Replayed{Report: report, plan: p}
	done.Live, done.at = o.capture()
	return done
}

// clientFor is the client with the addresses of plans, and no others, allowed.
func (r *Runner) clientFor(plans ...*Plan) *wire.Client {
	client := r.Client
	if client == nil {
		client = &wire.Client{}
	}
	client.Allow = nil
	for _, p := range plans {
		client.Allow = append(client.Allow, p.routes.allowed()...)
	}
	return client
}

// release closes the idle connections of a client that nobody else has.
func (r *Runner) release(client *wire.Client) {
	if r.Client == nil {
		client.Close()
	}
}

// A run is one plan on its way. What its goroutines share is below the lock,
// or atomic.
type run struct {
	runner    *Runner
	plan      *Plan
	client    doer
	live      *correlate.Live
	limiter   *rate.Limiter      // nil: no limit
	keeper    *credential.Keeper // of the credentials that are sent; nil: the recorded ones are
	guard     *credential.Guard
	habits    habits
	skipped   map[string]bool // what exchanges handed out that are not sent
	sanitized bool
	started   time.Time
	due       []time.Duration     // when each entry is sent at the recorded pace; nil: at once
	judge     *judge              // nil: answers are only kept
	role      string              // of two targets: "before", "after"
	was       []*traffic.Exchange // what the other target answered, where this is compared with that; nil: with the recording

	stop     atomic.Pointer[results.Stop]
	taken    atomic.Int64 // recorded requests that were begun
	extras   atomic.Int64
	cut      atomic.Int64 // requests under way when the context ended
	reached  atomic.Bool  // some request was answered
	lost     atomic.Int64 // failures to connect in a row
	lastLost atomic.Pointer[error]
	budget   atomic.Int64 // bytes of bodies that may still be kept

	mu       sync.Mutex
	answers  []*traffic.Exchange // by entry; nil: not sent
	progress Progress
	cors     []string
	errors   map[int]string // by entry: why there is no answer
}

func (r *Runner) begin(p *Plan, client *wire.Client) *run {
	o := &run{runner: r, plan: p, client: client, live: p.links.Start(), keeper: p.options.Keeper, habits: p.habits, skipped: p.handedOutUnsent()}
	if r.Rate > 0 {
		o.limiter = rate.NewLimiter(rate.Limit(r.Rate), 1)
	}
	o.guard = &credential.Guard{Max: r.Refusals}
	o.sanitized, _ = scenarios.Sanitized(p.Capture)
	o.budget.Store(r.memory())
	o.answers, o.errors = make([]*traffic.Exchange, len(p.Steps)), map[int]string{}
	o.progress.Total = p.Sends()
	o.started = o.now()
	if r.Pace > 0 {
		o.due = p.timeline(r.Pace, r.maxGap())
	}
	return o
}

// another is a run of the same plan that has sent nothing yet.
func (o *run) another() *run {
	n := &run{
		runner: o.runner, plan: o.plan, client: o.client, live: o.plan.links.Start(), limiter: o.limiter, keeper: o.keeper,
		guard: &credential.Guard{Max: -1}, habits: o.habits, skipped: o.skipped, sanitized: o.sanitized,
		answers: make([]*traffic.Exchange, len(o.plan.Steps)), errors: map[int]string{},
	}
	n.budget.Store(n.runner.memory())
	n.started = n.now()
	return n
}

func (o *run) now() time.Time { return o.runner.clock() }

// send lets the sessions go, so many at a time.
func (o *run) send(ctx context.Context) {
	next := make(chan Session)
	var workers sync.WaitGroup
	for range min(o.runner.concurrency(), max(1, len(o.plan.Sessions))) {
		workers.Go(func() {
			for session := range next {
				o.session(ctx, session)
			}
		})
	}
	for _, session := range o.plan.Sessions {
		if o.ended(ctx) {
			break
		}
		next <- session
	}
	close(next)
	workers.Wait()
	o.conclude(ctx)
}

// session sends the requests of one client, in order.
func (o *run) session(ctx context.Context, session Session) {
	s := newSending(o, session)
	for _, entry := range session.Entries {
		if o.plan.Steps[entry].Announces >= 0 {
			continue // asked right before its request
		}
		if o.ended(ctx) || !o.takes() || o.pause(ctx, entry) != nil {
			return
		}
		if s.step(ctx, entry) != nil {
			return
		}
	}
}

// takes counts a request against MaxRequests.
func (o *run) takes() bool {
	bound := int64(o.runner.MaxRequests)
	if bound <= 0 || o.taken.Add(1) <= bound {
		return true
	}
	o.halt(results.MaxRequests, "as many requests were sent as --max-requests allows")
	return false
}

// wait keeps the rate.
func (o *run) wait(ctx context.Context) error {
	if o.limiter == nil {
		return ctx.Err()
	}
	return o.limiter.Wait(ctx)
}

func (o *run) extra() { o.extras.Add(1) }

// done takes what was answered to a recorded request, and to repeats of it.
func (o *run) done(x, live *traffic.Exchange, again []*traffic.Exchange) {
	o.reached.Store(true)
	o.lost.Store(0)
	kept := o.keep(x, live)
	different := o.judge != nil && o.judge.answer(x, live, kept, again)
	o.hammering(x, live)
	o.tell(different, false)
}

// failed takes a request that was not answered. Its error ends the session
// only where the run ends. One that had left when the run was interrupted is
// told too: the server may have done what it asked for.
func (o *run) failed(ctx context.Context, x *traffic.Exchange, asked *traffic.Request, err error) error {
	cut := isCut(ctx, err)
	if errors.Is(err, errStopped) || cut && !hadLeft(err) {
		return err
	}
	live := &traffic.Exchange{Index: x.Index, Request: *asked, Recorded: traffic.Recorded{Started: stamp(o.now()), Millis: -1}}
	o.mu.Lock()
	o.answers[x.Index], o.errors[x.Index] = live, err.Error()
	o.mu.Unlock()
	if o.judge != nil {
		o.judge.silence(x, live, err)
	}
	o.tell(false, true)
	if cut {
		return err
	}
	o.unreachable(err)
	return nil
}

func stamp(t time.Time) traffic.Timestamp {
	return traffic.Timestamp{Time: t, Text: t.UTC().Format("2006-01-02T15:04:05.000Z07:00")}
}

func (o *run) tell(different, failed bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.progress.Done++
	if different {
		o.progress.Different++
	}
	if failed {
		o.progress.Errors++
	}
	if o.runner.Progress != nil {
		o.runner.Progress(o.progress)
	}
}

// warnCORS keeps why a browser would block an answer, for the first of each
// kind.
func (o *run) warnCORS(entry int, v browser.CORSVerdict) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.cors) < maxMistakes {
		o.cors = append(o.cors, o.plan.where(entry)+": "+v.Sentence())
	}
}

// template names the kind of a request.
func template(x *traffic.Exchange) string { return answers.TemplateOf(&x.Request) }
