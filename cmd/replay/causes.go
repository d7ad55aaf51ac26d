package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/replaydiff/replay/diff/spelling"
	"github.com/replaydiff/replay/harness/report"
	"github.com/replaydiff/replay/scenarios"
)

func causesCommand() *cobra.Command {
	var f struct {
		format, color string
	}
	catalogue := scenarios.Catalogue()
	cmd := &cobra.Command{
		Use:   "causes [ID]",
		Short: "the known causes, or all that is known of one",
		Long: `causes lists the known causes of failures, by group. With the id of one it
prints what it is, how it is recognised, what it is taken for, and how to fix it
at the client, in the app and in the servers between them.`,
		Example: "  replay causes\n  replay causes cors-preflight-failed",
		GroupID: "explain",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			flags := outputFlags{format: f.format, color: f.color}
			if err := flags.check(); err != nil {
				return err
			}
			out, terminal := cmd.OutOrStdout(), flags.terminal(cmd.OutOrStdout())
			if len(args) == 0 {
				if f.format == "json" {
					return report.CausesJSON(out, catalogue)
				}
				return report.Causes(out, catalogue, terminal)
			}
			c, err := causeByID(catalogue, args[0])
			if err != nil {
				return err
			}
			if f.format == "json" {
				return report.CausesJSON(out, []*scenarios.Cause{c})
			}
			return report.Cause(out, c, terminal)
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			var ids []string
			for _, c := range catalogue {
				ids = append(ids, c.ID+"\t"+c.Means)
			}
			return ids, cobra.ShellCompDirectiveNoFileComp
		},
	}
	cmd.Flags().StringVar(&f.format, "format", "text", "`text|json`")
	cmd.Flags().StringVar(&f.color, "color", "auto", "`auto|always|never`; NO_COLOR is honoured")
	return cmd
}

func causeByID(catalogue []*scenarios.Cause, id string) (*scenarios.Cause, error) {
	i := slices.IndexFunc(catalogue, func(c *scenarios.Cause) bool { return c.ID == id })
	if i >= 0 {
		return catalogue[i], nil
	}
	if near := nearest(catalogue, id); near != "" {
		return nil, fmt.Errorf("no cause is called %q; did you mean: replay causes %s", id, near)
	}
	return nil, fmt.Errorf("no cause is called %q; replay causes lists them", id)
}

// nearest returns the id that begins so, else the one that takes the fewest
// edits, "" where none is near.
func nearest(catalogue []*scenarios.Cause, id string) string {
	best, least := "", max(3, len(id)/2)
	for _, c := range catalogue {
		if len(id) >= 4 && strings.HasPrefix(c.ID, id) {
			return c.ID
		}
		if n := spelling.Distance(c.ID, id); n < least {
			best, least = c.ID, n
		}
	}
	return best
}
