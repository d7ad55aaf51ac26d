package accesslog

import (
	"strings"
	"time"
)

// A Format is a kind of line.
type Format uint8

// The formats, as they are told by content.
const (
	Unknown  Format = iota
	Combined        // common and combined of nginx and Apache, and what is built on them
	JSON            // an object a line
	HAProxy         // option httplog, with or without the syslog prefix
	Logfmt          // key=value pairs
	ErrorLog        // the error log of nginx
)

// String is the format's name in messages.
func (f Format) String() string {
	return [...]string{"unknown", "combined", "json", "haproxy", "logfmt", "error log"}[f]
}

// Answered tells which layer made an answer.
type Answered string

// The layers, outermost first.
const (
	ByCDN   Answered = "cdn"
	ByProxy Answered = "proxy" // the reverse proxy or load balancer itself: no upstream was asked, or none answered
	ByApp   Answered = "app"   // what stands behind the proxy; the app's own log says so of all it answers
)

// A Record is what one line tells. What the line does not tell is zero. The
// strings are parts of the line: [Record.Clone] one that is kept for long.
type Record struct {
	Line   int64 // from 1, set by [Log]; the line's number in its file
	Format Format

	Time time.Time // of the request or of its end, as the server notes it; zero: unknown
	// Zoneless tells that the line's time has no zone: Time is as in
	// [Options.Location].
	Zoneless bool

	Method, Proto string
	Target        string // path and query as logged, or "*"; without scheme and host
	Host          string // with the port where the line has it
	Status        int    // 0: none was sent, or the line tells of none
	Client        string // the address alone, without its port; a name where the server looked one up
	Country       string // two letters, as a CDN or the server found out
	UserAgent     string
	Referer       string

	RequestID string // also a correlation id, Envoy's and Caddy's ids
	Ray       string // of Cloudflare, without the airport
	Trace     string // trace id: 32 hex digits of traceparent, or as the logger spells it
	Span      string // span or parent id

	Answered       Answered // "": the line does not tell
	By             string   // by what Answered was told: a clause without captured values
	UpstreamStatus int      // of the last upstream that answered; 0: none, or unknown

	Duration time.Duration // of the whole request; 0: unknown

	Level   string // "debug", "info", "warn", "error", "fatal", as loggers mean it
	Message string
	Error   string // the error beside the message
	Logger  string // who wrote the line in an app
}

// IsRequest tells whether the line is of a request that was answered, rather
// than what an app says of its own doings.
func (r *Record) IsRequest() bool { return r.Status != 0 }

// Path is Target without its query.
func (r *Record) Path() string {
	if i := strings.IndexAny(r.Target, "?#"); i >= 0 {
		return r.Target[:i]
	}
	return r.Target
}

// Clone is a copy that does not hold on to the log's memory.
func (r *Record) Clone() Record {
	c := *r
	for _, s := range []*string{
		&c.Method, &c.Proto, &c.Target, &c.Host, &c.Client, &c.Country, &c.UserAgent, &c.Referer, &c.RequestID, &c.Ray,
		&c.Trace, &c.Span, &c.Level, &c.Message, &c.Error, &c.Logger,
	} {
		*s = strings.Clone(*s)
	}
	return c
}
