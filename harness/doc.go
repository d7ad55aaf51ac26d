// Package harness sends a recorded flow again, to a target that the user named
// and to no other host, and says what is answered differently now.
//
// In reading order:
//
//   - [Target] says where requests go in place of the recorded hosts.
//   - [NewPlan] decides, without the network, what becomes of each exchange: a
//     [Step] that is sent, or a reason not to. All mistakes of a capture are
//     refused at once ([Refused]), before anything is dialled.
//   - Exchanges that share an identity are one [Session], with one cookie jar
//     and in recorded order; sessions run side by side. [Shard] gives each
//     process its share of them.
//   - [Runner.Run] sends a plan and compares every answer with the recorded
//     one; [Replayed] is the report and the live capture.
//   - [Runner.Compare] asks two targets and compares their answers,
//     [Runner.RunPair] replays a working and a failing capture.
//   - [Runner.Try] plays one entry with what it needs, and with changes;
//     [Runner.Isolate] finds by that which change breaks a request.
//   - [Serve] is the other way round: a capture answers the requests of a client,
//     and says of each that it has no answer to why; [MustServe] is one line of a
//     test.
//   - [Through] stands on both sides of a proxy (package through).
//
// The law it keeps: a recorded request leaves at most once, and only for an
// address of the plan.
//
// It is not for writing reports (harness/report) and knows no flags.
package harness
