package main

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/replaydiff/replay/diff/traffic"
)

// formatNames are the formats that convert writes, by the names of --to.
var formatNames = []string{string(traffic.HAR), string(traffic.CassetteV1), string(traffic.CassetteV2), string(traffic.Curl)}

func convertCommand() *cobra.Command {
	var f readFlags
	var to string
	cmd := &cobra.Command{
		Use:   "convert IN OUT",
		Short: "write a capture in another format",
		Long: `convert writes a capture as a HAR file, a go-vcr cassette or curl command
lines. The format is that of OUT's extension (.har; .yaml: cassette of version
2; .curl, .sh), or --to. What the format has no place for is left out: curl
lines have no answers, cassettes no times.

The output holds what the input holds, secrets included; a new file is readable
by its owner alone. OUT can be - for standard output.`,
		Example: "  replay convert bad.har bad.yaml\n  replay convert --to cassette-v1 ok.har ok.yaml\n  replay convert --to curl bad.har -",
		GroupID: "captures",
		Args:    wantFiles("IN", "OUT"),
		RunE: func(cmd *cobra.Command, args []string) error {
			format, err := outputFormat(to, args[1])
			if err != nil {
				return err
			}
			c, err := f.open(cmd, args[0])
			if err != nil {
				return err
			}
			defer c.Close()
			if args[1] == "-" {
				return traffic.Write(cmd.OutOrStdout(), c, format)
			}
			return writeFile(args[1], func(w io.Writer) error { return traffic.Write(w, c, format) })
		},
	}
	f.add(cmd)
	cmd.Flags().StringVar(&to, "to", "", "`format` of OUT: "+strings.Join(formatNames, ", "))
	_ = cmd.RegisterFlagCompletionFunc("to", cobra.FixedCompletions(formatNames, cobra.ShellCompDirectiveNoFileComp))
	return cmd
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
