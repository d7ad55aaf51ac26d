// Package watch stands in front of a server, watches how one client keeps itself
// logged in, and judges it: whether it refreshes its token at 70–80 % of the
// lifetime, gives up after a few refusals, and leads a person to the login.
//
// In reading order:
//
//   - [Listen] starts a [Watch], a reverse proxy; the client under test is given
//     its URL in place of the server's.
//   - Options.Lifetime lets tokens live for seconds, [Watch.Revoke],
//     [Watch.RefuseAll] and [Watch.RefuseRefresh] refuse them, so that a test
//     need not wait for the hour in which a client shows what it does.
//   - [Watch.Verdict] judges what was seen so far by package policy.
//
// The law it keeps: until it is told to provoke, a client gets the answers of
// the server and nothing else; and what it is judged by is [Watch.Capture],
// which anyone can judge again.
//
// It is not byte-faithful, as package damage is: streams, HTTP/2 and WebSocket
// go through it as through any proxy, and their header fields are in no order.
package watch
