package credential

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"github.com/replaydiff/replay/diff/traffic/mask"
)

// Command fetches a credential with a command of the user (--auth-from). Its
// output is a token, lines "Header: value", or JSON with access_token,
// token_type and expires_in (seconds), as token endpoints and the command line
// tools of clouds print it.
type Command struct {
	Line    string           // for the shell: sh -c, on Windows cmd /C
	Timeout time.Duration    // 0: 60 seconds
	Now     func() time.Time // nil: time.Now
}

const (
	commandTimeout = 60 * time.Second
	maxOutput      = 1 << 20 // bytes of standard output
	maxStderr      = 4 << 10 // bytes of standard error that are kept, the last ones
	maxToldLines   = 5
	maxTold        = 600 // bytes of standard error in an error
)

// Fetch runs the command. Errors hold the end of its standard error, masked.
func (c *Command) Fetch(ctx context.Context) (Credential, error) {
	stdout, stderr, err := commandOutput(ctx, "--auth-from", c.Line, nil, c.Timeout)
	if err != nil {
		return Credential{}, err
	}
	now := clock(c.Now)
	out, err := readOutput(stdout.String(), now)
	if err != nil {
		return Credential{}, fmt.Errorf("--auth-from: %w%s", err, told(stderr, stdout))
	}
	return timed(out.Credential, now, out.lifetime, time.Time{}), nil
}

// commandOutput runs a command of the user until its end. What names it in errors.
func commandOutput(ctx context.Context, what, line string, stdin []byte, timeout time.Duration) (*head, *tail, error) {
	if strings.TrimSpace(line) == "" {
		return nil, nil, fmt.Errorf("%s: the command is empty", what)
	}
	if timeout <= 0 {
		timeout = commandTimeout
	}
	running, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	stdout, stderr := &head{max: maxOutput}, &tail{max: maxStderr}
	cmd := shell(running, line)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(stdin), stdout, stderr
	cmd.WaitDelay = time.Second // for children of the shell that keep its pipes open
	err := cmd.Run()
	if errors.Is(err, exec.ErrWaitDelay) {
		err = nil // it ended well; an agent that it started goes on
	}
	switch {
	case ctx.Err() != nil:
		return nil, nil, ctx.Err()
	case running.Err() != nil:
		return nil, nil, fmt.Errorf("%s: the command did not end within %s%s", what, timeout, told(stderr, stdout))
	case stdout.full:
		return nil, nil, fmt.Errorf("%s: the command printed more than %d KiB: that is no credential", what, maxOutput>>10)
	case err != nil:
		return nil, nil, fmt.Errorf("%s: the command %s%s", what, failure(err), told(stderr, stdout))
	}
	return stdout, stderr, nil
}

func shell(ctx context.Context, line string) *exec.Cmd {
	if runtime.GOOS == "windows" {
		return exec.CommandContext(ctx, "cmd", "/C", line)
	}
	return exec.CommandContext(ctx, "sh", "-c", line)
}

func clock(now func() time.Time) time.Time {
	if now == nil {
		return time.Now()
	}
	return now()
}

// failure says how a command ended. The texts of exec name the shell, not the
// command.
func failure(err error) string {
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.Exited() {
		switch exit.ExitCode() {
		case 126:
			return "ended with exit code 126: it can't be executed"
		case 127:
			return "ended with exit code 127: it was not found"
		}
		return fmt.Sprintf("ended with exit code %d", exit.ExitCode())
	}
	if exit != nil {
		return "was ended by a signal"
	}
	return "could not be started"
}

// told is the end of standard error, fit to be shown.
func told(stderr *tail, stdout *head) string {
	text := strings.TrimSpace(strings.ToValidUTF8(stderr.String(), "?"))
	if text == "" {
		return ""
	}
	lines := strings.Split(text, "\n")
	if len(lines) > maxToldLines {
		lines = lines[len(lines)-maxToldLines:]
	}
	m := &mask.Masker{}
	learnAround(m, stdout)
	for i, line := range lines {
		lines[i] = m.Text(strings.TrimSpace(line))
	}
	text = strings.Join(lines, " · ")
	if len(text) > maxTold {
		text = strings.ToValidUTF8(text[:maxTold], "") + "…"
	}
	return "; it said: " + mask.Visible(text)
}

// learnAround makes known what a command may repeat in its messages: what it
// printed, and the secrets of the environment.
func learnAround(m *mask.Masker, stdout *head) {
	for word := range strings.FieldsSeq(stdout.String()) {
		m.Learn(strings.Trim(word, `",`), "token")
	}
	for _, variable := range os.Environ() {
		name, value, _ := strings.Cut(variable, "=")
		name = strings.ToUpper(name)
		for _, word := range []string{"TOKEN", "SECRET", "PASSWORD", "PASSWD", "PASS", "PW", "KEY", "CREDENTIALS"} {
			if name == word || strings.HasSuffix(name, "_"+word) {
				m.Learn(value, "secret")
			}
		}
	}
}

// head keeps what is written to it, up to a bound.
type head struct {
	kept []byte
	max  int
	full bool
}

func (h *head) Write(p []byte) (int, error) {
	if len(h.kept)+len(p) > h.max {
		h.full = true
		return 0, errors.New("too much output")
	}
	h.kept = append(h.kept, p...)
	return len(p), nil
}

func (h *head) String() string { return string(h.kept) }

// tail keeps the last bytes that are written to it.
type tail struct {
	kept []byte
	max  int
}

func (t *tail) Write(p []byte) (int, error) {
	t.kept = append(t.kept, p...)
	if over := len(t.kept) - t.max; over > 0 {
		t.kept = append(t.kept[:0], t.kept[over:]...)
	}
	return len(p), nil
}

// String leaves out a first line that was cut.
func (t *tail) String() string {
	if len(t.kept) < t.max {
		return string(t.kept)
	}
	_, rest, _ := bytes.Cut(t.kept, []byte("\n"))
	return string(rest)
}
