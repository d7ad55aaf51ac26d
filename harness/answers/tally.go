package answers

import (
	"sync"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/harness/results"
)

// An Observation is one request that was sent and what came back.
type Observation struct {
	Flow     results.Flow
	Entry    int    // index in its capture
	Template string // "": [TemplateOf] the recorded request

	Recorded *traffic.Exchange
	Live     *traffic.Exchange // nil, or without a response: unanswered
	Changes  []diff.Change     // of [Comparer.Differences], after [Learner.Judge]

	// Varies tells fields whose value means nothing, for it is another one in
	// each answer ([Learner.Varies]); nil: none.
	Varies func(template, field string) bool

	Sent  string        // URL that was asked
	Error string        // why there is no answer, without captured values and what differs from request to request
	Curl  func() string // one command, secrets masked by the tally's masker; called by Report for examples alone, may be nil
}

// A Tally groups what was observed. The zero value is usable; it is safe for
// concurrent use and must not be copied after its first use. Its report does
// not depend on the order in which observations came.
//
// Of live exchanges it keeps those that are examples, without long bodies.
type Tally struct {
	// Mask is the door that captured values pass; nil: one of the tally's own.
	// It should have learnt the capture (mask.Masker.LearnCapture).
	Mask *mask.Masker

	mu       sync.Mutex
	own      mask.Masker
	counts   results.Counts
	requests map[kindOfRequest]*outcomes
	errors   map[string]*results.ErrorCount
	groups   map[groupKey]*group
	noise    map[noiseKey]int
	skips    map[string]*results.Skip
	standing firstEntries
}

type kindOfRequest struct {
	flow     results.Flow
	template string
}

// outcomes are what became of the requests of a kind.
type outcomes struct {
	answers, different, unanswered int
	micros                         int64 // that the target took, summed up
}

type groupKey struct {
	kindOfRequest
	field string // as captured: masked in the report
	kind  results.Change
}

type noiseKey struct {
	template string
	field    string
	reason   diff.Noise
}

// A group is one difference seen in any number of answers.
type group struct {
	regression bool
	varies     bool
	old, new   string // of the first that came, until they vary
	count      int
	example    *evidence
	edit       diff.Edit // of the example
}

// Add counts one observation.
func (t *Tally) Add(o Observation) {
	if o.Template == "" {
		o.Template = TemplateOf(&o.Recorded.Request)
	}
	answered := o.Live != nil && o.Live.Response != nil
	found := differencesOf(o, answered)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.counts.Sent++
	request := kindOfRequest{o.Flow, o.Template}
	of := t.outcomes(request)
	e := &lazyEvidence{observation: o, found: found}
	switch {
	case !answered:
		t.counts.Unanswered++
		of.unanswered++
		t.countError(o)
		t.standing.add(e, results.Unanswered)
		return
	case len(found.matter) > 0:
		t.counts.Different++
		of.different++
		t.standing.add(e, results.Different)
	default:
		t.counts.Same++
	}
	of.answers++
	if ms := o.Live.Recorded.Millis; ms > 0 {
		of.micros += int64(ms * 1000)
	}
	for _, n := range found.noise {
		t.noise[noiseKey{o.Template, n.field, n.reason}]++
	}
	t.countGroups(request, e)
}

func (t *Tally) outcomes(request kindOfRequest) *outcomes {
	if t.requests == nil {
		t.requests, t.groups, t.noise = map[kindOfRequest]*outcomes{}, map[groupKey]*group{}, map[noiseKey]int{}
		t.errors = map[string]*results.ErrorCount{}
	}
	of := t.requests[request]
	if of == nil {
		of = &outcomes{}
		t.requests[request] = of
	}
	return of
}

func (t *Tally) countError(o Observation) {
	e := t.errors[o.Error]
	if e == nil {
		e = &results.ErrorCount{Text: o.Error, Entry: o.Entry}
		t.errors[o.Error] = e
	}
	e.Count++
	e.Entry = min(e.Entry, o.Entry)
}

func (t *Tally) countGroups(request kindOfRequest, e *lazyEvidence) {
	seen := make(map[groupKey]bool, len(e.found.matter))
	for _, d := range e.found.matter {
		key := groupKey{request, d.field, d.kind}
		g := t.groups[key]
		if g == nil {
			g = &group{old: d.edit.Old, new: d.edit.New}
			t.groups[key] = g
		}
		g.regression = g.regression || d.regression
		g.varies = g.varies || g.old != d.edit.Old || g.new != d.edit.New ||
			e.observation.Varies != nil && e.observation.Varies(request.template, d.field)
		if seen[key] {
			continue
		}
		seen[key] = true
		g.count++
		if g.example == nil || e.observation.Entry < g.example.Entry {
			g.example, g.edit = e.kept(), d.edit
		}
	}
}

// Skip counts a request that was not sent: reason is a word, text a sentence
// with the flag that would send it.
func (t *Tally) Skip(reason, text string, entry int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.counts.Skipped++
	if t.skips == nil {
		t.skips = map[string]*results.Skip{}
	}
	s := t.skips[reason]
	if s == nil {
		s = &results.Skip{Reason: reason, Text: text, Entry: entry}
		t.skips[reason] = s
	}
	s.Count++
	if entry < s.Entry {
		s.Text, s.Entry = text, entry
	}
}

// Unsent counts n requests that the run stopped before.
func (t *Tally) Unsent(n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.counts.Unsent += n
}

// Extra counts n requests beside the recorded ones.
func (t *Tally) Extra(n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.counts.Extra += n
}

// Counts are the numbers so far.
func (t *Tally) Counts() results.Counts {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.counts
	c.Recorded = c.Sent + c.Skipped + c.Unsent
	return c
}
