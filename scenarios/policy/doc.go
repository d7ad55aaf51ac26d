// Package policy judges how a client keeps itself logged in: whether it
// refreshes its tokens in time, once, and gives up in the right way.
//
// In reading order:
//
//   - [Rules] is what is asked of a client; the zero value is good practice.
//   - [Judge] reads a capture of the client, recorded in it or by a proxy in
//     front of it, and returns a [Judgement]: each [Breach] with its entry, each
//     [Refresh] with its share of the lifetime, and how often each [Rule] could be
//     judged at all.
//   - [Rule.Means] and [Rule.Advice] are the prose, the one source of what
//     terminals, reports and the README say.
//
// The law: what a capture does not show is no breach. A flow without tokens,
// without times or with credentials removed is judged in silence.
//
// It is not for causes: a failure has a cause (package scenarios), and a breach
// may be why, or only what will fail one day. It reads no clock: all times are
// those that were recorded.
package policy
