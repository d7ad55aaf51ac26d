package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness"
)

const runHelp = `run sends the recorded requests of a capture again, to the target that you name
and to no other host, and says what is answered differently now.

With a working and a failing capture it replays both: does the one still work,
does the other still fail, and what differs in the answers of today.

Sessions work as today's: cookies are kept by a jar with the rules of browsers,
preflights are asked anew, and a token, CSRF field or id that an answer hands
out is carried on into the requests behind it (--plan shows which). Only GET,
HEAD and OPTIONS are sent unless --allow-unsafe says otherwise, and each request
once at most. What clocks, caches and sessions change is noise; what protects
somebody never is.

` + replayCodes

// replayCodes explains the exit codes of all commands that send.
const replayCodes = `Exit codes: 0 the same, 1 different, 2 trouble: a file, a flag, nothing was sent,
or a report that can't be written, 3 refused: by replay before anything was
sent, or the credentials by the target, 4 answers are missing.`

type runFlags struct {
	readFlags
	sendFlags
	runOutput
	target       string
	dryRun, plan bool
	ignore       []string
}

func runCommand() *cobra.Command {
	var f runFlags
	cmd := &cobra.Command{
		Use:   "run OK [BAD]",
		Short: "send a capture again and say what is answered differently",
		Long:  runHelp,
		Example: `  replay run ok.har --target http://127.0.0.1:8080
  replay run ok.har --target http://127.0.0.1:8080 --allow-unsafe
  replay run ok.har bad.har --target https://staging.example.com --auth 'Bearer env:TOKEN'
  replay run ok.har --map https://api.example.com=http://127.0.0.1:8080 --dry-run`,
		GroupID: "prove",
		Args:    sentFiles("OK", "BAD"),
		RunE:    func(cmd *cobra.Command, args []string) error { return f.run(cmd, args) },
	}
	cmd.Flags().StringVar(&f.target, "target", "", "send the requests of the capture's main origin to this `URL`")
	cmd.Flags().IntVar(&f.learn, "learn", 0, "send each safe request so `many` times more, to learn what differs from itself")
	f.add(cmd, "write what happened as a capture to this HAR `file`, its secrets as marks; two flows go to NAME-ok and NAME-bad")
	return cmd
}

func (f *runFlags) add(cmd *cobra.Command, save string) {
	flags := cmd.Flags()
	f.sendFlags.add(cmd)
	flags.BoolVar(&f.dryRun, "dry-run", false, "print what would be sent where, as text or json; send and write nothing")
	flags.BoolVar(&f.plan, "plan", false, "as --dry-run, with each value that is carried on: producer → consumer")
	f.runOutput.add(cmd)
	f.addSecrets(cmd)
	flags.StringVar(&f.save, "save", "", save)
	flags.StringArrayVar(&f.ignore, "ignore", nil, "treat changes at this `path` as noise (* and ** are wildcards); repeatable")
	f.readFlags.add(cmd)
	f.written.add(cmd)
}

func (f *runFlags) run(cmd *cobra.Command, files []string) error {
	j, err := f.job(cmd, files)
	if err != nil {
		return err
	}
	defer j.close()
	for _, c := range j.captures {
		j.add(c, harness.Target{Base: f.target})
	}
	return f.carryOut(cmd, j, j.sends(), func(ctx context.Context) ([]*harness.Replayed, error) {
		if len(j.plans) == 2 {
			working, failing, err := j.runner.RunPair(ctx, j.plans[0], j.plans[1])
			return []*harness.Replayed{working, failing}, err
		}
		done, err := j.runner.Run(ctx, j.plans[0])
		return []*harness.Replayed{done}, err
	})
}

// check reports flags with values that they can't have.
func (f *runFlags) check() error {
	err := f.runOutput.check()
	if f.dryRun || f.plan {
		err = errors.Join(err, checkPlanFormat(f.format))
	}
	return err
}

// sentFiles checks the number of captures. A method among them was meant for
// --allow-unsafe.
func sentFiles(one string, more ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		for _, arg := range args {
			_, err := os.Stat(arg)
			if cmd.Flags().Changed("allow-unsafe") && isMethods(arg) && errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("%s is taken for a file: the methods of --allow-unsafe follow a =, as --allow-unsafe=%s", arg, arg)
			}
		}
		if len(args) >= 1 && len(args) <= 1+len(more) {
			return nil
		}
		if len(more) == 0 {
			return wantFiles(one)(cmd, args)
		}
		return fmt.Errorf("%s takes one or two files, got %d: %s %s [%s]", cmd.Name(), len(args), cmd.CommandPath(), one, more[0])
	}
}

func isMethods(s string) bool {
	known := []string{"ALL", "POST", "PUT", "PATCH", "DELETE"}
	for word := range strings.SplitSeq(s, ",") {
		if !slices.Contains(known, strings.ToUpper(word)) {
			return false
		}
	}
	return true
}

// openAll reads captures and reports the mistakes of all.
func openAll(cmd *cobra.Command, f *readFlags, files []string) ([]*traffic.Capture, error) {
	if len(files) == 2 {
		ok, bad, err := openBoth(cmd, f, files[0], files[1])
		return []*traffic.Capture{ok, bad}, err
	}
	c, err := f.open(cmd, files[0])
	return []*traffic.Capture{c}, err
}
