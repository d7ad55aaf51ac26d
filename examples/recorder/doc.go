// Package recorder writes captures of the example apps: each request goes to an
// app on a loopback port and is kept under the name that the app has in
// production, at the time of a clock that stands still between requests. So
// the same app makes the same file.
//
// In reading order:
//
//   - [Clock] is the time of the app and of the capture.
//   - [Recorder] is the http.RoundTripper between a client and the apps.
//   - [Recorder.Check] compares the capture with the file in the repository, or
//     writes it.
//
// It is for the examples of this repository. What records a client of yours is
// harness/vcr, a browser, or replay record.
package recorder
