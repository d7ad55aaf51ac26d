// Package rates counts how often requests are refused, by route, client and
// layer, over time, and tells a spike from the ordinary ups and downs.
//
// In reading order:
//
//   - An [Event] is one answered request: [Reader] makes it of a line of a log,
//     [FromExchange] of an exchange of a capture.
//   - A [Collector] counts events by some [Breakdown]s: routes are learnt
//     (routes.go), tables are bounded (table.go), and so are windows (windows.go).
//   - [Collector.Report] is the [Report]: what package report writes.
//   - [Judge] says which of some series have a spike: the mathematics alone, for
//     counts from anywhere.
//
// The laws it keeps: the rows of a table and its other row sum up to the total,
// whatever was merged on the way; the memory does not grow with the number of
// events; the same events in the same order give the same report.
//
// It knows no clock, and no files: package accesslog reads logs. Keys are
// captured text: [Options.Shown] is the door that they pass on their way into a
// report.
package rates
