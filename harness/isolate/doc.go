// Package isolate finds which of the changes between a working and a failing
// request breaks it, by sending the working one with some of them.
//
// In reading order:
//
//   - [Between] makes of two captures what is tried, [Differences]: a [Part] is
//     what can be put in alone, an [Atom] is parts that only make sense together.
//   - [Differences.Rank] says which of them the known causes blame, the likeliest
//     first.
//   - [Search] asks a [Tester] about sets of them until a minimal one is found
//     that breaks the request, and confirms it from both ends: the working
//     request with the set fails, the failing one without it works.
//   - [Differences.Apply] puts parts into a request that is about to be sent,
//     whose values are those of now.
//
// The law it keeps: a set that is found was seen to fail, and no set with one
// atom less of it was; what a Tester answers consistently is found whatever the
// order, in about log2(n) trials for each atom of the set.
//
// The package sends nothing and reads no clock: see [Tester].
package isolate
