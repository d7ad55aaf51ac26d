// Package canary makes captures with secrets planted in them, and looks for
// these in what was written: the proof that redaction rests on.
//
// In reading order:
//
//   - [Plantings] are the kinds of secrets and the places where they stand, each
//     with the reason why it is there.
//   - [HAR] is a capture with one of them in each entry.
//   - [Hunt] finds what of them is left in a text, raw or below URL encoding,
//     JSON, HTML, Base64 of either alphabet at any offset, gzip, zlib, brotli and
//     zstd; twelve bytes of one are enough.
//
// The law it keeps: a hunt in the capture itself finds every secret.
//
// It is for tests alone. What the program takes for a secret is not here, but in
// package mask.
package canary
