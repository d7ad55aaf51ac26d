package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/harness"
	"github.com/replaydiff/replay/harness/report"
	"github.com/replaydiff/replay/harness/results"
)

// runFormats are the forms of a replay's report.
var runFormats = []string{"text", "json", "html", "junit", "markdown", "github"}

// runOutput are the flags of every command that ends in a results.Report.
type runOutput struct {
	outputFlags
	all           bool
	reports       []string
	save          string
	written       writtenFlags // of save
	baseline      string
	writeBaseline string
}

func (f *runOutput) add(cmd *cobra.Command) {
	f.addForms(cmd, "show every difference and answer, and noise with its reason")
	flags := cmd.Flags()
	flags.StringVar(&f.baseline, "baseline", "", "accept the differences in this `file`, and tell those that are gone")
	flags.StringVar(&f.writeBaseline, "write-baseline", "", "write the differences that were found to this `file`, to be accepted from now on")
}

// addForms adds the flags that say in which forms a report is written.
func (f *runOutput) addForms(cmd *cobra.Command, all string) {
	f.outputFlags.addFormats(cmd, runFormats)
	cmd.Flags().BoolVar(&f.all, "all", false, all)
	addReports(cmd, &f.reports)
}

func (f *runOutput) check() error {
	return errors.Join(f.outputFlags.checkFormats(runFormats), checkReports(f.reports, runFormats))
}

// writable tells, before anything is sent, which files can't be written: what
// a long run found must not be lost for a misspelt folder, nor a capture or
// another output for a name that stands twice.
func (f *runOutput) writable(inputs ...string) error {
	var outputs []output
	for _, name := range f.saved(len(inputs)) {
		outputs = append(outputs, output{"--save", name})
	}
	if f.writeBaseline != "" {
		outputs = append(outputs, output{"--write-baseline", f.writeBaseline})
	}
	for _, r := range f.reports {
		_, name, _ := strings.Cut(r, "=")
		outputs = append(outputs, output{"--report " + r, name})
	}
	return checkOutputs(outputs, inputs)
}

// saved are the files of --save: the two flows of a pair go to NAME-ok.har and
// NAME-bad.har.
func (f *runOutput) saved(flows int) []string {
	switch {
	case f.save == "":
		return nil
	case flows != 2:
		return []string{f.save}
	}
	extension := filepath.Ext(f.save)
	stem := strings.TrimSuffix(f.save, extension)
	return []string{stem + "-ok" + extension, stem + "-bad" + extension}
}

// carryOut prints the plans, or runs a replay until its end or the first
// Ctrl-C and writes what it found; the second Ctrl-C ends the program.
func (f *runFlags) carryOut(cmd *cobra.Command, j *job, total int, replay func(context.Context) ([]*harness.Replayed, error)) error {
	if err := j.wrong(); err != nil {
		return err
	}
	if f.dryRun || f.plan {
		return f.writePlan(cmd, j)
	}
	baseline, errBaseline := f.readBaseline()
	redactor, errMarks := f.saver()
	if err := errors.Join(errBaseline, errMarks, f.writable(filesOf(j.captures)...)); err != nil {
		return err
	}
	ctx, stop := interruptible(cmd.Context())
	defer stop()
	progress := f.progress(cmd, total)
	j.runner.Progress = stepper(progress)
	progress.Start()
	done, err := replay(ctx)
	_ = progress.Finish() // a terminal that went away is no reason to lose the report
	if err != nil {
		return err
	}
	j.credited(done)
	return f.finish(cmd, done[0].Report, baseline, f.saveAll(redactor, j.captures, done))
}

// saveAll writes what happened, each flow to its file. What is a secret in the
// captures that were sent is one in it.
func (f *runOutput) saveAll(r *mask.Redactor, sent []*traffic.Capture, done []*harness.Replayed) error {
	names := f.saved(len(done))
	if len(names) == 0 {
		return nil
	}
	var flows []*traffic.Capture
	for _, d := range done {
		flows = append(flows, d.Sent())
	}
	flows, err := redactedCopies(r, flows, sent...)
	if err != nil {
		return fmt.Errorf("--save: %w", err)
	}
	var wrong []error
	for i, name := range names {
		if err := writeCapture(name, flows[i], traffic.HAR); err != nil {
			wrong = append(wrong, fmt.Errorf("--save: %w", err))
		}
	}
	return errors.Join(wrong...)
}

// saver makes the redactor of --save, before anything is sent.
func (f *runOutput) saver() (*mask.Redactor, error) {
	if f.save == "" {
		return nil, nil
	}
	return f.written.redactor()
}

func filesOf(captures []*traffic.Capture) (files []string) {
	for _, c := range captures {
		files = append(files, c.File)
	}
	return files
}

// stepper turns sums into steps.
func stepper(progress *report.Progress) func(harness.Progress) {
	var last harness.Progress
	return func(p harness.Progress) {
		verdict := results.Same
		switch {
		case p.Errors > last.Errors:
			verdict = results.Unanswered
		case p.Different > last.Different:
			verdict = results.Different
		}
		if p.Done > last.Done {
			progress.Step(verdict)
		}
		last = p
	}
}

// progress is drawn on standard error, where that is a terminal.
func (f *runOutput) progress(cmd *cobra.Command, total int) *report.Progress {
	file, ok := cmd.ErrOrStderr().(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) || os.Getenv("TERM") == "dumb" {
		return &report.Progress{}
	}
	return &report.Progress{W: file, Total: total, Width: f.terminal(file).Width}
}

func (f *runOutput) readBaseline() (*results.Baseline, error) {
	if f.baseline == "" {
		return nil, nil
	}
	file, err := os.Open(f.baseline)
	if err != nil {
		return nil, fmt.Errorf("--baseline: %w", err)
	}
	defer file.Close()
	b, err := results.ReadBaseline(file, f.baseline)
	return &b, err
}

// finish writes a report in all its forms, the one that somebody waits for
// first. Its verdict is the exit code, unless something could not be written;
// err is what could not before.
func (f *runOutput) finish(cmd *cobra.Command, r *results.Report, baseline *results.Baseline, err error) error {
	var known results.Baseline
	if baseline != nil {
		known = *baseline
		known.Apply(r)
	}
	return f.writeAll(cmd, err, r.ExitCode(),
		func(w io.Writer, format string) error { return f.write(w, r, format) },
		func(w io.Writer) error { return results.WriteBaseline(w, r, known) })
}

// writeAll writes what was found in all forms that were asked for, and the
// baseline. The code is that of the command, unless something could not be
// written; err is what could not before.
func (f *runOutput) writeAll(cmd *cobra.Command, err error, code int, form func(io.Writer, string) error, baseline func(io.Writer) error) error {
	wrong := []error{err, form(cmd.OutOrStdout(), f.format), writeReports(f.reports, f.showSecrets, form)}
	if f.writeBaseline != "" {
		if err := writeShared(f.writeBaseline, baseline); err != nil {
			wrong = append(wrong, fmt.Errorf("--write-baseline: %w", err))
		}
	}
	if err := errors.Join(wrong...); err != nil {
		return err
	}
	if code != exitSame {
		return exitCode(code)
	}
	return nil
}

func (f *runOutput) write(w io.Writer, r *results.Report, format string) error {
	switch format {
	case "json":
		return report.RunJSON(w, r)
	case "html":
		return report.RunHTML(w, r)
	case "junit":
		return report.JUnit(w, r)
	case "markdown":
		return report.Markdown(w, r)
	case "github":
		return report.Annotations(w, r)
	}
	return report.Run(w, r, report.RunOptions{Terminal: f.terminal(w), All: f.all})
}
