// Package diff takes two captures of one flow, pairs their exchanges and says
// what changed in each, structurally.
//
// In reading order:
//
//   - [Align] pairs the exchanges of two captures; [FirstDivergence] is the
//     first pair whose [Outcome] differs. [EndsAway] tells that it went on
//     where the capture has nothing of.
//   - [Between] lists what changed from one exchange to another as [Edit];
//     [Apply] puts edits into the exchange.
//   - [Compare] does all that for two captures and marks each edit that is
//     [Noise], by name, without dropping it.
//
// The law it keeps: Apply(ok, Between(ok, bad)) equals bad, every subset of
// the edits applies, in any order, and there are none if and only if both are
// equal. Edits are in the coordinates of ok, so they do not shift each other.
// Noise is a mark put on edits afterwards, never a hole in the diff.
//
// The package does not say what a difference means (that is scenarios), reads
// no clock and opens no connection.
package diff
