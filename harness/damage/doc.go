// Package damage is a proxy that does, on purpose, what proxies do by mistake:
// it loses Authorization, sets the wrong Host, strips a path, answers in the
// place of the app, hangs up. So a cause that lies between client and server is
// put into a live request alone, and everything else stays as it is.
//
// In reading order:
//
//   - [Proxy] stands between a request and what sends it ([Doer]), within this
//     process; [Check] tells beforehand whether damage can be done.
//   - [Proxy.Follow] is what a client does with a redirect to another name.
//   - [Listen] is the same as a server on loopback, to be put between a client
//     and a server of one's own in a test.
//
// The law it keeps: what no deed names goes through byte for byte, the order
// and the spelling of fields included.
//
// It is not a proxy to build on: it holds each message in memory, and what it
// does to them is wrong.
package damage
