package through

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/harness/rawserver"
	"github.com/replaydiff/replay/harness/results"
	"github.com/replaydiff/replay/harness/wire"
)

// Correlation is the field that is added to each request, to know it again
// behind the proxy.
const Correlation = "X-Replay-Passage"

// A Stand is the two sides of a proxy: [Listen] opens the one behind it. The
// fields may be set until Run; a Stand serves one Run after the other.
type Stand struct {
	Addr string // host:port that the proxy has to forward to
	URL  string // "http://127.0.0.1:9000"

	// Client asks the proxy. What it may dial is its Allow.
	Client *wire.Client

	Probe bool // try what the capture does not hold, too

	// DangerouslyUnproven sends methods that change things for paths, too, of
	// which it is not proven that the proxy brings them here. Where it takes
	// them to a real app, they happen there.
	DangerouslyUnproven bool

	Masker   *mask.Masker         // nil: one that masks
	Now      func() time.Time     // nil: time.Now
	Progress func(results.Passed) // called after each recorded request; nil: nobody is told

	desk   *desk
	server *rawserver.Server
}

// Listen opens the server behind the proxy, at an address of its own where addr
// has port 0. What comes before Run, such as health checks, is answered 200.
func Listen(addr string, config *tls.Config) (*Stand, error) {
	s := &Stand{desk: &desk{}}
	var err error
	s.server, err = rawserver.Listen(rawserver.Config{Addr: addr, TLS: config, Answer: s.desk.answer, Broken: s.desk.broken})
	if err != nil {
		return nil, err
	}
	s.Addr, s.URL = s.server.Addr, s.server.URL
	return s, nil
}

// Close closes the server behind the proxy.
func (s *Stand) Close() error { return s.server.Close() }

// A Send is a recorded exchange, and the request to the proxy made of it.
type Send struct {
	Exchange *traffic.Exchange
	Request  *wire.Request
}

// Elsewhere is the error of a proxy that does not come to the listener: nothing
// but safe requests without credentials was sent.
type Elsewhere struct {
	Text string // a sentence: what was seen, what to do
}

func (e *Elsewhere) Error() string { return e.Text }

// Unreachable is the error of a proxy that gives no answer.
type Unreachable struct{ Err error }

func (e *Unreachable) Error() string { return e.Err.Error() }

func (e *Unreachable) Unwrap() error { return e.Err }

// A run is one passage of a list.
type run struct {
	*Stand
	base     string // of correlation values
	sent     int    // number of the last request
	tally    *tally
	proven   map[string]bool // by [pathKey]: a safe request for it came here
	denied   bool            // nothing was proven, as the proxy asks for credentials
	identity identity
}

// Run sends the list, in order, and tells what the proxy made of it. Where the
// context ends, what was seen so far is told. The error is an [Elsewhere] or an
// [Unreachable] where nothing could be found out.
func (s *Stand) Run(ctx context.Context, list []Send) (*results.Passage, error) {
	now := time.Now
	if s.Now != nil {
		now = s.Now
	}
	r := &run{Stand: s, base: strings.ToLower(rand.Text()[:10]), proven: map[string]bool{}}
	m := s.Masker
	if m == nil {
		m = &mask.Masker{}
	}
	began := now()
	r.desk.reset()
	r.tally = newTally(m)
	if err := r.prove(ctx, list); err != nil {
		return nil, err
	}
	r.tally.product(r.identity)
	r.all(ctx, list)
	p := r.tally.passage()
	if s.Probe && ctx.Err() == nil {
		p.Probes = r.probes(ctx, list)
	}
	p.Version, p.Kind = results.Version, results.Through
	p.Upstream = s.URL
	p.Started, p.Seconds = began, now().Sub(began).Seconds()
	p.Counts.Extra = r.sent - p.Counts.Sent
	p.Warnings = append(p.Warnings, r.desk.warnings()...)
	if ctx.Err() != nil {
		p.Stopped = &results.Stop{Reason: results.Interrupted, Text: "stopped before the end; what was seen until then is told"}
	}
	return p, nil
}

// all sends the recorded requests.
func (r *run) all(ctx context.Context, list []Send) {
	for _, send := range list {
		if ctx.Err() != nil {
			r.tally.unsent(send, "the run ended before")
			continue
		}
		passed := r.recorded(ctx, send)
		if r.Progress != nil {
			r.Progress(passed)
		}
	}
}

// recorded sends one recorded request, if that is safe.
func (r *run) recorded(ctx context.Context, send Send) results.Passed {
	asked := send.Request
	if !wire.Safe(asked.Method) && !r.DangerouslyUnproven && !r.provenFor(ctx, send) {
		// What the proxy said to a safe request for the same path, with the same
		// credentials, is what it is about.
		return r.keptBack(ctx, send)
	}
	return r.tally.add(send, r.do(ctx, asked, answerTo(send.Exchange)))
}

// keptBack tells what becomes of a safe request in the place of one that is not
// sent.
func (r *run) keptBack(ctx context.Context, send Send) results.Passed {
	p := r.do(ctx, r.proof(send.Request, true), plainAnswer())
	if p.answer == nil || p.main != nil {
		return r.tally.unsent(send, "it could not be proven that the path comes here; --allow-unsafe sends it")
	}
	return r.tally.instead(send, p)
}

// provenFor tells whether the proxy brings requests for that path here. A safe
// one is sent to find out, the first time.
func (r *run) provenFor(ctx context.Context, send Send) bool {
	key := pathKey(send.Request)
	if known, asked := r.proven[key]; asked {
		return known
	}
	p := r.do(ctx, r.proof(send.Request, true), plainAnswer())
	r.proven[key] = p.main != nil
	return r.proven[key]
}

func pathKey(r *wire.Request) string {
	path, _, _ := strings.Cut(r.Target, "?")
	return r.Scheme + "://" + r.Addr + " " + r.Host + " " + path
}

// A passed is one request, and what was seen of it on both sides.
type passed struct {
	sent   *wire.Request
	order  []*arrival // all that arrived for it
	main   *arrival   // the one that it became; nil: it never arrived
	answer *wire.Answer
	err    error // why there is no answer
	here   bool  // a request for the same path came here before
}

// do sends one request with a correlation field and waits for its answer.
func (r *run) do(ctx context.Context, asked *wire.Request, reply *wire.Answer) *passed {
	r.sent++
	id := fmt.Sprintf("%s-%d", r.base, r.sent)
	sent := *asked
	sent.Header = append(append(traffic.Header(nil), asked.Header...), traffic.HeaderField{Name: Correlation, Value: id})
	r.desk.open(id, asked, reply)
	answer, err := r.Client.Do(ctx, &sent)
	p := &passed{sent: asked, order: r.desk.close(), answer: answer, err: err, here: r.proven[pathKey(asked)]}
	p.main = mainOf(asked, p.order)
	if p.main != nil && err == nil {
		r.proven[pathKey(asked)] = true
	}
	return p
}

// unreachable tells an error that the rest would end in, too.
func unreachable(err error) bool {
	var e *wire.Error
	return errors.As(err, &e) && (e.Stage == wire.Refused || e.Stage == wire.Dial || e.Stage == wire.Handshake)
}
