package recorder

import (
	"bytes"
	"os"
	"testing"

	"github.com/replaydiff/replay/diff/traffic"
)

// Check fails the test where the capture is not what the file holds; with
// update, it writes the file before.
func (r *Recorder) Check(tb testing.TB, file string, update bool) {
	tb.Helper()
	var made bytes.Buffer
	if err := traffic.Write(&made, r.Capture, traffic.HAR); err != nil {
		tb.Fatal(err)
	}
	if update {
		if err := os.WriteFile(file, made.Bytes(), 0o644); err != nil {
			tb.Fatal(err)
		}
	}
	had, err := os.ReadFile(file)
	if err != nil {
		tb.Fatal(err)
	}
	if !bytes.Equal(had, made.Bytes()) {
		tb.Errorf("%s is not what the app says now: go test . -run TestRecording -update", file)
	}
}
