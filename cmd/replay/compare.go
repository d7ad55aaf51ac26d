package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/replaydiff/replay/harness"
)

const compareHelp = `compare sends the requests of a capture to two targets, the old proxy and the
new one, and says what they answer differently. The first is asked twice: what
differs from itself there is noise. The recorded answers do not count.

Everything else is as in replay run.

Exit codes: 0 the same, 1 different, 2 trouble, 3 refused before anything was
sent, 4 no answer from the network.`

func compareCommand() *cobra.Command {
	var f runFlags
	var after string
	cmd := &cobra.Command{
		Use:   "compare CAPTURE",
		Short: "send a capture to two targets and say what differs",
		Long:  compareHelp,
		Example: `  replay compare ok.har --before http://127.0.0.1:8080 --after http://127.0.0.1:8081
  replay compare ok.har --before URL --after URL --report junit=replay.xml --baseline known.yaml`,
		GroupID: "prove",
		Args:    wantFiles("CAPTURE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.target == "" || after == "" {
				return errors.New("compare needs two targets: --before URL --after URL")
			}
			return f.compare(cmd, args, after)
		},
	}
	cmd.Flags().StringVar(&f.target, "before", "", "the target at this `URL` is how it should be")
	cmd.Flags().StringVar(&after, "after", "", "the target at this `URL` is compared with it")
	f.sendFlags.add(cmd)
	cmd.Flags().BoolVar(&f.dryRun, "dry-run", false, "print what would be sent where, and send nothing")
	f.runOutput.add(cmd)
	cmd.Flags().StringVar(&f.save, "save", "", "write the answers of --after as a capture to this HAR `file`: with its secrets, readable by its owner alone")
	cmd.Flags().StringArrayVar(&f.ignore, "ignore", nil, "treat changes at this `path` as noise (* and ** are wildcards); repeatable")
	f.readFlags.add(cmd)
	return cmd
}

func (f *runFlags) compare(cmd *cobra.Command, files []string, after string) error {
	captures, o, runner, err := f.prepare(cmd, files, f.target)
	if err != nil {
		return err
	}
	defer closeAll(captures)
	before, errBefore := harness.NewPlan(captures[0], o)
	o.Target.Base = after
	then, errAfter := harness.NewPlan(captures[0], o)
	if err := errors.Join(errBefore, errAfter); err != nil {
		return err
	}
	if f.dryRun {
		return f.writePlan(cmd, []*harness.Plan{before, then}, false)
	}
	return f.carryOut(cmd, runner, 3*before.Sends(), func(ctx context.Context) ([]*harness.Replayed, error) {
		done, err := runner.Compare(ctx, before, then)
		return []*harness.Replayed{done}, err
	})
}
