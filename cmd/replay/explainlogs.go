package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/accesslog"
	"github.com/replaydiff/replay/harness/trail"
)

// maxJoined bounds the failing exchanges that are looked for in logs.
const maxJoined = 50

// logSources reads --log values: FILE, or LAYER=FILE.
func logSources(values []string) ([]trail.Source, error) {
	var list []trail.Source
	for _, value := range values {
		source := trail.Source{Name: value}
		if layer, file, found := strings.Cut(value, "="); found {
			switch l := trail.Layer(layer); l {
			case trail.CDN, trail.Proxy, trail.App:
				source = trail.Source{Name: file, Layer: l}
			}
		}
		if source.Name == "" {
			return nil, fmt.Errorf("--log %s: it reads FILE, or cdn=FILE, proxy=FILE, app=FILE", value)
		}
		list = append(list, source)
	}
	return list, nil
}

// joinLogs finds the failing exchanges of a capture in logs; nil where none is
// named, or nothing fails.
func joinLogs(cmd *cobra.Command, bad *traffic.Capture, entry int, sources []trail.Source) (*trail.Trails, error) {
	if len(sources) == 0 || entry < 0 {
		return nil, nil
	}
	entries := []int{entry}
	for i, x := range bad.Exchanges {
		if i != entry && x.Response != nil && diff.OutcomeOf(x).Failed() && len(entries) < maxJoined {
			entries = append(entries, i)
		}
	}
	return trail.Find(bad, entries, sources, trail.Options{Read: accesslog.Options{Stdin: cmd.InOrStdin()}})
}

// oneStdin tells where standard input would be read twice.
func oneStdin(captures []string, logs []trail.Source) error {
	for _, l := range logs {
		if l.Name == "-" && slices.Contains(captures, "-") {
			return errors.New("standard input can be a capture or a log, not both")
		}
	}
	return nil
}
