// Package report writes results for people and for programs.
//
//   - [Diff] and [DiffJSON] write a comparison of two captures, [Entries] and
//     [EntriesJSON] the exchanges of one. diff.schema.json and
//     entries.schema.json are the contract of the JSON.
//   - [Explain] and [ExplainJSON] write the verdict on a failure alone, [Causes],
//     [Cause] and [CausesJSON] the catalogue. explain.schema.json is the contract.
//   - [Terminal] is how a text looks: its width, its colours.
//
// Every writer takes an io.Writer and returns its error. Every captured value
// passes the masker on its way out, here and nowhere else, and has its control
// characters made visible.
package report
