package harness

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Refused is the error of a replay that was not begun: nothing was sent.
type Refused struct {
	Mistakes []string // all that is wrong, a sentence each; they hold no captured value
}

func (r *Refused) Error() string { return strings.Join(r.Mistakes, "\n") }

func refusal(format string, args ...any) error {
	return &Refused{Mistakes: []string{fmt.Sprintf(format, args...)}}
}

// mistakes collects refusals, so that they are told all at once.
type mistakes []string

func (m *mistakes) add(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); !slices.Contains(*m, text) {
		*m = append(*m, text)
	}
}

// join takes over the mistakes of an error, which may be nil.
func (m *mistakes) join(err error) {
	if err == nil {
		return
	}
	var refused *Refused
	if !errors.As(err, &refused) {
		m.add("%s", err.Error())
		return
	}
	for _, text := range refused.Mistakes {
		m.add("%s", text)
	}
}

func (m mistakes) err() error {
	if len(m) == 0 {
		return nil
	}
	return &Refused{Mistakes: m}
}
