//go:build !linux

package servers

import (
	"os"
	"syscall"
)

func attributes() *syscall.SysProcAttr { return nil }

func terminate(p *os.Process) {
	if p.Signal(syscall.SIGTERM) != nil {
		_ = p.Kill() // Windows has no signals
	}
}

func kill(p *os.Process) { _ = p.Kill() }
