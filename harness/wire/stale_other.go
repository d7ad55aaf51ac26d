//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package wire

import "net"

// A staleCheck can't look at a connection here: one that the server closed
// fails when it is written to.
type staleCheck struct{}

func (*staleCheck) of(net.Conn) {}

func (*staleCheck) isStale() bool { return false }
