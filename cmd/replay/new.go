package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/suite"
)

const newHelp = `new writes a suite from a working capture: a scenario for each cause that fits
the flow, to be run by replay test after every change of the app or of the proxy
in front of it. There is no Bearer scenario for a cookie session, and none of
CORS where no page asks. With a failing capture, the cause that is found in it
comes first.

The suite is YAML, or with --ginkgo a test in Go. It holds no value of the
capture that is secret. What a scenario needs beside (a key, an old token) is
said in a comment above it.

Exit codes: 0 written, 2 trouble.`

func newCommand() *cobra.Command {
	var f readFlags
	var output, pkg string
	var ginkgo, schema, force bool
	cmd := &cobra.Command{
		Use:   "new OK [BAD]",
		Short: "write a suite of scenarios from a capture",
		Long:  newHelp,
		Example: `  replay new ok.har
  replay new ok.har bad.har -o orders.replay.yaml
  replay new ok.har --ginkgo -o orders_test.go`,
		GroupID: "guard",
		Args: func(cmd *cobra.Command, args []string) error {
			if schema && len(args) == 0 {
				return nil
			}
			return sentFiles("OK", "BAD")(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if schema {
				_, err := cmd.OutOrStdout().Write(suite.Schema())
				return err
			}
			s, err := newSuite(cmd, &f, args, output)
			if err != nil {
				return err
			}
			write := func(w io.Writer) error { return suite.Write(w, s) }
			if ginkgo {
				write = func(w io.Writer) error { return suite.WriteGinkgo(w, s, packageOf(pkg, output)) }
			}
			if output == "" || output == "-" {
				return write(cmd.OutOrStdout())
			}
			if _, err := os.Stat(output); !errors.Is(err, fs.ErrNotExist) && !force {
				return fmt.Errorf("%s is there already: --force writes over it", output)
			}
			for _, input := range args {
				if isSame(output, input) {
					return fmt.Errorf("%s is read as a capture: name another file for the suite", output)
				}
			}
			return writeShared(output, write)
		},
	}
	flags := cmd.Flags()
	flags.StringVarP(&output, "output", "o", "", "write to this `file`, not to standard output")
	flags.BoolVar(&force, "force", false, "write over a file that is there")
	flags.BoolVar(&ginkgo, "ginkgo", false, "write a Ginkgo test in Go")
	flags.StringVar(&pkg, "package", "", "`name` of the Go package that is tested; else that of the folder of --output")
	flags.BoolVar(&schema, "schema", false, "print the JSON Schema of suites, for editors, and nothing else")
	f.add(cmd)
	return cmd
}

// newSuite chooses the scenarios. The capture is named as it is found from the
// suite's own folder.
func newSuite(cmd *cobra.Command, f *readFlags, files []string, output string) (*suite.Suite, error) {
	captures, err := openAll(cmd, f, files)
	if err != nil {
		return nil, err
	}
	var bad *traffic.Capture
	for i, c := range captures {
		defer c.Close()
		if i == 1 {
			bad = c
		}
	}
	s, err := suite.New(captures[0], bad)
	if err != nil {
		return nil, err
	}
	if s.Capture, err = fromFolder(files[0], output); err != nil {
		return nil, err
	}
	// What can't be read back is a mistake of ours; it must not be found later.
	var text bytes.Buffer
	return s, suite.Write(&text, s)
}

// fromFolder is the way to a file from the folder of another.
func fromFolder(file, output string) (string, error) {
	if output == "" || output == "-" || file == "-" || filepath.IsAbs(file) {
		return filepath.ToSlash(file), nil
	}
	folder, err := filepath.Abs(filepath.Dir(output))
	if err != nil {
		return "", err
	}
	whole, err := filepath.Abs(file)
	if err != nil {
		return "", err
	}
	way, err := filepath.Rel(folder, whole)
	if err != nil {
		return "", err
	}
	return filepath.ToSlash(way), nil
}

// packageOf is the name of the tested package, without the _test that is added.
func packageOf(name, output string) string {
	if name == "" {
		folder, err := filepath.Abs(filepath.Dir(output))
		if err == nil && output != "" && output != "-" {
			name = filepath.Base(folder)
		}
	}
	name = strings.Map(func(r rune) rune {
		if r == '_' || r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			return unicode.ToLower(r)
		}
		return -1
	}, strings.TrimSuffix(name, "_test"))
	if name = strings.TrimLeft(name, "0123456789"); name == "" {
		return "replay"
	}
	return name
}
