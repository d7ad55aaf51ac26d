package main

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/report"
	"github.com/replaydiff/replay/harness/samples"
)

// formatNames are the formats that convert writes, by the names of --to.
var formatNames = []string{string(traffic.HAR), string(traffic.CassetteV1), string(traffic.CassetteV2), string(traffic.Curl)}

// markdownFormat is what convert writes beside: sample requests.
const markdownFormat = "markdown"

func convertCommand() *cobra.Command {
	var f readFlags
	var written writtenFlags
	var to string
	cmd := &cobra.Command{
		Use:   "convert IN OUT",
		Short: "write a capture in another format",
		Long: `convert writes a capture as a HAR file, a go-vcr cassette or curl command
lines. The format is that of OUT's extension (.har; .yaml: cassette of version
2; .curl, .sh; .md), or --to. What the format has no place for is left out: curl
lines have no answers, cassettes no times.

With .md it writes sample requests for the team: how to log in, and one request
for each kind of route that takes a credential, as curl and as HTTP. What is
secret is a variable there.

Secrets become marks, as in replay redact, by default with your own key: the
same secret has the same mark in all that you write. To give a capture away, use
replay redact; to send it again, keep what it holds with
--dangerously-show-secrets. A new file is readable by its owner alone. OUT can be
- for standard output.

Exit codes: 0 written, 2 trouble.`,
		Example: "  replay convert bad.har bad.yaml\n  replay convert ok.har samples.md\n  replay convert --to cassette-v1 ok.har ok.yaml\n  replay convert --to curl bad.har -",
		GroupID: "captures",
		Args:    wantFiles("IN", "OUT"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return convert(cmd, &f, &written, to, args[0], args[1])
		},
	}
	f.add(cmd)
	names := append(slices.Clone(formatNames), markdownFormat)
	cmd.Flags().StringVar(&to, "to", "", "`format` of OUT: "+strings.Join(names, ", "))
	written.add(cmd)
	_ = cmd.RegisterFlagCompletionFunc("to", cobra.FixedCompletions(names, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func convert(cmd *cobra.Command, read *readFlags, written *writtenFlags, to, in, out string) error {
	if to == markdownFormat || to == "" && strings.EqualFold(filepath.Ext(out), ".md") {
		return convertToSamples(cmd, read, in, out)
	}
	format, err := outputFormat(to, out)
	if err != nil {
		return err
	}
	redactor, err := written.redactor()
	if err != nil {
		return err
	}
	c, err := read.open(cmd, in)
	if err != nil {
		return err
	}
	defer c.Close()
	copies, err := redactedCopies(redactor, []*traffic.Capture{c})
	if err != nil {
		return err
	}
	if out == "-" {
		return traffic.Write(cmd.OutOrStdout(), copies[0], format)
	}
	return writeCapture(out, copies[0], format)
}

// convertToSamples writes sample requests for people to read. No secret of the
// capture is in them, whatever the flags say: each is a variable.
func convertToSamples(cmd *cobra.Command, read *readFlags, in, out string) error {
	c, err := read.open(cmd, in)
	if err != nil {
		return err
	}
	defer c.Close()
	doc, err := samples.Build(c)
	if err != nil {
		return err
	}
	if out == "-" {
		return report.Samples(cmd.OutOrStdout(), doc)
	}
	return writeShared(out, func(w io.Writer) error { return report.Samples(w, doc) })
}

func outputFormat(to, file string) (traffic.Format, error) {
	for _, name := range formatNames {
		if to == name {
			return traffic.Format(name), nil
		}
	}
	if to != "" {
		return "", fmt.Errorf("--to %s: it is one of %s", to, strings.Join(formatNames, ", "))
	}
	switch strings.ToLower(filepath.Ext(file)) {
	case ".har", ".json":
		return traffic.HAR, nil
	case ".yaml", ".yml":
		return traffic.CassetteV2, nil
	case ".curl", ".sh":
		return traffic.Curl, nil
	}
	return "", fmt.Errorf("%s: the extension names no format; add --to with one of %s", file, strings.Join(formatNames, ", "))
}
