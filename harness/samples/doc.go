// Package samples makes sample requests of a recorded flow, for the
// documentation of a team: how to log in, and one request for each kind of
// route that takes a credential.
//
// In reading order:
//
//   - [Build] makes a [Document]: the [Part] values in recorded order, each one
//     request. A step hands out values that later parts carry; which value goes
//     where is known from package correlate.
//   - A value that is secret, or that an earlier answer hands out, is a variable
//     of the shell ([Variable]): the reader sets some, the commands of the steps
//     take the others from answers (extract.go). Cookies are kept by curl.
//   - What a server hardly needs for this is left out (minimal.go): what browsers
//     add by themselves.
//
// The law it keeps: a document holds no secret of the capture, and its commands,
// run in their order by bash with the reader's variables set, send the requests
// of the capture. Captured text is quoted so that it can't end its argument.
//
// It sends nothing, and does not write Markdown (harness/report).
package samples
