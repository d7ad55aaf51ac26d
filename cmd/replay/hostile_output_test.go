package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// outputs runs a command in this process.
func outputs(t testing.TB, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(args, strings.NewReader(""), &out, &errs)
	return out.String(), errs.String(), code
}

// A form is a command and how what it writes has to be read.
type form struct {
	as   string
	args string // OK and BAD are captures
}

// TestHostileCaptures: whatever a capture holds, nothing that is printed of it
// acts on a terminal, a browser, a parser or a CI runner.
func TestHostileCaptures(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: go test without -short runs it")
	}
	forms := []form{
		{"text", "diff OK BAD"}, {"text", "diff OK BAD --all --color always"}, {"text", "diff OK BAD --all --dangerously-show-secrets"},
		{"json", "diff OK BAD --format json"}, {"json", "diff BAD OK --format json --dangerously-show-secrets"},
		{"text", "explain OK BAD"}, {"text", "explain BAD"}, {"json", "explain OK BAD --format json"}, {"json", "explain BAD --format json --dangerously-show-secrets"},
		{"text", "show BAD"}, {"text", "show BAD --dangerously-show-secrets"}, {"json", "show BAD --format json"}, {"json", "show BAD --format json --dangerously-show-secrets"},
		{"text", "redact --check BAD"}, {"text", "convert --to curl BAD -"}, {"text", "convert --to curl SENT -"},
		{"yaml", "new SENT BAD"}, {"yaml", "new SENT"}, {"go", "new SENT --ginkgo"}, {"yaml", "new OK BAD"},
		{"text", "run SENT --target http://127.0.0.1:1 --plan --allow-unsafe"}, {"json", "run SENT --target http://127.0.0.1:1 --dry-run --format json"},
		{"text", "run SENT --target http://127.0.0.1:1 --timeout 1s"},
		{"text", "run BAD --target http://127.0.0.1:1"}, {"text", "run BAD --target http://127.0.0.1:1 --plan"}, {"json", "run BAD --target http://127.0.0.1:1 --dry-run --format json"},
		{"text", "test BAD --target http://127.0.0.1:1"}, {"text", "merge BAD"}, {"text", "diff BAD nowhere/BAD"}, {"text", "causes BAD"}, {"text", "BAD"}, {"text", "diff --BAD"},
		{"text", "run OK --target BAD"}, {"text", "run OK --target http://127.0.0.1:1 --set BAD"}, {"text", "run OK --target http://127.0.0.1:1 --map BAD"},
		{"text", "run OK --target http://127.0.0.1:1 --auth BAD"}, {"text", "run OK --target http://127.0.0.1:1 --resolve BAD"}, {"text", "run OK --target http://127.0.0.1:1 --proxy BAD"},
		{"text", "run OK --target http://127.0.0.1:1 --no-carry BAD"}, {"text", "run OK --target http://127.0.0.1:1 --baseline BAD"}, {"text", "run OK --target http://127.0.0.1:1 --report BAD=BAD"},
		{"text", "run OK --target http://127.0.0.1:1 --save BAD/BAD"}, {"text", "convert OK BAD"}, {"text", "watch --target BAD"}, {"text", "watch --target http://127.0.0.1:1 --listen BAD"},
		{"text", "through BAD OK"}, {"text", "through http://127.0.0.1:1 OK --listen BAD"}, {"text", "redact OK OK BAD"}, {"text", "diff OK BAD --format BAD"}, {"text", "diff OK BAD --ignore BAD"},
	}
	values := hostileValues()
	var looked atomic.Int64
	t.Cleanup(func() {
		if n := looked.Load(); n < int64(10*len(values)) {
			t.Errorf("%d outputs of %d values: the test looks at too little", n, len(values))
		}
	})
	for i := 0; i < len(values); i += 2 {
		v, next := values[i], values[(i+1)%len(values)]
		t.Run(v.reason+", "+next.reason, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			ok, bad := filepath.Join(folder, "ok.har"), filepath.Join(folder, fileName(v.text))
			write(t, ok, hostileHAR([]hostileValue{{text: "plain"}}, 200, false))
			write(t, bad, hostileHAR([]hostileValue{v, next}, 401, false))
			sent := filepath.Join(folder, "sent"+fileName(next.text)+".har")
			write(t, sent, hostileHAR([]hostileValue{v, next}, 200, true))
			for _, f := range forms {
				var args []string
				for _, word := range strings.Fields(f.args) {
					args = append(args, strings.NewReplacer("OK", ok, "BAD", bad, "SENT", sent).Replace(word))
				}
				stdout, stderr, code := outputs(t, args...)
				failed := t.Failed()
				inert(t, stderr)
				if code <= exitDiffers && stdout != "" {
					looked.Add(1)
					inertForms[f.as](t, stdout)
				} else {
					inert(t, stdout)
				}
				if t.Failed() && !failed {
					t.Errorf("of %s", f.args)
				}
			}
		})
	}
}

func write(t testing.TB, name, content string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
