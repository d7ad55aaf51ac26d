package credential

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
)

// ErrHammering is returned once a run was refused too often in a row.
var ErrHammering = errors.New("stopped, so that no account gets locked")

// Guard stops a run that is refused again and again. It is safe for concurrent
// use; the zero value is ready.
type Guard struct {
	Max int // refusals in a row that stop the run, 0: 5; negative: never

	mu      sync.Mutex
	entries []int // the refusals in a row
	stopped error
}

const defaultMax = 5

// An Answer is what a Guard looks at.
type Answer struct {
	Entry    int  // of the capture
	Recorded int  // status; 0 where none was recorded
	Live     int  // status; 0 where none came
	Carried  bool // the request was sent with a credential or a cookie
}

// Saw counts an answer. The error, and that of every later call, is
// ErrHammering.
//
// A 401 that was recorded as one is as it should be. What was asked without
// a credential and was answered ends no row: the pictures of a page are public.
func (g *Guard) Saw(a Answer) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	limit := g.Max
	if limit == 0 {
		limit = defaultMax
	}
	switch {
	case g.stopped != nil || limit < 0:
	case a.Live == 401 && a.Recorded != 401:
		g.entries = append(g.entries, a.Entry)
		if len(g.entries) >= limit {
			g.stopped = hammering(g.entries)
		}
	case a.Live != 401 && a.Live != 0 && a.Carried:
		g.entries = g.entries[:0]
	}
	return g.stopped
}

// Calm tells that no refusal is counted: any answer but a 401 then changes
// nothing.
func (g *Guard) Calm() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.stopped == nil && len(g.entries) == 0
}

// Entries are those of the refusals that stopped the run, in the order in which
// they were answered; nil where it was not stopped. The first is the one to
// diagnose.
func (g *Guard) Entries() []int {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.stopped == nil {
		return nil
	}
	return append([]int(nil), g.entries...)
}

func hammering(entries []int) error {
	const told = 8
	var list []string
	for _, e := range entries[:min(len(entries), told)] {
		list = append(list, strconv.Itoa(e))
	}
	if len(entries) > told {
		list = append(list, "…")
	}
	return fmt.Errorf("%w: %d answers in a row are 401 and were not when recorded (entries %s); give a credential that is valid today with --auth, --auth-from or --login",
		ErrHammering, len(entries), strings.Join(list, ", "))
}
