package main

import (
	"fmt"
	"path/filepath"
	"slices"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/harness/settings"
)

// ignoreOf joins the patterns of the command line with those of the settings
// beside the captures.
func ignoreOf(patterns, captures []string) (diff.Ignore, error) {
	ignore := diff.Ignore(slices.Clone(patterns))
	if err := ignore.Check(); err != nil {
		return nil, fmt.Errorf("--ignore: %w", err)
	}
	var folders []string
	for _, capture := range captures {
		if folder := filepath.Dir(capture); capture != "-" && !slices.Contains(folders, folder) {
			folders = append(folders, folder)
		}
	}
	for _, folder := range folders {
		more, err := settings.Open(filepath.Join(folder, settings.File))
		if err != nil {
			return nil, err
		}
		ignore = append(ignore, more.Ignore...)
	}
	return ignore, nil
}
