package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/replaydiff/replay/harness"
	"github.com/replaydiff/replay/harness/report"
	"github.com/replaydiff/replay/harness/results"
)

// writePlan prints what would be sent. Without links the values that are
// carried on are left out.
func (f *runFlags) writePlan(cmd *cobra.Command, plans []*harness.Plan, links bool) error {
	view, out := harness.View(plans, f.masker()), cmd.OutOrStdout()
	if !links {
		view.Links = []results.PlanLink{}
	}
	switch f.format {
	case "text":
		return report.Plan(out, view, report.RunOptions{Terminal: f.terminal(out), All: f.all})
	case "json":
		return report.PlanJSON(out, view)
	}
	return fmt.Errorf("--format %s: a plan is written as text or json", f.format)
}
