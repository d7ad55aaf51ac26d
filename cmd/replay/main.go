// Command replay says why a request that worked now fails: it compares a
// working and a failing capture of one flow.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/harness"
)

// The exit codes are those of diff(1), and two of a replay.
const (
	exitSame    = 0
	exitDiffers = 1
	exitTrouble = 2
	exitRefused = 3 // nothing was sent
	exitNetwork = 4 // requests had no answer
)

// An exitCode ends a command whose output says why. It is no error to print.
type exitCode int

func (e exitCode) Error() string { return "exit code " + strconv.Itoa(int(e)) }

const errDiffers = exitCode(exitDiffers)

// Where the garbage collector begins to work harder, in bytes. A flow of 100,000
// exchanges stays near it. A replay goes on for long and its target may be on the
// same machine: it stays below 512 MB with what is no heap.
const (
	softMemory   = 640 << 20
	replayMemory = 440 << 20
)

func main() {
	limitMemory(softMemory)
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

func limitMemory(soft int64) {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(soft)
	}
}

// tell writes a message to standard error. File names can hold anything, and so
// can what an error repeats: nothing of it is obeyed by a terminal or a CI
// runner.
func tell(stderr io.Writer, text string) {
	for line := range strings.Lines("replay: " + text) {
		fmt.Fprintln(stderr, mask.Visible(strings.TrimSuffix(line, "\n")))
	}
}

func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	return runUntil(context.Background(), args, stdin, stdout, stderr)
}

// runUntil ends with ctx what would go on until Ctrl-C.
func runUntil(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	cmd := rootCommand()
	cmd.SetArgs(append([]string{}, args...)) // cobra takes nil for those of the process
	cmd.SetIn(stdin)
	cmd.SetOut(stdout)
	cmd.SetErr(stderr)
	err := cmd.ExecuteContext(ctx)
	var code exitCode
	if err == nil || errors.As(err, &code) {
		return int(code)
	}
	tell(stderr, flagNames.Replace(err.Error()))
	var refused *harness.Refused
	if errors.As(err, &refused) {
		return exitRefused
	}
	return exitTrouble
}
