// Package scenarios knows why a request that worked now fails: the causes, how
// each is recognised in two captures, how it is injected into a working one,
// and what to do about it.
//
// In reading order:
//
//   - [Cause] is one cause: its prose, its detector, its injector. One file
//     holds one cause; [Catalogue] lists them all.
//   - [View] is what a detector looks at: the decisive pair of a comparison
//     and the facts drawn from it (credentials, tokens, clocks, who answered,
//     what a browser would have done).
//   - [Diagnose] runs all detectors and ranks what they found into
//     [Finding], each with its evidence and counter-evidence.
//   - [Injection] puts a cause into a working capture, [Cause.InjectLive] into
//     requests that will be sent: [Moves] is what client, browser or proxy do
//     then, and Cause.Expect what a server should answer. Package suite makes
//     scenarios of it.
//
// The law it keeps: Diagnose(ok, Inject(ok)) ranks the injected cause first,
// and a pair that is equal, or differs in noise alone, has no finding. What is
// sent for a cause is diagnosed as that cause; where that takes a key or an old
// token and there is none, nothing is sent (ErrNotTestable).
//
// It judges captures and nothing else: no network, no clock. Every time it
// reasons with is one that was recorded.
package scenarios
