// Package page writes what was found as one HTML file that shows itself: no
// request to anywhere, everything captured as text.
//
// In reading order:
//
//   - [Page] is what one page shows: a [Headline], the [Verdict] on each failure,
//     the flow as [Row], one for each exchange or pair, and below each row its
//     blocks. The names old and new are those of the two columns: the working
//     and the failing capture of diff, the recorded and the live answer of run.
//   - [Block] is a piece of a page: what changed, a message side by side, a
//     table, a list of rules, a text. The pages of all commands are made of these
//     few.
//   - [Write] writes it: the shell (shell.html) with page.css and page.js in
//     it, and the page as JSON. Texts and lines of messages that repeat stand in
//     it once ([Text], [Line]); its length is bounded ([MaxBytes]).
//
// page.js draws it. It puts text into the document as text alone (textContent),
// and the policy of the page (Content-Security-Policy) lets nothing else run,
// load or be parsed: default-src 'none', script and style by their hash, no
// HTML from strings (Trusted Types).
//
// The law: whatever the strings of a Page hold, the file is the shell with one
// JSON document in it, and draws no other elements than page.js names.
//
// It is not for masking: a Page holds what may be shown, in the words of
// package mask. Nor does it decide what matters; package report does.
package page
