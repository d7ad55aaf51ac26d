// Package answers says what differs between a recorded answer and a live one,
// and makes a report of many such differences.
//
// In reading order:
//
//   - [Comparer] compares two answers by the edits of package diff and marks what
//     does not matter: values that were carried on, the recorder's and the
//     transport's own matters, times, ids, nonces. [Differences] is the short form.
//   - [Learner] learns what differs from itself among repeated answers of one
//     target, so that nobody has to list it.
//   - [Regression] tells a difference that breaks or weakens something from one
//     that is only another answer.
//   - [Tally] groups the differences of a run by kind of request and field, with
//     counts and one example each, for a [results.Report].
//
// The laws it keeps: what differs in noise alone is silent, and any one broken
// thing is shown; status, structure and whatever carries authority are never
// noise; a tally is the same whatever the order in which answers came.
//
// It sends nothing and has no clock: times are those of the exchanges.
package answers
