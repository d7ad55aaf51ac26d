package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/harness/report"
)

func rootCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "replay",
		Short: "say why a request that worked now fails",
		Long: `replay compares a working and a failing capture of the same flow and says
what changed and which known cause it is: HAR files of browsers and proxies,
go-vcr cassettes, curl lines.`,
		Example:       "  replay diff ok.har bad.har",
		Version:       version(),
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	cmd.SetVersionTemplate("replay {{.Version}}\n")
	addHelp(cmd)
	cmd.AddCommand(diffCommand(), explainCommand(), causesCommand(), runCommand(), compareCommand(), isolateCommand(), throughCommand(),
		newCommand(), testCommand(), watchCommand(), recordCommand(), showCommand(), convertCommand(), redactCommand(), serveCommand(), mergeCommand(), ratesCommand())
	return cmd
}

// version is the module's version, or the commit that was built.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return "devel " + s.Value[:min(12, len(s.Value))]
		}
	}
	return "devel"
}

// readFlags are the flags of every command that reads a capture.
type readFlags struct {
	partial bool
	limits  traffic.Limits
}

func (f *readFlags) add(cmd *cobra.Command) {
	flags, defaults := cmd.Flags(), traffic.DefaultLimits()
	flags.BoolVar(&f.partial, "partial", false, "use the readable entries of a file that is cut off")
	flags.IntVar(&f.limits.Entries, "max-entries", defaults.Entries, "exchanges in a file")
	flags.Int64Var(&f.limits.Body, "max-body", defaults.Body, "`bytes` of a decoded body")
	flags.Int64Var(&f.limits.WholeFile, "max-file", defaults.WholeFile, "`bytes` of a cassette or a curl script")
	flags.Int64Var(&f.limits.Unpacked, "max-unpacked", defaults.Unpacked, "`bytes` that a compressed or piped file may come to")
	flags.IntVar(&f.limits.JSONDepth, "max-json-depth", defaults.JSONDepth, "nesting of JSON")
	flags.IntVar(&f.limits.YAMLDepth, "max-yaml-depth", defaults.YAMLDepth, "nesting of YAML")
	flags.IntVar(&f.limits.Layers, "max-layers", defaults.Layers, "compression layers around a file")
}

// flagNames turns the limits that errors name into the flags that raise them.
var flagNames = strings.NewReplacer(
	"Limits.Entries", "--max-entries", "Limits.Body", "--max-body", "Limits.WholeFile", "--max-file", "Limits.Unpacked", "--max-unpacked",
	"Limits.JSONDepth", "--max-json-depth", "Limits.YAMLDepth", "--max-yaml-depth", "Limits.Layers", "--max-layers",
)

func (f *readFlags) open(cmd *cobra.Command, file string) (*traffic.Capture, error) {
	return traffic.Open(file, traffic.Options{Limits: f.limits, Partial: f.partial, Stdin: cmd.InOrStdin()})
}

// diffFormats are the forms of what is said about captures.
var diffFormats = []string{"text", "json"}

// outputFlags are the flags of every command that prints captured things.
type outputFlags struct {
	format      string
	color       string
	showSecrets bool
}

func (f *outputFlags) add(cmd *cobra.Command) {
	f.addFormats(cmd, diffFormats)
	f.addSecrets(cmd)
}

func (f *outputFlags) addSecrets(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&f.showSecrets, "dangerously-show-secrets", false, "print and write tokens, cookies and passwords as captured")
}

func (f *outputFlags) addFormats(cmd *cobra.Command, formats []string) {
	flags := cmd.Flags()
	flags.StringVar(&f.format, "format", "text", "`"+strings.Join(formats, "|")+"`")
	flags.StringVar(&f.color, "color", "auto", "`auto|always|never`; NO_COLOR is honoured")
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(formats, cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.RegisterFlagCompletionFunc("color", cobra.FixedCompletions([]string{"auto", "always", "never"}, cobra.ShellCompDirectiveNoFileComp))
}

// check reports a flag with a value that it can't have.
func (f *outputFlags) check() error { return f.checkFormats(diffFormats) }

func (f *outputFlags) checkFormats(formats []string) error {
	var wrong []error
	if !slices.Contains(formats, f.format) {
		last := len(formats) - 1
		wrong = append(wrong, fmt.Errorf("--format %s: it is %s or %s", f.format, strings.Join(formats[:last], ", "), formats[last]))
	}
	if f.color != "auto" && f.color != "always" && f.color != "never" {
		wrong = append(wrong, fmt.Errorf("--color %s: it is auto, always or never", f.color))
	}
	return errors.Join(wrong...)
}

func (f *outputFlags) masker() *mask.Masker { return &mask.Masker{Show: f.showSecrets} }

// terminal looks at where the output goes.
func (f *outputFlags) terminal(out io.Writer) report.Terminal {
	t := report.Terminal{Color: f.color == "always"}
	if width, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil {
		t.Width = width
	}
	file, ok := out.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return t
	}
	if width, _, err := term.GetSize(int(file.Fd())); err == nil {
		t.Width = width
	}
	if f.color == "auto" {
		t.Color = os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	}
	return t
}

// wantFiles checks the number of arguments and says what was expected.
func wantFiles(names ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == len(names) {
			return nil
		}
		return fmt.Errorf("%s takes %d %s, got %d: %s %s", cmd.Name(), len(names), plural(len(names), "file"), len(args), cmd.CommandPath(), strings.Join(names, " "))
	}
}

func plural(n int, noun string) string {
	if n == 1 {
		return noun
	}
	return noun + "s"
}
