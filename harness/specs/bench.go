package specs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/harness"
	"github.com/replaydiff/replay/harness/results"
	"github.com/replaydiff/replay/scenarios/suite"
)

// A Bench is where scenarios are tried: a working capture, and the server that
// must refuse its broken versions. It is made once, at the top of a test file,
// and may be shared by any number of descriptions; it reads nothing before a
// spec runs. It is safe for concurrent use.
type Bench struct {
	capture string
	target  func() string
	choices
	masker mask.Masker // of all captures and credentials

	// check tries one scenario; tests replace it.
	check func(context.Context, *harness.Guard, suite.Case) (*results.Case, error)

	mu     sync.Mutex
	opened map[string]*traffic.Capture
	guards map[guardKey]*harness.Guard // of one target
	at     string                      // that target
}

// A guardKey tells guards apart: a suite of a file has users and keys of its
// own.
type guardKey struct {
	capture string
	suite   *FileSuite
}

// Against makes a bench of a capture and the URL of a server:
//
//	specs.Against("ok.har", func() string { return server.URL })
//	specs.Against("ok.har", os.Getenv("TARGET"))
//
// The capture is a file, relative to the folder of the test, which is where go
// test and ginkgo run it; "" is that of the suite that is given with the
// scenarios. Servers of tests start after the specs are made, so their URL comes
// from a function, which is called by each spec.
func Against[T string | func() string](capture string, target T, options ...Option) *Bench {
	b := &Bench{capture: capture, target: later[string](target), opened: map[string]*traffic.Capture{}}
	b.check = func(ctx context.Context, g *harness.Guard, c suite.Case) (*results.Case, error) {
		return g.Check(ctx, c)
	}
	for _, o := range options {
		o(&b.choices)
	}
	return b
}

// later makes a function of a value that may be known at once.
func later[V any, T any](value T) func() V {
	switch v := any(value).(type) {
	case func() V:
		return v
	case V:
		return func() V { return v }
	}
	return nil // not reached: the constraints of the callers allow no other
}

// try runs one scenario; of is the suite that it was read from, nil for one
// that was written in Go. The error is of what was not even begun.
func (b *Bench) try(ctx context.Context, c suite.Case, of *FileSuite) (*results.Case, error) {
	g, err := b.guard(of)
	if err != nil {
		return nil, err
	}
	if b.within > 0 {
		limited, cancel := context.WithTimeoutCause(ctx, b.within, fmt.Errorf("it took longer than the %s of specs.Within", b.within))
		defer cancel()
		ctx = limited
	}
	got, err := b.check(ctx, g, c)
	if cause := context.Cause(ctx); cause != nil && (err != nil || got == nil || got.Verdict == results.CaseNotTestable) {
		return nil, fmt.Errorf("it was ended before an answer came: %w", cause)
	}
	if err != nil {
		return nil, err
	}
	return b.masked(got), nil
}

// guard returns the guard of a suite for the target of today. Every spec may
// have a server of its own, so those of another target are let go.
func (b *Bench) guard(of *FileSuite) (*harness.Guard, error) {
	target, file := b.address(of), b.file(of)
	if target == "" {
		return nil, errNoTarget
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.at != target {
		for _, g := range b.guards {
			g.Close()
		}
		b.at, b.guards = target, map[guardKey]*harness.Guard{}
	}
	key := guardKey{file, of}
	if g := b.guards[key]; g != nil {
		return g, nil
	}
	c, err := b.open(file)
	if err != nil {
		return nil, err
	}
	g, err := b.newGuard(c, target, of)
	if err != nil {
		return nil, err
	}
	b.guards[key] = g
	return g, nil
}

// address is the URL of the target, "" where there is none yet.
func (b *Bench) address(of *FileSuite) string {
	if target := strings.TrimSpace(b.target()); target != "" || of == nil {
		return target
	}
	return strings.TrimSpace(of.content().Target)
}

// file is the name of the working capture, "" where none was given.
func (b *Bench) file(of *FileSuite) string {
	if b.capture != "" || of == nil {
		return b.capture
	}
	return of.content().Capture
}

var errNoTarget = errors.New("there is no target: its URL is empty. A server of the test itself starts after the specs are made: " +
	"give a function to specs.Against, func() string { return server.URL }; a URL of the environment needs its variable set")

// methods are those that may be sent, of the bench and of the suite.
func (b *Bench) methods(of *FileSuite) harness.Unsafe {
	allowed := b.unsafe
	for _, method := range of.content().AllowUnsafe {
		if strings.EqualFold(method, "all") {
			allowed.All = true
		} else {
			allowed.Methods = append(slices.Clip(allowed.Methods), method)
		}
	}
	return allowed
}

// open reads a capture once.
func (b *Bench) open(file string) (*traffic.Capture, error) {
	if c := b.opened[file]; c != nil {
		return c, nil
	}
	if file == "" {
		return nil, errors.New(`there is no capture: give specs.Against the file of the working flow, "ok.har"`)
	}
	c, err := traffic.Open(file, traffic.Options{})
	if err != nil {
		return nil, fmt.Errorf("the working capture can't be read (the path begins at the folder of the test): %w", err)
	}
	b.opened[file] = c
	b.masker.LearnCapture(c)
	return c, nil
}

// newGuard puts together what a scenario needs.
func (b *Bench) newGuard(c *traffic.Capture, target string, of *FileSuite) (*harness.Guard, error) {
	g := &harness.Guard{
		Capture: c,
		Options: harness.PlanOptions{
			Target: harness.Target{Base: target, Flag: "the target of specs.Against"},
			Unsafe: b.methods(of),
		},
		Runner: harness.Runner{Ignore: b.ignore, Masker: &b.masker, Client: b.client()},
		Secret: func(place string) (string, error) { return b.secretAt(of, place) },
		Seed:   b.seed,
	}
	for _, m := range b.maps {
		g.Options.Target.Map = append(g.Options.Target.Map, harness.Mapping{From: m.from, To: m.to()})
	}
	if err := errors.Join(b.signIn(g, of), b.sign(g, of)); err != nil {
		return nil, err
	}
	for _, change := range b.configure {
		change(g)
	}
	return g, nil
}
