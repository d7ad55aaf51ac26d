// Package results is what a replay found, as data: what was sent, what was
// answered differently, and which cause explains it.
//
// In reading order:
//
//   - [Report] is the whole; [Counts] sums it up, [Group] is one difference seen
//     in any number of answers, [Exchange] one answer that is not as recorded.
//   - [Plan] is what would be sent, before anything is; [CurlLine] the command
//     that sends one request of it.
//   - [Passage] is what a proxy made of requests and answers, [PassageBaseline]
//     what it did before.
//   - [Merge] puts the reports of shards together, each as [Read] reads it.
//   - A [Baseline] accepts differences that are known; [Report.ExitCode] is what
//     is left of them.
//
// A report is plain data and holds no secret: every captured value in it was
// masked before. Written as JSON and read back it is the same. The writers in
// harness/report make text, JUnit, Markdown and annotations of it.
package results
