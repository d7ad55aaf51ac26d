package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// writeFile writes what may hold secrets: a new file is readable by its owner
// alone.
func writeFile(name string, write func(io.Writer) error) error { return writeTo(name, 0o600, write) }

// writeShared writes what others are meant to read, as the umask allows.
func writeShared(name string, write func(io.Writer) error) error { return writeTo(name, 0o666, write) }

// writeTo writes to a new file beside name and moves it there, so that a
// failure leaves the old one, and an input can be the output. What is no file,
// as /dev/stdout or a pipe, is written to where it is.
func writeTo(name string, mode fs.FileMode, write func(io.Writer) error) (err error) {
	name, special, err := resolve(name)
	if err != nil {
		return err
	}
	if special {
		out, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		return errors.Join(write(out), out.Close())
	}
	temporary, err := createBeside(name, mode)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(temporary.Name()))
		}
	}()
	err = write(temporary)
	if err == nil {
		err = temporary.Sync() // a name must not come to stand for what is not there yet
	}
	if err := errors.Join(err, temporary.Close()); err != nil {
		return err
	}
	return os.Rename(temporary.Name(), name)
}

// canWrite tells why writeTo would fail, without a trace.
func canWrite(name string) error {
	name, special, err := resolve(name)
	if err != nil || special {
		return err
	}
	temporary, err := createBeside(name, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(temporary.Close(), os.Remove(temporary.Name()))
}

// An output is a file that a flag says to write.
type output struct{ flag, name string }

// checkOutputs tells which files can't be written, or would take the place of
// each other or of an input. Devices and pipes can be named twice.
func checkOutputs(outputs []output, inputs []string) error {
	var wrong []error
	for i, o := range outputs {
		if err := canWrite(o.name); err != nil {
			wrong = append(wrong, fmt.Errorf("%s: %w", o.flag, err))
			continue
		}
		for _, input := range inputs {
			if isSame(o.name, input) {
				wrong = append(wrong, fmt.Errorf("%s: %s is read as a capture, and would be written over: name another file", o.flag, o.name))
			}
		}
		for _, before := range outputs[:i] {
			if isSame(o.name, before.name) {
				wrong = append(wrong, fmt.Errorf("%s: %s is written by %s too: name another file", o.flag, o.name, before.flag))
			}
		}
	}
	return errors.Join(wrong...)
}

// isSame tells whether two names are of one file, be it there or not.
func isSame(a, b string) bool {
	infoA, errA := os.Stat(a)
	infoB, errB := os.Stat(b)
	if errA == nil && errB == nil {
		return infoA.Mode().IsRegular() && os.SameFile(infoA, infoB)
	}
	return errA != nil && errB != nil && place(a) == place(b)
}

// place is the absolute name of a file, its folder's links followed.
func place(name string) string {
	whole, err := filepath.Abs(name)
	if err != nil {
		return name
	}
	if folder, err := filepath.EvalSymlinks(filepath.Dir(whole)); err == nil {
		return filepath.Join(folder, filepath.Base(whole))
	}
	return whole
}

// resolve follows links, which must not be replaced themselves, and tells files
// from devices and pipes.
func resolve(name string) (target string, special bool, err error) {
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return name, false, nil
	case err != nil:
		return "", false, err
	case info.IsDir():
		return "", false, fmt.Errorf("%s is a folder: name a file in it", name)
	case !info.Mode().IsRegular():
		return name, true, nil
	}
	target, err = filepath.EvalSymlinks(name)
	return target, false, err
}

// createBeside makes a new file in the folder of name.
func createBeside(name string, mode fs.FileMode) (*os.File, error) {
	for i := range 10_000 {
		beside := filepath.Join(filepath.Dir(name), fmt.Sprintf(".replay-%d-%d", os.Getpid(), i))
		file, err := os.OpenFile(beside, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
		var at *fs.PathError
		switch {
		case errors.Is(err, fs.ErrExist):
			continue
		case errors.As(err, &at):
			return nil, fmt.Errorf("%s: %w", name, at.Err)
		}
		return file, err
	}
	return nil, fmt.Errorf("%s: the folder is full of unfinished files .replay-*: remove them", name)
}
