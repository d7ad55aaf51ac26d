package specs

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/onsi/gomega/types"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness"
	"github.com/replaydiff/replay/harness/report"
	"github.com/replaydiff/replay/harness/results"
	"github.com/replaydiff/replay/harness/through"
	"github.com/replaydiff/replay/harness/wire"
)

// KeepThrough succeeds if nothing that carries authority is changed on the way of
// a flow through a proxy and back. The actual value is a *traffic.Capture or the
// name of a capture file. The proxy, a URL, has to forward to the server of
// Behind, or to 127.0.0.1:9000 without it; no app is asked.
//
//	Expect("ok.har").To(KeepThrough("http://127.0.0.1:8080").Behind(stand))
func KeepThrough(proxy string) *KeepThroughMatcher {
	return &KeepThroughMatcher{proxy: proxy, timeout: 5 * time.Minute}
}

// A KeepThroughMatcher is what [KeepThrough] returns.
type KeepThroughMatcher struct {
	proxy    string
	stand    *through.Stand
	config   *tls.Config
	keepHost bool
	probes   map[string]string
	timeout  time.Duration

	found *results.Passage
	wrong []string // probes with another outcome
}

var _ types.GomegaMatcher = (*KeepThroughMatcher)(nil)

// defaultBehind is where a proxy forwards to where nothing else is said, as in
// replay through.
const defaultBehind = "127.0.0.1:9000"

// Behind names the server behind the proxy: through.Listen opens one, before the
// proxy is started.
func (m *KeepThroughMatcher) Behind(s *through.Stand) *KeepThroughMatcher {
	m.stand = s
	return m
}

// TLS says how an https proxy is spoken to.
func (m *KeepThroughMatcher) TLS(c *tls.Config) *KeepThroughMatcher {
	m.config = c
	return m
}

// KeepingHost sends the recorded Host, for a proxy that chooses by the name of
// the site.
func (m *KeepThroughMatcher) KeepingHost() *KeepThroughMatcher {
	m.keepHost = true
	return m
}

// WithProbe wants the outcome of one of the probes of replay through --probe, too:
// WithProbe("underscore-in-name", "kept").
func (m *KeepThroughMatcher) WithProbe(name, outcome string) *KeepThroughMatcher {
	if m.probes == nil {
		m.probes = map[string]string{}
	}
	m.probes[name] = outcome
	return m
}

// Match implements types.GomegaMatcher.
func (m *KeepThroughMatcher) Match(actual any) (bool, error) {
	m.found, m.wrong = nil, nil
	flow, err := flowToKeep(actual)
	if err != nil {
		return false, fmt.Errorf("KeepThrough: %w", err)
	}
	if _, opened := actual.(string); opened {
		defer flow.Close()
	}
	plan, err := harness.NewPlan(flow, harness.PlanOptions{
		Target: harness.Target{Base: m.proxy, Flag: "the proxy", KeepHost: m.keepHost}, Unsafe: harness.Unsafe{All: true},
	})
	if err != nil {
		return false, fmt.Errorf("KeepThrough: %w", err)
	}
	if m.found, err = m.pass(plan); err != nil {
		return false, fmt.Errorf("KeepThrough: %w", err)
	}
	if err := m.judgeProbes(); err != nil {
		return false, fmt.Errorf("KeepThrough: %w", err)
	}
	if m.found.Counts.Unanswered > 0 {
		return false, fmt.Errorf("KeepThrough: %d requests had no answer: %s", m.found.Counts.Unanswered, m.found.Errors[0].Text)
	}
	return len(m.found.Findings) == 0 && len(m.wrong) == 0, nil
}

func (m *KeepThroughMatcher) pass(plan *harness.Plan) (*results.Passage, error) {
	ctx, cancel := context.WithTimeout(context.Background(), m.timeout)
	defer cancel()
	var stand through.Stand
	if m.stand == nil {
		opened, err := through.Listen(defaultBehind, nil)
		if err != nil {
			return nil, err
		}
		defer opened.Close()
		stand = *opened
	} else {
		stand = *m.stand
	}
	if stand.Client == nil {
		stand.Client = &wire.Client{TLS: m.config}
	}
	stand.Probe = stand.Probe || len(m.probes) > 0
	return harness.Through(ctx, plan, &stand)
}

// judgeProbes compares the outcomes that were wanted; a name that no probe has is
// an error, for it would never fail.
func (m *KeepThroughMatcher) judgeProbes() error {
	seen := map[string]bool{}
	for _, p := range m.found.Probes {
		seen[p.Name] = true
		if want, wanted := m.probes[p.Name]; wanted && want != p.Outcome {
			m.wrong = append(m.wrong, fmt.Sprintf("probe %s: %s, not %s", p.Name, p.Outcome, want))
		}
	}
	for name := range m.probes {
		if !seen[name] && len(m.found.Probes) > 0 {
			return fmt.Errorf("there is no probe %q; replay through --probe --all lists them", name)
		}
	}
	return nil
}

// flowToKeep is the actual value as a capture.
func flowToKeep(actual any) (*traffic.Capture, error) {
	switch v := actual.(type) {
	case *traffic.Capture:
		if v == nil {
			return nil, errors.New("the actual value is a nil *traffic.Capture")
		}
		return v, nil
	case string:
		return traffic.Open(v, traffic.Options{})
	}
	return nil, fmt.Errorf("the actual value has to be a *traffic.Capture or the name of a capture file, not a %T", actual)
}

// FailureMessage implements types.GomegaMatcher.
func (m *KeepThroughMatcher) FailureMessage(any) string {
	text := "Expected the flow to come through " + m.found.Proxy + " as it was sent, but"
	for _, w := range m.wrong {
		text += "\n    " + w
	}
	return text + "\n\n" + m.passage()
}

// NegatedFailureMessage implements types.GomegaMatcher.
func (m *KeepThroughMatcher) NegatedFailureMessage(any) string {
	return "Expected " + m.found.Proxy + " to change something of the flow, but\n\n" + m.passage()
}

// passage is the report, as replay through writes it.
func (m *KeepThroughMatcher) passage() string {
	var b strings.Builder
	shown := *m.found
	shown.Probes = nil                                  // what differs of them stands above
	_ = report.Passage(&b, &shown, report.RunOptions{}) // a strings.Builder takes all
	return strings.TrimSuffix(b.String(), "\n")
}
