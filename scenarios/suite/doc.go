// Package suite is the scenarios that keep a cause from coming back, as data:
// a working capture, a cause that is put into it, and the answer that should
// come.
//
// In reading order:
//
//   - A scenario is made by a function that is named after what goes wrong:
//     [ExpiredToken], [MissingBearerPrefix], [CORSPreflight], and so on through
//     the catalogue ([Constructors] lists them). It reads as a sentence:
//     ExpiredToken(2*time.Hour).On("GET /orders").Expect(expect.Status(401)).
//   - [Suite] is a set of them; [Read] and [Write] are its YAML, [Schema] what
//     editors complete it by; [WriteGinkgo] is a test in Go.
//   - [Login] is how a suite logs in, with the keys of .replay.yaml; [Policy] what
//     it asks of the client that made a capture (package policy judges it).
//   - [New] chooses the scenarios that fit a capture.
//   - [Scenario.Inject] tells how a scenario is put into a flow that will be
//     sent, and [Scenario.Check] what does not hold of the answer.
//
// The laws: a suite that was written is read back the same; and an injection
// never becomes another cause: where a key or an old token is missing, it is
// refused with the reason (scenarios.ErrNotTestable).
//
// It sends nothing and reads no clock: harness runs suites.
package suite
