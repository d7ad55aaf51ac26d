package servers

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A run is one process of a server, with its log in a file.
type run struct {
	cmd   *exec.Cmd
	file  string        // of the log
	ended chan struct{} // closed when the process has ended
}

func launch(tb testing.TB, binary string, args []string, folder string) *run {
	tb.Helper()
	log := filepath.Join(folder, "error.log")
	out, err := os.Create(log)
	if err != nil {
		tb.Fatal(err)
	}
	defer out.Close() // the process has its own descriptor
	r := &run{cmd: exec.Command(binary, args...), file: log, ended: make(chan struct{})}
	r.cmd.Stdout, r.cmd.Stderr = out, out
	r.cmd.Dir = folder
	r.cmd.Env = append(os.Environ(), "HOME="+folder, "XDG_CONFIG_HOME="+folder, "XDG_DATA_HOME="+folder) // where Caddy writes
	r.cmd.SysProcAttr = attributes()
	if err := r.cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	go func() {
		_ = r.cmd.Wait() // the log and ProcessState tell why
		// A master that ends while it starts its workers leaves them alone in
		// the world. Now the group is still theirs; later it might be another's.
		kill(r.cmd.Process)
		close(r.ended)
	}()
	return r
}

func (r *run) log() string { return read(r.file) }

// wait returns "" once the server has bound its port, otherwise why it has
// not: its own words.
func (r *run) wait(p program, folder string) string {
	deadline := time.After(patience)
	for {
		select {
		case <-r.ended:
			return fmt.Sprintf("%v\n%s", r.cmd.ProcessState, strings.TrimSpace(r.log()))
		case <-deadline:
			return fmt.Sprintf("not ready after %v\n%s", patience, strings.TrimSpace(r.log()))
		case <-time.After(2 * time.Millisecond):
		}
		log := r.log()
		// nginx tries a busy port for seconds before it gives up.
		if strings.Contains(log, "Address already in use") {
			return log
		}
		if p.started(folder, log) {
			return ""
		}
	}
}

// stop ends the process: politely, then not.
func (r *run) stop() {
	terminate(r.cmd.Process)
	select {
	case <-r.ended:
	case <-time.After(2 * time.Second):
		kill(r.cmd.Process)
		<-r.ended
	}
}
