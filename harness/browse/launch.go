package browse

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"time"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/chromedp"
)

// errNoStart is the end of a browser that never answered.
var errNoStart = errors.New("the browser ended before it could be asked")

// A process is a running browser. It ends with its pipes, so it does not outlive
// this program.
type process struct {
	cmd     *exec.Cmd
	conn    *chromedp.PipeConn
	said    *tail
	alive   context.Context // until close
	stop    context.CancelFunc
	exited  chan struct{}
	profile string
	fresh   bool
}

func (b *Browser) start(ctx context.Context) (*process, error) {
	program, err := b.find()
	if err != nil {
		return nil, err
	}
	p := &process{profile: b.Profile, said: &tail{}, exited: make(chan struct{})}
	if p.profile == "" {
		p.fresh = true
		if p.profile, err = os.MkdirTemp("", "replay-browser-"); err != nil {
			return nil, fmt.Errorf("no place for the browser's profile: %w", err)
		}
	}
	// The context of the recording ends it in good order, not by a kill.
	p.alive, p.stop = context.WithCancel(context.WithoutCancel(ctx))
	say := func(text string) {
		if b.Notice != nil {
			b.Notice(text)
		}
	}
	headless, sandbox := b.choose(say)
	p.cmd = exec.Command(program, b.switches(p.profile, headless, sandbox)...)
	p.cmd.Stdout, p.cmd.Stderr = p.said, p.said
	p.cmd.WaitDelay = time.Second // its children may hold its output
	if err := p.run(); err != nil {
		p.remove()
		return nil, fmt.Errorf("%s does not start: %w", program, err)
	}
	return p, nil
}

// run starts the program with the ends of two pipes.
func (p *process) run() error {
	theirs, ours, err := os.Pipe() // what it reads
	if err != nil {
		return err
	}
	in, out, err := os.Pipe() // what it writes
	if err != nil {
		return errors.Join(err, theirs.Close(), ours.Close())
	}
	if err = givePipes(p.cmd, theirs, out, ours, in); err == nil {
		err = p.cmd.Start()
	}
	err = errors.Join(err, theirs.Close(), out.Close())
	if p.cmd.Process == nil {
		return errors.Join(err, ours.Close(), in.Close())
	}
	p.conn = chromedp.NewPipeConn(in, ours)
	go func() {
		_ = p.cmd.Wait() // how it ended does not matter any more
		close(p.exited)
	}()
	return err
}

// exitLimit is how long a browser may take to write its profile and go.
const exitLimit = 10 * time.Second

// drop throws away what the browser still says, until it is gone.
func (p *process) drop(in <-chan *cdproto.Message) {
	limit := time.After(exitLimit)
	for {
		select {
		case _, ok := <-in:
			if !ok {
				return
			}
		case <-limit:
			return
		}
	}
}

// close ends the browser, if need be by force, and deletes its profile if it
// was a fresh one.
func (p *process) close() {
	p.stop()
	_ = p.conn.Close() // it goes when its pipes do
	select {
	case <-p.exited:
	case <-time.After(exitLimit):
		kill(p.cmd)
		<-p.exited
	}
	p.remove()
}

func (p *process) remove() {
	if p.stop != nil {
		p.stop()
	}
	if !p.fresh {
		return
	}
	// Its children may write for a moment after it is gone.
	for range 20 {
		if os.RemoveAll(p.profile) == nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// failure says why a browser that did not answer went, as far as it can be
// read from what it said. Its words are not repeated: there may be anything in
// them.
func (p *process) failure(err error) error {
	said := p.said.bytes()
	switch {
	case bytes.Contains(said, []byte("No usable sandbox")), bytes.Contains(said, []byte("setuid_sandbox")):
		return fmt.Errorf("%w: its sandbox can't run here; allow user namespaces, or run it without (--dangerously-no-sandbox): only pages that you trust", err)
	case bytes.Contains(said, []byte("cannot open display")), bytes.Contains(said, []byte("Missing X server")):
		return fmt.Errorf("%w: it can't open the display; run it without a window (--headless)", err)
	case !p.fresh:
		return fmt.Errorf("%w: is another browser open with the profile %s?", err, p.profile)
	}
	return err
}

// A tail keeps the end of what is written to it.
type tail struct {
	mu   sync.Mutex
	kept []byte
}

const maxTail = 16 << 10

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept = append(t.kept, b...)
	if over := len(t.kept) - maxTail; over > 0 {
		t.kept = append(t.kept[:0], t.kept[over:]...)
	}
	return len(b), nil
}

func (t *tail) bytes() []byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	return bytes.Clone(t.kept)
}
