package main

import (
	"errors"
	"io"
	"sync"

	"github.com/spf13/cobra"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/report"
	"github.com/replaydiff/replay/scenarios"
)

const diffHelp = `diff pairs the exchanges of two captures. On top is the request that fails, with
the cause that explains it, the evidence and what to do; then what changed in
it, the other pairs in a line each, and what one side alone has. Noise (dates,
request ids, client hints, analytics cookies) is counted and shown by --all,
each with its reason.  --format html writes one page that needs no network: the
verdict, the flow of both captures side by side, each exchange whole.

OK and BAD are HAR files, go-vcr cassettes or curl command lines, also gzipped
or zipped; one of them can be - for standard input.

Secrets are masked so that equality stays visible: the same value has the same
mask. A file .replay.yaml beside the captures can name more noise:

  ignore:
    - request.header.x-build
    - response.body/meta/**

Exit codes: 0 nothing that matters differs, 1 it differs, 2 trouble.`

type diffFlags struct {
	readFlags
	formsOutput
	all    bool
	ignore []string
}

func diffCommand() *cobra.Command {
	var f diffFlags
	cmd := &cobra.Command{
		Use:   "diff OK BAD",
		Short: "what changed between a working and a failing capture",
		Long:  diffHelp,
		Example: `  replay diff ok.har bad.har
  replay diff --format json ok.har bad.har
  replay diff --report html=diff.html ok.har bad.har
  replay diff --ignore 'response.body/meta/**' ok.yaml bad.yaml
  pbpaste | replay diff ok.har -`,
		GroupID: "diff",
		Args:    wantFiles("OK", "BAD"),
		RunE:    func(cmd *cobra.Command, args []string) error { return f.run(cmd, args[0], args[1]) },
	}
	f.readFlags.add(cmd)
	f.formsOutput.add(cmd)
	cmd.Flags().BoolVar(&f.all, "all", false, "show every pair whole, and noise with its reason")
	cmd.Flags().StringArrayVar(&f.ignore, "ignore", nil, "treat changes at this `path` as noise (* and ** are wildcards); repeatable")
	return cmd
}

func (f *diffFlags) run(cmd *cobra.Command, okFile, badFile string) error {
	if err := f.check(); err != nil {
		return err
	}
	ignore, err := ignoreOf(f.ignore, []string{okFile, badFile})
	if err != nil {
		return err
	}
	ok, bad, err := openBoth(cmd, &f.readFlags, okFile, badFile)
	if err != nil {
		return err
	}
	defer ok.Close()
	defer bad.Close()
	c := diff.Compare(ok, bad, diff.Options{Ignore: ignore})
	d := scenarios.Diagnose(c)
	masker, out := f.masker(), cmd.OutOrStdout()
	masker.LearnCapture(ok)
	masker.LearnCapture(bad)
	err = f.writeForms(out, func(w io.Writer, format string) error {
		switch format {
		case "json":
			return report.DiffJSON(w, c, d, masker)
		case "html":
			return report.DiffHTML(w, c, d, masker)
		}
		return report.Diff(w, c, d, masker, report.DiffOptions{Terminal: f.terminal(w), All: f.all})
	})
	if err == nil && c.Differs() {
		return errDiffers
	}
	return err
}

// openBoth reads two captures side by side and reports the mistakes of both.
func openBoth(cmd *cobra.Command, f *readFlags, okFile, badFile string) (ok, bad *traffic.Capture, err error) {
	if okFile == "-" && badFile == "-" {
		return nil, nil, errors.New("standard input can be one of the two captures, not both")
	}
	var errOK, errBad error
	var wait sync.WaitGroup
	wait.Go(func() { ok, errOK = f.open(cmd, okFile) })
	wait.Go(func() { bad, errBad = f.open(cmd, badFile) })
	wait.Wait()
	return ok, bad, errors.Join(errOK, errBad)
}
