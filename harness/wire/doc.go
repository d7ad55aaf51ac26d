// Package wire sends one request on one connection, at most once, and gives
// the answer as it was received.
//
// In reading order:
//
//   - [RequestOf] makes a [Request] of a recorded one; [Client.Do] sends it.
//   - [Answer] is what came back: the header section in order, with case and
//     repetition, the body as it was sent. [Answer.Response] is the same as a
//     capture has it, its content coding decoded.
//   - [Error] says how far a request got. [ReadHead] and
//     [ReadRequestBody] read a request for those who stand on the server's side
//     (package rawserver).
//
// The package keeps the law that a request reaches a server at most once: a
// connection that was found closed may be replaced as long as not one byte of
// the request was written, and after that byte there is never another try
// ([Error.Sent]). And nothing but [Client.Allow] is looked up or dialled.
//
// It is not a general client: it follows no redirect, keeps no cookie, adds no
// field but the framing ones, asks for no compression and reads no environment.
// That is why it does not stand on net/http.Transport, which sends a request
// again when a reused connection breaks and keeps the fields of an answer in a
// map. Chunks and the frames of HTTP/2 are read by the libraries that
// net/http stands on.
package wire
