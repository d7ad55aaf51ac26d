package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/replaydiff/replay/diff/spelling"
	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/harness"
	"github.com/replaydiff/replay/harness/report"
	"github.com/replaydiff/replay/harness/results"
	"github.com/replaydiff/replay/scenarios/suite"
)

const testHelp = `test runs a suite against a target: for each scenario it plays the recorded flow
up to the request in question, once untouched (the control, which has to pass)
and once with the cause put into it, and tells whether the answer is the one
that should be.

A target that accepts a request which it should refuse, such as one with an
expired token, is the worst that can be found and is told first. A scenario that
can't be carried out honestly (a key is missing, the control fails) is not
testable, which is no pass. One that a target does not mind, and need not mind,
is lenient.

Exit codes: 0 all hold, 1 a scenario is broken or a request was accepted, 2
trouble: a file, a flag, 3 refused by replay before anything was sent, 4 all
that could be tested hold, and some could not be tested.`

type testFlags struct {
	readFlags
	sendFlags
	runOutput
	target string
	only   []string
	dryRun bool
	seed   uint64
}

func testCommand() *cobra.Command {
	var f testFlags
	cmd := &cobra.Command{
		Use:   "test SUITE...",
		Short: "run a suite of scenarios against a target",
		Long:  testHelp,
		Example: `  replay test orders.replay.yaml --target http://127.0.0.1:8080
  replay test orders.replay.yaml --target https://staging.example.com --only expired-token
  replay test *.replay.yaml --target http://127.0.0.1:8080 --report junit=report.xml`,
		GroupID: "guard",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return fmt.Errorf("test takes suites, got none: %s SUITE; replay new OK writes one", cmd.CommandPath())
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, args) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.target, "target", "", "ask this `URL` in place of the origin that the scenarios are about, and of the target of the suite")
	flags.StringArrayVar(&f.only, "only", nil, "run the scenarios of this cause, or with this `text` in their name; repeatable")
	flags.BoolVar(&f.dryRun, "dry-run", false, "list the scenarios with the requests they would change; send nothing")
	flags.Uint64Var(&f.seed, "seed", 0, "choose what is made up by this `number`: the same one makes the same up")
	f.addSending(cmd, "run one share of the scenarios: `3/8`; JOB_COMPLETION_INDEX of Kubernetes is understood")
	f.addForms(cmd, "name every scenario that holds, and what was expected of those that are lenient")
	f.addSecrets(cmd)
	f.readFlags.add(cmd)
	return cmd
}

// A guarded suite is one that is ready to be run.
type guarded struct {
	file   string
	guard  *harness.Guard
	cases  []suite.Case
	login  *suite.Login   // that of the suite, where no flag goes before it
	policy []results.Case // of the client: judged, and not sent
	signIn *signIn
}

func (f *testFlags) run(cmd *cobra.Command, files []string) error {
	if err := errors.Join(f.runOutput.check(), f.checkNumbers()); err != nil {
		return err
	}
	if f.dryRun && f.format != "text" {
		return fmt.Errorf("--format %s: --dry-run lists scenarios as text", f.format)
	}
	masker := f.masker()
	var list []*guarded
	var wrong []error
	for _, file := range files {
		g, err := f.read(cmd, file, masker)
		if g != nil {
			defer g.close()
		}
		wrong = append(wrong, err)
		list = append(list, g)
	}
	if err := errors.Join(wrong...); err != nil {
		return err
	}
	total, err := f.choose(list)
	if err != nil {
		return err
	}
	if f.dryRun {
		return f.list(cmd, list)
	}
	if err := f.writable(files...); err != nil {
		return err
	}
	ctx, stop := interruptible(cmd.Context())
	defer stop()
	progress := f.progress(cmd, total)
	progress.Start()
	r, err := runAll(ctx, list, progress)
	_ = progress.Finish() // a terminal that went away is no reason to lose the report
	if err != nil {
		return err
	}
	return f.finish(cmd, r, nil, nil)
}

// runAll runs suites one after the other and makes one report of them.
func runAll(ctx context.Context, list []*guarded, progress *report.Progress) (*results.Report, error) {
	var whole *results.Report
	before := 0 // scenarios of the suites before, whatever their shard
	for _, g := range list {
		g.guard.Progress = func(_, _ int, c *results.Case) {
			verdict := results.Same
			if c.Failed() {
				verdict = results.Different
			}
			progress.Step(verdict)
		}
		r, err := g.guard.Run(ctx, g.cases)
		if err != nil {
			return nil, err
		}
		for i, c := range g.policy {
			if c.Number = len(g.cases) + i + 1; g.guard.Options.Shard.Index <= 1 { // nothing is sent for it: one share tells it
				r.Cases = append(r.Cases, c)
			}
		}
		r.Counts.Extra += g.signIn.requests()
		if warning := g.signIn.rotated(); warning != "" {
			r.Warnings = append(r.Warnings, strings.TrimSpace(warning))
		}
		if len(list) > 1 {
			for i := range r.Cases {
				r.Cases[i].Name = g.file + ": " + r.Cases[i].Name
			}
		}
		for i := range r.Cases {
			r.Cases[i].Number += before
		}
		before += len(g.cases) + len(g.policy)
		if whole == nil {
			whole = r
			continue
		}
		whole.Append(r)
	}
	return whole, nil
}

// choose keeps the scenarios that --only names, and counts them.
func (f *testFlags) choose(list []*guarded) (int, error) {
	total := 0
	var known []string
	for _, g := range list {
		for _, c := range g.cases {
			known = append(known, c.Scenario.Cause, c.Name)
		}
		for _, c := range g.policy {
			known = append(known, c.Cause, c.Name)
		}
		if len(f.only) > 0 {
			g.policy = slices.DeleteFunc(g.policy, func(c results.Case) bool {
				return !slices.ContainsFunc(f.only, func(word string) bool { return c.Cause == word || strings.Contains(c.Name, word) })
			})
			g.cases = slices.DeleteFunc(g.cases, func(c suite.Case) bool {
				return !slices.ContainsFunc(f.only, func(word string) bool { return c.Scenario.Cause == word || strings.Contains(c.Name, word) })
			})
		}
		total += len(g.cases)
	}
	for _, word := range f.only {
		if !slices.ContainsFunc(known, func(name string) bool { return strings.Contains(name, word) }) {
			err := fmt.Errorf("--only %s: no scenario has it in its cause or name", word)
			if near := spelling.Nearest(word, known); near != "" {
				err = fmt.Errorf("%w: did you mean %s?", err, near)
			}
			return 0, err
		}
	}
	return total, nil
}

// list tells the scenarios and the requests they would change.
func (f *testFlags) list(cmd *cobra.Command, list []*guarded) error {
	w := cmd.OutOrStdout()
	for _, g := range list {
		for _, c := range g.policy {
			if _, err := fmt.Fprintf(w, "%s\n    nothing is sent for it\n", mask.Visible(c.Name)); err != nil {
				return err
			}
		}
		places := suite.PlacesOf(g.guard.Capture)
		for _, c := range g.cases {
			where := ""
			entry, err := places.Entry(c)
			switch {
			case err != nil:
				where = err.Error()
			default:
				x := g.guard.Capture.Exchanges[entry]
				where = fmt.Sprintf("entry %d  %s %s", entry, mask.Visible(x.Request.Method), g.signIn.masker.URL(x.Request.URL))
			}
			if _, err := fmt.Fprintf(w, "%s\n    %s\n", mask.Visible(c.Name), mask.Visible(where)); err != nil {
				return err
			}
		}
	}
	return nil
}
