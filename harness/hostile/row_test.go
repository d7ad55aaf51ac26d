package hostile

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
)

// canary stands in the values of all inputs. It has no shape of a secret, so that
// no masking is what keeps it out of messages, and none of a name that is shown.
// masking is what keeps it out of messages.
const canary = "kan4rien/vogel+=="

// What has to come of a row, beside a part of the error's text.
const (
	safe = "(a safe result)" // no error
	ends = "(either)"        // an error or a result: what counts is that it ends, and says nothing
)

// A row is one kind of hostile input.
type row struct {
	name, reason string
	inputs       func() [][]byte
	readers      []reader
	want         string // a part of the error, or safe, or ends

	// What all inputs together may take. Zero: of memory 64 MiB and 40 times the
	// length, of time ten seconds.
	memory uint64
	time   time.Duration
}

// one is a row with a single input.
func one(text string) func() [][]byte { return func() [][]byte { return [][]byte{[]byte(text)} } }

// made is an input that is long, and so not made before it is needed.
func made(f func() string) func() [][]byte { return func() [][]byte { return [][]byte{[]byte(f())} } }

// check runs all rows. What they took can be seen with -v.
func check(t *testing.T, rows []row) {
	t.Helper()
	for _, r := range rows {
		if r.name == "" || r.reason == "" || len(r.readers) == 0 || r.want == "" {
			t.Fatalf("the row %q says too little", r.name)
		}
		for _, reader := range r.readers {
			t.Run(r.name+"/"+reader.name, func(t *testing.T) { r.check(t, reader) })
		}
	}
}

func (r row) check(t *testing.T, reader reader) {
	t.Helper()
	inputs := r.inputs()
	length := 0
	for _, input := range inputs {
		length += len(input)
	}
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	var problem string
	took := measure(t, func() {
		for i, input := range inputs {
			said, err := reader.read(input)
			if problem = r.problem(said, err); problem != "" {
				problem = fmt.Sprintf("input %d of %d: %s", i+1, len(inputs), problem)
				return
			}
		}
	})
	if problem != "" {
		t.Errorf("%s (%s)", problem, r.reason)
	}
	t.Logf("%d bytes: %s, %.1f MiB allocated, %.1f MiB at most", length, took.cpu.Round(time.Millisecond), mib(took.allocated), mib(took.peak))
	r.bound(t, took, length)
	if left, _ := os.ReadDir(folder); len(left) > 0 {
		t.Errorf("%d temporary files are left", len(left))
	}
}

// requestLine is the method and the path by which a message names an entry:
// all that a message may hold of what was read.
var requestLine = regexp.MustCompile(`entry \d+ \([^)\s]{0,20} [^)\s]{0,400}\)`)

func mib(n uint64) float64 { return float64(n) / (1 << 20) }

// bound fails a row that takes too much.
func (r row) bound(t *testing.T, took cost, length int) {
	t.Helper()
	memory := r.memory
	if memory == 0 {
		memory = 64<<20 + 40*uint64(length)
	}
	limit := r.time
	if limit == 0 {
		limit = 10 * time.Second
	}
	if took.allocated > memory*min(slow, 2) {
		t.Errorf("%.0f MiB were allocated, the bound is %.0f MiB (%s)", mib(took.allocated), mib(memory), r.reason)
	}
	if took.cpu > limit*slow {
		t.Errorf("it took %s of the processor, the bound is %s (%s)", took.cpu, limit*slow, r.reason)
	}
}

// problem tells what is wrong with what came, "" for nothing.
func (r row) problem(said []string, err error) string {
	if err != nil {
		said = append(said, err.Error())
	}
	for _, text := range said {
		text = requestLine.ReplaceAllString(text, "")
		if strings.Contains(strings.ToLower(text), "kan4rien") {
			return fmt.Sprintf("a message repeats what the input holds: %.300q", text)
		}
		if len(text) > 16<<10 {
			return fmt.Sprintf("a message is %d bytes long: %.300q", len(text), text)
		}
	}
	switch {
	case r.want == ends:
	case r.want == safe && err != nil:
		return fmt.Sprintf("it has to be read: %.500s", err)
	case r.want == safe:
	case err == nil:
		return fmt.Sprintf("it was read; what has to come is an error with %q", r.want)
	case !strings.Contains(err.Error(), r.want):
		return fmt.Sprintf("got  %.500s\nwant %s", err, r.want)
	}
	return ""
}
