package servers

import (
	"os"
	"syscall"
)

// attributes put the server in a process group of its own, and have the kernel
// end it when the test binary dies without its cleanups (a panic, a timeout).
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
}

func terminate(p *os.Process) { _ = p.Signal(syscall.SIGTERM) }

// kill ends the server and its workers.
func kill(p *os.Process) { _ = syscall.Kill(-p.Pid, syscall.SIGKILL) }
