// Package accesslog reads the lines that servers, proxies and apps write of
// their requests.
//
// In reading order:
//
//   - [Record] is what one line tells; [Answered] who answered, as far as the
//     line tells that.
//   - [Parse] reads one line, whatever its [Format]; a [Parser] keeps to the
//     format that it met before.
//   - [Open] opens a log, plain or compressed: a [Log]. [Log.All] yields its
//     records in order; [Stream] parses on all cores and hands over what was
//     made of the records, in order.
//   - [Skipped] are the lines that say nothing.
//
// The formats are told by content: common and combined of nginx and Apache with
// what people put before and after, HAProxy's httplog, lines of JSON with any
// sensible spelling of their keys (Caddy, Traefik, Envoy, clouds, the loggers of
// apps), logfmt, and the error log of nginx. The keys are a table (keys.go).
//
// The law it keeps: no line stops the reading, however long or broken, and the
// memory does not grow with the log. Lines are cut at a bound, what can't be
// decoded is counted and its place told, never its content.
//
// Records hold captured text: what prints it masks it. The package is not for
// counting (package rates), nor for finding the lines of one exchange.
package accesslog
