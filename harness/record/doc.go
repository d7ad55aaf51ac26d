// Package record takes down what a client and a server say to each other: a
// proxy between them that writes every exchange into a capture.
//
// In reading order:
//
//   - [Tape] collects exchanges of many connections, in the order in which they
//     began. [Tape.Capture] is what it holds at a moment.
//   - [Proxy] is a listener: a reverse proxy in front of one Target, or a
//     forward proxy that reads HTTPS with the certificates of an [Authority].
//   - [Keeper] writes a tape to a file again and again while it grows, redacted.
//
// The law it keeps: what a client gets is what the server sent, piece by piece
// as it came, and what is recorded is that: an answer as it was received, a
// request as it was sent on. On HTTP/1.1 that is byte for byte, in the order and
// spelling of its fields, but for those that belong to one connection (RFC 9110
// section 7.6.1). Those of HTTP/2 are sorted by name.
//
// Each connection of a client has connections of its own to servers, so that a
// login that belongs to a connection (NTLM, Negotiate) works as without the
// proxy. A request is sent at most once.
//
// Nothing else is changed: Location, the Domain of cookies and CORS fields stay.
// Through a reverse proxy a browser sees them from another origin than the
// server's own; for browsers the forward proxy is the right one.
//
// It is not for load: each exchange is kept, headers in memory and bodies in a
// file without a name.
package record
