package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness"
)

const runHelp = `run sends the recorded requests of a capture again, to the target that you name
and to no other host, and says what is answered differently now.

With a working and a failing capture it replays both: does the one still work,
does the other still fail, and what differs in the answers of today.

Sessions work as today's: cookies are kept by a jar with the rules of browsers,
preflights are asked anew, and a token, CSRF field or id that an answer hands
out is carried on into the requests behind it (--plan shows which). Only GET,
HEAD and OPTIONS are sent unless --allow-unsafe says otherwise, and each request
once at most. What clocks, caches and sessions change is noise; what protects
somebody never is.

Exit codes: 0 the same, 1 different, 2 trouble, 3 refused before anything was
sent, 4 no answer from the network.`

type runFlags struct {
	readFlags
	sendFlags
	runOutput
	target       string
	dryRun, plan bool
	ignore       []string
}

func runCommand() *cobra.Command {
	var f runFlags
	cmd := &cobra.Command{
		Use:   "run OK [BAD]",
		Short: "send a capture again and say what is answered differently",
		Long:  runHelp,
		Example: `  replay run ok.har --target http://127.0.0.1:8080
  replay run ok.har --target http://127.0.0.1:8080 --allow-unsafe
  replay run ok.har bad.har --target https://staging.example.com --auth 'Bearer env:TOKEN'
  replay run ok.har --map https://api.example.com=http://127.0.0.1:8080 --dry-run`,
		GroupID: "prove",
		Args:    oneOrTwo("OK", "BAD"),
		RunE:    func(cmd *cobra.Command, args []string) error { return f.run(cmd, args) },
	}
	cmd.Flags().StringVar(&f.target, "target", "", "send the requests of the capture's main origin to this `URL`")
	f.sendFlags.add(cmd)
	cmd.Flags().BoolVar(&f.dryRun, "dry-run", false, "print what would be sent where, and send nothing")
	cmd.Flags().BoolVar(&f.plan, "plan", false, "as --dry-run, with each value that is carried on: producer → consumer")
	f.runOutput.add(cmd)
	cmd.Flags().StringVar(&f.save, "save", "", "write what happened as a capture to this HAR `file`: with its secrets, readable by its owner alone; two flows go to NAME-ok and NAME-bad")
	cmd.Flags().StringArrayVar(&f.ignore, "ignore", nil, "treat changes at this `path` as noise (* and ** are wildcards); repeatable")
	f.readFlags.add(cmd)
	return cmd
}

func (f *runFlags) run(cmd *cobra.Command, files []string) error {
	captures, o, runner, err := f.prepare(cmd, files, f.target)
	if err != nil {
		return err
	}
	defer closeAll(captures)
	plans, err := plansOf(captures, o)
	if err != nil {
		return err
	}
	if f.dryRun || f.plan {
		return f.writePlan(cmd, plans, f.plan)
	}
	return f.carryOut(cmd, runner, sendsOf(plans), func(ctx context.Context) ([]*harness.Replayed, error) {
		if len(plans) == 2 {
			working, failing, err := runner.RunPair(ctx, plans[0], plans[1])
			return []*harness.Replayed{working, failing}, err
		}
		done, err := runner.Run(ctx, plans[0])
		return []*harness.Replayed{done}, err
	})
}

// prepare reads flags and captures, and tells all mistakes of both.
func (f *runFlags) prepare(cmd *cobra.Command, files []string, base string) ([]*traffic.Capture, harness.PlanOptions, *harness.Runner, error) {
	errFlags := f.runOutput.check()
	o, errPlan := f.planOptions(base)
	runner, errRunner := f.runner()
	ignore, errIgnore := ignoreOf(f.ignore, files)
	if err := errors.Join(errFlags, errPlan, errRunner, errIgnore); err != nil {
		return nil, o, nil, err
	}
	captures, err := openAll(cmd, &f.readFlags, files)
	if err != nil {
		closeAll(captures)
		return nil, o, nil, err
	}
	if o.Keeper, err = f.keeper(captures[0], o.Target, &f.readFlags); err != nil {
		closeAll(captures)
		return nil, o, nil, err
	}
	runner.Ignore, runner.Masker = ignore, f.masker()
	for _, c := range captures {
		runner.Masker.LearnCapture(c)
	}
	return captures, o, runner, nil
}

func closeAll(captures []*traffic.Capture) {
	for _, c := range captures {
		if c != nil {
			_ = c.Close() // it was only read
		}
	}
}

func plansOf(captures []*traffic.Capture, o harness.PlanOptions) ([]*harness.Plan, error) {
	var plans []*harness.Plan
	var wrong []error
	for _, c := range captures {
		p, err := harness.NewPlan(c, o)
		if err != nil {
			wrong = append(wrong, err)
		}
		plans = append(plans, p)
	}
	return plans, errors.Join(wrong...)
}

func sendsOf(plans []*harness.Plan) (n int) {
	for _, p := range plans {
		n += p.Sends()
	}
	return n
}

// oneOrTwo checks the number of captures.
func oneOrTwo(one, two string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 1 || len(args) == 2 {
			return nil
		}
		return fmt.Errorf("%s takes one or two files, got %d: %s %s [%s]", cmd.Name(), len(args), cmd.CommandPath(), one, two)
	}
}
