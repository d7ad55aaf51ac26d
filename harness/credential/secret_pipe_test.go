//go:build unix

package credential

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestPipes(t *testing.T) {
	folder := t.TempDir()
	silent, pipe := filepath.Join(folder, "silent"), filepath.Join(folder, "pipe")
	for _, name := range []string{silent, pipe} {
		if err := syscall.Mkfifo(name, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if f, err := openWithin(silent, time.Millisecond); err == nil || !strings.Contains(err.Error(), "nobody wrote to") {
		t.Errorf("a pipe without a writer: %v, %v", f, err)
	}
	const secret = "of a pipe"
	wrote := make(chan error, 1)
	go func() { wrote <- os.WriteFile(pipe, []byte(secret), 0o600) }()
	f, err := openWithin(pipe, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if content, err := io.ReadAll(f); err != nil || string(content) != secret {
		t.Errorf("%q, %v", content, err)
	}
	if err := <-wrote; err != nil {
		t.Error(err)
	}
}
