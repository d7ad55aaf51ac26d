// Package rawserver is the server's side of HTTP/1.1 for those who must see
// exactly what was sent: header fields in order, with case and repetition, the
// request target byte for byte.
//
// [Listen] starts a [Server]; its Answer function is given each [Request] whole
// and returns what is written, fields in order and spelled as they are.
//
// [Request.Forward] and [Back] are what a proxy makes of a request and of its
// answer.
//
// The law it keeps: what a [Request] holds is what came, and what an answer
// holds is what leaves, but for the framing of bodies, which is always valid.
//
// It is not for serving applications: it holds each message in memory, answers
// the requests of a connection one after the other and knows neither HTTP/2 nor
// protocols that a connection switches to. For those there is net/http, which
// keeps fields in a map.
package rawserver
