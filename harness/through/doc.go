// Package through stands on both sides of a proxy: it sends recorded requests
// to it and is the server behind it, so it sees what the proxy forwards and
// what it does to the answers.
//
// In reading order:
//
//   - [Stand] is the two sides; Run sends a list of [Send] and returns a
//     [results.Passage].
//   - The desk is the upstream: it pairs what arrives with what was sent, by a
//     field that was added ([Correlation]), and by order where the proxy takes
//     it away. It answers as recorded.
//   - Before anything else it is proven, with safe requests, that the proxy
//     comes here ([Elsewhere] if not); a method that changes things is only sent
//     for a path that was proven.
//   - Both directions are compared by the edits of package diff. Each is an
//     alteration of a known kind, most of them expected of any proxy; those that
//     take authority away are findings, with the cause and what mends it.
//   - Probes try what the capture does not hold.
//
// Requests go one after the other: that is what makes order a proof.
//
// It is not for finding out whether the app behind a proxy works (replay run):
// the app is not asked.
package through
