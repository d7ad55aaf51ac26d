// Command replay says why a request that worked now fails: it compares a
// working and a failing capture of one flow.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"

	"github.com/replaydiff/replay/diff/traffic/mask"
)

// The exit codes are those of diff(1).
const (
	exitSame    = 0
	exitDiffers = 1
	exitTrouble = 2
)

// errDiffers makes a command end with exitDiffers. It is no error to print.
var errDiffers = errors.New("the captures differ")

// softMemory is where the garbage collector begins to work harder, in bytes. A
// flow of 100,000 exchanges stays near it.
const softMemory = 640 << 20

func main() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(softMemory)
	}
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	cmd := rootCommand()
	cmd.SetArgs(args)
	cmd.SetIn(stdin)
	cmd.SetOut(stdout)
	cmd.SetErr(stderr)
	switch err := cmd.Execute(); {
	case err == nil:
		return exitSame
	case errors.Is(err, errDiffers):
		return exitDiffers
	default:
		for line := range strings.Lines("replay: " + flagNames.Replace(err.Error())) {
			fmt.Fprintln(stderr, mask.Visible(strings.TrimSuffix(line, "\n"))) // file names can hold anything
		}
		return exitTrouble
	}
}
