//go:build unix

package main

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// recordedBy starts a recording in a process of its own and sends one request
// through it. More of what it says comes from told.
func recordedBy(t *testing.T, out string, env ...string) (cmd *exec.Cmd, told *bufio.Reader) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "tea") }))
	t.Cleanup(server.Close)
	cmd = child(t, "limited", "1000000000000", "record", "--target", server.URL, "--listen", "127.0.0.1:0", "-o", out)
	cmd.Env = append(cmd.Env, env...)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	told = bufio.NewReader(stderr)
	line, err := told.ReadString('\n')
	at := regexp.MustCompile(`give the client (\S+),`).FindStringSubmatch(line)
	if err != nil || at == nil {
		t.Fatalf("%q %v", line, err)
	}
	r, err := http.Get(at[1])
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if body, err := io.ReadAll(r.Body); string(body) != "tea" || err != nil {
		t.Fatalf("%q %v", body, err)
	}
	return cmd, told
}

// TestRescuedRecording: the folder of the file went away meanwhile. A recording
// can't be made again, so it is written elsewhere, for its owner alone.
func TestRescuedRecording(t *testing.T) {
	folder, elsewhere := filepath.Join(t.TempDir(), "gone"), t.TempDir()
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	cmd, told := recordedBy(t, filepath.Join(folder, "ok.har"), "TMPDIR="+elsewhere)
	if err := os.Rename(folder, folder+"-now"); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(folder+"-now", "ok.har")); err != nil && !os.IsNotExist(err) { // it may have been saved once
		t.Fatal(err)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	rest, _ := io.ReadAll(told)
	_ = cmd.Wait()
	at := regexp.MustCompile(`no such file or directory; the recording is in (\S+/ok\.har)`).FindSubmatch(rest)
	if code := cmd.ProcessState.ExitCode(); code != exitTrouble || at == nil {
		t.Fatalf("it ended with %d: %s", code, rest)
	}
	info, err := os.Stat(string(at[1]))
	if err != nil || info.Mode().Perm() != 0o600 || !strings.HasPrefix(string(at[1]), elsewhere) {
		t.Errorf("%s: %v %v", at[1], info, err)
	}
	var stdout bytes.Buffer
	if code := run([]string{"show", string(at[1])}, nil, &stdout, io.Discard); code != exitSame || !strings.Contains(stdout.String(), "GET") {
		t.Errorf("show ends with %d: %s", code, stdout.String())
	}
}

// TestSecondInterrupt: the last save waits for somebody who reads the pipe, and
// nobody does. Ctrl-C once more ends the program.
func TestSecondInterrupt(t *testing.T) {
	out := filepath.Join(t.TempDir(), "ok.har")
	if err := syscall.Mkfifo(out, 0o600); err != nil {
		t.Skip("this file system has no pipes with a name: ", err)
	}
	cmd, told := recordedBy(t, out)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, _ = io.Copy(io.Discard, told)
		_ = cmd.Wait()
	}()
	late := time.After(time.Minute)
	for again := time.NewTicker(20 * time.Millisecond); ; { // one that comes too early is the first
		_ = cmd.Process.Signal(os.Interrupt)
		select {
		case <-again.C:
			continue
		case <-late:
			t.Fatal("the program goes on")
		case <-ended:
		}
		break
	}
	if status := cmd.ProcessState.Sys().(syscall.WaitStatus); !status.Signaled() || status.Signal() != syscall.SIGINT {
		t.Errorf("it ended with %v, not by the signal", cmd.ProcessState)
	}
}

// TestRecordRefusesFlags: what would do nothing is refused.
func TestRecordRefusesFlags(t *testing.T) {
	for _, row := range []struct{ reason, args, says string }{
		{"a browser is no proxy's", "--target http://h.test --headless", "--headless goes with --browser"},
		{"nor is its sandbox", "--forward --dangerously-no-sandbox", "--dangerously-no-sandbox goes with --browser"},
		{"a browser chooses its protocol", "--browser http://h.test --http2", "--http2 has no effect with --browser"},
		{"and listens nowhere", "--browser http://h.test --listen 127.0.0.1:0", "--listen has no effect with --browser"},
		{"a proxy has no host of its own to keep", "--forward --keep-host", "--keep-host goes with --target"},
		{"a proxy of all reads HTTPS anyway", "--forward --tls", "--tls goes with --target"},
		{"nobody reaches more than the target", "--target http://h.test --dangerously-open-proxy", "--dangerously-open-proxy goes with --forward"},
		{"there is no certificate", "--target http://h.test --write-cacert ca.pem", "--write-cacert goes with --forward, or with --target and --tls"},
	} {
		var stderr bytes.Buffer
		args := append([]string{"record", "--for", "1ms", "-o", filepath.Join(t.TempDir(), "ok.har")}, strings.Fields(row.args)...)
		if code := run(args, strings.NewReader(""), io.Discard, &stderr); code != exitTrouble || !strings.Contains(stderr.String(), row.says) {
			t.Errorf("%s: exit code %d: %s", row.reason, code, stderr.String())
		}
	}
}
