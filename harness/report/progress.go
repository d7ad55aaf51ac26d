package report

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/replaydiff/replay/harness/results"
)

// A Progress is one line of a terminal that tells how far a replay is. Its
// methods may be called from many goroutines, and on a nil Progress. A zero
// Progress counts and writes nothing.
type Progress struct {
	W     io.Writer        // a terminal; nil, where there is none: nothing is written
	Total int              // requests that will be sent; 0: unknown
	Width int              // columns of the terminal, as of [Terminal]
	Now   func() time.Time // nil: time.Now

	mu                      sync.Mutex
	begun, drawn            time.Time
	done, differ, noAnswers int
	shown                   int // columns of the line that stands there
	err                     error
}

// redrawEvery bounds how often the line changes: people read no faster, and a
// terminal over a slow connection is no brake.
const redrawEvery = 100 * time.Millisecond

// Start begins the clock. The first Step does too, where nothing did before.
func (p *Progress) Start() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.start()
}

func (p *Progress) start() time.Time {
	now := time.Now
	if p.Now != nil {
		now = p.Now
	}
	t := now()
	if p.begun.IsZero() {
		p.begun = t
	}
	return t
}

// Step counts one request and what became of it.
func (p *Progress) Step(v results.Verdict) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.start()
	p.done++
	switch v {
	case results.Different:
		p.differ++
	case results.Unanswered:
		p.noAnswers++
	}
	if p.W == nil || p.err != nil || !p.drawn.IsZero() && now.Sub(p.drawn) < redrawEvery {
		return
	}
	p.drawn = now
	p.draw(p.text(now.Sub(p.begun)))
}

// Finish erases the line, and returns the first error of the writer. Steps
// after it draw again.
func (p *Progress) Finish() error {
	if p == nil {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shown > 0 {
		p.write("\r" + strings.Repeat(" ", p.shown) + "\r")
		p.shown = 0
	}
	return p.err
}

// draw writes over the line that stands there. Blanks erase what is longer of
// it: not every terminal knows the sequence for that.
func (p *Progress) draw(text string) {
	// One column stays free, for some terminals wrap a line that is full.
	text = cut(text, Terminal{Width: p.Width}.width()-1)
	n := columns(text)
	p.write("\r" + pad(text, p.shown))
	p.shown = n
}

func (p *Progress) write(text string) {
	if p.err == nil {
		_, p.err = io.WriteString(p.W, text)
	}
}

func (p *Progress) text(since time.Duration) string {
	text := fmt.Sprint(p.done)
	if p.Total > 0 {
		text = fmt.Sprintf("%d of %d, %d %%", p.done, p.Total, min(100, p.done*100/p.Total))
	} else {
		text += " sent"
	}
	if p.differ > 0 {
		text += fmt.Sprintf("  %d differ", p.differ)
	}
	if p.noAnswers > 0 {
		text += fmt.Sprintf("  %d without answer", p.noAnswers)
	}
	if since < redrawEvery {
		return text // too early to tell a rate
	}
	rate := float64(p.done) / since.Seconds()
	text += "  " + rateText(rate)
	if left := p.Total - p.done; left > 0 {
		text += "  " + roughly(float64(left)/rate) + " left"
	}
	return text
}

func rateText(perSecond float64) string {
	if perSecond < 10 {
		return fmt.Sprintf("%.1f/s", perSecond)
	}
	return fmt.Sprintf("%.0f/s", perSecond)
}

// roughly is a time to wait, as exact as it can be known.
func roughly(seconds float64) string {
	switch {
	case seconds < 60:
		return fmt.Sprintf("%.0f s", max(1, seconds))
	case seconds < 3600:
		return fmt.Sprintf("%.0f min", seconds/60)
	case seconds < 100*3600:
		return fmt.Sprintf("%.0f h", seconds/3600)
	}
	return "days"
}
