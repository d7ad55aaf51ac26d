// Package report writes results for people and for programs.
//
//   - [Diff] and [DiffJSON] write a comparison of two captures, [Entries] and
//     [EntriesJSON] the exchanges of one. diff.schema.json and
//     entries.schema.json are the contract of the JSON.
//   - [Explain] and [ExplainJSON] write the verdict on a failure alone, [Causes],
//     [Cause] and [CausesJSON] the catalogue. explain.schema.json is the contract.
//   - [Run] and [RunJSON] write what a replay found, of one target, of two, or of
//     a pair; [JUnit], [Markdown] and [Annotations] the same for CI and for pull
//     requests. run.schema.json is the contract of the JSON.
//   - [Plan] and [PlanJSON] write what would be sent, before anything is;
//     plan.schema.json is the contract. [Progress] tells how far a replay is.
//   - [Passage], [PassageJSON], [PassageMarkdown] and [PassageJUnit] write what a
//     proxy made of requests; through.schema.json is the contract of the JSON.
//   - [DiffHTML] and [ExplainHTML] write a comparison as one page that needs no
//     network; package page has the shell that all pages share.
//   - [Terminal] is how a text looks: its width, its colours.
//
// Every writer takes an io.Writer and returns its error. Every captured value
// passes the masker on its way out, here and nowhere else, and has its control
// characters made visible. Reports and plans were masked when they were made;
// they may come from a file, so what a terminal, a CI runner, XML or Markdown
// would obey in them is made visible here all the same.
package report
