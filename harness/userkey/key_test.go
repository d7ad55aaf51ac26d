package userkey

import (
	"bytes"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// TestOneKey: made once, kept for the user alone, the same for all who make it
// at once.
func TestOneKey(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "replay")
	keys := make([][]byte, 8)
	var wait sync.WaitGroup
	for i := range keys {
		wait.Go(func() { keys[i], _ = in(folder) })
	}
	wait.Wait()
	for _, key := range keys {
		if len(key) != keyLength || !bytes.Equal(key, keys[0]) {
			t.Errorf("got %d bytes", len(key))
		}
	}
	info, err := os.Stat(filepath.Join(folder, keyFile))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	if files, _ := os.ReadDir(folder); len(files) != 1 {
		t.Errorf("left over: %v", files)
	}
}

// TestKeyOfThisProcess: what can't be read or kept is told, and there is a key
// all the same.
func TestKeyOfThisProcess(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	damaged := t.TempDir()
	if err := os.WriteFile(filepath.Join(damaged, keyFile), []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct{ reason, folder string }{
		{"the folder can't be made, for a file stands in its place", filepath.Join(file, "replay")},
		{"the key is damaged", damaged},
	} {
		key, err := in(row.folder)
		other, _ := in(row.folder)
		if err == nil || len(key) != keyLength || bytes.Equal(key, other) {
			t.Errorf("%s: %v, %d bytes", row.reason, err, len(key))
		}
	}
}
