// Package trail finds the lines that server logs have of recorded exchanges: how
// far a request came (CDN, proxy, app), and what was said of it there.
//
// In reading order:
//
//   - [Find] reads logs for exchanges of a capture and returns [Trails]: a
//     [Trail] for each exchange, and of each log as a whole what [Log] tells.
//   - An exchange is joined with lines by the ids that both sides have (ids.go:
//     request ids, traces, rays, as a table), else by time, method and path
//     (decide.go), where status, user agent, query and host agree (fits.go).
//   - The clocks of a log and of the capture differ (skew.go): by how much is
//     told by joins that nothing else can explain, else by the Date of answers.
//   - [Trails.Logged] is the pure data that package scenarios judges by.
//
// The law it keeps: a line is called that of an exchange where its id says so,
// or where no other line and no other exchange can be meant; else it is
// ambiguous, and told as that. That a log has no line is told only for a time
// that the log covers.
//
// A log is read once, as a stream: the memory depends on the capture, not on
// the log. It is not for reading lines (package accesslog), nor for what they
// mean (package scenarios). What it returns holds captured text: what prints it
// masks it.
package trail
