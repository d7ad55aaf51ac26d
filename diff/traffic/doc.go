// Package traffic is what was said on the wire, byte for byte: captures of
// HTTP exchanges, read from HAR files, go-vcr cassettes and curl command
// lines, and written back without loss.
//
// In reading order:
//
//   - [Capture] is one recorded flow; [Exchange] one request and its answer;
//     [Request], [Response], [Header] and [Body] their parts.
//   - [Open] and [Read] recognise the format by content and read it, within
//     the bounds of [Limits]; what was odd but readable becomes a [Warning].
//   - [Write] writes a capture in a given [Format].
//
// The package keeps the law that nothing is lost: Read(Write(capture)) equals
// the capture, fields unknown to the model included ([Fields]).
//
// It is not for sending requests, nor for judging them: it has no network, no
// clock and no opinion. It never changes the spelling, the order or the
// repetition of a header.
package traffic
