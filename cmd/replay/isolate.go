package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/harness"
	"github.com/replaydiff/replay/harness/isolate"
	"github.com/replaydiff/replay/harness/report"
	"github.com/replaydiff/replay/harness/results"
)

const isolateHelp = `isolate finds which change of a failing request breaks it. It sends the working
request of today, with what it needs before it (a login, a token), and with some
of the changes put in, until it knows a minimal set that makes it fail. Both ends
are asked twice: the working request with the set must fail, the failing one
without it must work.

What the likely causes blame is tried first, so it takes about four trials after
the premises, and some more where nobody is blamed. Changes that only make sense
together move together: a body and its content type, a signature and what it
signs.

Everything else is as in replay run: only the target is asked, GET, HEAD and
OPTIONS alone unless --allow-unsafe says otherwise. A login that fails is sent
three times at most.

Exit codes: 0 nothing fails any more, 1 a change breaks it and is named, 2 it was
not found out, 3 refused before anything was sent, 4 no answer.`

type isolateFlags struct {
	runFlags
	repeat, maxTrials int
}

func isolateCommand() *cobra.Command {
	var f isolateFlags
	cmd := &cobra.Command{
		Use:   "isolate OK BAD",
		Short: "find the change that breaks a request, and prove it",
		Long:  isolateHelp,
		Example: `  replay isolate ok.har bad.har --target http://127.0.0.1:8080
  replay isolate ok.har bad.har --target https://staging.example.com --auth 'Bearer env:TOKEN'
  replay isolate ok.har bad.har --target http://127.0.0.1:8080 --allow-unsafe --save repro.har`,
		GroupID: "prove",
		Args:    wantFiles("OK", "BAD"),
		RunE:    func(cmd *cobra.Command, args []string) error { return f.isolate(cmd, args) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.target, "target", "", "send the requests of the captures' main origin to this `URL`")
	flags.IntVar(&f.repeat, "repeat", isolate.DefaultRepeat, "ask both ends so `many` times")
	flags.IntVar(&f.maxTrials, "max-trials", isolate.DefaultMaxTrials, "send the flow so `many` times at most")
	f.sendFlags.add(cmd)
	f.addFormats(cmd, diffFormats)
	f.addSecrets(cmd)
	flags.BoolVar(&f.all, "all", false, "show every change")
	flags.StringVar(&f.save, "save", "", "write the minimal pair, its secrets as marks, to NAME-ok.har, NAME-bad.har and, as curl lines, NAME.sh: the `file` NAME.har")
	flags.StringArrayVar(&f.ignore, "ignore", nil, "treat changes at this `path` as noise (* and ** are wildcards); repeatable")
	f.readFlags.add(cmd)
	f.written.add(cmd)
	for _, name := range withoutEffect {
		_ = flags.MarkHidden(name)
	}
	return cmd
}

// withoutEffect are flags of sending a whole capture: isolate plays one request,
// again and again, so often as --max-trials says.
var withoutEffect = []string{"shard", "pace", "concurrency", "max-requests", "max-401"}

// check reports flags with values that they can't have, or that mean nothing
// here.
func (f *isolateFlags) check(cmd *cobra.Command) error {
	wrong := []error{f.outputFlags.check()}
	for _, name := range withoutEffect {
		if cmd.Flags().Changed(name) {
			wrong = append(wrong, fmt.Errorf("--%s has no effect here: isolate plays one request with what it needs; --max-trials bounds how often", name))
		}
	}
	if f.repeat < 1 {
		wrong = append(wrong, fmt.Errorf("--repeat %d: both ends are asked once at least", f.repeat))
	}
	if f.maxTrials < 2*f.repeat+1 {
		wrong = append(wrong, fmt.Errorf("--max-trials %d: both ends alone take %d", f.maxTrials, 2*f.repeat))
	}
	return errors.Join(wrong...)
}

func (f *isolateFlags) isolate(cmd *cobra.Command, files []string) error {
	if err := f.check(cmd); err != nil {
		return err
	}
	f.shard = "1/1" // whatever a job of Kubernetes says
	j, err := f.job(cmd, files)
	if err != nil {
		return err
	}
	defer j.close()
	for _, c := range j.captures {
		j.add(c, harness.Target{Base: f.target})
	}
	if err := j.wrong(); err != nil {
		return err
	}
	redactor, err := f.saver()
	if err := errors.Join(err, f.writablePair(files)); err != nil {
		return err
	}
	ctx, stop := interruptible(cmd.Context())
	defer stop()
	done, err := j.runner.Isolate(ctx, j.plans[0], j.plans[1], harness.IsolateOptions{
		Repeat: f.repeat, MaxTrials: f.maxTrials,
		Tell: func(text string) { tell(cmd.ErrOrStderr(), text) },
	})
	if err != nil {
		return err
	}
	done.Report.Requests += j.signIn.requests()
	if warning := j.signIn.rotated(); warning != "" {
		done.Report.Warnings = append(done.Report.Warnings, strings.TrimSpace(warning))
	}
	if err := errors.Join(f.print(cmd.OutOrStdout(), done.Report), f.savePair(redactor, j, done)); err != nil {
		return err
	}
	if code := done.Report.ExitCode(); code != exitSame {
		return exitCode(code)
	}
	return nil
}

func (f *isolateFlags) print(w io.Writer, r *results.Isolation) error {
	if f.format == "json" {
		return report.IsolationJSON(w, r)
	}
	return report.Isolation(w, r, report.RunOptions{Terminal: f.terminal(w), All: f.all})
}

// pairNames are the files of --save.
func (f *isolateFlags) pairNames() (ok, bad, script string) {
	stem := strings.TrimSuffix(f.save, filepath.Ext(f.save))
	return stem + "-ok.har", stem + "-bad.har", stem + ".sh"
}

func (f *isolateFlags) writablePair(inputs []string) error {
	if f.save == "" {
		return nil
	}
	ok, bad, script := f.pairNames()
	return checkOutputs([]output{{"--save", ok}, {"--save", bad}, {"--save", script}}, inputs)
}

// savePair writes the minimal pair for a bug report, as others are meant to
// read it.
func (f *isolateFlags) savePair(r *mask.Redactor, j *job, done *harness.Isolated) error {
	if f.save == "" || done.OK == nil || done.Bad == nil {
		return nil
	}
	pair, err := redactedCopies(r, done.Minimal(), j.captures...)
	if err != nil {
		return fmt.Errorf("--save: %w", err)
	}
	ok, bad, script := f.pairNames()
	write := writeShared
	if r == nil {
		write = writeFile
	}
	har := func(c *traffic.Capture) func(io.Writer) error {
		return func(w io.Writer) error { return traffic.Write(w, c, traffic.HAR) }
	}
	err = errors.Join(write(ok, har(pair[0])), write(bad, har(pair[1])), write(script, func(w io.Writer) error {
		return harness.WriteCurlPair(w, done.Report)
	}))
	if err != nil {
		return fmt.Errorf("--save: %w", err)
	}
	return nil
}
