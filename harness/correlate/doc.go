// Package correlate finds which values of recorded answers later requests
// carried on (a CSRF token, the id of what was created, an OAuth code), and
// puts the live values in their place when the requests are sent again.
//
// In reading order:
//
//   - [Find] looks through a capture and returns a [Plan]: its [Link] values,
//     what to be warned of, and which entries need which.
//   - [Plan.Start] begins a run. [Live.Answer] learns the live values from the
//     place where the recorded answer had them; [Live.Request] puts them into
//     a request, in the encoding that the recorded one had there.
//   - [Live.Translate] does the same to any text of the capture, so that a
//     value that is another one today can be told from a change.
//
// The law it keeps: where a flow was recorded twice, with other secrets, the
// plan of the first turns its requests into those of the second, and a request
// without links is left as it is, byte for byte.
//
// The package sends nothing, reads no clock, and keeps no cookies: Cookie
// headers are left to a jar, though their links are listed.
package correlate
