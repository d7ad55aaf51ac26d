// Package devtools is what a browser says of its own decisions about an
// exchange, as Chromium's DevTools tell it: which cookies it kept back and by
// which reason, which rule of CORS failed, what stopped a request. No export
// of any browser writes this down; harness/browse records it, and
// [github.com/replaydiff/replay/scenarios] reads it as evidence.
//
// In reading order:
//
//   - [Notes] is all of it, kept in one field of a HAR entry, [Field].
//     [Of] reads it, [Notes.Field] writes it.
//   - [Cookie] is a cookie that was kept back. It has no value.
//   - [CORSRule], [SendRule] and [StoreRule] translate the browser's words into
//     the rules of scenarios/browser. A word that none of them knows stays as it
//     is: it is shown, and nothing is concluded from it.
//   - [SourceOf] tells the answers that no server gave: caches, service workers.
//     It reads the fields of Chromium's own export too.
//
// The law: Of(Notes.Field) returns the notes, and notes hold no secret: no
// value of a cookie, no query of a URL.
//
// It is not for deciding what a browser would do; scenarios/browser does.
package devtools
