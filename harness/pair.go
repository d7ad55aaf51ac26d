package harness

import (
	"context"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/answers"
	"github.com/replaydiff/replay/harness/results"
	"github.com/replaydiff/replay/scenarios"
)

// RunPair replays a working and a failing capture, one after the other with
// cookies of their own, and says whether the one still works and the other
// still fails. The report is of both; the live captures are returned with it.
func (r *Runner) RunPair(ctx context.Context, ok, bad *Plan) (working, failing *Replayed, err error) {
	masker := r.masker()
	masker.LearnCapture(ok.Capture)
	masker.LearnCapture(bad.Capture)
	client, tally := r.clientFor(ok, bad), &answers.Tally{Mask: masker}
	defer r.release(client)
	var runs [2]*run
	for i, p := range []*Plan{ok, bad} {
		o := r.begin(p, client)
		if i > 0 {
			o.progress = runs[0].progress
		}
		o.progress.Total = ok.Sends() + bad.Sends()
		o.judge = newJudge(o, []results.Flow{results.OK, results.Bad}[i], tally, masker)
		if i == 0 || runs[0].stopped() == nil {
			o.send(ctx)
		}
		o.judge.close()
		runs[i] = o
	}
	report := tally.Report()
	failing = runs[1].replayed(results.Pair, report)
	working = runs[0].replayed(results.Pair, report)
	report.Captures = []string{ok.Capture.File, bad.Capture.File}
	report.Targets = merged(ok.Targets, bad.Targets)
	report.Seconds = runs[1].now().Sub(runs[0].started).Seconds()
	report.Warnings = append(report.Warnings, runs[1].judge.shown(failing.plan.Warnings)...)
	if report.Stopped == nil {
		report.Stopped = runs[1].stopped()
	}
	for _, o := range runs {
		working.findCauses(o.judge)
	}
	report.Live = liveOf(working, failing)
	if entry := report.Live.Entry; entry != nil {
		sent := &failing.plan.sent(failing.Live.Exchanges[failing.at[*entry]]).Request
		report.Live.Request = sent.Method + " " + masker.URL(sent.URL)
		report.Live.Curl = results.CurlLine(sent, masker)
	}
	return working, failing, nil
}

func merged(a, b []results.Target) []results.Target {
	list := append([]results.Target{}, a...)
	for _, t := range b {
		seen := false
		for _, u := range a {
			seen = seen || u == t
		}
		if !seen {
			list = append(list, t)
		}
	}
	return list
}

// liveOf compares what both captures are answered now, at the step where they
// parted when they were recorded.
func liveOf(working, failing *Replayed) *results.Live {
	recorded := diff.Compare(working.plan.Capture, failing.plan.Capture, diff.Options{})
	good, bad := decisive(recorded)
	now := diff.Compare(working.recordedTerms(), failing.recordedTerms(), diff.Options{})
	live := &results.Live{Difference: []results.Field{}}
	goodSent, badSent := working.answered(good), failing.answered(bad)
	live.OKWorks = worksNow(working, good)
	live.BadFails = badSent != nil && diff.OutcomeOf(badSent).Failed()
	live.Sentence = sentence(live, good < 0 || goodSent != nil, badSent != nil)
	if now.First >= 0 {
		pair := now.Pairs[now.First]
		entry := failing.entry(pair.Bad)
		live.Entry = &entry
		live.Difference = fieldsOf(working.Live.Exchanges[pair.OK], failing.Live.Exchanges[pair.Bad])
	}
	if live.OKWorks && live.BadFails {
		if d := scenarios.Diagnose(now); len(d.Findings) > 0 {
			live.Finding = findingOf(d, now)
		}
	}
	return live
}

// decisive are the entries of both captures at which they parted: -1 where
// there is none.
func decisive(c *diff.Comparison) (ok, bad int) {
	if c.First >= 0 {
		return c.Pairs[c.First].OK, c.Pairs[c.First].Bad
	}
	return -1, diff.FirstFailure(c.Bad, nil)
}

// worksNow tells whether the working capture works: its decisive step, or
// where it has none every step that was answered.
func worksNow(r *Replayed, entry int) bool {
	if x := r.answered(entry); x != nil {
		return scenarios.Works(x)
	}
	if entry >= 0 {
		return false
	}
	for i, recorded := range r.plan.Capture.Exchanges {
		if x := r.answered(i); x != nil && scenarios.Works(recorded) && !scenarios.Works(x) {
			return false
		}
	}
	return true
}

func sentence(live *results.Live, okSent, badSent bool) string {
	switch {
	case !okSent || !badSent:
		return "the step where both captures part was not sent or not answered: see what was skipped, and --allow-unsafe"
	case live.OKWorks && live.BadFails:
		return "the working request still works and the failing one still fails: what differs between the requests breaks it"
	case live.OKWorks:
		return "the failing request works now: what broke it is gone"
	case live.BadFails:
		return "both fail now: the target or the credentials changed, see what the working capture is answered"
	}
	return "the working request fails now and the failing one works: the target treats them the other way round"
}

// fieldsOf lists in what two answers differ, masked.
func fieldsOf(ok, bad *traffic.Exchange) []results.Field {
	tally := answers.Tally{}
	tally.Add(answers.Observation{Recorded: ok, Live: bad, Changes: answers.Differences(ok, bad, nil)})
	if list := tally.Report().Exchanges; len(list) > 0 {
		return list[0].Fields
	}
	return []results.Field{}
}

// answered is the live exchange of an entry that got an answer, nil of any
// other.
func (r *Replayed) answered(entry int) *traffic.Exchange {
	if entry < 0 || entry >= len(r.at) || r.at[entry] < 0 {
		return nil
	}
	if x := r.Live.Exchanges[r.at[entry]]; x.Response != nil {
		return r.plan.inRecordedTerms(x)
	}
	return nil
}

// entry is that of a live exchange in the recorded capture.
func (r *Replayed) entry(live int) int {
	for entry, at := range r.at {
		if at == live {
			return entry
		}
	}
	return -1
}

// recordedTerms is the live capture with redirects to the recorded hosts.
func (r *Replayed) recordedTerms() *traffic.Capture {
	c := *r.Live
	c.Exchanges = nil
	for _, x := range r.Live.Exchanges {
		c.Exchanges = append(c.Exchanges, r.plan.inRecordedTerms(x))
	}
	return &c
}
