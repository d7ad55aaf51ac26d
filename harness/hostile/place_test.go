package hostile

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/harness/credential"
	"github.com/replaydiff/replay/harness/settings"
)

// What nobody named on the command line is found beside a capture, or named
// by a suite that came with it.
func TestPlaces(t *testing.T) {
	folder := t.TempDir()
	path := func(name string) string { return filepath.Join(folder, name) }
	write := func(name, text string) {
		if err := os.WriteFile(path(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	link := func(to, name string) {
		if err := os.Symlink(to, path(name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(path("pipe"), 0o600); err != nil {
		t.Skip("no pipes here: ", err)
	}
	write("long", strings.Repeat("a: 1\n", 1<<20))
	write("empty", "")
	write("broken", "\x00"+canary)
	link("/dev/zero", "zero")
	link("loop", "loop")
	link("pipe", "pipelink")
	link("nowhere", "dangling")
	open := func(file string) error { _, err := settings.Open(file); return err }
	secret := func(file string) error {
		_, err := credential.ReadPlace("file:"+file, folder, new(mask.Masker))
		return err
	}
	capture := func(file string) error {
		c, err := traffic.Open(file, traffic.Options{Limits: traffic.Limits{Unpacked: 1 << 20}})
		if err == nil {
			c.Close()
		}
		return err
	}
	for _, row := range []struct {
		name, reason string
		read         func(string) error
		file, want   string
	}{
		{"settings from a pipe", "nobody writes to it, and nobody asked for it to be read", open, "pipe", "no regular file"},
		{"settings from a link to a pipe", "as the pipe", open, "pipelink", "no regular file"},
		{"settings without an end", "/dev/zero has no length", open, "zero", "no regular file"},
		{"settings from a folder", "a folder of that name", open, "", "no regular file"},
		{"settings in a circle", "a link to itself", open, "loop", "too many levels"},
		{"long settings", "five MiB of them", open, "long", "longer than"},
		{"broken settings", "a NUL", open, "broken", "broken: "},
		{"no settings", "a link to nothing is no file", open, "dangling", ""},
		{"a secret without an end", "/dev/zero has no length", secret, "zero", "longer than"},
		{"a secret from a folder", "a folder is no secret", secret, ".", "is a directory"},
		{"a secret in a circle", "a link to itself", secret, "loop", "too many levels"},
		{"an empty secret", "it would be sent as no credential", secret, "empty", "is empty"},
		{"a long secret", "a file that is no secret must not be sent", secret, "long", "longer than"},
		{"a secret above the folder", "only its absence is told", secret, "../../../../../../../../nonexistent", "no such file"},
		{"a capture without an end", "it is read up to the bound", capture, "zero", "Limits.Unpacked"},
		{"a capture in a circle", "a link to itself", capture, "loop", "too many levels"},
		{"a capture that is a folder", "what was meant is in it", capture, "", "is a folder"},
	} {
		t.Run(row.name, func(t *testing.T) {
			took := measure(t, func() {
				file := path(row.file)
				if row.name == "a secret above the folder" {
					file = row.file
				}
				err := row.read(file)
				switch {
				case row.want == "" && err != nil:
					t.Errorf("%v (%s)", err, row.reason)
				case row.want != "" && (err == nil || !strings.Contains(err.Error(), row.want)):
					t.Errorf("got  %v\nwant %s (%s)", err, row.want, row.reason)
				case err != nil && strings.Contains(err.Error(), canary):
					t.Errorf("a message repeats what the file holds: %v", err)
				}
			})
			if took.allocated > 64<<20 {
				t.Errorf("%.0f MiB were allocated (%s)", mib(took.allocated), row.reason)
			}
		})
	}
}
