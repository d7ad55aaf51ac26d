package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/replaydiff/replay/harness/results"
)

func mergeCommand() *cobra.Command {
	var f runOutput
	cmd := &cobra.Command{
		Use:   "merge REPORT...",
		Short: "put the reports of all shards together",
		Long: `merge reads the JSON reports of the shards of one replay (run and compare with
--shard I/N --format json) and writes the report that a single run would have
written. All of them have to be there.

Exit codes: those of the merged report, 2 where the reports do not fit or can't
be read.`,
		Example: "  replay merge 1.json 2.json 3.json\n  replay merge --report junit=replay.xml reports/*.json",
		GroupID: "captures",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("merge takes the reports of all shards, got none: replay merge REPORT [REPORT...]")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.check(); err != nil {
				return err
			}
			return f.merge(cmd, args)
		},
	}
	f.add(cmd)
	return cmd
}

func (f *runOutput) merge(cmd *cobra.Command, files []string) error {
	baseline, err := f.readBaseline()
	if err != nil {
		return err
	}
	if err := f.writable(files...); err != nil {
		return err
	}
	var reports []*results.Report
	var wrong []error
	for _, name := range files {
		r, err := readReport(name)
		if err != nil {
			wrong = append(wrong, err)
			continue
		}
		reports = append(reports, r)
	}
	if err := errors.Join(wrong...); err != nil {
		return err
	}
	merged, err := results.Merge(reports)
	if err != nil {
		return named(err, files)
	}
	return f.finish(cmd, merged, baseline, nil)
}

// named tells mistakes by the names of the reports they are seen in.
func named(err error, files []string) error {
	several, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return err
	}
	var list []error
	for _, e := range several.Unwrap() {
		var m *results.Mistake
		if errors.As(e, &m) && m.Report >= 0 && m.Report < len(files) {
			e = fmt.Errorf("%s: %s", files[m.Report], m.Text)
		}
		list = append(list, e)
	}
	return errors.Join(list...)
}

func readReport(name string) (*results.Report, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return results.Read(file, name)
}
