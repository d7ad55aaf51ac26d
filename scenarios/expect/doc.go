// Package expect describes answers as data: what a server should say to a
// request that carries a fault.
//
// In reading order:
//
//   - [Expectation] is any of several [Answer]s, and what it means if the
//     request is accepted all the same ([Acceptance]).
//   - [Answer] is a description in which every condition that is set must hold;
//     the zero value is every answer.
//   - [Status], [Challenge], [Header], [Cookie], [JSON], [Body], [Login] and the
//     others are conditions for [That], which reads as a sentence:
//     That(Status(401), Challenge("Bearer", Param("error", Is("invalid_token")))).
//   - [Value] is what a single text must be.
//
// It is not for judging: package suite compares an answer with its description.
package expect
