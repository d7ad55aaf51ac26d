// Package mask is the one door that captured text passes on its way to a
// screen, a report or an error: secrets become placeholders, everything that
// could steer a terminal becomes visible.
//
// The same secret has the same placeholder in every place, another secret has
// another one, so equality can still be read: `Bearer ‹jwt 1›` beside
// `‹jwt 1›` is a token that lost its scheme.
//
// In reading order:
//
//   - [Masker] holds what one run knows of secrets. Its doors are named by
//     the place the text stood in: [Masker.Header], [Masker.Cookie],
//     [Masker.Query], [Masker.Form], [Masker.JSON], [Masker.Claim],
//     [Masker.URL], [Masker.Body], and [Masker.Text] for everything else.
//   - [Masker.LearnCapture] is the first pass over both captures: what stands
//     once under a secret name is masked wherever it stands again.
//   - [Redactor] masks whole captures for a file, with marks in plain ASCII, and
//     leaves readable what a diagnosis needs. It takes bodies apart further than
//     a screen needs: Base64, content codings. [Redactor.Find] tells where a
//     capture holds what looks like a secret.
//   - [Keys] tells which keys made the marks of a capture: those of two keys can't
//     be compared.
//   - [Visible] makes control characters and the like visible. All doors end
//     in it.
//
// What counts as a secret is data: lists.go has the names, shapes.go the
// shapes. What must stay readable (schemes, challenges, cookie names, claims
// such as exp, values that are themselves the bug such as "undefined") is in
// the same tables.
//
// It keeps law 4 (redaction keeps the answer): no learnt secret of
// [MinLearnt] bytes or more is in any output, equal stays equal, different
// stays different, and masking what is masked changes nothing.
//
// The doors differ from the masking below them in the last step alone
// ([Visible]); the walks over headers, URLs and bodies keep every byte that
// they don't mask, so that [Redactor] can use them.
//
// It is not for deciding what differs: values are compared as captured and
// masked at the last step.
package mask
