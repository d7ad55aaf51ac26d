// Package vcr records what an existing Go client does into a go-vcr cassette,
// with the secrets masked before anything is written.
//
// In reading order:
//
//   - [Record], [Once] and [Replay] are one line in a test:
//     &http.Client{Transport: vcr.Record(t, "testdata/bad")}.
//   - [Recorder] is the same with fields to set and without a test.
//   - [Diff] compares the cassettes of a working and a failing run, and names the
//     cause.
//
// The client sees the true answers. The file holds marks in the place of
// secrets (mask.Redactor): the same secret has the same mark in all cassettes
// that one user records, so that their diff stays right, and JWTs keep their
// readable claims. It is written by go-vcr v2 and can be loaded by it.
//
// The law it keeps: no secret that stood under a secret name, or that has the
// shape of one, is in a file; and the diagnosis of two cassettes is that of the
// traffic.
package vcr
