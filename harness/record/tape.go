package record

import (
	"slices"
	"sync"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
)

// A Tape collects exchanges, in the order in which they began. The zero value
// is empty and usable. It is safe for concurrent use and must not be copied
// after its first use.
type Tape struct {
	mu      sync.Mutex
	slots   []*slot
	pages   []traffic.Page
	browser traffic.Product
	changes int
	stopped bool
	words   words
	spool   spool
}

// A slot is the place of one exchange.
type slot struct {
	started  time.Time
	exchange *traffic.Exchange        // nil: not over yet
	live     func() *traffic.Exchange // what is known of it until then
}

// Add puts an exchange where its time puts it, behind those that began at the
// same time. The tape owns it from then on.
func (t *Tape) Add(x *traffic.Exchange) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.stopped {
		t.words.share(x)
		t.insert(&slot{started: x.Recorded.Started.Time, exchange: x})
	}
}

// insert looks from the end, where the place mostly is; mu is held.
func (t *Tape) insert(s *slot) {
	i := len(t.slots)
	for i > 0 && t.slots[i-1].started.After(s.started) {
		i--
	}
	t.slots = slices.Insert(t.slots, i, s)
	t.changes++
}

// Page notes a page load that exchanges belong to; again with the same ID when
// more is known of it.
func (t *Tape) Page(p traffic.Page) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.changes++
	for i := range t.pages {
		if t.pages[i].ID == p.ID {
			t.pages[i] = p
			return
		}
	}
	t.pages = append(t.pages, p)
}

// Browser notes what was recorded.
func (t *Tape) Browser(p traffic.Product) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.browser = p
	t.changes++
}

// begin keeps the place of an exchange that begins now. It is nil on a tape that
// was stopped.
func (t *Tape) begin(started time.Time, live func() *traffic.Exchange) *slot {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.stopped {
		return nil
	}
	s := &slot{started: started, live: live}
	t.insert(s)
	return s
}

// end fills a place that was kept, and tells whether the tape still took it.
func (t *Tape) end(s *slot, x *traffic.Exchange) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.stopped || s == nil {
		return false
	}
	t.words.share(x)
	s.exchange, s.live = x, nil
	t.changes++
	return true
}

// Capture is what the tape holds now. Exchanges that are still going on are in
// it as far as they came: the Error of their answer is [traffic.Unfinished]. The
// exchanges are the tape's own: they must not be changed. Nothing in it is
// masked. Bodies can be read until the tape is closed.
func (t *Tape) Capture() *traffic.Capture {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := &traffic.Capture{Format: traffic.HAR, Version: "1.2", Creator: traffic.Product{Name: "replay record", Version: "1"}}
	c.Browser, c.Pages = t.browser, slices.Clone(t.pages)
	c.Exchanges = make([]*traffic.Exchange, len(t.slots))
	for i, s := range t.slots {
		c.Exchanges[i] = s.at(i)
	}
	return c
}

// at is the exchange as the one at that place. What was handed out before is not
// changed.
func (s *slot) at(i int) *traffic.Exchange {
	if s.exchange == nil {
		x := s.live()
		x.Index = i
		return x
	}
	if s.exchange.Index != i {
		moved := *s.exchange
		moved.Index = i
		s.exchange = &moved
	}
	return s.exchange
}

// Len is how many exchanges began.
func (t *Tape) Len() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.slots)
}

// Stop ends the recording: what is going on stays unfinished, and what begins
// is not recorded.
func (t *Tape) Stop() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.stopped = true
	for _, s := range t.slots {
		if s.exchange == nil {
			s.exchange, s.live = s.live(), nil
			t.changes++
		}
	}
}

// Close stops the tape and forgets the bodies.
func (t *Tape) Close() error {
	t.Stop()
	return t.spool.close()
}

// changed counts what has happened on the tape.
func (t *Tape) changed() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.changes
}
