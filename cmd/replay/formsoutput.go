package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// pageFormats are the forms of what is said about captures, with the page.
var pageFormats = append(slices.Clone(diffFormats), "html")

// formsOutput are the flags of commands that write what they found in one form
// for whoever waits for it, and in others to files.
type formsOutput struct {
	outputFlags
	reports []string
}

func (f *formsOutput) add(cmd *cobra.Command) {
	f.addFormats(cmd, pageFormats)
	f.addSecrets(cmd)
	addReports(cmd, &f.reports)
}

func addReports(cmd *cobra.Command, reports *[]string) {
	cmd.Flags().StringArrayVar(reports, "report", nil, "write a report to a file too: `FORMAT=FILE`; repeatable")
}

func (f *formsOutput) check() error {
	err := errors.Join(f.checkFormats(pageFormats), checkReports(f.reports, pageFormats))
	for _, r := range f.reports {
		if _, name, _ := strings.Cut(r, "="); err == nil {
			if wrong := canWrite(name); wrong != nil {
				err = fmt.Errorf("--report %s: %w", r, wrong)
			}
		}
	}
	return err
}

// checkReports reports what is no FORMAT=FILE.
func checkReports(reports, formats []string) error {
	var wrong []error
	for _, r := range reports {
		format, file, found := strings.Cut(r, "=")
		if !found || file == "" || file == "-" || !slices.Contains(formats, format) {
			wrong = append(wrong, fmt.Errorf("--report %s: it reads FORMAT=FILE, with a format of %s", r, strings.Join(formats, ", ")))
		}
	}
	return errors.Join(wrong...)
}

// writeForms writes the form that somebody waits for first, then the files.
func (f *formsOutput) writeForms(out io.Writer, form func(io.Writer, string) error) error {
	return errors.Join(form(out, f.format), writeReports(f.reports, f.showSecrets, form))
}

// writeReports writes the files of --report, for others to read unless there
// are secrets in them.
func writeReports(reports []string, secrets bool, form func(io.Writer, string) error) error {
	write := writeShared
	if secrets {
		write = writeFile
	}
	var wrong []error
	for _, r := range reports {
		format, name, _ := strings.Cut(r, "=")
		if err := write(name, func(w io.Writer) error { return form(w, format) }); err != nil {
			wrong = append(wrong, fmt.Errorf("--report: %w", err))
		}
	}
	return errors.Join(wrong...)
}
