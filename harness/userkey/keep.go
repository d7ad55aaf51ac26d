package userkey

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Folder is where what belongs to a user is kept: replay in os.UserConfigDir.
func Folder() (string, error) {
	folder, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("there is no folder for the keys of a user: %w", err)
	}
	return filepath.Join(folder, "replay"), nil
}

// Keep returns what a file holds, which is made where it is not there, and the
// folder with it, readable by the user alone. Of two processes that make it at
// once, one wins, and both get the same. What was made and can't be kept is
// returned beside the error; otherwise nothing is.
func Keep(file string, make func() ([]byte, error)) ([]byte, error) {
	if content, err := os.ReadFile(file); !errors.Is(err, fs.ErrNotExist) {
		return content, err
	}
	content, err := make()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return content, err
	}
	partial, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".*") // mode 0600
	if err != nil {
		return content, err
	}
	defer os.Remove(partial.Name())
	_, err = partial.Write(content)
	if err := errors.Join(err, partial.Close()); err != nil {
		return content, err
	}
	err = os.Link(partial.Name(), file) // unlike Rename it replaces nothing
	if errors.Is(err, fs.ErrExist) {
		return os.ReadFile(file)
	}
	return content, err
}
