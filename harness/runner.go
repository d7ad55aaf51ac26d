package harness

import (
	"time"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/harness/results"
	"github.com/replaydiff/replay/harness/wire"
)

// Defaults of the fields of a [Runner] that are zero.
const (
	DefaultConcurrency = 8
	DefaultRefusals    = 5
	DefaultMaxGap      = 30 * time.Second
	DefaultMemory      = 128 << 20
)

// A Runner sends plans. The zero value is usable: it knows no certificates but
// those of the system, waits for nothing and tells nobody.
type Runner struct {
	// Client sends the requests; nil is a zero one. Its Allow is set to the
	// addresses of the plan, and to no other, before anything is sent.
	Client *wire.Client

	Concurrency int           // sessions at a time; 0: DefaultConcurrency
	Rate        float64       // requests per second of all sessions; 0: as fast as they go
	MaxRequests int           // recorded requests that are sent at most; 0: all
	Pace        float64       // 1: as recorded, 2: twice as fast; 0: without waiting
	MaxGap      time.Duration // the longest pause of a session at a pace; 0: DefaultMaxGap
	Learn       int           // times that each safe request is sent again to learn noise
	Refusals    int           // answers of 401 in a row that stop a run; 0: DefaultRefusals, negative: never
	Memory      int64         // bytes of live bodies that are kept; 0: DefaultMemory

	Ignore diff.Ignore  // the user's own noise
	Masker *mask.Masker // of the report; nil: one that masks

	Now      func() time.Time // nil: time.Now
	Progress func(Progress)   // called after each exchange, by one goroutine at a time
}

// A Progress tells how far a run is.
type Progress struct {
	Done, Total int // recorded requests
	Different   int
	Errors      int // without an answer
}

// Replayed is what happened.
type Replayed struct {
	Report *results.Report

	// Live holds what was asked and answered now, in the order of the capture,
	// as if it had gone to the recorded hosts: so it is one side of a diff with
	// the recording. [Replayed.Sent] has the true addresses.
	Live *traffic.Capture

	plan *Plan
	at   []int // indices into Live.Exchanges by entry; -1: none
}
