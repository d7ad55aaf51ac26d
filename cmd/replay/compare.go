package main

import (
	"context"
	"errors"
	"slices"

	"github.com/spf13/cobra"

	"github.com/replaydiff/replay/harness"
)

const compareHelp = `compare sends the requests of a capture to two targets, the old proxy and the
new one, and says what they answer differently. The first is asked twice: what
differs from itself there is noise. The recorded answers do not count.
With --allow-unsafe the first gets each unsafe request twice too.

Everything else is as in replay run.

` + replayCodes

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
		Args:    sentFiles("CAPTURE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.target == "" || after == "" {
				return errors.New("compare needs two targets: --before URL --after URL")
			}
			return f.compare(cmd, args, after)
		},
	}
	cmd.Flags().StringVar(&f.target, "before", "", "the target at this `URL` is how it should be")
	cmd.Flags().StringVar(&after, "after", "", "the target at this `URL` is compared with it")
	f.add(cmd, "write the answers of --after as a capture to this HAR `file`, its secrets as marks")
	return cmd
}

func (f *runFlags) compare(cmd *cobra.Command, files []string, after string) error {
	j, err := f.job(cmd, files)
	if err != nil {
		return err
	}
	defer j.close()
	j.add(j.captures[0], harness.Target{Base: f.target, Flag: "--before"})
	j.add(j.captures[0], harness.Target{Base: after, Flag: "--after"})
	if len(j.plans) == 2 && slices.Equal(j.plans[0].Targets, j.plans[1].Targets) {
		return errors.New("--before and --after are the same target, and nothing could differ: give the other one; what differs from itself shows with replay run --learn 2")
	}
	const passes = 3 // before twice
	return f.carryOut(cmd, j, passes*j.sends()/2, func(ctx context.Context) ([]*harness.Replayed, error) {
		done, err := j.runner.Compare(ctx, j.plans[0], j.plans[1])
		return []*harness.Replayed{done}, err
	})
}
