package main

import (
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness"
)

// A job is what a command was asked to send: a plan for each flow or target.
type job struct {
	captures []*traffic.Capture
	plans    []*harness.Plan
	runner   *harness.Runner
	signIn   *signIn

	options harness.PlanOptions // of all plans, without their targets
	refused []string            // all that is wrong with plans, each thing once
	err     error               // what else is
}

// job reads flags, and the captures if there is no mistake in those.
func (f *runFlags) job(cmd *cobra.Command, files []string) (*job, error) {
	errFlags := f.check()
	options, errPlan := f.planOptions()
	runner, errRunner := f.runner()
	ignore, errIgnore := ignoreOf(f.ignore, files)
	if err := errors.Join(errFlags, errPlan, errRunner, errIgnore); err != nil {
		return nil, err
	}
	limitMemory(replayMemory)
	runner.Ignore, runner.Masker = ignore, f.masker()
	j := &job{runner: runner, options: options, signIn: &signIn{flags: &f.sendFlags, read: &f.readFlags, masker: runner.Masker}}
	var err error
	if j.captures, err = openAll(cmd, &f.readFlags, files); err != nil {
		j.close()
		return nil, err
	}
	for _, c := range j.captures {
		runner.Masker.LearnCapture(c)
	}
	return j, nil
}

// add plans a capture for a target, of which Base and Flag are given.
func (j *job) add(c *traffic.Capture, to harness.Target) {
	o := j.options
	o.Target.Base, o.Target.Flag = to.Base, to.Flag
	var err error
	if o.Keeper, err = j.signIn.keeper(c, o.Target); err != nil {
		j.err = err
		return
	}
	p, err := harness.NewPlan(c, o)
	var refused *harness.Refused
	switch {
	case err == nil:
		j.plans = append(j.plans, p)
	case errors.As(err, &refused):
		for _, text := range refused.Mistakes {
			if !slices.Contains(j.refused, text) {
				j.refused = append(j.refused, text)
			}
		}
	default:
		j.err = err
	}
}

// wrong is why nothing can be sent.
func (j *job) wrong() error {
	if len(j.refused) > 0 {
		return errors.Join(j.err, &harness.Refused{Mistakes: j.refused})
	}
	return j.err
}

func (j *job) sends() (n int) {
	for _, p := range j.plans {
		n += p.Sends()
	}
	return n
}

func (j *job) close() {
	for _, c := range append(j.captures, j.signIn.recorded...) {
		if c != nil {
			_ = c.Close() // it was only read
		}
	}
}

// credited adds to a report what logins came to.
func (j *job) credited(done []*harness.Replayed) {
	report := done[0].Report
	report.Counts.Extra += j.signIn.requests()
	if warning := j.signIn.rotated(); warning != "" {
		report.Warnings = append(report.Warnings, strings.TrimSpace(warning))
	}
}
