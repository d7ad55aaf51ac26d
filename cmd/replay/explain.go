package main

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/report"
	"github.com/replaydiff/replay/scenarios"
	"github.com/replaydiff/replay/scenarios/policy"
)

func explainCommand() *cobra.Command {
	var f struct {
		readFlags
		formsOutput
		logs []string
	}
	cmd := &cobra.Command{
		Use:   "explain [OK] BAD",
		Short: "which known cause a failure has",
		Long: `explain names the cause of the first failure of a capture, with the evidence
and what to do about it. A failing capture alone is enough for what it can show:
an expired token, CORS, cookies, loops, clocks. With a working capture beside it
it says what replay diff says on top.

With --log it finds the failing requests in the logs of the servers on their
way, by request id, trace or ray, or by time, method and path, and says how far
they came and what was said of them there: evidence for the cause. nginx,
Apache, HAProxy, Caddy, lines of JSON and plain lines with an id are read, gzip
too.

Of a lone capture it also tells, as advice, how its client keeps itself logged
in: tokens that are refreshed late, early or several times at once, refused
calls that are made again and again, pages with a bare 401. None of it makes the
exit code 1.

Exit codes: 0 nothing fails, 1 something fails, 2 trouble.`,
		Example: `  replay explain bad.har
  replay explain ok.har bad.har
  replay explain bad.har --log access.log --log app.jsonl
  replay explain ok.har bad.har --log proxy=edge.log.gz --log app=-
  replay explain --format json bad.har | jq '.findings[0].cause'`,
		GroupID: "explain",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 || len(args) == 2 {
				return nil
			}
			return fmt.Errorf("explain takes a failing capture, or a working and a failing one, got %d files: %s [OK] BAD", len(args), cmd.CommandPath())
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			sources, errLogs := logSources(f.logs)
			if err := errors.Join(f.check(), errLogs, oneStdin(args, sources)); err != nil {
				return err
			}
			ok, bad, err := openOneOrBoth(cmd, &f.readFlags, args)
			if err != nil {
				return err
			}
			defer ok.Close()
			defer bad.Close()
			c := diff.Compare(ok, bad, diff.Options{})
			d := scenarios.Diagnose(c)
			beside := report.Beside{}
			if beside.Logs, err = joinLogs(cmd, bad, d.Entry, sources); err != nil {
				return err
			}
			if beside.Logs != nil {
				d = scenarios.DiagnoseLogged(c, beside.Logs.Logged())
			}
			masker := f.masker()
			masker.LearnCapture(ok)
			masker.LearnCapture(bad)
			if len(args) == 1 {
				beside.Policy = policy.Judge(bad, policy.Rules{}).Beside(namedCauses(d)...)
			}
			out := cmd.OutOrStdout()
			err = f.writeForms(out, func(w io.Writer, format string) error {
				switch format {
				case "json":
					return report.ExplainJSON(w, c, d, beside, masker)
				case "html":
					return report.ExplainHTML(w, c, d, beside, masker)
				}
				return report.Explain(w, c, d, beside, masker, f.terminal(w))
			})
			if err == nil && d.Entry >= 0 {
				return errDiffers
			}
			return err
		},
	}
	f.readFlags.add(cmd)
	f.formsOutput.add(cmd)
	cmd.Flags().StringArrayVar(&f.logs, "log", nil, "join the failing requests with the lines of this log: `FILE`, or cdn=FILE, proxy=FILE, app=FILE; repeatable")
	return cmd
}

// namedCauses are the ids of all causes that a diagnosis names.
func namedCauses(d scenarios.Diagnosis) []string {
	var ids []string
	for _, f := range slices.Concat(d.Findings, d.Symptoms, d.Triggers) {
		ids = append(ids, f.Cause.ID)
	}
	return ids
}

// openOneOrBoth reads a failing capture, and a working one where two files are
// named; else the working one is empty.
func openOneOrBoth(cmd *cobra.Command, f *readFlags, files []string) (ok, bad *traffic.Capture, err error) {
	if len(files) == 2 {
		return openBoth(cmd, f, files[0], files[1])
	}
	bad, err = f.open(cmd, files[0])
	return &traffic.Capture{}, bad, err
}
