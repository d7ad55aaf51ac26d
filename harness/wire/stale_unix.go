//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package wire

import (
	"net"
	"syscall"
)

// A staleCheck looks, without taking it, whether an idle connection has
// anything to read: its end, an error, or bytes that nobody asked for. It
// costs one system call and allocates once for a connection.
type staleCheck struct {
	raw   syscall.RawConn
	look  func(fd uintptr) bool
	quiet bool
	byte  [1]byte
}

// of prepares the check for the connection below TLS.
func (s *staleCheck) of(c net.Conn) {
	sys, ok := c.(syscall.Conn)
	if !ok {
		return
	}
	raw, err := sys.SyscallConn()
	if err != nil {
		return
	}
	s.raw = raw
	s.look = func(fd uintptr) bool {
		_, _, err := syscall.Recvfrom(int(fd), s.byte[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		s.quiet = err == syscall.EAGAIN
		return true
	}
}

// isStale tells whether the connection must not be used again.
func (s *staleCheck) isStale() bool {
	if s.raw == nil {
		return false
	}
	s.quiet = false
	return s.raw.Read(s.look) != nil || !s.quiet
}
