//go:build unix

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// full is a disk that takes so many bytes.
type full struct{ room int }

var errFull = errors.New("no space left on device")

func (f *full) Write(b []byte) (int, error) {
	n := min(len(b), f.room)
	if f.room -= n; n < len(b) {
		return n, errFull
	}
	return n, nil
}

// TestFullOutput: an output that takes no more ends every command in an error,
// at whatever byte that is.
func TestFullOutput(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: go test without -short runs it")
	}
	folder := t.TempDir()
	ok, bad := filepath.Join(folder, "ok.har"), filepath.Join(folder, "bad.har")
	write(t, ok, hostileHAR([]hostileValue{{text: "plain"}}, 200, true))
	write(t, bad, hostileHAR([]hostileValue{{text: "other"}}, 401, true))
	for _, args := range []string{
		"diff OK BAD", "diff OK BAD --format json", "explain OK BAD", "explain OK BAD --format json", "show OK", "show OK --format json", "causes", "causes --format json",
		"convert OK - --to har", "convert OK - --to cassette-v1", "convert OK - --to cassette-v2", "convert OK - --to curl", "redact OK -", "redact --check OK", "new OK", "new OK --ginkgo", "new --schema",
		"run OK --target http://127.0.0.1:1 --plan", "run OK --target http://127.0.0.1:1 --dry-run --format json",
	} {
		t.Run(args, func(t *testing.T) {
			list := strings.Fields(strings.NewReplacer("OK", ok, "BAD", bad).Replace(args))
			whole, _, _ := outputs(t, list...)
			for room := 0; room < len(whole); room += 1 + len(whole)/25 {
				var errs bytes.Buffer
				code := run(list, strings.NewReader(""), &full{room}, &errs)
				if code != exitTrouble || !strings.Contains(errs.String(), errFull.Error()) {
					t.Fatalf("with room for %d of %d bytes it ends with %d: %s", room, len(whole), code, errs.String())
				}
			}
		})
	}
}

// TestFailedWriteLeavesNothing: at whatever byte a write fails, the old file
// stays and nothing lies beside it.
func TestFailedWriteLeavesNothing(t *testing.T) {
	folder := t.TempDir()
	name := filepath.Join(folder, "out.har")
	const content = "the new content"
	for n := range len(content) {
		write(t, name, "the old content")
		err := writeFile(name, func(w io.Writer) error {
			if _, err := io.WriteString(w, content[:n]); err != nil {
				return err
			}
			return errFull
		})
		if !errors.Is(err, errFull) || read(t, name) != "the old content" {
			t.Fatalf("after %d bytes: %v, %q", n, err, read(t, name))
		}
		only(t, folder, "out.har")
	}
}

func only(t testing.TB, folder string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if strings.Join(got, " ") != strings.Join(names, " ") {
		t.Errorf("the folder holds %q, want %q", got, names)
	}
}

// asChild names what this test is in a process of its own.
const asChild = "REPLAY_TEST_CHILD"

// TestChild is the child of the tests below.
func TestChild(t *testing.T) {
	words := strings.Split(os.Getenv(asChild), "\n")
	switch words[0] {
	case "limited": // no file longer than so many bytes
		var limit syscall.Rlimit
		_, err := fmt.Sscan(words[1], &limit.Cur)
		limit.Max = limit.Cur
		if err == nil {
			err = syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit)
		}
		if err != nil {
			t.Fatal(err)
		}
		os.Exit(run(words[2:], os.Stdin, os.Stdout, os.Stderr))
	case "stuck": // in the middle of a file, until it is killed
		err := writeFile(words[1], func(w io.Writer) error {
			_, err := io.WriteString(w, "half of the new")
			fmt.Println("half")
			_, _ = io.Copy(io.Discard, os.Stdin)
			return err
		})
		t.Fatal(err)
	}
}

func child(t testing.TB, words ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, "-test.run=^TestChild$")
	cmd.Env = append(os.Environ(), asChild+"="+strings.Join(words, "\n"))
	return cmd
}

// TestFullDisk: where the system takes no more, the command says so, the old
// file is whole, and no half one is left.
func TestFullDisk(t *testing.T) {
	folder := t.TempDir()
	in := filepath.Join(t.TempDir(), "in.har")
	write(t, in, hostileHAR([]hostileValue{{text: "plain"}}, 200, true))
	for _, row := range []struct{ reason, args, out string }{
		{"convert", "convert IN OUT", "out.har"}, {"a cassette", "convert IN OUT", "out.yaml"}, {"curl lines", "convert IN OUT", "out.sh"},
		{"redact", "redact IN OUT", "out.har"}, {"a suite", "new IN --force -o OUT", "out.replay.yaml"},
	} {
		for _, limit := range []string{"0", "1", "200"} {
			t.Run(row.reason+" after "+limit+" bytes", func(t *testing.T) {
				out := filepath.Join(folder, row.out)
				write(t, out, "old")
				defer os.Remove(out)
				words := strings.Fields(strings.NewReplacer("IN", in, "OUT", out).Replace(row.args))
				text, err := child(t, append([]string{"limited", limit}, words...)...).CombinedOutput()
				var exit *exec.ExitError
				if !errors.As(err, &exit) || exit.ExitCode() != exitTrouble || !strings.Contains(string(text), "file too large") {
					t.Errorf("%v: %s", err, text)
				}
				if read(t, out) != "old" {
					t.Error("the old file is gone")
				}
				only(t, folder, row.out)
			})
		}
	}
}

