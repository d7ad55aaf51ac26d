package trail

import (
	"time"

	"github.com/replaydiff/replay/harness/accesslog"
)

// A Layer is whose log it is.
type Layer string

// The layers, outermost first.
const (
	CDN     Layer = "cdn"
	Proxy   Layer = "proxy"
	App     Layer = "app"
	Unknown Layer = ""
)

// A Source is a log to read.
type Source struct {
	Name  string // a file, or "-" for standard input
	Layer Layer  // as the user says; "": by content
}

// Options are how logs are read. The zero value is the default.
type Options struct {
	Read accesslog.Options
}

// How a line was joined.
type How string

// The ways, the surest first.
const (
	ByID   How = "id"   // it has an id of the exchange
	ByTime How = "time" // time, method and path agree, and what else both sides tell
)

// A Line is a line of a log that is of an exchange, or may be.
type Line struct {
	Record accesslog.Record
	How    How
	ID     string        // what the id is, in words: "request id"; of ByID alone
	Off    time.Duration // of ByTime: how far it is from where it was to be expected
}

// Vouched tells whether it is a log of such requests, by what is in it or by the
// user's word, so that what it has not did not get there.
func (l *Log) Vouched() bool { return l.Known || l.Given }

// A Sighting is what one log tells of one exchange.
type Sighting struct {
	// Lines are those of the exchange, in the order of the log. Where Ambiguous
	// is true, they are those that may be, and no more than one of them is.
	Lines     []Line
	More      int // that are of the exchange, too, and are not kept
	Ambiguous bool

	// Covered tells that the log has lines from before and after the exchange,
	// so that a line that is missing says something.
	Covered bool
}

// Seen tells whether the log has the exchange beyond doubt.
func (s *Sighting) Seen() bool { return len(s.Lines) > 0 && !s.Ambiguous }

// Missing tells whether the log has no line, although it covers the time.
func (s *Sighting) Missing() bool { return len(s.Lines) == 0 && s.Covered }

// A Trail is what all logs tell of one exchange.
type Trail struct {
	Entry int        // in the capture
	In    []Sighting // by log, as in Trails.Logs
}

// A Log is what was read of one log.
type Log struct {
	Name  string
	Layer Layer
	Given bool // the user said which layer it is

	Records     int64 // lines that say something
	First, Last time.Time
	Skipped     accesslog.Skipped
	Known       bool  // it has an id of the capture, or a method and path: it is a log of these requests
	Err         error // why it was not read to its end; nil: it was

	// Skew is how far the clock of the log is ahead of the capture's.
	Skew     time.Duration
	SkewFrom SkewFrom
	Votes    int // exchanges that the skew is drawn from
}

// SkewFrom is what a skew is known by.
type SkewFrom string

// What tells a skew, the surest first.
const (
	SkewByID     SkewFrom = "id"     // lines that were joined by an id
	SkewByUnique SkewFrom = "unique" // requests that are in the log once and in the capture once
	SkewByDate   SkewFrom = "date"   // the Date of the recorded answers alone
	SkewUnknown  SkewFrom = ""       // nothing: the clocks are taken to agree
)

// Trails are what logs tell of the exchanges of a capture.
type Trails struct {
	Logs   []Log // outermost first, else as they were named
	Trails []Trail
}

// Of is the trail of an entry; nil where it was not looked for.
func (t *Trails) Of(entry int) *Trail {
	for i := range t.Trails {
		if t.Trails[i].Entry == entry {
			return &t.Trails[i]
		}
	}
	return nil
}
