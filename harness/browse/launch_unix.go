//go:build !windows

package browse

import (
	"os"
	"os/exec"
	"syscall"
)

// givePipes gives the browser its ends of the pipes: it reads from file
// descriptor 3 and writes to 4. It gets a process group of its own, so that
// Ctrl-C at the terminal ends the recording and not the browser first.
func givePipes(cmd *exec.Cmd, reads, writes, _, _ *os.File) error {
	cmd.ExtraFiles = []*os.File{reads, writes}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return nil
}

// kill ends the browser with its children.
func kill(cmd *exec.Cmd) {
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // it may be gone by now
}
