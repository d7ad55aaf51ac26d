package main

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"

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
at the client, in the app and in the servers between them.

Exit codes: 0, 2 where no cause has that id.`,
		Example: "  replay causes\n  replay causes cors-preflight-failed",
		GroupID: "explain",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return fmt.Errorf("causes takes the id of one cause, got %d: replay causes %s", len(args), args[0])
			}
			return nil
		},
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
		ValidArgsFunction: completeCauses,
	}
	cmd.Flags().StringVar(&f.format, "format", "text", "`text|json`")
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(diffFormats, cobra.ShellCompDirectiveNoFileComp))
	cmd.Flags().StringVar(&f.color, "color", "auto", "`auto|always|never`; NO_COLOR is honoured")
	return cmd
}

// completeCauses tells a shell the ids of all causes, and what each means.
func completeCauses(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var ids []string
	for _, c := range scenarios.Catalogue() {
		ids = append(ids, c.ID+"\t"+c.Means)
	}
	return ids, cobra.ShellCompDirectiveNoFileComp
}

func causeByID(catalogue []*scenarios.Cause, id string) (*scenarios.Cause, error) {
	i := slices.IndexFunc(catalogue, func(c *scenarios.Cause) bool { return c.ID == id })
	if i >= 0 {
		return catalogue[i], nil
	}
	if near := nearestWord(idsOf(catalogue), id); near != "" {
		return nil, fmt.Errorf("no cause is called %q; did you mean: replay causes %s", id, near)
	}
	return nil, fmt.Errorf("no cause is called %q; replay causes lists them", id)
}

func idsOf(catalogue []*scenarios.Cause) []string {
	var ids []string
	for _, c := range catalogue {
		ids = append(ids, c.ID)
	}
	return ids
}