// TestKilledHalfWay: the old file is whole, and what is left of the new one is
// in nobody's way.
func TestKilledHalfWay(t *testing.T) {
	folder := t.TempDir()
	out := filepath.Join(folder, "out.har")
	for _, old := range []string{"", "the old content"} {
		if old != "" {
			write(t, out, old)
		}
		cmd := child(t, "stuck", out)
		if _, err := cmd.StdinPipe(); err != nil {
			t.Fatal(err)
		}
		told, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(told, make([]byte, len("half"))); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if content, err := os.ReadFile(out); string(content) != old || old == "" && !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%q is there: %v", content, err)
		}
		if err := writeFile(out, func(w io.Writer) error { _, err := io.WriteString(w, "whole"); return err }); err != nil || read(t, out) != "whole" {
			t.Errorf("the next one: %v, %q", err, read(t, out))
		}
		os.Remove(out)
	}
}

// TestOutputsThatAreNoFile: links are followed, devices and pipes are written
// to, folders and what is read are refused before anything is sent.
func TestOutputsThatAreNoFile(t *testing.T) {
	folder := t.TempDir()
	at := func(name string) string { return filepath.Join(folder, name) }
	write(t, at("in.har"), hostileHAR([]hostileValue{{text: "plain"}}, 200, true))
	write(t, at("real.har"), "old")
	for link, to := range map[string]string{"link.har": "real.har", "dangling.har": "nowhere/x.har", "in-link.har": "in.har", "loop.har": "loop.har", "null.har": os.DevNull} {
		if err := os.Symlink(to, at(link)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(at("folder.har"), 0o700); err != nil {
		t.Fatal(err)
	}
	original := read(t, at("in.har"))
	sent := " --target http://127.0.0.1:1"
	rows := []struct {
		reason, args string
		code         int
		says         string
	}{
		{"a link stays a link", "convert in.har link.har", 0, ""},
		{"a device is written to", "convert in.har null.har", 0, ""},
		{"a folder", "convert in.har folder.har", 2, "folder.har is a folder: name a file in it"},
		{"a link to itself", "convert in.har loop.har", 2, "too many levels"},
		{"a folder that is not there", "convert in.har nowhere/out.har", 2, "nowhere/out.har: no such file"},
		{"a file as a folder", "convert in.har in.har/out.har", 2, "not a directory"},
		{"a capture that is read", "run in.har --save in.har" + sent, 2, "is read as a capture, and would be written over"},
		{"a link to it", "run in.har --report json=in-link.har" + sent, 2, "is read as a capture"},
		{"two reports in one file", "run in.har --report json=x --report junit=./x" + sent, 2, "is written by --report json=x too"},
		{"a report and a baseline", "run in.har --report json=x --write-baseline x" + sent, 2, "is written by --write-baseline too"},
		{"the pair of isolate", "isolate save-ok.har in.har --save save.har" + sent, 2, "is read as a capture"},
		{"the pair of run", "run save-ok.har in.har --save save.har" + sent, 2, "is read as a capture"},
		{"a suite over its capture", "new in.har --force -o ./in.har", 2, "is read as a capture"},
		{"two outputs of redact", "redact in.har x.har real.har ./x.har", 2, "OUT of two captures"},
		{"two reports to a device", "run in.har --report json=null.har --report junit=null.har" + sent, 4, ""},
	}
	write(t, at("save-ok.har"), original)
	t.Chdir(folder)
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			_, stderr, code := outputs(t, strings.Fields(row.args)...)
			if code != row.code || !strings.Contains(stderr, row.says) {
				t.Errorf("ended with %d: %s", code, stderr)
			}
			if read(t, "in.har") != original || read(t, "save-ok.har") != original {
				t.Error("the capture was changed")
			}
		})
	}
	if to, err := os.Readlink("link.har"); err != nil || to != "real.har" || read(t, "real.har") == "old" {
		t.Errorf("the link leads to %s: %v", to, err)
	}
	leftovers, _ := filepath.Glob(".replay-*")
	if len(leftovers) > 0 {
		t.Errorf("%q is left", leftovers)
	}
}
