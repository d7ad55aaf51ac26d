package main

import (
	"github.com/spf13/cobra"

	"github.com/replaydiff/replay/harness/report"
)

func showCommand() *cobra.Command {
	var f struct {
		readFlags
		outputFlags
	}
	cmd := &cobra.Command{
		Use:     "show FILE",
		Short:   "the exchanges of a capture",
		Long:    "show lists the exchanges of a capture: index, outcome, request. With --format\njson it holds headers and bodies too. Secrets are masked.\n\nExit codes: 0 shown, 2 trouble.",
		Example: "  replay show bad.har\n  replay show --format json bad.har | jq '.entries[12]'",
		GroupID: "captures",
		Args:    wantFiles("FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.check(); err != nil {
				return err
			}
			c, err := f.open(cmd, args[0])
			if err != nil {
				return err
			}
			defer c.Close()
			masker := f.masker()
			masker.LearnCapture(c)
			out := cmd.OutOrStdout()
			if f.format == "json" {
				return report.EntriesJSON(out, c, masker)
			}
			return report.Entries(out, c, masker, f.terminal(out))
		},
	}
	f.readFlags.add(cmd)
	f.outputFlags.add(cmd)
	return cmd
}
