package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/replaydiff/replay/diff"
)

const settingsFile = ".replay.yaml"

// settings are what a .replay.yaml holds.
type settings struct {
	Ignore []string `yaml:"ignore"`
}

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
		more, err := readSettings(filepath.Join(folder, settingsFile))
		if err != nil {
			return nil, err
		}
		ignore = append(ignore, more.Ignore...)
	}
	return ignore, nil
}

func readSettings(file string) (settings, error) {
	var s settings
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return s, err
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&s); err != nil && !errors.Is(err, io.EOF) {
		return s, fmt.Errorf("%s: %s; it holds a list \"ignore\" of edit paths", file, oneLine(err))
	}
	if err := diff.Ignore(s.Ignore).Check(); err != nil {
		return s, fmt.Errorf("%s: %w", file, err)
	}
	return s, nil
}

// oneLine joins the lines of a YAML error.
func oneLine(err error) string {
	text := strings.TrimPrefix(err.Error(), "yaml: unmarshal errors:\n")
	return strings.Join(strings.Fields(text), " ")
}
