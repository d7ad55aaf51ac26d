package credential_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/harness/credential"
)

func TestReadPlace(t *testing.T) {
	const key = "Kx82mQpZ71vLw09s"
	folder := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("key", key+"\n")
	write("none", "\r\n")
	write("long", strings.Repeat("x", 64<<10+1))
	t.Setenv("REPLAY_TEST_KEY", key+"\r\n")
	t.Setenv("REPLAY_TEST_NONE", "")
	for _, row := range []struct{ reason, place, wrong string }{
		{"a file is beside the suite, and editors end it with a line", "file:key", ""},
		{"the file itself", "file:" + write("absolute", " "+key), ""},
		{"a variable", "env:REPLAY_TEST_KEY", ""},
		{"nobody set it", "env:REPLAY_TEST_NONE", "env:REPLAY_TEST_NONE is empty, or not set"},
		{"nothing is in it", "file:none", "is empty, or not set"},
		{"no file is there", "file:missing", "file:" + filepath.Join(folder, "missing")},
		{"longer than any key", "file:long", "is longer than 64 KiB"},
		{"the secret itself must not stand there, nor in the error", key, "is named by its place"},
		{"nothing is no place", "", "is named by its place"},
	} {
		var m mask.Masker
		value, err := credential.ReadPlace(row.place, folder, &m)
		switch {
		case row.wrong == "":
			if err != nil || strings.TrimLeft(value, " ") != key {
				t.Errorf("%s: %d bytes, %v", row.reason, len(value), err)
			}
			if shown := m.Text("got " + key); strings.Contains(shown, key) {
				t.Errorf("%s: it is not masked", row.reason)
			}
		case err == nil || !strings.Contains(err.Error(), row.wrong) || strings.Contains(err.Error(), key):
			t.Errorf("%s: the error is %v", row.reason, err)
		}
	}
}
