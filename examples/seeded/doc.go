// Package seeded proves that suites find what they are for: it runs one against
// an app with a mistake in it, for each mistake, and compares what the suite
// says with a table.
//
// In reading order:
//
//   - [Seed] is a mistake, and the scenario that has to find it.
//   - [Bench] is a suite and the apps that it runs against.
//   - [Bench.Check] proves the suite: silent about the right app, and every
//     mistake is found as the table says. It keeps a list of all that was found
//     in a file, so that a change shows.
//
// It is for the examples of this repository; a suite of yours tests your app as
// it is.
package seeded
