package report

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/replaydiff/replay/harness/results"
)

// A clock moves on by a step each time it is read.
type clock struct {
	mu   sync.Mutex
	now  time.Time
	step time.Duration
}

func (c *clock) read() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(c.step)
	return c.now
}

func TestProgress(t *testing.T) {
	var b bytes.Buffer
	c := &clock{now: time.Unix(1_000_000, 0), step: 50 * time.Millisecond}
	p := &Progress{W: &b, Total: 8, Now: c.read}
	p.Start()
	for _, v := range []results.Verdict{results.Same, results.Same, results.Different, results.Unanswered, results.Same} {
		p.Step(v)
	}
	c.step = time.Hour
	p.Step(results.Same)
	if err := p.Finish(); err != nil {
		t.Fatal(err)
	}
	want := []string{"",
		"1 of 8, 12 %",
		"3 of 8, 37 %  1 differ  20/s  1 s left",
		"5 of 8, 62 %  1 differ  1 without answer  20/s  1 s left",
		"6 of 8, 75 %  1 differ  1 without answer  0.0/s  20 min left",
		strings.Repeat(" ", len("6 of 8, 75 %  1 differ  1 without answer  0.0/s  20 min left")),
		"",
	}
	if d := cmp.Diff(want, trimmed(strings.Split(b.String(), "\r"), len(want)-2)); d != "" {
		t.Errorf("every other step is too early for a new line (-want +got):\n%s", d)
	}
	if strings.ContainsAny(b.String(), "\n\x1b") {
		t.Error("it is one line, for any terminal")
	}
}

// trimmed takes the blanks away that erase what stood there, but of line keep.
func trimmed(lines []string, keep int) []string {
	for i := range lines {
		if i != keep {
			lines[i] = strings.TrimRight(lines[i], " ")
		}
	}
	return lines
}

// TestProgressErases plays the bytes back on a terminal.
func TestProgressErases(t *testing.T) {
	for _, width := range []int{0, 40, 200} {
		var b bytes.Buffer
		c := &clock{now: time.Unix(0, 0), step: time.Second}
		p := &Progress{W: &b, Total: 1_000_000, Width: width, Now: c.read}
		for i := range 50 {
			c.step = time.Duration(i) * time.Minute // so that the line grows and shrinks
			p.Step([]results.Verdict{results.Same, results.Different, results.Unanswered}[i%3])
		}
		screen := played(t, b.String(), Terminal{Width: width}.width())
		if !strings.HasPrefix(screen, "50 of 1000000, 0 %") {
			t.Errorf("the terminal shows %q", screen)
		}
		if err := p.Finish(); err != nil {
			t.Fatal(err)
		}
		if screen := played(t, b.String(), Terminal{Width: width}.width()); strings.TrimSpace(screen) != "" {
			t.Errorf("%q is left of it", screen)
		}
		n := b.Len()
		if p.Finish(); b.Len() != n {
			t.Error("what is erased is not erased again")
		}
	}
}

// played is what a terminal shows in its line.
func played(t *testing.T, written string, width int) string {
	t.Helper()
	line, at := make([]rune, width), 0
	for i := range line {
		line[i] = ' '
	}
	for _, r := range written {
		if r == '\r' {
			at = 0
			continue
		}
		if at >= width-1 {
			t.Fatalf("column %d of %d is written", at+1, width)
		}
		line[at] = r
		at++
	}
	return string(line)
}

func TestProgressOfNothing(t *testing.T) {
	var p *Progress
	p.Start()
	p.Step(results.Same)
	if err := p.Finish(); err != nil {
		t.Error(err)
	}
	quiet := &Progress{Total: 3}
	quiet.Step(results.Different)
	if err := quiet.Finish(); err != nil {
		t.Error(err)
	}
	broken := &Progress{W: brokenWriter{}}
	broken.Step(results.Same)
	if err := broken.Finish(); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("the error of the writer is %v", err)
	}
}

func TestProgressConcurrently(t *testing.T) {
	var b bytes.Buffer
	c := &clock{now: time.Unix(0, 0), step: time.Millisecond}
	p := &Progress{W: &b, Total: 800, Now: c.read}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 100 {
				p.Step(results.Same)
			}
		})
	}
	all.Wait()
	if draws := strings.Count(b.String(), "\r"); draws < 7 || draws > 9 {
		t.Errorf("%d lines in 800 ms, at most ten a second are there", draws)
	}
	if err := p.Finish(); err != nil {
		t.Fatal(err)
	}
}

func TestRoughly(t *testing.T) {
	for _, tt := range []struct {
		seconds float64
		want    string
		reason  string
	}{
		{0.2, "1 s", "nobody waits for zero"}, {42, "42 s", "seconds"}, {150, "2 min", "minutes"}, {8000, "2 h", "hours"}, {1e9, "days", "no end in sight"},
	} {
		if got := roughly(tt.seconds); got != tt.want {
			t.Errorf("%v: %s, want %s: %s", tt.seconds, got, tt.want, tt.reason)
		}
	}
}
