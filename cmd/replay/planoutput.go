package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/replaydiff/replay/harness"
	"github.com/replaydiff/replay/harness/report"
	"github.com/replaydiff/replay/harness/results"
)

// writePlan prints what would be sent, and with --plan the values that are
// carried on.
func (f *runFlags) writePlan(cmd *cobra.Command, j *job) error {
	view, out := harness.View(j.plans, j.runner.Masker), cmd.OutOrStdout()
	if !f.plan {
		view.Links = []results.PlanLink{}
	}
	switch f.format {
	case "text":
		return report.Plan(out, view, report.RunOptions{Terminal: f.terminal(out), All: f.all})
	case "json":
		return report.PlanJSON(out, view)
	}
	return checkPlanFormat(f.format)
}

func checkPlanFormat(format string) error {
	if format == "text" || format == "json" {
		return nil
	}
	return fmt.Errorf("--format %s: a plan (--dry-run, --plan) is written as text or json", format)
}
