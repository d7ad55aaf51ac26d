package browse

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"syscall"
)

// givePipes gives the browser its ends of the pipes: on Windows they are
// handles, named by a switch (content/browser/devtools, pipe handler). Ours are
// not inherited, or the pipes would not end with this program. It gets a
// process group of its own, so that Ctrl-C ends the recording and not the
// browser first.
func givePipes(cmd *exec.Cmd, reads, writes, ours, in *os.File) error {
	for _, f := range []*os.File{ours, in} {
		if err := syscall.SetHandleInformation(syscall.Handle(f.Fd()), syscall.HANDLE_FLAG_INHERIT, 0); err != nil {
			return fmt.Errorf("a pipe can't be kept: %w", err)
		}
	}
	handles := []syscall.Handle{syscall.Handle(reads.Fd()), syscall.Handle(writes.Fd())}
	for _, h := range handles {
		if err := syscall.SetHandleInformation(h, syscall.HANDLE_FLAG_INHERIT, syscall.HANDLE_FLAG_INHERIT); err != nil {
			return fmt.Errorf("a pipe can't be given away: %w", err)
		}
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{
		AdditionalInheritedHandles: handles,
		CreationFlags:              syscall.CREATE_NEW_PROCESS_GROUP,
	}
	cmd.Args = slices.Insert(cmd.Args, 1, fmt.Sprintf("--remote-debugging-io-pipes=%d,%d", handles[0], handles[1]))
	return nil
}

// kill ends the browser. Its children end when it does.
func kill(cmd *exec.Cmd) { _ = cmd.Process.Kill() }
